"""Panels: functions whose docstrings are the panels' descriptions, with explicit ids."""

from __future__ import annotations

from inspect import unwrap

import pytest

from generator.dsl.dashboard import BarGauge, GaugePanel, Row, Series, Stat, TimeSeries, panel
from generator.dsl.platform import Platform
from generator.dsl.units import minutes
from tests.dsl.definition_errors import definition_error
from tests.dsl.sample_contract import ORDERS

INCREASE = ORDERS.increase(minutes(5))


def test_a_panel_has_its_description_and_place() -> None:
    """The description is the docstring in one line; the id is explicit; the place is file, line and function."""

    def orders(platform: Platform) -> Stat:
        """Orders
        of the last 5 minutes."""
        return Stat(INCREASE)

    definition = panel("Orders now", id="orders_now")(orders)
    assert (definition.id, definition.title, unwrap(definition.build)) == ("orders_now", "Orders now", orders)
    assert definition.description == "Orders of the last 5 minutes."
    assert definition.where == f"tests/dsl/test_dashboard.py:{orders.__code__.co_firstlineno} orders"


@pytest.mark.parametrize("docstring", [None, "", " \n "])
def test_a_panel_without_a_docstring_is_an_error(docstring: str | None) -> None:
    """Every panel has a description."""

    def orders(platform: Platform) -> Stat:
        return Stat(INCREASE)

    orders.__doc__ = docstring
    assert definition_error(lambda: panel("Orders now", id="orders")(orders)) == (
        "the panel orders has no docstring; describe in a sentence what the panel shows"
    )


@pytest.mark.parametrize(
    "visualization", [TimeSeries((Series(INCREASE),)), Stat(INCREASE), GaugePanel(INCREASE), BarGauge(INCREASE)]
)
def test_a_panel_without_data_has_a_text(visualization: TimeSeries | Stat | GaugePanel | BarGauge) -> None:
    """No panel shows Grafana's own "No data"."""
    assert visualization.no_value == "No traffic"


def test_a_row_is_identified_by_its_id() -> None:
    """A new title does not change the key of a row with an id; without an id, the title is the key."""

    def orders(platform: Platform) -> Stat:
        """Orders."""
        return Stat(INCREASE)

    panels = (panel("Orders", id="orders")(orders),)
    assert Row("Orders", panels, id="orders").key == Row("All orders", panels, id="orders").key == "orders"
    assert Row("Orders", panels).key == "Orders"
