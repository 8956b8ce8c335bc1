"""The PromQL queries over raw series that the charts of the cases show."""

from __future__ import annotations

import json
from collections.abc import Mapping

from generator.dsl.metrics import P95
from generator.frozen import frozen

Labels = Mapping[str, str]


@frozen
class ChartQuery:
    """A curve of a chart: its title, with the unit, and its PromQL, in which `$w` stands for the window, and `$p` for
    the prefix of the platform's metrics."""

    title: str
    expression: str

    def on(self, prefix: str, window: str) -> str:
        """The PromQL with a prefix and a window."""
        return self.expression.replace("$p", prefix).replace("$w", window)


def label_matchers(labels: Labels) -> str:
    """Return PromQL label matchers in braces."""
    return "{" + ",".join(f"{label}={json.dumps(value, ensure_ascii=False)}" for label, value in labels.items()) + "}"


def requests_per_minute(labels: Labels) -> ChartQuery:
    """Return the request rate."""
    return ChartQuery("requests per minute", f"60 * {_rate('requests_total', labels)}")


def error_percent(labels: Labels) -> ChartQuery:
    """Return the error ratio of requests."""
    return ChartQuery("requests that fail, %", _percent(_rate("errors_total", labels), _rate("requests_total", labels)))


def ai_error_percent(model: str) -> ChartQuery:
    """Return the error ratio of calls to a model."""
    labels = {"model": model}
    errors, requests = _rate("ai_errors_total", labels), _rate("ai_requests_total", labels)
    return ChartQuery("calls that fail, %", _percent(errors, requests))


def request_p95(labels: Labels) -> ChartQuery:
    """Return the 95th percentile of request latency."""
    return ChartQuery("p95, ms", _p95("latency_ms", labels))


def ai_p95(model: str) -> ChartQuery:
    """Return the 95th percentile of a model's latency."""
    return ChartQuery("p95 of the model, ms", _p95("ai_latency_ms", {"model": model}))


def tokens_24h(tenant: str) -> ChartQuery:
    """Return a tenant's tokens, input and output, of the last 24 h."""
    labels = label_matchers({"tenant_id": tenant})
    metrics = ("ai_tokens_input", "ai_tokens_output")
    return ChartQuery("tokens, last 24 h", " + ".join(f"sum(increase($p{metric}{labels}[1d]))" for metric in metrics))


def kv_error_percent(labels: Labels) -> ChartQuery:
    """Return the error ratio of KV operations."""
    rates = (_rate(f"kv_{operations}_total", labels) for operations in ("reads", "writes", "lists", "deletes"))
    calls = f"({' + '.join(f'({rate} or vector(0))' for rate in rates)})"
    return ChartQuery("calls to KV that fail, %", _percent(_rate("kv_errors_total", labels), calls))


def durable_object_error_percent() -> ChartQuery:
    """Return the error ratio of calls to Durable Objects."""
    return ChartQuery("calls that fail, %", _percent(_rate("do_errors_total", {}), _rate("do_requests_total", {})))


def vectorize_error_percent() -> ChartQuery:
    """Return the error ratio of Vectorize queries."""
    errors, queries = _rate("vectorize_errors_total", {}), _rate("vectorize_queries_total", {})
    return ChartQuery("queries that fail, %", _percent(errors, queries))


def heartbeat_age(service: str) -> ChartQuery:
    """Return the time since the last heartbeat of a service."""
    labels = label_matchers({"service": service})
    heartbeat = f"last_over_time($ptelemetry_heartbeat_timestamp_seconds{labels}[1d])"
    return ChartQuery("time since last heartbeat, s", f"max(time() - {heartbeat})")


def lost_observations(service: str) -> ChartQuery:
    """Return the observations that a service loses."""
    return ChartQuery("observations lost per minute", f"60 * {_rate('telemetry_dropped_total', {'service': service})}")


def observations_as_other(service: str) -> ChartQuery:
    """Return the observations that a service counts without their tenant."""
    return ChartQuery("counted as other per minute", f"60 * {_rate('telemetry_overflow_total', {'service': service})}")


def unknown_usage_percent(model: str) -> ChartQuery:
    """Return the ratio of a model's calls without token usage."""
    labels = {"model": model}
    unknown, calls = _rate("ai_tokens_unknown_total", labels), _rate("ai_requests_total", labels)
    return ChartQuery("calls without usage, %", _percent(unknown, calls))


def tokens_per_minute() -> ChartQuery:
    """Return the input tokens of all models."""
    return ChartQuery("input tokens per minute", f"60 * {_rate('ai_tokens_input', {})} or vector(0)")


def observed_latencies() -> ChartQuery:
    """Return the number of latencies that are observed."""
    return ChartQuery("latencies observed per minute", f"60 * {_rate('latency_ms_count', {})} or vector(0)")


def server_failures(counter: str, labels: Labels) -> ChartQuery:
    """Return the failures that a counter of Prometheus or Alertmanager counts. Its name has no prefix."""
    return ChartQuery("failures per minute", f"60 * sum(rate({counter}{label_matchers(labels)}[$w]))")


def recorded_calls_to_models() -> ChartQuery:
    """Return the number of series that a rule records of the calls to models."""
    return ChartQuery("recorded series", "count(route_service_model:$pai_requests_total:increase5m) or vector(0)")


def _rate(metric: str, labels: Labels) -> str:
    return f"sum(rate($p{metric}{label_matchers(labels)}[$w]))"


def _percent(numerator: str, denominator: str) -> str:
    return f"100 * ({numerator} or vector(0)) / {denominator}"


def _p95(metric: str, labels: Labels) -> str:
    return f"histogram_quantile({P95}, sum by (le) (rate($p{metric}_bucket{label_matchers(labels)}[$w])))"
