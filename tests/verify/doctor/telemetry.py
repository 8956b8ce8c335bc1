"""What the Workers of a platform push: every metric of its contract, as OTLP. A test breaks it before it is sent."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from contract.api import HEARTBEAT
from generator.dsl.label_values import is_closed, values_of
from generator.dsl.labels import Label
from generator.dsl.metrics import Counter, Histogram, Metric
from generator.verify.doctor.subject import Subject
from tests.e2e.prometheus import OPENER, TIMEOUT

MODEL = "@cf/meta/llama-3.1-8b-instruct"
MINUTE = 60
SELDOM = 240
"""Seconds between two samples of a counter: less than Prometheus looks back."""


@dataclass(frozen=True)
class Series:
    """A series that is pushed: its metric, its name and its labels, when it began (None: unknown), and its values by
    their times in seconds. The value of a histogram is the number of its observations, all in the first bucket."""

    metric: Metric
    name: str
    labels: dict[str, str]
    start: float | None
    values: Sequence[tuple[float, float]]

    def with_labels(self, **labels: str) -> Series:
        """The series with other labels; an empty value removes one."""
        merged = {**self.labels, **labels}
        return replace(self, labels={name: value for name, value in merged.items() if value})


Break = Callable[[Series], "Series | None"]


def healthy_series(subject: Subject, now: float, minutes: float = 12, step: float = 30) -> list[Series]:
    """A series of each metric for each service, route and tenant of the platform, until now: a heartbeat each `step`
    seconds, the others seldom, because checks read their newest samples. Counters of failures stay 0."""
    beats = _times(now, minutes, step)
    seldom = _times(now, minutes, SELDOM)
    result = []
    for metric in subject.metrics:
        times = beats if metric.name == HEARTBEAT.name else seldom
        for labels in _label_sets(subject, metric):
            result.append(Series(metric, subject.name(metric), labels, times[0] - 1, _values(metric, times)))
    return result


def _times(now: float, minutes: float, step: float) -> list[float]:
    """The times of samples, the last of which is now."""
    return [now - index * step for index in reversed(range(int(minutes * MINUTE / step) + 1))]


def _values(metric: Metric, times: Sequence[float]) -> list[tuple[float, float]]:
    if not isinstance(metric, Counter | Histogram):
        return [(at, at) for at in times]
    fails = any(word in metric.name for word in ("error", "dropped", "overflow", "rate_limited", "unknown", "fallback"))
    return [(at, 0 if fails else (index + 1) / 10) for index, at in enumerate(times)]


def _label_sets(subject: Subject, metric: Metric) -> Iterator[dict[str, str]]:
    for service, routes in subject.platform.services.items():
        for route in routes if any(label.name == "route" for label in metric.labels) else ("",):
            for tenant in (
                subject.platform.tenants if any(label.name == "tenant_id" for label in metric.labels) else ("",)
            ):
                known = {"service": service, "route": route, "tenant_id": tenant, "model": MODEL}
                yield {**subject.identity, **{each.name: _value(subject, each, known) for each in metric.labels}}


def _value(subject: Subject, label: Label, known: dict[str, str]) -> str:
    if label.name in known:
        return known[label.name]
    return values_of(label, subject.platform)[0] if is_closed(label) else "x"


def push(url: str, series: Sequence[Series], instance: str = "shard-0") -> None:
    """Send all samples of all series in one request of OTLP. Raises HTTPError where the receiver rejects one."""
    attributes = _attributes({"service.name": "workers", "service.instance.id": instance})
    metrics = [{"name": each.name, **_data(each)} for each in series]
    body = {"resourceMetrics": [{"resource": {"attributes": attributes}, "scopeMetrics": [{"metrics": metrics}]}]}
    request = urllib.request.Request(f"{url}/api/v1/otlp/v1/metrics", json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    OPENER.open(request, timeout=TIMEOUT).close()


def _data(series: Series) -> dict[str, Any]:
    points = [_point(series, at, value) for at, value in series.values]
    cumulative = {"aggregationTemporality": 2, "dataPoints": points}
    if isinstance(series.metric, Histogram):
        return {"histogram": cumulative}
    return (
        {"sum": {"isMonotonic": True, **cumulative}}
        if isinstance(series.metric, Counter)
        else {"gauge": {"dataPoints": points}}
    )


def _point(series: Series, at: float, value: float) -> dict[str, Any]:
    point: dict[str, Any] = {"attributes": _attributes(series.labels), "timeUnixNano": _nanoseconds(at)}
    if series.start is not None:
        point["startTimeUnixNano"] = _nanoseconds(series.start)
    if not isinstance(series.metric, Histogram):
        return {**point, "asDouble": value}
    count, bounds = int(value * 10), [*series.metric.buckets]
    return {
        **point,
        "count": count,
        "sum": count,
        "bucketCounts": [count, *(0 for _ in bounds)],
        "explicitBounds": bounds,
    }


def _attributes(values: dict[str, str]) -> list[dict[str, Any]]:
    return [{"key": name, "value": {"stringValue": value}} for name, value in values.items()]


def _nanoseconds(seconds: float) -> str:
    return f"{round(seconds * 1000)}000000"
