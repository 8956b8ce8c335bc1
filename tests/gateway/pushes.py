"""Pushes as the Workers send them, made from `metrics.json`: every metric, with every value of its closed labels."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

TENANTS = ("unknown", "com.example:é 1")
"""Values of a label that is open, as a tenant may be."""
START, NOW = "startTimeUnixNano", "timeUnixNano"


def series_of(contract: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], dict[str, str]]]:
    """Each metric that Workers push with each combination of the first two values of its labels."""
    labels = {label["name"]: label for label in contract["labels"]}
    for metric in contract["metrics"]:
        if metric["recorded"]:
            continue
        values = [(labels[name].get("listed") or TENANTS) for name in metric["labels"]]
        for chosen in itertools.product(*((*each[:1], each[-1]) for each in values)):
            yield metric, dict(zip(metric["labels"], chosen, strict=True)) | contract["series_labels"]


def attributes(values: Mapping[str, str]) -> list[dict[str, Any]]:
    """Attributes in OTLP's JSON."""
    return [{"key": key, "value": {"stringValue": value}} for key, value in values.items()]


def counter(name: str, labels: Mapping[str, str], value: float, times: Mapping[str, str]) -> dict[str, Any]:
    """A counter with one series."""
    point = {"attributes": attributes(labels), "asDouble": value, **times}
    return {"name": name, "sum": {"isMonotonic": True, "aggregationTemporality": 2, "dataPoints": [point]}}


def gauge(name: str, labels: Mapping[str, str], value: float, times: Mapping[str, str]) -> dict[str, Any]:
    """A gauge with one series."""
    point = {"attributes": attributes(labels), "asDouble": value, NOW: times[NOW]}
    return {"name": name, "gauge": {"dataPoints": [point]}}


def histogram(
    name: str, labels: Mapping[str, str], value: int, bounds: list[float], times: Mapping[str, str]
) -> dict[str, Any]:
    """A histogram with one series, whose observations are all in the lowest bucket."""
    point = {
        "attributes": attributes(labels),
        "count": value,
        "sum": value,
        "explicitBounds": bounds,
        "bucketCounts": [value, *(0 for _ in bounds)],
        **times,
    }
    return {"name": name, "histogram": {"aggregationTemporality": 2, "dataPoints": [point]}}


def push(metrics: list[dict[str, Any]], resource: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A request with these metrics, of a shard unless the resource is another one."""
    of_shard = {"service.name": "workers", "service.instance.id": "shard-0"}
    scope = {"scope": {"name": "workers-ai-observability"}, "metrics": metrics}
    return {
        "resourceMetrics": [{"resource": {"attributes": attributes(resource or of_shard)}, "scopeMetrics": [scope]}]
    }


def metric_of(metric: Mapping[str, Any], labels: Mapping[str, str], value: int, times: Mapping[str, str]) -> Any:
    """A metric of the contract with one series of this value."""
    match metric["type"]:
        case "counter":
            return counter(metric["name"], labels, value, times)
        case "gauge":
            return gauge(metric["name"], labels, value, times)
    return histogram(metric["name"], labels, value, metric["buckets"], times)
