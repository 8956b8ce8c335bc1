"""Alerts: the parts of their docstrings, their keys and their runbooks."""

from __future__ import annotations

from collections.abc import Callable
from inspect import unwrap

import pytest

from generator.dsl.alert import NONE, PAGE, TICKET, alert, alert_text, kebab_case
from generator.dsl.platform import Platform
from generator.dsl.query import Always, Condition, Rule
from generator.dsl.text import Placeholder
from generator.dsl.units import minutes
from tests.dsl.definition_errors import definition_error
from tests.dsl.trees import tree

DOCSTRING = """{guest} waits.

    {guest} waits for {value},
    which is too long.

    Impact: The guest
    goes away.

    First steps:
    1. Look at the bar:
       is anybody there?
    2. Pour 3. of the best.
    """
WITHOUT_A_PART = [
    ("Impact:", "Effect:"),
    ("First steps:", "Steps:"),
    ("Impact: The guest\n    goes away.", "Impact:"),
    ("\n\n    {guest} waits for {value},\n    which is too long.", ""),
    ("1. Look at the bar:\n       is anybody there?\n    2. Pour 3. of the best.", "Look at the bar."),
]
LACKS_A_PART = (
    "the docstring of bar lacks a part; "
    'give a summary, a description, "Impact:" and numbered "First steps:", with empty lines between them'
)


def rule_function(docstring: str | None) -> Callable[[Platform], Condition]:
    """The function of an alert with this docstring."""

    def bar(platform: Platform) -> Condition:
        return Always()

    bar.__doc__ = docstring
    return bar


def test_a_docstring_is_split_into_its_parts() -> None:
    """Summary and description have placeholders; the impact and each step become one line; a number inside a step does
    not start another step."""
    text = alert_text(rule_function(DOCSTRING))
    assert text.summary == (Placeholder("guest"), " waits.")
    assert text.description == (Placeholder("guest"), " waits for ", Placeholder("value"), ", which is too long.")
    assert text.impact == ("The guest goes away.",)
    assert text.steps == (("Look at the bar: is anybody there?",), ("Pour 3. of the best.",))


@pytest.mark.parametrize(
    ("old", "new"),
    WITHOUT_A_PART,
    ids=["no impact", "no steps", "empty impact", "no description", "steps without numbers"],
)
def test_a_docstring_that_lacks_a_part_is_an_error(old: str, new: str) -> None:
    """An alert without an impact, steps, a description or numbers of steps cannot be defined."""
    assert DOCSTRING.count(old) == 1
    assert definition_error(lambda: alert_text(rule_function(DOCSTRING.replace(old, new)))) == LACKS_A_PART


@pytest.mark.parametrize("docstring", [None, "", "   "])
def test_an_alert_without_a_docstring_is_an_error(docstring: str | None) -> None:
    """An alert without a text cannot be defined."""
    assert definition_error(lambda: alert("LateOrders", PAGE)(rule_function(docstring))) == LACKS_A_PART


def test_an_unclosed_brace_is_an_error() -> None:
    """A text that cannot be parsed is an error where the alert is defined, not when it fires."""
    docstring = DOCSTRING.replace("{value}", "{value")
    assert definition_error(lambda: alert("LateOrders", PAGE)(rule_function(docstring))).startswith("the text ")


def test_an_alert_has_its_family_key_and_place() -> None:
    """The family is the module's name; the key is the name with the severity; the place is file, line and function."""
    build = rule_function(DOCSTRING)
    late_orders = alert("LateOrders", TICKET, panel="bar/late")(build)
    assert (late_orders.name, late_orders.severity, late_orders.panel) == ("LateOrders", TICKET, "bar/late")
    assert late_orders.family == "test_alert"
    assert late_orders.key == "LateOrders (ticket)"
    assert late_orders.where == f"tests/dsl/test_alert.py:{build.__code__.co_firstlineno} bar"
    assert unwrap(late_orders.build) is build


def test_a_condition_alone_is_a_rule_that_fires_at_once(platform: Platform) -> None:
    """An alert has a rule whether its function returns a condition or a rule; a condition waits for nothing."""
    condition = Always()

    def at_once(platform: Platform) -> Condition:
        return condition

    def after_a_minute(platform: Platform) -> Rule:
        return condition.for_(minutes(1))

    at_once.__doc__ = after_a_minute.__doc__ = DOCSTRING
    assert tree(alert("LateOrders", PAGE)(at_once).rule(platform)) == tree(Rule(condition, None, None))
    assert tree(alert("LateOrders", PAGE)(after_a_minute).rule(platform)) == tree(Rule(condition, minutes(1), None))


def test_the_key_does_not_depend_on_the_function() -> None:
    """Alerts of one name and severity have one key, whatever their functions are called."""

    def renamed(platform: Platform) -> Condition:
        return Always()

    renamed.__doc__ = DOCSTRING
    late, renamed_alert = alert("LateOrders", PAGE)(rule_function(DOCSTRING)), alert("LateOrders", PAGE)(renamed)
    assert late.key == renamed_alert.key != alert("LateOrders", TICKET)(rule_function(DOCSTRING)).key


def test_a_runbook_is_named_after_its_alert_by_default() -> None:
    """LateOrders has the runbook late-orders; with `runbook`, several alerts can share a page."""
    assert alert("LateOrders", PAGE)(rule_function(DOCSTRING)).runbook == "late-orders"
    assert alert("LateOrders", PAGE, runbook="orders")(rule_function(DOCSTRING)).runbook == "orders"


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
def test_kebab_case_keeps_abbreviations_together(name: str, page: str) -> None:
    """An abbreviation is one word, and the word after it starts with the last of the capitals."""
    assert kebab_case(name) == page


def test_severities_are_the_values_of_the_label() -> None:
    """Alertmanager routes by page, ticket and none."""
    assert [severity.value for severity in (PAGE, TICKET, NONE)] == ["page", "ticket", "none"]
