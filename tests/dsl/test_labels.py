"""Labels: their matchers, their values, and the names that follow from theirs."""

from __future__ import annotations

from generator.dsl.labels import Matcher
from tests.dsl.definition_errors import definition_error
from tests.dsl.sample_contract import GUEST, SIZE, TABLE


def test_matchers_are_equal_or_not_equal() -> None:
    """An open label takes any value, a label of the contract the listed ones."""
    assert TABLE.is_("by the door") == Matcher(TABLE, "=", "by the door")
    assert TABLE.is_not("") == Matcher(TABLE, "!=", "")
    assert SIZE.is_("small") == Matcher(SIZE, "=", "small")
    assert SIZE.is_not("large") == Matcher(SIZE, "!=", "large")


def test_a_value_that_the_contract_does_not_list_is_an_error() -> None:
    """`=` would match no series and `!=` would exclude none."""
    message = 'label size has no value "smal"; use one of small, large'
    assert definition_error(lambda: SIZE.is_("smal")) == message
    assert definition_error(lambda: SIZE.is_not("smal")) == message


def test_a_template_variable_is_named_after_its_label() -> None:
    """The variable of guest_id is `guest`; with `or_absent`, its matcher also matches series without the label."""
    assert (GUEST.variable, TABLE.variable) == ("guest", "table")
    assert GUEST.matches_variable() == Matcher(GUEST, "=~", "guest", variable=True)
    assert GUEST.matches_variable(or_absent=True) == Matcher(GUEST, "=~", "guest", variable=True, or_absent=True)
