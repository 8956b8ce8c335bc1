"""Conditions on what is not there: what must not be true beside them, and what they are grouped by."""

from __future__ import annotations

from generator.dsl.presence import Observed, Unless, unless, with_price
from generator.dsl.query import Combined, labels_of, value_conditions
from generator.dsl.units import ERRORS_UNIT, REQUESTS_UNIT, minutes, quantity
from tests.dsl.definition_errors import definition_error
from tests.dsl.sample_contract import ORDERS, SPILT, TABLE, WAIT
from tests.dsl.trees import tree

WINDOW = minutes(5)
MANY = ORDERS.increase(WINDOW).by(TABLE).at_least(quantity(15, REQUESTS_UNIT))
SPILLS = SPILT.increase(WINDOW).by(TABLE).above(quantity(3, ERRORS_UNIT))
WAITED = Observed(WAIT.bucket_counts(WINDOW).by(TABLE))


def test_each_of_several_must_not_be_true() -> None:
    """`unless(a, b, c)` is a without b, and without c."""
    assert tree(unless(MANY, SPILLS, WAITED)) == tree(Unless(Unless(MANY, SPILLS), WAITED))


def test_the_value_and_the_labels_are_those_of_what_is_true() -> None:
    """The alert's value is the number of orders, grouped by table; what must not be true has no threshold of the
    alert, but its queries count."""
    condition = unless(MANY, SPILLS)
    assert isinstance(condition, Combined)
    assert [tree(each) for each in value_conditions(condition)] == [tree(MANY)]
    assert labels_of(condition) == (TABLE,)
    assert [each.operator for each in condition.comparisons()] == [">="]
    assert [tree(query) for query in condition.queries()] == [
        tree(ORDERS.increase(WINDOW).by(TABLE)),
        tree(SPILT.increase(WINDOW).by(TABLE)),
    ]


def test_all_queries_get_another_window() -> None:
    """A platform's window of an alert is that of both sides, also of a histogram."""
    longer = unless(MANY, SPILLS, WAITED).for_(minutes(1)).over(minutes(10))
    assert longer.window == minutes(10)
    assert len(list(longer.condition.queries())) == 3


def test_a_price_is_asked_for_by_direction() -> None:
    """A condition on a price has the labels of its query; another direction than the two is an error."""
    assert labels_of(with_price(MANY, "output")) == (TABLE,)
    assert tree(with_price(MANY, "output").comparison) == tree(MANY)
    message = "with_price(…) takes a direction, not 'both'; write input or output"
    assert definition_error(lambda: with_price(MANY, "both")) == message
    assert definition_error(lambda: with_price(MANY & SPILLS, "input")).endswith("query.by(MODEL).at_least(minimum)")


def test_what_is_no_comparison_is_refused() -> None:
    """Words in the wrong place are errors that say what to write."""
    hint = "write COUNTER.increase(window).by(LABEL).above(threshold)"
    assert definition_error(lambda: unless(MANY)) == f"unless(…) lacks what must not be true; {hint}"
    assert definition_error(lambda: unless(MANY, MANY & SPILLS)).endswith(hint)
    assert definition_error(lambda: unless(ORDERS, SPILLS)).endswith(hint)  # type: ignore[arg-type]
    assert definition_error(lambda: Observed(WAIT)).endswith("write HISTOGRAM.bucket_counts(window)")  # type: ignore[arg-type]
