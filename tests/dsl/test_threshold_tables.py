"""Threshold tables: a default for every label value that exists, and overrides that are data."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from generator.dsl.query import ThresholdSeries, ThresholdTable
from generator.dsl.query_parts import same_for_all
from generator.dsl.units import REQUESTS_UNIT, minutes, quantity
from tests.dsl.definition_errors import definition_error
from tests.dsl.sample_contract import GUEST, ORDERS, TABLE

TEN, NINE = quantity(10, REQUESTS_UNIT), quantity(9, REQUESTS_UNIT)
WITH_DEFAULT = ThresholdTable("orders", REQUESTS_UNIT, TEN, {"regular": NINE})
WITHOUT_DEFAULT = ThresholdTable("orders", REQUESTS_UNIT, None, {"regular": NINE})
ORDERS_BY_GUEST = ORDERS.increase(minutes(5)).by(GUEST)


def test_the_default_applies_to_values_without_an_override() -> None:
    """A guest that is not listed gets the default of 10, the listed one 9; without a default it has no threshold."""
    threshold = WITH_DEFAULT.per(GUEST, default_for=ORDERS_BY_GUEST)
    assert (threshold.value_for("regular"), threshold.value_for("stranger")) == (NINE, TEN)
    threshold = WITHOUT_DEFAULT.per(GUEST)
    assert (threshold.value_for("regular"), threshold.value_for("stranger")) == (NINE, None)


def test_a_table_with_one_value_is_the_same_for_all() -> None:
    """Overrides that repeat the default do not differ from it; a default and another override do."""
    assert same_for_all(WITH_DEFAULT) is None
    assert same_for_all(replace(WITH_DEFAULT, overrides={"regular": TEN})) == TEN
    assert same_for_all(replace(WITH_DEFAULT, overrides={})) == TEN
    assert same_for_all(WITHOUT_DEFAULT) == NINE
    assert same_for_all(replace(WITHOUT_DEFAULT, overrides={"regular": NINE, "rare": TEN})) is None


def test_a_threshold_by_label_is_a_recorded_series() -> None:
    """Its series is named after the label, the table and `limit`; its unit is the table's."""
    threshold = WITH_DEFAULT.per(GUEST, default_for=ORDERS_BY_GUEST)
    assert (threshold.series, threshold.unit) == ("guest_id:orders:limit", REQUESTS_UNIT)
    assert threshold == ThresholdSeries(WITH_DEFAULT, GUEST, ORDERS_BY_GUEST)


def test_a_default_needs_series_that_get_it() -> None:
    """Which values get the default follows from the series of a query."""
    assert definition_error(lambda: WITH_DEFAULT.per(GUEST)) == (
        "the default of orders applies to nothing; name the series that get it: default_for=query"
    )


def test_the_series_of_a_default_are_grouped_by_its_label_alone() -> None:
    """A query by table, by guest and table or in total does not say which guests get the default."""
    for labels in ((TABLE,), (GUEST, TABLE), ()):
        assert definition_error(partial(WITH_DEFAULT.per, GUEST, default_for=ORDERS_BY_GUEST.by(*labels))) == (
            "orders per guest_id, but default_for is not grouped by guest_id alone; "
            "end the query of default_for with .by(GUEST)"
        )
