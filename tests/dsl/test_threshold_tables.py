"""Limits: a default for everyone there is, and overrides that are data."""

from __future__ import annotations

from functools import partial

from generator.dsl.query import ThresholdSeries, ThresholdTable
from generator.dsl.units import REQUESTS_UNIT, minutes, quantity
from tests.dsl.nouns import GUEST, ORDERS, TABLE
from tests.dsl.refused import refused

TEN, NINE = quantity(10, REQUESTS_UNIT), quantity(9, REQUESTS_UNIT)
DEFAULTED = ThresholdTable("orders", REQUESTS_UNIT, TEN, {"regular": NINE})
LISTED = ThresholdTable("orders", REQUESTS_UNIT, None, {"regular": NINE})
ORDERING = ORDERS.increase(minutes(5)).by(GUEST)


def test_a_default_holds_for_whom_no_override_lists() -> None:
    """A guest that nobody listed gets ten, the regular nine; without a default, nobody else has a limit."""
    per_guest = DEFAULTED.per(GUEST, default_for=ORDERING)
    assert (per_guest.value_for("regular"), per_guest.value_for("stranger")) == (NINE, TEN)
    assert (LISTED.per(GUEST).value_for("regular"), LISTED.per(GUEST).value_for("stranger")) == (NINE, None)


def test_a_limit_is_a_series_in_a_unit() -> None:
    """The series is named by its label, the limit's name and `limit`."""
    per_guest = DEFAULTED.per(GUEST, default_for=ORDERING)
    assert (per_guest.series, per_guest.unit) == ("guest_id:orders:limit", REQUESTS_UNIT)
    assert per_guest == ThresholdSeries(DEFAULTED, GUEST, ORDERING)


def test_a_default_that_reaches_nobody_is_refused() -> None:
    """Only series that are there say who has the default."""
    said = "the default of orders reaches nobody; say among whom: .per(LABEL, among=measure)"
    assert refused(lambda: DEFAULTED.per(GUEST)) == said


def test_series_told_otherwise_cannot_say_who_has_the_default() -> None:
    """Tables are no guests, guests at tables are guests several times, and a total is nobody."""
    said = "orders per guest_id among series told otherwise; tell `among` by guest_id alone"
    for labels in ((TABLE,), (GUEST, TABLE), ()):
        assert refused(partial(DEFAULTED.per, GUEST, default_for=ORDERING.by(*labels))) == said
