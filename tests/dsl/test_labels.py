"""Labels: which series a matcher keeps, and values that cannot be."""

from __future__ import annotations

from generator.dsl.labels import Matcher
from tests.dsl.nouns import GUEST, SIZE, TABLE
from tests.dsl.refused import refused


def test_a_matcher_asks_for_a_value_or_for_any_other() -> None:
    """An open label takes any value, as what the outside sends."""
    assert TABLE.is_("by the door") == Matcher(TABLE, "=", "by the door")
    assert TABLE.is_not("") == Matcher(TABLE, "!=", "")
    assert SIZE.is_("small") == Matcher(SIZE, "=", "small")
    assert SIZE.is_not("large") == Matcher(SIZE, "!=", "large")


def test_a_value_that_the_catalogue_does_not_list_is_refused() -> None:
    """It would match nothing, or shut nothing out, in silence."""
    said = 'label size has no value "smal"; use one of small, large'
    assert refused(lambda: SIZE.is_("smal")) == refused(lambda: SIZE.is_not("smal")) == said


def test_a_variable_is_named_after_its_label() -> None:
    """The variable of guest_id is `guest`, and its matcher asks by that name; `absent` lets in what has no label."""
    assert (GUEST.variable, TABLE.variable) == ("guest", "table")
    assert GUEST.matches_variable() == Matcher(GUEST, "=~", "guest", variable=True)
    assert GUEST.matches_variable(or_absent=True) == Matcher(GUEST, "=~", "guest", variable=True, or_absent=True)
