"""Alerts: what a docstring must say, and what its parts become."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from generator.dsl.alert import NONE, PAGE, TICKET, alert, alert_text, kebab_case
from generator.dsl.platform import Platform
from generator.dsl.query import Always, Condition
from generator.dsl.text import Placeholder
from tests.dsl.refused import refused

SOUND = """{guest} waits.

    {guest} waits for {value},
    which is too long.

    Impact: The guest
    goes away.

    First steps:
    1. Look at the bar:
       is anybody there?
    2. Pour 3. of the best.
    """
SPOILT = [
    ("Impact:", "Effect:"),
    ("First steps:", "Steps:"),
    ("Impact: The guest\n    goes away.", "Impact:"),
    ("\n\n    {guest} waits for {value},\n    which is too long.", ""),
    ("1. Look at the bar:\n       is anybody there?\n    2. Pour 3. of the best.", "Look at the bar."),
]
LACKS = (
    "the docstring of bar lacks a part; "
    'give a summary, a description, "Impact:" and "First steps:" with numbers, with empty lines between them'
)


def saying(docstring: str | None) -> Callable[[Platform], Condition]:
    def bar(platform: Platform) -> Condition:
        return Always()

    bar.__doc__ = docstring
    return bar


def test_a_docstring_is_taken_apart() -> None:
    """Summary and description have holes; the impact and each step are one line; a number within a step is text."""
    said = alert_text(saying(SOUND))
    assert said.summary == (Placeholder("guest"), " waits.")
    assert said.description == (Placeholder("guest"), " waits for ", Placeholder("value"), ", which is too long.")
    assert said.impact == "The guest goes away."
    assert said.steps == ("Look at the bar: is anybody there?", "Pour 3. of the best.")


@pytest.mark.parametrize(("old", "new"), SPOILT)
def test_a_docstring_that_lacks_a_part_is_refused(old: str, new: str) -> None:
    """No impact, no steps, an empty impact, no description, steps without numbers."""
    assert SOUND.count(old) == 1
    assert refused(lambda: alert_text(saying(SOUND.replace(old, new)))) == LACKS


@pytest.mark.parametrize("docstring", [None, "", "   "])
def test_an_alert_without_a_docstring_is_refused(docstring: str | None) -> None:
    """Nobody would know what to do."""
    assert refused(lambda: alert("LateOrders", PAGE)(saying(docstring))) == LACKS


def test_a_brace_left_open_is_refused() -> None:
    """Where the alert is defined, not when it fires."""
    said = refused(lambda: alert("LateOrders", PAGE)(saying(SOUND.replace("{value}", "{value"))))
    assert said.startswith("the text ")


def test_an_alert_knows_where_it_comes_from() -> None:
    """Its family is the module's name; its key tells it from another of its name; its place is file, line, function."""
    function = saying(SOUND)
    late = alert("LateOrders", TICKET, panel="bar/late")(function)
    assert (late.name, late.severity, late.panel, late.family) == ("LateOrders", TICKET, "bar/late", "test_alert")
    assert late.key == "test_alert.bar"
    assert late.where == f"tests/dsl/test_alert.py:{function.__code__.co_firstlineno} bar"
    assert late.build is function


def test_a_runbook_is_named_after_its_alert_unless_it_is_named() -> None:
    """LateOrders has late-orders; two alerts may share a page."""
    assert alert("LateOrders", PAGE)(saying(SOUND)).runbook == "late-orders"
    assert alert("LateOrders", PAGE, runbook="orders")(saying(SOUND)).runbook == "orders"


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("HighErrorRate", "high-error-rate"),
        ("HighAIErrorRate", "high-ai-error-rate"),
        ("HighAICosts", "high-ai-costs"),
        ("AICostForecast", "ai-cost-forecast"),
        ("AIModelWithoutPrice", "ai-model-without-price"),
        ("Watchdog", "watchdog"),
    ],
)
def test_a_name_is_dashed_where_a_word_begins(name: str, page: str) -> None:
    """An abbreviation is one word, and the word after it begins with its last capital."""
    assert kebab_case(name) == page


def test_severities_are_what_alertmanager_routes_by() -> None:
    """The label's values: page, ticket and none."""
    assert [severity.value for severity in (PAGE, TICKET, NONE)] == ["page", "ticket", "none"]
