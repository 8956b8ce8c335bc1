"""What a shard has counted of its tenants: as it pushes it, and as Prometheus stores it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AGGREGATION_TEMPORALITY_CUMULATIVE

from contract.api import LATENCY

ROUTE, MODEL = "/search", "@cf/meta/llama-3.1-8b-instruct"
SHARD = "shard-0"
SERVICES, HEARTBEAT = ("worker-api", "ingest-worker"), "telemetry_heartbeat_timestamp_seconds"
FAST_MS, SLOW_MS = 100, 2500
"""Bounds of latency_ms; the SLO of the route is 500 ms."""


@dataclass(frozen=True)
class CountedTenant:
    """What was counted of a tenant since the start: its requests, how many of them were slow and failed, its tokens."""

    tenant: str
    requests: int
    slow: int
    errors: int
    tokens: int

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels of what the API counts."""
        return {"platform": "production", "tenant_id": self.tenant, "route": ROUTE, "service": "worker-api"}

    def counters(self) -> Iterator[tuple[str, Mapping[str, str], int]]:
        """The name, the labels and the value of each counter."""
        yield "requests_total", self.labels, self.requests
        yield "errors_total", self.labels, self.errors
        yield "ai_tokens_input", {**self.labels, "model": MODEL}, self.tokens

    def buckets(self) -> list[int]:
        """The latencies in each bucket, the one above all bounds too."""
        in_each = {FAST_MS: self.requests - self.slow, SLOW_MS: self.slow}
        return [*(in_each.get(int(bound), 0) for bound in LATENCY.buckets), 0]

    def stored(self) -> Iterator[tuple[Mapping[str, str], int]]:
        """Each series with its labels, by the names that Workers push, and its value."""
        for name, labels, value in self.counters():
            yield {"__name__": name, **labels, "instance": SHARD}, value
        labels = {**self.labels, "instance": SHARD}
        until = 0
        for bound, count in zip([*(f"{bound:g}" for bound in LATENCY.buckets), "+Inf"], self.buckets(), strict=True):
            until += count
            yield {"__name__": "latency_ms_bucket", **labels, "le": bound}, until
        yield {"__name__": "latency_ms_count", **labels}, until
        yield {"__name__": "latency_ms_sum", **labels}, 0


def stored(counted: Iterable[CountedTenant], at: float) -> Iterator[tuple[Mapping[str, str], float]]:
    """Each series at a time with its labels, by the names that Workers push, and its value."""
    for each in counted:
        yield from each.stored()
    for service in SERVICES:
        yield {"__name__": HEARTBEAT, "platform": "production", "service": service, "instance": SHARD}, at


def otlp(counted: Iterable[CountedTenant], start: float, at: float) -> bytes:
    """The push at a time, in Protocol Buffers; times are in seconds since 1970."""
    message = ExportMetricsServiceRequest()
    resource = message.resource_metrics.add()
    resource.resource.attributes.add(key="service.instance.id").value.string_value = SHARD
    scope = resource.scope_metrics.add()
    times = {"start_time_unix_nano": round(start * 10**9), "time_unix_nano": round(at * 10**9)}
    for each in counted:
        for name, labels, value in each.counters():
            counter = scope.metrics.add(name=name).sum
            counter.aggregation_temporality, counter.is_monotonic = AGGREGATION_TEMPORALITY_CUMULATIVE, True
            _label(counter.data_points.add(as_double=value, **times), labels)
        histogram = scope.metrics.add(name=LATENCY.name).histogram
        histogram.aggregation_temporality = AGGREGATION_TEMPORALITY_CUMULATIVE
        counts = {"count": each.requests, "sum": 0, "bucket_counts": each.buckets()}
        _label(histogram.data_points.add(explicit_bounds=LATENCY.buckets, **counts, **times), each.labels)
    for service in SERVICES:
        heartbeat = scope.metrics.add(name=HEARTBEAT).gauge
        point = heartbeat.data_points.add(as_double=at, time_unix_nano=times["time_unix_nano"])
        _label(point, {"platform": "production", "service": service})
    return bytes(message.SerializeToString())


def _label(point: object, labels: Mapping[str, str]) -> None:
    for key, text in labels.items():
        point.attributes.add(key=key).value.string_value = text  # type: ignore[attr-defined]
