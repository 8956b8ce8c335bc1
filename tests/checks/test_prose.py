"""Checks of texts: numbers that a definition implies are filled in, not written."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.checks.prose import NUMBER
from generator.dsl.dashboard import Dashboard, Panel, Row
from generator.dsl.text import template_parts
from generator.ir.build import Compiled
from tests.checks.builds import violations, with_alert

ALERTS, DASHBOARDS = "alert/number-in-text", "dashboard/number-in-text"
ALERT_HINT = "fill it in from the definition, as {window}, {threshold} or {quantile}, or from a function `values`"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("in the last 5 minutes", "5 minutes"),
        ("of 30 days", "30 days"),
        ("the last 24 h", "24 h"),
        ("within 500 ms", "500 ms"),
        ("above 0.5 %", "0.5 %"),
        ("above 80%", "80%"),
        ("by ten percent", "ten percent"),
        ("for five minutes", "five minutes"),
        ("a 10-minute window", "10-minute"),
        ("the last hour", "last hour"),
        ("p95 latency", "p95"),
        ("1d 0h", "1d"),
    ],
)
def test_a_number_with_a_unit_is_recognized(text: str, number: str) -> None:
    """Digits and words, before a unit of time or a percent sign; one unit after "last"; percentiles."""
    match = NUMBER.search(text)
    assert match is not None
    assert match.group() == number


@pytest.mark.parametrize(
    "text",
    ["a 5xx, not a 4xx", "code 3040", "before 00:00 UTC", "429 responses", "about 1,000 requests a second", "one model",
     "{window} of the SLO", "3 a.m.", "in the last minutes", "within days", "an hour ago", "v1.5", "/api/v1/otlp"],
)  # fmt: skip
def test_a_name_is_not_a_number(text: str) -> None:
    """Classes of responses, error codes, times of day, limits of other platforms and vague times stay."""
    assert NUMBER.search(text) is None


def test_the_shipped_texts_pass(built: Compiled) -> None:
    """No shipped text states a number that the definition implies."""
    assert violations(built.lowered, ALERTS, DASHBOARDS) == []


@pytest.mark.parametrize("part", ["summary", "description", "impact"])
def test_a_number_in_an_alert_is_reported(built: Compiled, part: str) -> None:
    """In each part of the docstring, steps included."""
    shipped = built.lowered.alerts[0].alert
    changed: Any = {part: template_parts("{value} fail in 5 minutes.")}
    text = replace(shipped.alert_text, **changed)
    (problem,) = violations(with_alert(built, replace(shipped, name="Other", alert_text=text)), ALERTS)
    assert problem.endswith(f'its text has the number "5 minutes"; {ALERT_HINT}. [{ALERTS}]')
    step = replace(shipped.alert_text, steps=(template_parts("Wait for 30 seconds."),))
    (problem,) = violations(with_alert(built, replace(shipped, name="Other", alert_text=step)), ALERTS)
    assert 'the number "30 seconds"' in problem


@pytest.mark.parametrize(
    ("dashboard_title", "row_title", "title", "description", "problem"),
    [
        ("Last 24 h", "Row", "Panel", "A panel.", 'py: the text of the dashboard other has the number "24 h"'),
        ("Other", "Last 5 min", "Panel", "A panel.", 'py: the text of the dashboard other has the number "5 min"'),
        ("Other", "Row", "Errors, 5 min", "A panel.", 'py:1 x: its text has the number "5 min"'),
        ("Other", "Row", "Panel", "Red from 5 % on.", 'py:1 x: its text has the number "5 %"'),
    ],
)
def test_a_number_on_a_dashboard_is_reported(
    built: Compiled, dashboard_title: str, row_title: str, title: str, description: str, problem: str
) -> None:
    """In the titles of the dashboard, a row and a panel, and in a description."""
    shipped = built.lowered.definitions.dashboards[0].rows[0].panels[0]
    panel = Panel("other", title, description, shipped.build, "dashboards/other.py:1 x")
    board = Dashboard("other", dashboard_title, "A dashboard.", (), (Row(row_title, (panel,)),), ())
    definitions = replace(built.lowered.definitions, dashboards=(board,))
    (reported,) = violations(replace(built.lowered, definitions=definitions), DASHBOARDS)
    assert reported.startswith(f"dashboards/other.{problem}")


def test_the_texts_of_the_contract_state_no_such_number(root: Path) -> None:
    """Nor do the docstrings of the modules of definitions; what they state is filled in by an f-string."""
    paths = [*(root / "contract").glob("*.py"), *(root / "dashboards").glob("*.py"), *(root / "alerts").glob("*.py")]
    numbers = [
        f"{path.name}:{node.lineno}: {match.group()}"
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
        for match in NUMBER.finditer(node.value)
    ]
    assert len(paths) > 15
    assert numbers == []
