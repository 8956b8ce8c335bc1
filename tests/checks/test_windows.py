"""Checks of windows: two samples at least, and what Prometheus stores at most."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts import errors
from contract.api import ERRORS, REQUESTS
from contract.labels import ROUTE, SERVICE
from generator.dsl.alert import PlaceholderValue
from generator.dsl.dashboard import Dashboard, Panel, Row, Stat
from generator.dsl.query import Rule
from generator.dsl.units import REQUESTS_UNIT, Duration, days, quantity, seconds
from generator.ir.build import Compiled
from tests.checks.builds import violations, with_alert

ALERTS, DASHBOARDS = "alert/window-out-of-range", "dashboard/window-out-of-range"
# The tests' platform pushes every 15 seconds, and Prometheus stores samples for 35 days.
CASES = [
    (seconds(29), "its window of 29 seconds holds fewer than two samples; use 30 seconds or more"),
    (seconds(30), ""),
    (days(35), ""),
    (days(36), "its window of 36 days is longer than Prometheus stores samples; use 35 days or less"),
]


def test_the_shipped_windows_pass(built: Compiled) -> None:
    """Those of alerts, of the queries in their annotations, and of panels."""
    assert violations(built.lowered, ALERTS, DASHBOARDS) == []


@pytest.mark.parametrize(("window", "text"), CASES)
def test_a_window_of_an_alert_is_compared_with_both_bounds(built: Compiled, window: Duration, text: str) -> None:
    """The bounds themselves are valid."""
    condition = REQUESTS.increase(window).by(ROUTE, SERVICE).above(quantity(5, REQUESTS_UNIT))
    shipped = errors.route_down
    changed = replace(shipped, name="Other", build=lambda platform: Rule(condition))
    expected = [f"{shipped.where}: {text}. [{ALERTS}]"] if text else []
    assert violations(with_alert(built, changed), ALERTS) == expected


def test_a_window_in_an_annotation_is_checked(built: Compiled) -> None:
    """The error budget of a text needs the samples of the SLO's window."""
    values: dict[str, PlaceholderValue] = {"errors": ERRORS.ratio_to(REQUESTS, days(40)).by(ROUTE)}
    shipped = errors.route_down
    (problem,) = violations(with_alert(built, replace(shipped, name="Other", values=lambda platform: values)), ALERTS)
    assert "its window of 40 days" in problem


@pytest.mark.parametrize(("window", "text"), CASES)
def test_a_window_of_a_panel_is_compared_with_both_bounds(built: Compiled, window: Duration, text: str) -> None:
    """A window that the dashboard chooses is not checked."""
    query = ERRORS.ratio_to(REQUESTS, window)
    panels = (
        Panel("fixed", "Fixed", "A panel.", lambda platform: Stat(query), "dashboards/x.py:1 fixed"),
        Panel("step", "Step", "A panel.", lambda platform: Stat(ERRORS.ratio_to(REQUESTS)), "dashboards/x.py:2 step"),
    )
    definitions = built.lowered.definitions
    changed = replace(definitions, dashboards=(Dashboard("x", "X", "X.", (), (Row("Row", panels),), ()),))
    expected = [f"dashboards/x.py:1 fixed: {text}. [{DASHBOARDS}]"] if text else []
    assert violations(replace(built.lowered, definitions=changed), DASHBOARDS) == expected
