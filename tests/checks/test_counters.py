"""Law 2, each breach seen: counters read bare, increases read twice, buckets added up; and units that do not mix."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contract.ai import AI_REQUESTS, TOKENS
from contract.api import LATENCY, REQUESTS
from contract.labels import TENANT
from contract.objectives import error_threshold, token_budget
from generator.checks.counters import (
    buckets_keep_their_bounds,
    counters_are_read_by_their_growth,
    no_bound_is_asked_for,
)
from generator.dsl.dashboard import Series, TimeSeries, panel
from generator.dsl.platform import Platform
from generator.dsl.units import days, minutes, percent
from generator.errors import DefinitionError
from generator.ir.build import Compiled
from generator.ir.dashboard import Place
from generator.lowering.panels import PanelContext, lower_panel
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from tests.checks.builds import asking, panel_asking, said, with_board

INCREASE = "route_service:requests_total:increase5m"
MISREAD = [
    ("requests_total", "requests_total is a counter, and is read bare; read it through rate or increase"),
    ("sum(requests_total)", "requests_total is a counter, and is read through sum"),
    ("sum_over_time(requests_total[5m])", "requests_total is a counter, and is read through sum_over_time"),
    ("delta(errors_total[5m])", "errors_total is a counter, and is read through delta"),
    ("latency_ms_bucket", "latency_ms_bucket is a counter, and is read bare"),
    ("latency_ms_sum / latency_ms_count", "latency_ms_sum is a counter, and is read bare"),
    ("ai_tokens_input > 5", "ai_tokens_input is a counter, and is read bare"),
    (f"rate({INCREASE}[5m])", f"{INCREASE} is an increase already, and is read through rate; read it as it is"),
    (f"increase({INCREASE}[1h:5m])", f"{INCREASE} is an increase already, and is read through increase"),
    (f"max_over_time({INCREASE}[1h])", "is read through max_over_time; use one of avg_over_time, last_over_time"),
    (
        "rate(telemetry_heartbeat_timestamp_seconds[5m])",
        "telemetry_heartbeat_timestamp_seconds is no counter, and is read through rate",
    ),
    ("increase(rag_cache_hit_rate[5m])", "rag_cache_hit_rate is no counter"),
]
WELL_READ = [
    "rate(requests_total[5m])",
    "sum by (route) (increase((latency_ms_bucket[5m])))",
    "resets(requests_total[1h])",
    "absent(requests_total)",
    "group by (tenant_id) (requests_total)",
    INCREASE,
    f"sum({INCREASE}) > 5",
    f"sum_over_time({INCREASE}[1h:5m]) + avg_over_time({INCREASE}[5m]) + last_over_time({INCREASE}[5m])",
    "max_over_time(rag_cache_hit_rate[1h])",
    "time() - telemetry_heartbeat_timestamp_seconds",
]


def test_production_is_lawful(built: Compiled) -> None:
    """Production reads all that grows by its growth, and buckets by their bounds."""
    assert counters_are_read_by_their_growth(built) == []
    assert buckets_keep_their_bounds(built) == []
    assert no_bound_is_asked_for(built) == []


@pytest.mark.parametrize(("expression", "message"), MISREAD)
def test_a_counter_that_is_misread_is_told(built: Compiled, expression: str, message: str) -> None:
    """What only grows says nothing by its value, and what does not only grow has no rate."""
    problems = said(counters_are_read_by_their_growth(asking(built, expression)))
    assert any(message in problem for problem in problems), problems


@pytest.mark.parametrize("expression", WELL_READ)
def test_what_is_read_well_is_not_told(built: Compiled, expression: str) -> None:
    """Growth of counters, increases as they are or over time, gauges as they are, and presence of anything."""
    assert said(counters_are_read_by_their_growth(asking(built, expression))) == []


def test_a_panel_is_held_to_the_law(built: Compiled) -> None:
    """A panel that draws a counter's value is told where it is defined."""
    (problem,) = said(counters_are_read_by_their_growth(with_board(built, "storage", panel_asking("kv_reads_total"))))
    assert problem.startswith("dashboards/storage.py:")


def test_a_variables_values_are_listed_from_a_counter(built: Compiled) -> None:
    """To list a label's values is not to read a counter."""
    assert "label_values(requests_total, route)" in built.texts["grafana/dashboards/overview.json"]


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("sum by (route) (rate(latency_ms_bucket[5m]))", True),
        ("sum(route_service_le:latency_ms_bucket:increase5m)", True),
        ("sum without (le) (rate(latency_ms_bucket[5m]))", True),
        ("sum by (le) (rate(latency_ms_bucket[5m]))", False),
        ("sum without (tenant_id) (rate(latency_ms_bucket[5m]))", False),
        ("max(histogram_quantile(0.95, sum by (route, le) (rate(latency_ms_bucket[5m]))))", False),
        ("topk(3, sum by (le) (rate(latency_ms_bucket[5m])))", False),
        ("sum(rate(latency_ms_count[5m]))", False),
    ],
)
def test_buckets_that_are_added_up_are_told(built: Compiled, expression: str, firing: bool) -> None:
    """Buckets are cumulative: without `le`, each value counts once for every bound above it."""
    problems = said(buckets_keep_their_bounds(asking(built, expression)))
    assert ["adds up buckets of different bounds; keep le" in problem for problem in problems] == [True] * firing


@pytest.mark.parametrize(("matcher", "told"), [('le="500"', True), ('le!="500.0"', True), (r'le=~"500(\\.0)?"', False)])
def test_a_bound_that_is_asked_for_is_told(built: Compiled, matcher: str, firing: bool) -> None:
    """A bound is written 500 by one reporter and 500.0 by another."""
    problems = said(no_bound_is_asked_for(asking(built, f"rate(latency_ms_bucket{{{matcher}}}[5m])")))
    assert ["latency_ms_bucket is asked for le=" in problem for problem in problems] == [True] * firing


def two_units_on_one_axis(platform: Platform) -> object:
    @panel("Mixed", id="mixed")
    def mixed(platform: Platform) -> TimeSeries:
        """Requests and tokens."""
        return TimeSeries((Series(REQUESTS.rate()), Series(TOKENS.rate())))

    return lower_panel(
        PanelContext(QueryLowering(platform, RecordingRules()), (), lambda name, variable: ""),
        mixed,
        Place(0, 0, 8, 8),
        1,
    )


@pytest.mark.parametrize(
    ("mix", "message"),
    [
        (lambda _: LATENCY.quantile(0.95, minutes(5)).above(percent(5)), "milliseconds .* share"),
        (
            lambda platform: REQUESTS.increase(minutes(5)).by(TENANT).above(token_budget(platform)),
            "requests .* tokens",
        ),
        (
            lambda platform: TOKENS.increase(days(1)).by(TENANT).fraction_of(error_threshold(platform)),
            "tokens against a limit in share",
        ),
        (two_units_on_one_axis, "lines in requests per second and tokens per second on one axis"),
    ],
)
def test_units_do_not_mix(platform: Platform, mix: Callable[[Platform], object], message: str) -> None:
    """The words refuse to compare, divide or draw together what has two units; there is no word for adding them."""
    with pytest.raises(DefinitionError, match=message):
        mix(platform)
    assert not hasattr(AI_REQUESTS.rate(), "__add__")
