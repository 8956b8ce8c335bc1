"""Checks of counters and histograms; and the DSL's refusal to mix units."""

from __future__ import annotations

import operator
from collections.abc import Callable

import pytest

from contract.ai import AI_REQUESTS, TOKENS
from contract.api import LATENCY, REQUESTS
from contract.labels import TENANT
from contract.objectives import error_threshold, token_budget
from generator.dsl.dashboard import Series, TimeSeries, panel
from generator.dsl.platform import Platform
from generator.dsl.units import days, minutes, percent
from generator.errors import DefinitionError
from generator.ir.build import Compiled
from generator.ir.dashboard import GridPosition, LinkSpec
from generator.lowering.panel_context import PanelContext
from generator.lowering.panels import lower_panel
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from tests.checks.builds import panel_query, violations, with_dashboard, with_expression

READING = ("promql/counter-without-rate", "promql/rate-without-counter", "promql/increase-over-time")
COUNTER, RATE, OVER_TIME = (f"[{id}]" for id in READING)
INCREASE = "route_service:requests_total:increase5m"
VIOLATIONS = [
    ("requests_total", "requests_total is a counter, but its value is read; read it through rate()", COUNTER),
    ("sum(requests_total)", "requests_total is a counter, but sum() is applied to its value", COUNTER),
    ("sum_over_time(requests_total[5m])", "requests_total is a counter, but sum_over_time() is applied", COUNTER),
    ("delta(errors_total[5m])", "errors_total is a counter, but delta() is applied", COUNTER),
    ("latency_ms_bucket", "latency_ms_bucket is a counter, but its value is read", COUNTER),
    ("latency_ms_sum / latency_ms_count", "latency_ms_sum is a counter, but its value is read", COUNTER),
    ("ai_tokens_input > 5", "ai_tokens_input is a counter, but its value is read", COUNTER),
    (f"rate({INCREASE}[5m])", f"{INCREASE} is an increase, but is read through rate(); read its value", RATE),
    (f"increase({INCREASE}[1h:5m])", f"{INCREASE} is an increase, but is read through increase()", RATE),
    (
        f"quantile_over_time(0.9, {INCREASE}[1h])",
        "is read through quantile_over_time(); use one of avg_over_time, last_over_time, max_over_time",
        OVER_TIME,
    ),
    (
        "rate(telemetry_heartbeat_timestamp_seconds[5m])",
        "telemetry_heartbeat_timestamp_seconds is a gauge, but is read through rate()",
        RATE,
    ),
    ("increase(rag_cache_hit_rate[5m])", "rag_cache_hit_rate is a gauge", RATE),
]
VALID = [
    "rate(requests_total[5m])",
    "sum by (route) (increase((latency_ms_bucket[5m])))",
    "resets(requests_total[1h])",
    "absent(requests_total)",
    "group by (tenant_id) (requests_total)",
    INCREASE,
    f"sum({INCREASE}) > 5",
    f"sum_over_time({INCREASE}[1h:5m]) + avg_over_time({INCREASE}[5m]) + last_over_time({INCREASE}[5m])",
    f"max_over_time({INCREASE}[2h] offset 23h) - min_over_time({INCREASE}[1h])",
    "max_over_time(rag_cache_hit_rate[1h])",
    "time() - telemetry_heartbeat_timestamp_seconds",
    "rate(unknown_series[5m])",
]


@pytest.mark.parametrize(("expression", "message", "suffix"), VIOLATIONS)
def test_a_wrong_reading_is_reported(built: Compiled, expression: str, message: str, suffix: str) -> None:
    """The value of a counter, the rate of anything else, and other functions of increases over time are reported."""
    problems = violations(with_expression(built, expression), *READING)
    assert any(message in problem and problem.endswith(suffix) for problem in problems), problems


@pytest.mark.parametrize("expression", VALID)
def test_a_right_reading_is_not_reported(built: Compiled, expression: str) -> None:
    """Rates of counters, increases as they are or over time, values of gauges, and the presence of anything are valid.
    An unknown series is reported by another check alone."""
    assert violations(with_expression(built, expression), *READING) == []


def test_a_panel_is_checked(built: Compiled) -> None:
    """A panel that shows a counter's value is reported where it is defined."""
    (problem,) = violations(with_dashboard(built, "storage", panel_query("kv_reads_total")), *READING)
    assert problem.startswith("dashboards/storage.py:")


def test_a_variable_may_list_its_values_from_a_counter(built: Compiled) -> None:
    """Listing the values of a label does not read the value of the counter."""
    assert (
        'label_values(requests_total{platform=\\"production\\"}, route)'
        in built.texts["grafana/dashboards/overview.json"]
    )
    assert violations(built, *READING) == []


@pytest.mark.parametrize(
    ("expression", "reported"),
    [
        ("sum by (route) (rate(latency_ms_bucket[5m]))", True),
        ("sum(route_service_le:latency_ms_bucket:increase5m)", True),
        ("sum without (le) (rate(latency_ms_bucket[5m]))", True),
        ("sum by (le) (rate(latency_ms_bucket[5m]))", False),
        ("sum without (tenant_id) (rate(latency_ms_bucket[5m]))", False),
        ("max(histogram_quantile(0.95, sum by (route, le) (rate(latency_ms_bucket[5m]))))", False),
        ("topk(3, sum by (le) (rate(latency_ms_bucket[5m])))", False),
        ("sum(rate(latency_ms_count[5m]))", False),
        (r'sum(rate(latency_ms_bucket{le=~"500(\\.0)?"}[5m]))', False),
        (r'sum(rate(latency_ms_bucket{le=~"500|1000"}[5m]))', True),
        (r'sum(rate(latency_ms_bucket{le=~"500.*"}[5m]))', True),
        (r'sum(rate(latency_ms_bucket{le!~"500"}[5m]))', True),
        (r'sum(rate(latency_ms_bucket{le=~"500"}[5m]) or rate(latency_ms_bucket[5m]))', True),
        (r'sum(rate(latency_ms_bucket{le=~"500"}[5m]) and on (route) rate(requests_total[5m]))', False),
        (r'sum(rate(latency_ms_bucket{le=~"500"}[5m]) and on (route) rate(requets_total[5m]))', True),
    ],
)
def test_an_aggregation_that_drops_le_is_reported(built: Compiled, expression: str, reported: bool) -> None:
    """Buckets are cumulative: without `le`, each observation counts once for every bound above it, unless a
    matcher selects one."""
    problems = violations(with_expression(built, expression), "promql/buckets-without-le")
    assert ["drops the label le of buckets; keep le" in problem for problem in problems] == [True] * reported


@pytest.mark.parametrize(
    ("matcher", "reported"), [('le="500"', True), ('le!="500.0"', True), (r'le=~"500(\\.0)?"', False)]
)
def test_a_matcher_of_a_bucket_bound_is_reported(built: Compiled, matcher: str, reported: bool) -> None:
    """The same bound is written 500 by one client library and 500.0 by another."""
    expression = f"rate(latency_ms_bucket{{{matcher}}}[5m])"
    problems = violations(with_expression(built, expression), "promql/bucket-bound-equality")
    assert ["latency_ms_bucket is matched with le" in problem for problem in problems] == [True] * reported


def two_units_on_one_axis(platform: Platform) -> object:
    @panel("Mixed", id="mixed")
    def mixed(platform: Platform) -> TimeSeries:
        """Requests and tokens."""
        return TimeSeries((Series(REQUESTS.rate()), Series(TOKENS.rate())))

    context = PanelContext(QueryLowering(platform, RecordingRules()), (), lambda name, variable: LinkSpec(""))
    return lower_panel(context, mixed, GridPosition(0, 0, 8, 8), 1)


@pytest.mark.parametrize(
    ("mix", "message"),
    [
        (lambda _: LATENCY.quantile(0.95, minutes(5)).above(percent(5)), "milliseconds .* ratio"),
        (
            lambda platform: REQUESTS.increase(minutes(5)).by(TENANT).above(token_budget(platform)),
            "requests .* tokens",
        ),
        (
            lambda platform: TOKENS.increase(days(1)).by(TENANT).fraction_of(error_threshold(platform)),
            "tokens divided by a threshold in ratio",
        ),
        (two_units_on_one_axis, "requests per second and tokens per second"),
    ],
)
def test_units_are_never_mixed(platform: Platform, mix: Callable[[Platform], object], message: str) -> None:
    """The DSL does not compare, divide or draw together queries of different units, and has no addition of queries."""
    with pytest.raises(DefinitionError, match=message):
        mix(platform)
    with pytest.raises(DefinitionError, match="Python's \\+ does not work on a query"):
        operator.add(AI_REQUESTS.rate(), AI_REQUESTS.rate())
