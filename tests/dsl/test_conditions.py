"""Conditions: compared in one unit, joined in their order, told by the labels of what is measured."""

from __future__ import annotations

from generator.dsl.query import (
    Always,
    And,
    Comparison,
    Condition,
    Or,
    Rule,
    ThresholdSeries,
    ThresholdTable,
    WithoutPrice,
    labels_of,
)
from generator.dsl.units import MILLISECONDS, RATIO, SECONDS, days, minutes, percent, quantity
from tests.dsl.nouns import BELL, GUEST, ORDERS, SIPS, SPILT, TABLE, WAIT
from tests.dsl.refused import refused

FIVE = minutes(5)
SHARE_OF_GUEST = ThresholdSeries(ThresholdTable("spilt_share", RATIO, None, {"a": percent(9)}), GUEST, None)
SPILLS = SPILT.ratio_to(ORDERS, FIVE)


def amounts(condition: Condition) -> list[object]:
    return [one.threshold for one in condition.comparisons()]


def test_a_duration_is_a_threshold_of_seconds() -> None:
    """The age of a bell may be compared with minutes."""
    age = BELL.age(lookback=days(1), expected=TABLE).by(TABLE)
    assert age.above(minutes(3)) == Comparison(age, ">", quantity(180, SECONDS))


def test_two_units_are_refused() -> None:
    """Milliseconds are no share, seconds are no milliseconds, and a limit has a unit too."""
    wait = WAIT.quantile(0.95, FIVE).by(GUEST)
    hint = "give a threshold in milliseconds"
    said = f"a measure in milliseconds is compared with a threshold in share; {hint}"
    assert refused(lambda: wait.above(percent(5))) == refused(lambda: wait.above(SHARE_OF_GUEST)) == said
    assert refused(lambda: wait.above(minutes(1))) == (
        f"a measure in milliseconds is compared with a threshold in seconds; {hint}"
    )
    assert refused(lambda: SPILLS.above(quantity(5, MILLISECONDS))) == (
        "a measure in share is compared with a threshold in milliseconds; give a threshold in share"
    )


def test_a_limit_per_guest_needs_a_measure_per_guest() -> None:
    """Told by table alone, nobody knows whose limit holds."""
    said = "a limit per guest_id for what is not told per guest_id; add guest_id to .by(…)"
    assert refused(lambda: SPILLS.by(TABLE).above(SHARE_OF_GUEST)) == said
    told = SPILLS.by(TABLE, GUEST)
    assert told.above(SHARE_OF_GUEST) == Comparison(told, ">", SHARE_OF_GUEST)


def test_conditions_join_in_their_order() -> None:
    """`&` is both and `|` is one of them; the first comparison is the one that is told."""
    one, two, three = (SPILLS.above(percent(percentage)) for percentage in (1, 2, 3))
    assert one & two == And(one, two)
    assert one | two == Or(one, two)
    assert one & (two & three) == And(And(one, two), three)
    assert amounts((one & two) | three) == [percent(1), percent(2), percent(3)]
    assert amounts(three & (one | two)) == [percent(3), percent(1), percent(2)]


def test_a_condition_may_have_to_last() -> None:
    """How long is kept beside the condition, and for how long after it is told."""
    spills = SPILLS.above(percent(1))
    assert spills.for_(FIVE) == Rule(spills, FIVE)
    assert spills.for_(FIVE).keep_firing_for(FIVE) == Rule(spills, FIVE, FIVE)


def test_what_always_holds_or_has_no_price_compares_nothing() -> None:
    """There is no threshold to tell of."""
    assert amounts(Always()) == []
    assert amounts(WithoutPrice(SIPS.increase(FIVE))) == []


def test_a_condition_is_told_by_what_it_measures_first() -> None:
    """The labels of its series are those of the first measure; what always holds has none."""
    by_table = SPILLS.by(TABLE).above(percent(1))
    assert labels_of(by_table) == labels_of(by_table & by_table) == labels_of(by_table | by_table) == (TABLE,)
    assert labels_of(WithoutPrice(SIPS.increase(FIVE).by(GUEST, TABLE))) == (GUEST, TABLE)
    assert labels_of(Always()) == ()
