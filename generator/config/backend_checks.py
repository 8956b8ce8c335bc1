"""Checks of what a platform says about its backend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.config.document import config_check, contract_check
from generator.config.labels import METRIC_LABELS, STATIC_LABELS
from generator.config.yaml_tree import ConfigViolation, KeyPath, dotted, quoted
from generator.dsl.backends import BACKENDS, PROMETHEUS
from generator.dsl.contract import Contract
from generator.dsl.platform import NATIVE

BACKEND: KeyPath = ("backend",)
HISTOGRAMS: KeyPath = ("histograms",)
CONVENTIONS: KeyPath = ("metrics", "conventions")


@contract_check(
    "config/label-of-the-backend",
    reads=(BACKEND, STATIC_LABELS, METRIC_LABELS),
    bad="""
        backend: thanos
        labels: {rule_replica: a}
    """,
    good="""
        backend: thanos
        labels: {region: eu}
    """,
    message='the label "rule_replica" is reserved: Thanos query counts replicas once by it, and drops it; '
    "choose another name",
)
def labels_are_not_of_the_backend(document: Any, contract: Contract) -> Iterator[ConfigViolation]:
    """No label of the platform or of the contract is one that the backend sets or drops.

    The backend would overwrite it, so that series which differ in it become one, or nothing could be selected by it.
    """
    backend = BACKENDS[document.get("backend", PROMETHEUS.name)]
    own: dict[str, KeyPath] = {label.name: BACKEND for label in contract.labels}
    own |= {name: (*METRIC_LABELS, name) for name in document.get("metrics", {}).get("labels", {})}
    own |= {name: (*STATIC_LABELS, name) for name in document.get("labels", {})}
    for label, reason in backend.reserved_labels.items():
        if label in own:
            yield ConfigViolation(own[label], f"the label {quoted(label)} is reserved: {reason}", "choose another name")


@config_check(
    "config/native-histograms-impossible",
    reads=(BACKEND, HISTOGRAMS, CONVENTIONS),
    bad="""
        backend: victoriametrics
        histograms: native
    """,
    good="""
        backend: prometheus
        histograms: native
    """,
    message="VictoriaMetrics with vmalert does not convert the Workers' histograms to native ones; remove the key",
)
def native_histograms_are_possible(document: Any) -> Iterator[ConfigViolation]:
    """Native histograms are chosen where the backend converts what the Workers push, and without conventional names.

    Rules that read native histograms are silent where the backend stores classic ones. Bounds of a native histogram
    cannot be changed by a rule, as from milliseconds to the seconds of a convention.
    """
    if document.get("histograms") != NATIVE:
        return
    backend = BACKENDS[document.get("backend", PROMETHEUS.name)]
    if not backend.converts_histograms:
        what = f"{backend.title} does not convert the Workers' histograms to native ones"
        yield ConfigViolation(HISTOGRAMS, what, "remove the key")
    if document.get("metrics", {}).get("conventions"):
        what = "no rule can record native histograms under conventional names: their bounds are in other units"
        yield ConfigViolation(HISTOGRAMS, what, f"remove the key, or {dotted(CONVENTIONS)}")
