"""The contract against the plan: the metrics of the plan's section 3, copied by hand."""

from __future__ import annotations

import pytest

from contract import METRICS, labels
from generator.dsl.labels import BUCKET_BOUND, Label
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
    "telemetry_overflow_total",
    "telemetry_rows_written_total",
}
BY_NAME = {metric.name: metric for metric in METRICS}


@pytest.mark.parametrize("name", PLAN)
def test_every_metric_of_the_plan_is_in_the_contract(name: str) -> None:
    """The contract has it under its name, with its type and the section of the plan."""
    metric_type, section = PLAN[name]
    assert (type(BY_NAME[name]), BY_NAME[name].origin) == (metric_type, Seed(section))


def test_every_other_metric_is_an_extension() -> None:
    """Every metric beyond the plan has a reason; eleven of them are those that the plan's numbers depend on."""
    extensions = {name for name, metric in BY_NAME.items() if isinstance(metric.origin, Extension)}
    assert extensions == set(BY_NAME) - set(PLAN)
    assert len(EXTENSIONS) == 11
    assert extensions >= EXTENSIONS


@pytest.mark.parametrize("name", [*PLAN, *sorted(EXTENSIONS)])
def test_every_metric_has_the_labels_of_the_plan(name: str) -> None:
    """All have tenant_id, route and service, those of the AI family also model; metrics of telemetry have a service."""
    expected = {"tenant_id", "route", "service"}
    if name.startswith("ai_"):
        expected = expected | {"model"}
    if name in {"telemetry_heartbeat_timestamp_seconds", "telemetry_rows_written_total"}:
        expected = {"service"}
    if name in {"telemetry_dropped_total", "telemetry_overflow_total"}:
        expected = {"service", "reason"}
    assert {label.name for label in BY_NAME[name].labels} == expected


def test_only_the_cache_hit_rate_is_recorded() -> None:
    """Prometheus records the one ratio of the plan; the Workers emit every other metric."""
    recorded_from = [
        metric.name for metric in METRICS if isinstance(metric, Gauge) and metric.recorded_from is not None
    ]
    assert recorded_from == ["rag_cache_hit_rate"]


def test_labels_are_named_as_hints_write_them() -> None:
    """The constant of a label is its name in capitals without `_id`, which error messages tell an author to write."""
    constants = {name: value for name, value in vars(labels).items() if isinstance(value, Label)}
    assert len(constants) > 10
    assert [name for name, label in constants.items() if label != BUCKET_BOUND and name != label.constant] == []
