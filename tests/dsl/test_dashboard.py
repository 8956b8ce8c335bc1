"""Dashboards: a panel is a function, and its docstring the tooltip."""

from __future__ import annotations

import pytest

from generator.dsl.dashboard import BarGauge, GaugePanel, Series, Stat, TimeSeries, panel
from generator.dsl.platform import Platform
from generator.dsl.units import minutes
from tests.dsl.nouns import ORDERS
from tests.dsl.refused import refused

COUNTED = ORDERS.increase(minutes(5))


def test_a_panel_is_made_of_a_function() -> None:
    """Its name is the function's, its tooltip the docstring in one line, its place file, line and function."""

    def orders(platform: Platform) -> Stat:
        """How much was ordered
        in the last 5 minutes."""
        return Stat(COUNTED)

    made = panel("Orders now")(orders)
    assert (made.id, made.title, made.build) == ("orders", "Orders now", orders)
    assert made.description == "How much was ordered in the last 5 minutes."
    assert made.where == f"tests/dsl/test_dashboard.py:{orders.__code__.co_firstlineno} orders"


@pytest.mark.parametrize("docstring", [None, "", " \n "])
def test_a_panel_without_a_docstring_is_refused(docstring: str | None) -> None:
    """Its tooltip would be empty."""

    def orders(platform: Platform) -> Stat:
        return Stat(COUNTED)

    orders.__doc__ = docstring
    said = "the panel orders has no docstring; say in a sentence what a reader sees in it"
    assert refused(lambda: panel("Orders now")(orders)) == said


@pytest.mark.parametrize(
    "body", [TimeSeries((Series(COUNTED),)), Stat(COUNTED), GaugePanel(COUNTED), BarGauge(COUNTED)]
)
def test_what_has_nothing_to_show_says_so(body: TimeSeries | Stat | GaugePanel | BarGauge) -> None:
    """No panel is left to Grafana's bare "No data"."""
    assert body.no_value == "No traffic"
