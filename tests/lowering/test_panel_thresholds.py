"""The thresholds of panels: each value has the colour of its alert's threshold, a tenant's own included."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from contract.ai import TOKENS
from contract.api import ERRORS, HEARTBEAT, LATENCY, REQUESTS
from contract.labels import ROUTE, SERVICE, TENANT
from contract.objectives import error_threshold, latency_slo, token_budget
from generator.definitions import load_definitions
from generator.dsl.alert import PAGE, TICKET, Alert
from generator.dsl.dashboard import BarGauge, Freshness, Panel, Series, Stat, TimeSeries, Visualization
from generator.dsl.labels import Label
from generator.dsl.panel_thresholds import CriticalThreshold, fraction_of_critical, threshold_of
from generator.dsl.platform import Platform
from generator.dsl.query import Query, ThresholdTable
from generator.dsl.units import MILLISECONDS, RATIO, REQUESTS_UNIT, TOKENS_UNIT, days, minutes, percent, quantity
from generator.errors import DefinitionError
from generator.external.promtool import Promtool
from generator.ir.dashboard import Colour, GridPosition, LinkSpec, Marker, PanelSpec, ThresholdStep
from generator.lowering.lower import lower
from generator.lowering.panel_context import PanelContext
from generator.lowering.panel_thresholds import Bound, PanelThresholds
from generator.lowering.panels import lower_panel
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from generator.rendering.input_series import series_text
from generator.rendering.promql import flat
from generator.rendering.rule_files import rule_files
from tests.lowering.expression_evaluation import Evaluator

WINDOW = minutes(5)
ERROR_RATIO = ERRORS.ratio_to(REQUESTS, WINDOW)
TENANT_LIMIT = "tenant_id:error_share:limit"


@pytest.fixture(scope="module")
def alerts() -> Sequence[Alert]:
    """The shipped alerts."""
    return load_definitions().alerts


def bound(platform: Platform, alerts: Sequence[Alert], critical: CriticalThreshold, query: Query) -> Bound | None:
    """The critical bound of a query."""
    return PanelThresholds(platform, alerts).bounds(query, critical, None).critical


def spec(
    platform: Platform,
    alerts: Sequence[Alert],
    visualization: Visualization,
    constant_labels: tuple[Label, ...] = (),
) -> PanelSpec:
    """The specification of a panel; `constant_labels` have one value on its dashboard."""
    lowering = QueryLowering(platform, RecordingRules(), for_dashboard=True)
    context = PanelContext(lowering, (), lambda id, variable: LinkSpec(id), constant_labels, alerts)
    panel = Panel("sample", "Sample", "A sample.", lambda platform: visualization, "dashboards/sample.py:1 sample")
    return lower_panel(context, panel, GridPosition(0, 1, 8, 8), 7)


def test_the_threshold_of_an_alert_is_that_of_its_first_comparison(platform: Platform, alerts: Sequence[Alert]) -> None:
    """RouteHighErrorRate fires above 2 %; its minimum of requests is no threshold of a panel."""
    assert bound(platform, alerts, threshold_of("RouteHighErrorRate"), ERROR_RATIO) == Bound(Fraction(1, 50), RATIO)


def test_colours_follow_the_threshold_of_the_platform(platform: Platform, alerts: Sequence[Alert]) -> None:
    """Where the pager rings above 0.5 %, the panel is red from 0.5 % and orange from 0.25 % on: 0.9 % is red."""
    strict = replace(platform, errors=replace(platform.errors, route=percent("0.5")))
    stat = Stat(ERROR_RATIO, warning=fraction_of_critical(percent(50)), critical=threshold_of("RouteHighErrorRate"))
    assert spec(strict, alerts, stat).steps == (
        ThresholdStep(Colour.OK, None),
        ThresholdStep(Colour.WARNING, 0.0025),
        ThresholdStep(Colour.CRITICAL, 0.005),
    )


def test_a_query_over_all_routes_has_the_strictest_threshold(platform: Platform, alerts: Sequence[Alert]) -> None:
    """With 0.5 % for /search and 2 % for the other routes, the error rate of all is red from 0.5 % on."""
    errors = replace(platform.errors, route_overrides={"/search": percent("0.5")})
    own = replace(platform, errors=errors)
    assert bound(own, alerts, threshold_of("RouteHighErrorRate"), ERROR_RATIO) == Bound(Fraction(1, 200), RATIO)
    by_route = bound(own, alerts, threshold_of("RouteHighErrorRate"), ERROR_RATIO.by(ROUTE))
    assert by_route is not None
    assert by_route.series is not None


def test_a_severity_selects_one_of_two_alerts(platform: Platform, alerts: Sequence[Alert]) -> None:
    """StorageErrors opens a ticket above 1 % and pages above 10 %."""
    ratio = {
        severity: bound(platform, alerts, threshold_of("StorageErrors", severity), ERROR_RATIO)
        for severity in (TICKET, PAGE)
    }
    assert ratio == {TICKET: Bound(Fraction(1, 100), RATIO), PAGE: Bound(Fraction(1, 10), RATIO)}


def test_a_query_divided_by_the_threshold_is_compared_with_a_fraction(
    platform: Platform, alerts: Sequence[Alert]
) -> None:
    """HighAICosts warns at 80 % of the budget: 0.8 on a panel in percent of it, 0.8 budgets on one of tokens."""
    used = TOKENS.increase(days(1)).by(TENANT)
    ticket = threshold_of("HighAICosts", TICKET)
    assert bound(platform, alerts, ticket, used.fraction_of(token_budget(platform))) == Bound(Fraction(4, 5), RATIO)
    assert bound(platform, alerts, ticket, used) == Bound(Fraction(4, 5), TOKENS_UNIT, token_budget(platform))
    slo = threshold_of("RouteHighLatency")
    p95 = LATENCY.quantile(0.95, WINDOW).by(ROUTE)
    assert bound(platform, alerts, slo, p95.fraction_of(latency_slo(platform))) == Bound(Fraction(1), RATIO)
    assert bound(platform, alerts, slo, p95) == Bound(Fraction(1), MILLISECONDS, latency_slo(platform))


def test_lines_of_budgets_are_multiples_of_their_series(platform: Platform, alerts: Sequence[Alert]) -> None:
    """The ticket is a dashed orange line at 0.8 budgets, the page a red one at the budget."""
    used = TOKENS.increase(days(1)).by(TENANT).filtered_by(TENANT)
    panel = spec(
        platform,
        alerts,
        TimeSeries(
            (Series(used, "used"),),
            threshold=threshold_of("HighAICosts", PAGE),
            warning=threshold_of("HighAICosts", TICKET),
        ),
    )
    lines = [
        (target.is_warning, flat(target.expression).split(" <")[0]) for target in panel.targets if target.is_threshold
    ]
    assert lines == [
        (False, "tenant_id:tokens_per_day:limit"),
        (True, "0.8 * tenant_id:tokens_per_day:limit"),
    ]
    assert not panel.threshold_lines


@pytest.mark.parametrize(
    ("critical", "message"),
    [
        (threshold_of("RouteHighErorRate"), 'there is no alert RouteHighErorRate; did you mean "RouteHighErrorRate"'),
        (threshold_of("StorageErrors"), '2 alerts are called StorageErrors; name the severity: threshold_of("Storage'),
        (threshold_of("RouteDown", TICKET), "RouteDown has no alert of severity ticket; name one that it has: PAGE"),
        (threshold_of("Watchdog"), "Watchdog has no threshold; name an alert that compares a query"),
    ],
)
def test_an_alert_without_this_threshold_is_an_error(
    platform: Platform, alerts: Sequence[Alert], critical: CriticalThreshold, message: str
) -> None:
    """A misspelt alert, one of two and one without a threshold are errors of the panel."""
    with pytest.raises(DefinitionError) as error:
        bound(platform, alerts, critical, ERROR_RATIO)
    assert str(error.value).startswith(message)


def test_a_threshold_of_each_tenant_needs_a_query_of_each_tenant(platform: Platform, alerts: Sequence[Alert]) -> None:
    """A ratio of all tenants has no threshold, and the bars of a bar gauge have the same steps."""
    own = threshold_of("TenantHighErrorRate")
    with pytest.raises(DefinitionError, match=r"a threshold per tenant_id, but the query is not grouped by tenant_id"):
        spec(platform, alerts, Stat(ERROR_RATIO, critical=own))
    with pytest.raises(DefinitionError, match=r"cannot colour this panel; divide the query by the threshold"):
        spec(platform, alerts, BarGauge(ERROR_RATIO.by(TENANT), critical=own))


COUNT_BY_TENANT = REQUESTS.increase(WINDOW).by(TENANT)
TEN_EACH = ThresholdTable("request_limit", REQUESTS_UNIT, quantity(10, REQUESTS_UNIT)).per(TENANT, COUNT_BY_TENANT)


def series(name: str, tenant: str) -> str:
    """A series of a metric of requests."""
    return series_text(name, {"tenant_id": tenant, "route": "/chat", "service": "worker-api"})


def test_each_tenant_has_the_colour_of_its_own_threshold(
    platform: Platform, alerts: Sequence[Alert], promtool: Promtool, tmp_path: Path
) -> None:
    """Three tenants with 2 % of errors: red above a threshold of 1 %, orange above 20 % of 5 %, green below 20 % of
    50 %. The one query gives each value once, with the name of its colour."""
    overrides = {"strict": percent(1), "lenient": percent(50)}
    errors = replace(platform.errors, tenant=replace(platform.errors.tenant, overrides=overrides))
    own = replace(platform, errors=errors)
    query = ERROR_RATIO.by(TENANT).where(ROUTE.is_("/chat"), SERVICE.is_("worker-api"))
    critical = threshold_of("TenantHighErrorRate")
    panel = spec(own, alerts, Stat(query, fraction_of_critical(percent(20)), critical), constant_labels=(TENANT,))
    (target,) = panel.targets
    assert (target.instant, target.legend) == (True, "{{level}}")
    assert {level.name: level.colour for level in panel.levels} == {
        "critical": Colour.CRITICAL,
        "warning": Colour.WARNING,
        "ok": Colour.OK,
    }
    input_series = {
        series(name, tenant): f"0+{increase}x30"
        for tenant in ("strict", "normal", "lenient")
        for name, increase in (("requests_total", 100), ("errors_total", 2))
    }
    levels = {"critical": "strict", "warning": "normal", "ok": "lenient"}
    expected = {
        target.expression: {f'{{level="{level}", tenant_id="{tenant}"}}': 0.02 for level, tenant in levels.items()}
    }
    files = tuple(
        file for file in rule_files(lower(own, load_definitions())) if file.name in ("recorded-api", "recorded-limits")
    )
    assert Evaluator(promtool, files, tmp_path).failures(input_series, minutes(30), expected) == ()


def test_several_values_are_named_by_their_labels(platform: Platform, alerts: Sequence[Alert]) -> None:
    """The level begins the name of each value, and its labels follow: two values of one colour have different names."""
    panel = spec(platform, alerts, Stat(COUNT_BY_TENANT, critical=TEN_EACH))
    assert panel.targets[0].legend == "{{level}} · {{tenant_id}}"
    assert panel.level_labels == (TENANT,)


def test_a_panel_of_all_routes_says_that_it_uses_the_lowest_threshold(
    platform: Platform, alerts: Sequence[Alert]
) -> None:
    """Where a route has another threshold, the ratio of all routes is red from the lowest one on, and its text says so;
    where all are equal, there is nothing to say. A graph of each route only says when it draws them."""
    own = replace(platform, errors=replace(platform.errors, route_overrides={"/chat": percent(1)}))
    stat = Stat(ERROR_RATIO, critical=threshold_of("RouteHighErrorRate"))
    panel = spec(own, alerts, stat)
    assert panel.steps[-1] == ThresholdStep(Colour.CRITICAL, 0.01)
    assert panel.description == "A sample. The thresholds of routes differ: the lowest one counts here."
    assert spec(platform, alerts, stat).description == "A sample."
    by_route = TimeSeries((Series(ERROR_RATIO.by(ROUTE)),), threshold=threshold_of("RouteHighErrorRate"))
    assert spec(own, alerts, by_route).description == "A sample. A threshold is drawn when values come near it."


def test_a_tenant_without_a_threshold_is_green(platform: Platform, alerts: Sequence[Alert]) -> None:
    """The last part of the query takes all that the others do not, whether the threshold exists or not."""
    panel = spec(
        platform, alerts, Stat(ERROR_RATIO.by(TENANT), critical=error_threshold(platform)), constant_labels=(TENANT,)
    )
    green = flat(panel.targets[0].expression).rpartition(" or label_replace(")[2]
    value, _, rest = green.partition(" unless ")
    assert TENANT_LIMIT not in value
    assert rest.endswith(f'>= on (tenant_id) {TENANT_LIMIT}, "level", "ok", "", "")')


@pytest.mark.parametrize(("minute", "level"), [(31, "ok"), (40, "critical")])
def test_the_newest_sample_is_stale_from_the_threshold_on(
    platform: Platform, alerts: Sequence[Alert], promtool: Promtool, tmp_path: Path, minute: int, level: str
) -> None:
    """Two services push their last heartbeats in minutes 20 and 30: the newest one is from minute 30, fresh a minute
    later and stale ten minutes later, where TelemetryMissing pages after three."""
    age = HEARTBEAT.age(lookback=days(1), expected=SERVICE)
    panel = spec(platform, alerts, Freshness(age, threshold_of("TelemetryMissing")))
    assert platform.telemetry_stale_after == minutes(3)
    heartbeats = {
        series_text("telemetry_heartbeat_timestamp_seconds", {"service": service}): f"0+60x{last}"
        for service, last in (("worker-api", 30), ("ingest-worker", 20))
    }
    (target,) = panel.targets
    expected = {target.expression: {f'{{level="{level}"}}': 1_800_000}}
    assert Evaluator(promtool, (), tmp_path).failures(heartbeats, minutes(minute), expected) == ()
    assert {each.name: (each.colour, each.text) for each in panel.levels} == {
        "critical": (Colour.CRITICAL, "No telemetry since"),
        "ok": (Colour.OK, "Newest sample"),
        "never": (Colour.CRITICAL, "No telemetry in"),
    }
    assert (
        Evaluator(promtool, (), tmp_path).failures(
            {}, minutes(minute), {target.complete: {'{level="never"}': math.inf}}
        )
        == ()
    )
    texts = {state.marker: (state.text, state.colour) for state in panel.states}
    assert texts[Marker.DEAD] == ("24 hours", Colour.CRITICAL)
