"""Law 3: a latency threshold off the buckets, and a line that no alert judges by, are told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.api import ERRORS, LATENCY, REQUESTS
from contract.labels import ROUTE, SERVICE
from contract.objectives import latency_slo
from generator.checks.thresholds import ceilings_are_thresholds, latency_thresholds_are_bucket_bounds
from generator.dsl.alert import TICKET, Alert, alert
from generator.dsl.dashboard import Dashboard, Row, Series, TimeSeries, panel
from generator.dsl.platform import Platform
from generator.dsl.query import Condition
from generator.dsl.units import MILLISECONDS, Quantity, minutes, percent, quantity
from generator.ir.build import Compiled
from tests.checks.builds import said, with_alert


def slow(threshold: Quantity) -> Alert:
    """An alert on a latency above this."""

    @alert("SlowRoute", TICKET, panel="overview/latency_by_route")
    def slow_route(platform: Platform) -> Condition:
        """{route} is slow.

        p95 is {value}.

        Impact: Callers wait.

        First steps:
        1. Look.
        """
        return LATENCY.quantile(0.95, minutes(5)).by(ROUTE, SERVICE).above(threshold)

    return slow_route


def drawing(built: Compiled, series: TimeSeries) -> list[str]:
    """What the law says of one more dashboard, with one panel."""

    @panel("Drawn", id="drawn")
    def drawn(platform: Platform) -> TimeSeries:
        """Drawn."""
        return series

    board = Dashboard("spoilt", "Spoilt", "Why?", (), (Row("Row", (drawn,)),), ())
    definitions = built.lowered.definitions
    more = replace(definitions, dashboards=(*definitions.dashboards, board))
    return said(ceilings_are_thresholds(replace(built.lowered, definitions=more)))


def test_production_is_lawful(built: Compiled) -> None:
    """Production promises what its histograms can tell, and draws what its alerts judge by."""
    assert latency_thresholds_are_bucket_bounds(built.lowered) == []
    assert ceilings_are_thresholds(built.lowered) == []


@pytest.mark.parametrize(
    ("milliseconds", "spoken"),
    [(600, "600 ms"), (0, "0 ms"), (30_000, "30 s"), (60_000, "60 s"), ("499.5", "499.5 ms")],
)
def test_a_threshold_off_the_buckets_is_told(built: Compiled, milliseconds: int | str, spoken: str) -> None:
    """Between two bounds, at the highest and above it, no quantile can be trusted."""
    lowered = with_alert(built, slow(quantity(milliseconds, MILLISECONDS)))
    (problem,) = said(latency_thresholds_are_bucket_bounds(lowered))
    assert problem.startswith("tests/checks/test_thresholds.py:")
    assert (
        f"its threshold is {spoken}, no bucket bound of latency_ms below the highest; use one of 5, 10, 25" in problem
    )
    assert problem.endswith("5000, 10000.")


@pytest.mark.parametrize("milliseconds", [5, 500, 10_000])
def test_a_threshold_on_a_bound_is_not_told(built: Compiled, milliseconds: int) -> None:
    """The lowest bound, one in the middle and the last but one are fine."""
    lowered = with_alert(built, slow(quantity(milliseconds, MILLISECONDS)))
    assert latency_thresholds_are_bucket_bounds(lowered) == []


def test_every_override_is_looked_at(built: Compiled) -> None:
    """A limit off the buckets for one route is told, with whose it is, by each alert that judges by it."""
    platform = built.lowered.platform
    route = replace(
        platform.latency.route,
        overrides={**platform.latency.route.overrides, "/search": quantity(501, MILLISECONDS)},
    )
    spoilt = replace(platform, latency=replace(platform.latency, route=route))
    problems = said(latency_thresholds_are_bucket_bounds(replace(built.lowered, platform=spoilt)))
    assert ["its threshold for /search is 501 ms, no bucket bound" in problem for problem in problems] == [True, True]


def test_the_default_of_a_limit_is_looked_at(built: Compiled) -> None:
    """A limit off the buckets for everybody is told too."""
    platform = built.lowered.platform
    route = replace(platform.latency.route, default=quantity(7, MILLISECONDS), overrides={})
    alert_ = replace(
        slow(quantity(500, MILLISECONDS)),
        build=lambda platform: (
            LATENCY.quantile(0.95, minutes(5))
            .by(ROUTE, SERVICE)
            .above(route.per(ROUTE, default_for=REQUESTS.increase(minutes(5)).by(ROUTE)))
        ),
    )
    first = replace(built.lowered.alerts[0], alert=alert_)
    (problem,) = said(latency_thresholds_are_bucket_bounds(replace(built.lowered, alerts=(first,), platform=platform)))
    assert "its threshold is 7 ms" in problem


SHARE_BY_ROUTE = Series(ERRORS.ratio_to(REQUESTS).by(ROUTE, SERVICE))


@pytest.mark.parametrize(
    ("lines", "spoken"),
    [
        (TimeSeries((SHARE_BY_ROUTE,), threshold=percent("2.5")), "2.5%"),
        (TimeSeries((SHARE_BY_ROUTE,), warning=percent(4)), "4%"),
        (TimeSeries((Series(LATENCY.quantile(0.95)),), threshold=quantity(50, MILLISECONDS)), "50 ms"),
    ],
)
def test_a_line_that_no_alert_judges_by_is_told(built: Compiled, series: TimeSeries, spoken: str) -> None:
    """A reader takes a dashed line for where somebody is told; the unit counts, too: 50 dollars are no 50 ms."""
    (problem,) = drawing(built, series)
    assert problem.startswith("tests/checks/test_thresholds.py:")
    assert f"its line at {spoken} is no alert's threshold; draw the threshold of an alert" in problem


def test_the_line_of_an_alert_is_not_told(built: Compiled) -> None:
    """Production's own thresholds, one number or one per route, may be drawn."""
    platform = built.lowered.platform
    assert drawing(built, TimeSeries((SHARE_BY_ROUTE,), threshold=platform.errors.route)) == []
    slowest = Series(LATENCY.quantile(0.95).by(ROUTE))
    assert drawing(built, TimeSeries((slowest,), threshold=latency_slo(platform))) == []
