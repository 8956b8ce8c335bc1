"""The texts of alerts have what an on-call engineer needs."""

from __future__ import annotations

import re

import pytest

from generator.definitions import load_definitions
from generator.dsl.alert import Alert
from generator.dsl.platform import Platform
from generator.dsl.text import Placeholder
from generator.lowering.alerts import lower_alert
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules

ALERTS = load_definitions().alerts
CALENDAR_DAY = re.compile(r"\b(a|per|the|last|of the) day\b|\bdaily (token )?budget\b|\btoday\b")
MAX_SUMMARY = 90
"""Characters of a summary, with its placeholders: about one line of a notification on a phone."""


def placeholders(alert: Alert) -> set[str]:
    """The names of the placeholders in an alert's description."""
    return {part.name for part in alert.alert_text.description if isinstance(part, Placeholder)}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.key)
def test_a_description_has_value_window_and_threshold(alert: Alert, platform: Platform) -> None:
    """Every description has the value, the window and the threshold, if the rule has them; the threshold of a burn-rate
    alert is a burn rate over a window."""
    rule = lower_alert(QueryLowering(platform, RecordingRules()), alert)
    expected = {"value"} if rule.unit else set()
    if {"burn_rate", "burn_rate_threshold", "burn_rate_window"} <= rule.values.keys():
        expected |= rule.values.keys()
    else:
        expected |= {"window"} if rule.window is not None else set()
        expected |= {"threshold"} if rule.threshold is not None else set()
    assert expected <= placeholders(alert)


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.key)
def test_a_rolling_window_is_not_a_day(alert: Alert) -> None:
    """A window of 24 h is not the calendar's day, in no text of an alert."""
    text = alert.alert_text
    texts = (text.summary, text.description, text.impact, *text.steps)
    assert not CALENDAR_DAY.search(" ".join(part for parts in texts for part in parts if isinstance(part, str)))


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.key)
def test_a_summary_is_short(alert: Alert) -> None:
    """A summary is one short sentence."""
    summary = "".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in alert.alert_text.summary)
    assert len(summary) <= MAX_SUMMARY
    assert summary.endswith(".")
