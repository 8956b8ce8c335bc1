"""A disabled alert is named nowhere: not in the texts and runbooks of others either."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from generator.checks.alert_names import texts_name_existing_alerts
from generator.definitions import load_definitions
from generator.dsl.alert import NONE, AlertText
from generator.dsl.definitions import Definitions
from generator.dsl.platform import AlertSettings, Platform
from generator.dsl.severity import Severity
from generator.dsl.text import Placeholder, template_parts
from generator.ir.build import Compiled, Lowered
from generator.lowering.alert_names import without_names
from generator.lowering.alert_settings import with_alert_settings
from generator.lowering.lower import lower
from generator.pipeline import compile_all

DEFINITIONS = load_definitions()
NAMES = tuple(dict.fromkeys(alert.name for alert in DEFINITIONS.alerts if alert.declared is not NONE))
SCHEMA = "contract/platform.schema.json"
"""The schema for editors offers the settings of every alert, so that a disabled one can be enabled again."""


def without(platform: Platform, name: str) -> Platform:
    """The platform with all rules of an alert's name disabled."""
    severities = [alert.declared for alert in DEFINITIONS.alerts if alert.name == name]
    keys: list[Severity | None] = [None] if len(severities) == 1 else [*severities]
    return replace(platform, alerts={(name, severity): AlertSettings(enabled=False) for severity in keys})


def text(description: str, impact: str = "Callers wait.", steps: tuple[str, ...] = ("Look.",)) -> AlertText:
    """The text of an alert."""
    summary, *parts = map(template_parts, ("Something is wrong.", description, impact))
    return AlertText(summary, parts[0], parts[1], tuple(map(template_parts, steps)))


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", NAMES)
def test_no_file_names_a_disabled_alert(name: str, platform: Platform) -> None:
    """Every check accepts the build without it, and no rule, route, test, dashboard or runbook mentions it."""
    texts = compile_all(without(platform, name), DEFINITIONS).texts
    assert SCHEMA in texts
    assert [path for path, each in texts.items() if path != SCHEMA and re.search(rf"\b{name}\b", each)] == []


def test_the_other_sentences_stay(platform: Platform, production: Compiled) -> None:
    """AIModelWithoutPrice says what it means for HighAISpend, as long as there is one."""
    without_spend = compile_all(without(platform, "HighAISpend"), DEFINITIONS).texts
    page = "runbooks/ai-model-without-price.md"
    assert "Every figure in dollars is too low. HighAISpend fires too late.\n" in production.texts[page]
    assert "\nEvery figure in dollars is too low.\n" in without_spend[page]


def test_a_sentence_that_names_the_alert_is_left_out() -> None:
    """With its placeholders; those of other sentences stay, and a brace stays a brace."""
    original = text("{value} of {{calls}} fail. RouteDown of {route} fires too. {window} is the window.")
    result = without_names(original, {"RouteDown"})
    assert result.description == (
        Placeholder("value"),
        " of {calls} fail. ",
        Placeholder("window"),
        " is the window.",
    )
    assert (result.summary, result.impact, result.steps) == (original.summary, original.impact, original.steps)


def test_a_step_is_left_out_where_nothing_of_it_remains() -> None:
    """The other steps move up; a name that only begins with the alert's is another one."""
    steps = ("Silence RouteDown.", "Read the log. Then wait for RouteDown.", "RouteDowntime is another word.")
    result = without_names(text("{value}", steps=steps), {"RouteDown"})
    assert result.steps == (("Read the log.",), ("RouteDowntime is another word.",))


def test_a_part_of_no_other_sentence_stays() -> None:
    """An alert without an impact would be worse; a check reports it."""
    original = text("RouteDown is {value}.", impact="RouteDown fires.", steps=("See RouteDown.",))
    assert without_names(original, {"RouteDown"}) == original


def lowered_with(platform: Platform, disabled: str, summary: str) -> Lowered:
    """A build without an alert, in which the summary of RouteHighLatency is another one."""
    alerts = tuple(
        replace(alert, alert_text=replace(alert.alert_text, summary=template_parts(summary)))
        if alert.name == "RouteHighLatency"
        else alert
        for alert in DEFINITIONS.alerts
    )
    changed: Definitions = replace(DEFINITIONS, alerts=alerts)
    own = without(platform, disabled)
    return lower(own, with_alert_settings(own, changed))


def test_a_summary_that_names_a_disabled_alert_is_a_problem(platform: Platform) -> None:
    """A summary has one sentence, so nothing of it can be left out."""
    (problem,) = texts_name_existing_alerts.problems(
        lowered_with(platform, "RouteDown", "{route} is slow, see RouteDown.")
    )
    assert str(problem) == (
        'alerts/latency.py:34 route_high_latency: its text names "RouteDown", which the platform disables; '
        "name it in a sentence of its own, which is left out with the alert. [alert/unknown-alert-in-text]"
    )


@pytest.mark.parametrize("word", ["PromQL", "DurableObject", "RouteHighErrorRate", "GitHub", "Route"])
def test_other_words_in_camel_case_are_no_alerts(platform: Platform, word: str) -> None:
    """Only a word that nearly is the name of an alert is taken for one."""
    lowered = lowered_with(platform, "RouteDown", f"{{route}} is slow, see {word}.")
    assert texts_name_existing_alerts.problems(lowered) == []
