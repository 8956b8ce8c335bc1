"""Checks of what a platform says about stores, beside the list of those that it uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.config.document import config_check
from generator.config.yaml_tree import ConfigViolation, KeyPath
from generator.dsl.platform import PLAN_STORES

STORES: KeyPath = ("stores",)
LATENCIES: KeyPath = ("slos", "latency_p95_ms")
VECTORIZE: KeyPath = (*LATENCIES, "vectorize")
STORE_THRESHOLDS: KeyPath = ("thresholds", "storage", "stores")


@config_check(
    "config/vectorize-without-latency-slo",
    reads=(STORES, LATENCIES),
    bad="""
        stores: [vectorize, kv]
        slos:
          latency_p95_ms: {routes: {/a: 100, /b: 500}, ai: 1000, vectorize: null}
    """,
    good="""
        stores: [vectorize, kv]
        slos:
          latency_p95_ms: {routes: {/a: 100, /b: 500}, ai: 1000, vectorize: 250}
    """,
    message="this key is required; give a number above 0, or a list of `stores` without vectorize",
)
def vectorize_has_latency_slo(document: Any) -> Iterator[ConfigViolation]:
    """A platform that uses Vectorize has an SLO of its latency.

    The alert on its latency compares with it. Without the key `stores`, a platform uses Vectorize.
    """
    if "vectorize" in used_stores(document) and "vectorize" not in document["slos"]["latency_p95_ms"]:
        hint = "give a number above 0, or a list of `stores` without vectorize"
        yield ConfigViolation(VECTORIZE, "this key is required", hint)


@config_check(
    "config/threshold-of-unused-store",
    reads=(STORES, VECTORIZE, STORE_THRESHOLDS),
    bad="""
        thresholds:
          storage: {ticket_percent: 1, page_percent: 10, stores: {d1: {page_percent: 20}}}
    """,
    good="""
        stores: [vectorize, kv, d1]
        thresholds:
          storage: {ticket_percent: 1, page_percent: 10, stores: {d1: {page_percent: 20}}}
    """,
    message="the platform does not use this store; remove the key, or add d1 to `stores`",
)
def thresholds_are_of_used_stores(document: Any) -> Iterator[ConfigViolation]:
    """Every threshold and every SLO of a store is of one that the platform uses.

    Nothing is ever compared with a threshold of another store: its metrics, panels and alerts are left out.
    """
    used = used_stores(document)
    paths: list[KeyPath] = [(*STORE_THRESHOLDS, name) for name in document["thresholds"]["storage"].get("stores", {})]
    paths += [VECTORIZE] if "vectorize" in document["slos"]["latency_p95_ms"] else []
    for path in paths:
        if path[-1] not in used:
            hint = f"remove the key, or add {path[-1]} to `stores`"
            yield ConfigViolation(path, "the platform does not use this store", hint)


def used_stores(document: Any) -> tuple[str, ...]:
    """Return the stores that a platform uses: those of the plan unless it lists others."""
    return tuple(document.get("stores", PLAN_STORES))
