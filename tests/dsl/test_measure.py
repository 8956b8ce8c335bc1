"""Measures: told by labels, narrowed by matchers, wrapped in others, and never about what a metric does not have."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from generator.dsl.derived import BudgetLeft, Forecast, HowMany, Priced, UsedOf
from generator.dsl.limit import Limit, LimitPer
from generator.dsl.measure import Measure, Over, Window
from generator.dsl.readings import Count
from generator.dsl.units import (
    DOLLARS,
    MILLISECONDS,
    REQUESTS_UNIT,
    SHARE,
    TENANTS_UNIT,
    TOKENS_UNIT,
    days,
    hours,
    minutes,
    percent,
    quantity,
)
from tests.dsl.nouns import ABSENT, ALARMS, GLASSES, GUEST, LARGE, ORDERS, SIPS, SIZE, SPILT, TABLE, WAIT
from tests.dsl.refused import refused

FIVE = minutes(5)
SIPS_A_DAY = LimitPer(Limit("sips", TOKENS_UNIT, None, {"a": quantity(9, TOKENS_UNIT)}), GUEST, None)

UNKNOWN: list[Callable[[], object]] = [
    lambda: ORDERS.count(over=FIVE).by(GUEST, ABSENT),
    lambda: ORDERS.count(over=FIVE).where(ABSENT.is_("1")),
    lambda: ORDERS.count(over=FIVE).picked_by(ABSENT),
]


def test_a_measure_is_told_by_labels() -> None:
    """The last `by` holds; without one, all series are taken together."""
    assert ORDERS.count(over=FIVE).group == ()
    assert ORDERS.count(over=FIVE).by(GUEST).by(TABLE, GUEST).group == (TABLE, GUEST)


def test_matchers_add_up() -> None:
    """Each `where` narrows further."""
    narrowed = ORDERS.count(over=FIVE).where(TABLE.is_("1")).where(GUEST.is_not("a"))
    assert [leaf.matchers for leaf in narrowed.leaves()] == [(TABLE.is_("1"), GUEST.is_not("a"))]


def test_variables_narrow_all_none_or_some() -> None:
    """Left alone, every variable of the dashboard narrows a measure (None); `picked_by` lists those that may."""
    orders = ORDERS.count(over=FIVE)
    picks = [leaf.picks for one in (orders, orders.picked_by(), orders.picked_by(GUEST)) for leaf in one.leaves()]
    assert picks == [None, (), (GUEST,)]


def test_what_a_share_is_told_by_holds_for_both_of_its_counts() -> None:
    """Labels, matchers and variables reach the numerator and the denominator."""
    share = SPILT.share_of(ORDERS, over=FIVE).by(GUEST).where(TABLE.is_("1")).picked_by(GUEST)
    assert [(leaf.of, leaf.group, leaf.matchers, leaf.picks) for leaf in share.leaves()] == [
        (SPILT, (GUEST,), (TABLE.is_("1"),), (GUEST,)),
        (ORDERS, (GUEST,), (TABLE.is_("1"),), (GUEST,)),
    ]
    assert (share.group, share.unit) == ((GUEST,), SHARE)


@pytest.mark.parametrize("speak", UNKNOWN)
def test_an_unknown_label_is_refused_with_the_nearest_known_one(speak: Callable[[], object]) -> None:
    """Whether it groups, narrows or is picked by."""
    said = 'orders_total has no label tabel; did you mean "table"? Use it, or declare "tabel"'
    assert refused(speak) == said


def test_a_label_that_one_side_of_a_share_lacks_is_refused() -> None:
    """Large glasses do not know their guest."""
    said = refused(lambda: LARGE.share_of(ORDERS, over=FIVE).by(GUEST))
    assert said == "large_total has no label guest_id; use one of table"
    assert refused(lambda: GLASSES.rate().by(GUEST)).startswith("glasses has no label guest_id; ")
    assert refused(lambda: ALARMS.firing().by(SIZE)) == "ALARMS has no label size; use one of table"


def test_a_part_of_a_limit_is_a_share() -> None:
    """Tokens against a budget in tokens; anything else is refused."""
    used = SIPS.count(over=days(1)).by(GUEST).used_of(SIPS_A_DAY)
    assert used == UsedOf(SIPS.count(over=days(1)).by(GUEST), SIPS_A_DAY)
    assert (used.unit, used.group) == (SHARE, (GUEST,))
    said = "requests against a limit in tokens; compare what has one unit"
    assert refused(lambda: ORDERS.count(over=days(1)).used_of(SIPS_A_DAY)) == said


def test_a_forecast_reads_a_day_so_far_and_its_newest_hour() -> None:
    """Both are told by the same labels, and the forecast keeps the unit."""
    forecast = SIPS.count(over=hours(18)).projected_to(days(1), pace=hours(1)).by(GUEST)
    so_far, newest = (Count(of=SIPS, over=hours(over), group_=(GUEST,)) for over in (18, 1))
    assert forecast == Forecast(so_far, newest, days(1))
    assert (forecast.unit, forecast.group) == (TOKENS_UNIT, (GUEST,))


@pytest.mark.parametrize("over", [Window.RANGE, Window.STEP, days(1), days(2)])
def test_a_forecast_with_nothing_left_to_come_is_refused(over: Over) -> None:
    """A window that the dashboard chooses, or one that is the whole already, leaves no rest to project."""
    said = "nothing is left to forecast of 1 day; count over a shorter duration"
    assert refused(lambda: SIPS.count(over=over).projected_to(days(1), pace=hours(1))) == said


def test_tokens_cost_dollars() -> None:
    """What tokens cost is told by the labels that the tokens are told by."""
    cost = SIPS.count(over=days(1)).priced().by(GUEST)
    assert cost == Priced(SIPS.count(over=days(1)).by(GUEST))
    assert (cost.unit, cost.group) == (DOLLARS, (GUEST,))


def test_how_many_is_one_number_of_series() -> None:
    """Guests who ordered: the orders are told by guest, their number by nothing."""
    guests = HowMany(ORDERS.count(over=FIVE).by(GUEST))
    assert (guests.unit, guests.group) == (TENANTS_UNIT, ())
    assert [leaf.group for leaf in guests.leaves()] == [(GUEST,)]


def test_what_is_left_of_a_budget_is_a_share() -> None:
    """It keeps the share of errors and the objective that grants the budget."""
    failed = SPILT.share_of(ORDERS, over=days(30))
    left = failed.left_of(percent(99.5))
    assert left == BudgetLeft(failed, percent(99.5))
    assert left.unit == SHARE


def test_a_floor_takes_the_unit_of_what_it_is_a_floor_of() -> None:
    """Fifteen are enough, be they requests, calls or tokens."""
    (floor,) = SIPS.count(over=FIVE).as_many_as(quantity(15, REQUESTS_UNIT)).comparisons()
    assert (floor.operator, floor.threshold) == (">=", quantity(15, TOKENS_UNIT))


@pytest.mark.parametrize(
    ("measure", "name"), [(SPILT.share_of(ORDERS, over=FIVE), "share"), (WAIT.quantile(0.5), "milliseconds")]
)
def test_enough_of_what_is_not_counted_is_refused(measure: Measure, name: str) -> None:
    """A share of 15 is never reached: the alert would stay silent for ever."""
    said = f"enough {name} are asked for; ask for enough of something counted"
    assert refused(lambda: measure.as_many_as(quantity(15, REQUESTS_UNIT))) == said


def test_a_measure_above_a_threshold_is_a_comparison() -> None:
    """More than 500 ms, not as many: what just keeps a promise is not told."""
    (compared,) = WAIT.quantile(0.95, over=FIVE).above(quantity(500, MILLISECONDS)).comparisons()
    assert (compared.operator, compared.threshold) == (">", quantity(Fraction(500), MILLISECONDS))
