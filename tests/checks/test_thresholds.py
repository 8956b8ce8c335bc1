"""Checks of thresholds: latency thresholds between bucket bounds, and threshold lines of no alert."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.api import ERRORS, LATENCY, REQUESTS
from contract.labels import ROUTE, SERVICE
from contract.objectives import latency_slo
from generator.dsl.alert import TICKET, Alert, alert
from generator.dsl.dashboard import Dashboard, Row, Series, TimeSeries, panel
from generator.dsl.metrics import Ratio
from generator.dsl.observations import observations, observations_above
from generator.dsl.platform import Platform
from generator.dsl.query import Condition
from generator.dsl.units import MILLISECONDS, RATIO, Quantity, milliseconds, minutes, percent, quantity
from generator.ir.build import Compiled
from tests.checks.builds import violations, with_alert

BOUNDS, LINES = "alert/threshold-not-a-bucket-bound", "dashboard/threshold-without-alert"


def slow(threshold: Quantity) -> Alert:
    """An alert on a latency above a threshold."""

    @alert("RouteSlow", TICKET, panel="overview/latency_by_route")
    def route_slow(platform: Platform) -> Condition:
        """{route} is slow.

        p95 latency is {value}.

        Impact: Callers wait.

        First steps:
        1. Open the panel.
        """
        return LATENCY.quantile(0.95, minutes(5)).by(ROUTE, SERVICE).above(threshold)

    return route_slow


def with_panel(built: Compiled, series: TimeSeries, check: str = LINES) -> list[str]:
    """The violations with one more dashboard that has one panel."""

    @panel("Example", id="example")
    def example(platform: Platform) -> TimeSeries:
        """An example."""
        return series

    board = Dashboard("example", "Example", "An example.", (), (Row("Row", (example,)),), ())
    definitions = built.lowered.definitions
    changed = replace(definitions, dashboards=(*definitions.dashboards, board))
    return violations(replace(built.lowered, definitions=changed), check)


def test_a_threshold_of_counted_observations_is_a_bucket_bound(built: Compiled) -> None:
    """How many requests are slower than 600 ms is not known, on a panel or in an alert."""
    bad, good = (observations_above(LATENCY, milliseconds(amount)) for amount in (600, 500))
    slow_share = Ratio(bad.increase(minutes(5)), observations(LATENCY).increase(minutes(5)), RATIO)

    @alert("Slow", TICKET, panel="overview/latency_by_route")
    def slow_requests(platform: Platform) -> Condition:
        """Requests are slow: {value}.

        {value} are slow.

        Impact: Callers wait.

        First steps:
        1. Open the panel.
        """
        return slow_share.above(percent(5))

    problem = "its threshold is 600 ms, which is not a bucket bound of latency_ms below the highest; use one of 5, 10,"
    (of_alert,) = violations(with_alert(built, slow_requests), BOUNDS)
    (of_panel,) = with_panel(built, TimeSeries((Series(bad.rate()),)), BOUNDS)
    assert problem in of_alert
    assert problem in of_panel
    assert with_panel(built, TimeSeries((Series(good.rate()),)), BOUNDS) == []


def test_the_shipped_thresholds_pass(built: Compiled) -> None:
    """The shipped thresholds are bucket bounds, and those on panels are thresholds of alerts."""
    assert violations(built.lowered, BOUNDS, LINES) == []


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(600, "600 ms"), (0, "0 ms"), (30_000, "30 s"), (60_000, "60 s"), ("499.5", "499.5 ms")],
)
def test_a_threshold_that_is_not_a_bucket_bound_is_reported(
    built: Compiled, milliseconds: int | str, text: str
) -> None:
    """Between two bounds, at the highest bound and above it a quantile is not exact."""
    (problem,) = violations(with_alert(built, slow(quantity(milliseconds, MILLISECONDS))), BOUNDS)
    assert problem.startswith("tests/checks/test_thresholds.py:")
    assert (
        f"its threshold is {text}, which is not a bucket bound of latency_ms below the highest; use one of 5, 10, 25"
        in problem
    )
    assert problem.endswith(f"5000, 10000. [{BOUNDS}]")


@pytest.mark.parametrize("milliseconds", [5, 500, 10_000])
def test_a_threshold_that_is_a_bucket_bound_is_not_reported(built: Compiled, milliseconds: int) -> None:
    """The lowest bound, one in the middle and the last but one are valid."""
    assert violations(with_alert(built, slow(quantity(milliseconds, MILLISECONDS))), BOUNDS) == []


def test_every_override_is_checked(built: Compiled) -> None:
    """The threshold of one route is reported with the route, once for each alert and panel that uses it."""
    platform = built.lowered.platform
    route = replace(
        platform.latency.route,
        overrides={**platform.latency.route.overrides, "/search": quantity(501, MILLISECONDS)},
    )
    changed = replace(platform, latency=replace(platform.latency, route=route))
    problems = violations(replace(built.lowered, platform=changed), BOUNDS)
    expected = "its threshold for /search is 501 ms, which is not a bucket bound"
    assert [expected in problem for problem in problems] == [True, True, True]
    assert sorted(problem.split()[1].rstrip(":") for problem in problems) == [
        "route_high_latency",
        "slow_requests_by_route",
        "tenant_high_latency",
    ]


def test_the_default_of_a_threshold_is_checked(built: Compiled) -> None:
    """The default for all label values is reported too."""
    platform = built.lowered.platform
    route = replace(platform.latency.route, default=quantity(7, MILLISECONDS), overrides={})
    changed = replace(
        slow(quantity(500, MILLISECONDS)),
        build=lambda platform: (
            LATENCY.quantile(0.95, minutes(5))
            .by(ROUTE, SERVICE)
            .above(route.per(ROUTE, default_for=REQUESTS.increase(minutes(5)).by(ROUTE)))
        ),
    )
    first = replace(built.lowered.alerts[0], alert=changed)
    (problem,) = violations(replace(built.lowered, alerts=(first,), platform=platform), BOUNDS)
    assert "its threshold is 7 ms" in problem


ERROR_RATIO = Series(ERRORS.ratio_to(REQUESTS).by(ROUTE, SERVICE))


@pytest.mark.parametrize(
    ("series", "text"),
    [
        (TimeSeries((ERROR_RATIO,), threshold=percent("2.5")), "2.5%"),
        (TimeSeries((ERROR_RATIO,), warning=percent(4)), "4%"),
        (TimeSeries((Series(LATENCY.quantile(0.95)),), threshold=quantity(50, MILLISECONDS)), "50 ms"),
    ],
)
def test_a_line_that_is_not_the_threshold_of_an_alert_is_reported(
    built: Compiled, series: TimeSeries, text: str
) -> None:
    """Readers take a threshold line for the value at which an alert fires; 50 dollars are not 50 ms."""
    (problem,) = with_panel(built, series)
    assert problem.startswith("tests/checks/test_thresholds.py:")
    assert f"its threshold line at {text} is not the threshold of an alert; draw the threshold of an alert" in problem
    assert problem.endswith(f"[{LINES}]")


def test_the_threshold_of_an_alert_may_be_drawn(built: Compiled) -> None:
    """The thresholds of the shipped alerts, one number or one per route, are not reported."""
    platform = built.lowered.platform
    assert with_panel(built, TimeSeries((ERROR_RATIO,), threshold=platform.errors.route)) == []
    p95 = Series(LATENCY.quantile(0.95).by(ROUTE))
    assert with_panel(built, TimeSeries((p95,), threshold=latency_slo(platform))) == []
