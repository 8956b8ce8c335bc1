"""The contract as files: JSON for those who generate code from it, a schema for log lines, and a page for persons."""

from __future__ import annotations

import json
from typing import Any

from contract import BUILT_IN, COMBINED_COUNTERS, METRICS, area_of
from contract.labels import ORDER
from generator.dsl.label_values import is_closed, values_of
from generator.dsl.labels import Label
from generator.dsl.metrics import BuiltIn, CombinedCounter, Counter, Gauge, Histogram, Metric, Seed
from generator.dsl.platform import Platform
from generator.rendering.contract_page import page
from generator.rendering.log_schema import log_schema

VERSION = 2
"""The version of metrics.json's form: it rises when a reader of the old form could not read the new one."""
TYPES: dict[type[Metric], str] = {Counter: "counter", Gauge: "gauge", Histogram: "histogram"}


def contract(platform: Platform) -> dict[str, str]:
    """metrics.json, log.schema.json and metrics.md, by their paths in `out/`."""
    document = metrics_json(platform)
    return {
        "contract/metrics.json": json.dumps(document, indent=2, ensure_ascii=False) + "\n",
        "contract/log.schema.json": log_schema(platform),
        "contract/metrics.md": page(document, platform),
    }


def metrics_json(platform: Platform) -> dict[str, Any]:
    """All metrics, labels, combined counters, built-in series, and the services with their routes, in the contract's order."""
    return {
        "version": VERSION,
        "services": {service: list(routes) for service, routes in platform.services.items()},
        "labels": [_label(label, platform) for label in ORDER],
        "metrics": [_metric(metric) for metric in METRICS],
        "combined_counters": [_combined_counter(combined) for combined in COMBINED_COUNTERS],
        "built_in": [_built_in(series) for series in BUILT_IN],
    }


def _label(label: Label, platform: Platform) -> dict[str, Any]:
    bounds: dict[str, Any] = {"listed": list(values_of(label, platform))} if is_closed(label) else {}
    told = {"fallback": label.fallback, "pattern": label.pattern}
    return {
        "name": label.name,
        "help": label.help,
        "values": label.values.value,
        **bounds,
        **{key: text for key, text in told.items() if text},
    }


def _metric(metric: Metric) -> dict[str, Any]:
    buckets = {"buckets": list(metric.buckets)} if isinstance(metric, Histogram) else {}
    origin = metric.origin
    return {
        "name": metric.name,
        "area": area_of(metric.name),
        "type": TYPES[type(metric)],
        "unit": metric.unit.name,
        "labels": [label.name for label in metric.labels],
        "help": metric.help,
        **buckets,
        "origin": {"seed": origin.section} if isinstance(origin, Seed) else {"extension": origin.reason},
        "recorded": isinstance(metric, Gauge) and metric.recorded_from is not None,
    }


def _combined_counter(combined: CombinedCounter) -> dict[str, Any]:
    members = [
        {
            "metric": member.counter.name,
            "labels": {label.name: value for label, value in member.distinguishing_labels.items()},
        }
        for member in combined.members
    ]
    return {
        "name": combined.name,
        "unit": combined.unit.name,
        "help": combined.help,
        "labels": [label.name for label in combined.labels],
        "members": members,
    }


def _built_in(series: BuiltIn) -> dict[str, Any]:
    return {"name": series.name, "labels": [label.name for label in series.labels], "help": series.help}
