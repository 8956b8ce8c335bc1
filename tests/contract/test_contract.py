"""The contract against the plan, transcribed by hand from its section 3."""

from __future__ import annotations

import pytest

from contract import METRICS
from generator.dsl.metrics import Counter, Extension, Gauge, Histogram, Metric, Seed

PLAN: dict[str, tuple[type[Metric], str]] = {
    "requests_total": (Counter, "3.1"),
    "errors_total": (Counter, "3.1"),
    "latency_ms": (Histogram, "3.1"),
    "rate_limited_total": (Counter, "3.1"),
    "ai_requests_total": (Counter, "3.2"),
    "ai_errors_total": (Counter, "3.2"),
    "ai_latency_ms": (Histogram, "3.2"),
    "ai_tokens_input": (Counter, "3.2"),
    "ai_tokens_output": (Counter, "3.2"),
    "vectorize_queries_total": (Counter, "3.3"),
    "vectorize_latency_ms": (Histogram, "3.3"),
    "kv_reads_total": (Counter, "3.3"),
    "kv_writes_total": (Counter, "3.3"),
    "do_requests_total": (Counter, "3.3"),
    "rag_retrieval_count": (Histogram, "3.4"),
    "rag_cache_hit_rate": (Gauge, "3.4"),
}
EXTENSIONS = {
    "vectorize_errors_total",
    "kv_errors_total",
    "do_errors_total",
    "rag_queries_total",
    "rag_cache_hits_total",
    "ai_time_to_first_token_ms",
    "telemetry_heartbeat_timestamp_seconds",
    "ai_tokens_unknown_total",
    "telemetry_dropped_total",
}
BY_NAME = {metric.name: metric for metric in METRICS}


@pytest.mark.parametrize("name", PLAN)
def test_the_plan_is_kept_to_the_letter(name: str) -> None:
    """Every metric of the plan is there under its name, of its type, and says in which section the plan names it."""
    type_, section = PLAN[name]
    assert (type(BY_NAME[name]), BY_NAME[name].origin) == (type_, Seed(section))


def test_what_the_plan_does_not_name_is_an_extension() -> None:
    """The metrics beyond the plan's are the nine without which its numbers could not be believed, and bear a reason."""
    assert set(BY_NAME) - set(PLAN) == EXTENSIONS
    assert {name for name, metric in BY_NAME.items() if isinstance(metric.origin, Extension)} == EXTENSIONS


@pytest.mark.parametrize("name", [*PLAN, *sorted(EXTENSIONS)])
def test_every_metric_is_tagged_as_the_plan_says(name: str) -> None:
    """tenant_id, route and service are on all, model on the ai_* family; telemetry itself is a service's alone."""
    expected = {"tenant_id", "route", "service"}
    if name.startswith("ai_"):
        expected = expected | {"model"}
    if name == "telemetry_heartbeat_timestamp_seconds":
        expected = {"service"}
    if name == "telemetry_dropped_total":
        expected = {"service", "reason"}
    assert {label.name for label in BY_NAME[name].labels} == expected


def test_only_the_hit_rate_is_recorded() -> None:
    """The one share of the plan is made by Prometheus; every other metric is emitted by the Workers."""
    recorded_from = [
        metric.name for metric in METRICS if isinstance(metric, Gauge) and metric.recorded_from is not None
    ]
    assert recorded_from == ["rag_cache_hit_rate"]
