"""Checks of the colours of panels: warnings before critical thresholds, one unit, and the thresholds of alerts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.api import ERRORS, LATENCY, REQUESTS
from contract.labels import ROUTE, SERVICE, TENANT
from contract.objectives import error_threshold, latency_slo
from generator.dsl.alert import PAGE, TICKET, Alert, Severity, alert
from generator.dsl.dashboard import (
    BarGauge,
    Column,
    Dashboard,
    Row,
    Series,
    Stat,
    Table,
    TimeSeries,
    Visualization,
    panel,
)
from generator.dsl.panel_thresholds import fraction_of_critical, threshold_of
from generator.dsl.platform import Platform
from generator.dsl.query import Condition, Threshold
from generator.dsl.units import minutes, percent
from generator.ir.build import Compiled
from generator.lowering.lower import lower
from tests.checks.builds import violations

ORDER, UNIT, DIFFERS = (
    "dashboard/warning-after-critical",
    "dashboard/threshold-in-another-unit",
    "dashboard/threshold-differs-from-alert",
)
ERROR_RATIO = ERRORS.ratio_to(REQUESTS, minutes(5))
BY_ROUTE = ERRORS.ratio_to(REQUESTS).by(ROUTE, SERVICE)


def with_panel(built: Compiled, visualization: Visualization, check: str, *alerts: Alert) -> list[str]:
    """The violations with one more dashboard, which has one panel, and with more alerts."""

    @panel("Example", id="example")
    def example(platform: Platform) -> Visualization:
        """An example."""
        return visualization

    board = Dashboard("example", "Example", "An example.", (), (Row("Row", (example,), id="row"),), ())
    lowered = built.lowered
    definitions = replace(
        lowered.definitions,
        dashboards=(*lowered.definitions.dashboards, board),
        alerts=(*lowered.definitions.alerts, *(replace(each, family="errors") for each in alerts)),
    )
    return violations(lower(lowered.platform, definitions), check)


def linked(name: str, severity: Severity, threshold: Threshold) -> Alert:
    """An alert on the error ratio of routes, or of tenants where the threshold is theirs, that links to the example."""

    @alert(name, severity, panel="example/example")
    def example(platform: Platform) -> Condition:
        """Requests fail.

        {value} of requests fail (threshold {threshold}).

        Impact: Callers get errors.

        First steps:
        1. Open the panel.
        """
        return ERROR_RATIO.by(TENANT, ROUTE, SERVICE).above(threshold)

    return example


def test_the_shipped_panels_pass(built: Compiled) -> None:
    """No shipped panel has a warning out of order, another unit, or another threshold than its alerts."""
    assert violations(built.lowered, ORDER, UNIT, DIFFERS) == []


@pytest.mark.parametrize(
    ("visualization", "what"),
    [
        (
            Stat(ERROR_RATIO, warning=percent(1), critical=percent("0.5")),
            "1% is not below its critical threshold, which is 0.5%",
        ),
        (
            Stat(ERROR_RATIO, warning=percent(2), critical=percent(2)),
            "2% is not below its critical threshold, which is 2%",
        ),
        (
            BarGauge(ERROR_RATIO, warning=percent(10), critical=percent(25), lower_is_worse=True),
            "10% is not above its critical threshold, which is 25%",
        ),
        (
            TimeSeries((Series(BY_ROUTE),), threshold=threshold_of("RouteHighErrorRate"), warning=percent(3)),
            "3% is not below its critical threshold, which is 2%",
        ),
        (
            Table(TENANT, (Column("Errors", ERROR_RATIO.by(TENANT), percent(5), percent(1)),)),
            "5% is not below its critical threshold, which is 1%",
        ),
    ],
)
def test_a_warning_that_is_not_before_the_critical_threshold_is_reported(
    built: Compiled, visualization: Visualization, what: str
) -> None:
    """Grafana would paint a value above the critical threshold green or orange."""
    (problem,) = with_panel(built, visualization, ORDER)
    assert problem.startswith("tests/checks/test_panel_thresholds.py:")
    assert f"its warning at {what}" in problem
    assert problem.endswith(f"[{ORDER}]")


@pytest.mark.parametrize("critical", [threshold_of("RouteHighErrorRate"), threshold_of("HighAIErrorRate")])
def test_a_fraction_of_the_critical_threshold_is_before_it(built: Compiled, critical: object) -> None:
    """A fraction is below every threshold above 0, whatever the platform."""
    visualization = Stat(ERROR_RATIO, warning=fraction_of_critical(percent(99)), critical=critical)  # type: ignore[arg-type]
    assert with_panel(built, visualization, ORDER) == []


@pytest.mark.parametrize(
    ("visualization", "what"),
    [
        (
            TimeSeries((Series(BY_ROUTE),), threshold=threshold_of("RouteHighLatency")),
            "a threshold in milliseconds on a panel in ratio; give it in ratio, as percent",
        ),
        (
            Stat(LATENCY.quantile(0.95, minutes(5)), critical=threshold_of("RouteHighErrorRate")),
            "a threshold in ratio on a panel in milliseconds; give it in milliseconds, as milliseconds(1)",
        ),
        (
            Stat(ERROR_RATIO, warning=threshold_of("HighAISpend")),
            "a threshold in dollars on a panel in ratio; give it in ratio, as percent",
        ),
    ],
)
def test_a_threshold_in_another_unit_is_reported(built: Compiled, visualization: Visualization, what: str) -> None:
    """Grafana compares numbers, whatever their units."""
    (problem,) = with_panel(built, visualization, UNIT)
    assert what in problem
    assert problem.endswith(f"[{UNIT}]")


def test_a_query_divided_by_a_threshold_is_a_ratio_of_it(built: Compiled) -> None:
    """The SLO in milliseconds is 100 % on a panel of latencies in percent of the SLO."""
    used = LATENCY.quantile(0.95, minutes(5)).by(ROUTE).fraction_of(latency_slo(built.lowered.platform))
    assert with_panel(built, Stat(used, critical=threshold_of("RouteHighLatency")), UNIT) == []


def test_a_panel_with_another_threshold_than_its_alert_is_reported(built: Compiled) -> None:
    """The page fires above 2 % and links to a panel that is green up to 3 %."""
    (problem,) = with_panel(built, Stat(ERROR_RATIO, critical=percent(3)), DIFFERS, linked("Page", PAGE, percent(2)))
    assert (
        'its critical threshold is 3%, and Page, which links to it, fires above 2%; write threshold_of("Page").'
        in problem
    )
    assert with_panel(built, Stat(ERROR_RATIO), DIFFERS, linked("Page", PAGE, percent(2))) == []


def test_red_is_the_lowest_page_and_orange_the_ticket(built: Compiled) -> None:
    """Two pages at 2 % and 50 % and a ticket at 1 %: red from 2 % on, orange from 1 % on, and neither the other way."""
    alerts = linked("Down", PAGE, percent(50)), linked("High", PAGE, percent(2)), linked("High", TICKET, percent(1))
    right = Stat(ERROR_RATIO, warning=threshold_of("High", TICKET), critical=threshold_of("High", PAGE))
    assert with_panel(built, right, DIFFERS, *alerts) == []
    wrong = Stat(ERROR_RATIO, warning=percent(2), critical=threshold_of("Down"))
    critical, warning = with_panel(built, wrong, DIFFERS, *alerts)
    assert "its critical threshold is 50%, and High, which links to it, fires above 2%" in critical
    assert 'write threshold_of("High", PAGE).' in critical
    assert "its warning threshold is 2%, and High, which links to it, fires above 1%" in warning
    assert 'write threshold_of("High", TICKET).' in warning


def test_the_default_of_tenants_is_not_the_threshold_of_a_tenant(built: Compiled) -> None:
    """An alert with a threshold of each tenant needs the same on its panel, not the default of tenants without one."""
    platform = built.lowered.platform
    tenants = linked("Tenant", TICKET, error_threshold(platform))
    by_tenant = ERROR_RATIO.by(TENANT)
    assert platform.errors.tenant.default is not None
    (problem,) = with_panel(built, Stat(by_tenant, critical=platform.errors.tenant.default), DIFFERS, tenants)
    assert (
        "its critical threshold is 5%, and Tenant, which links to it, fires above tenant_id:error_share:limit"
        in problem
    )
    drawn = TimeSeries((Series(by_tenant),), threshold=threshold_of("Tenant"))
    assert with_panel(built, drawn, DIFFERS, tenants) == []
    used = by_tenant.fraction_of(error_threshold(platform))
    assert with_panel(built, Stat(used, critical=percent(100)), DIFFERS, tenants) == []
    (problem,) = with_panel(built, Stat(used, critical=percent(90)), DIFFERS, tenants)
    assert "its critical threshold is 90%, and Tenant, which links to it, fires above 100%" in problem


def test_a_panel_of_something_else_is_not_compared(built: Compiled) -> None:
    """An alert may open a panel of requests, which has no threshold."""
    assert with_panel(built, Stat(REQUESTS.rate()), DIFFERS, linked("Page", PAGE, percent(2))) == []
