"""Changes as text: a heading for each kind, a line for each change, its differences and what it affects below."""

from __future__ import annotations

import pytest

from generator.view.diff.comparison import (
    BuildChange,
    ChangeKind,
    ChangeState,
    Difference,
    LineDifference,
    ValueDifference,
)
from generator.view.diff.dependencies import Affected
from generator.view.diff.expressions import NumberDifference
from generator.view.diff.text import DifferenceText, changes_text, difference_text, shortened

CHANGED = ChangeState.CHANGED


def test_no_changes_are_one_sentence() -> None:
    """An empty output would look like a failure."""
    assert changes_text([]) == "Nothing that is deployed changes.\n"


def test_changes_are_grouped_by_kind() -> None:
    """With differences and affected items, a line each; an added alert has its name only."""
    threshold = NumberDifference(0.05, 0.04, threshold=True)
    affected = Affected(("Tenant / Errors by route",), (), ("errors.rises", "errors.falls"))
    text = changes_text(
        [
            BuildChange(ChangeKind.ALERT, "HighErrorRate (ticket)", CHANGED, (threshold,), affected),
            BuildChange(ChangeKind.ALERT, "Down (page)", ChangeState.ADDED),
            BuildChange(ChangeKind.RECORDING_RULE, "a:b:c", ChangeState.REMOVED),
        ]
    )
    assert text.splitlines() == [
        "Alerts:",
        "  HighErrorRate (ticket) changed",
        "    threshold 0.05 → 0.04",
        "    affects 1 panel: Tenant / Errors by route",
        "    affects 2 alert tests: errors.rises, errors.falls",
        "  Down (page) added",
        "Recording rules:",
        "  a:b:c removed",
    ]


@pytest.mark.parametrize(("count", "ending"), [(12, []), (13, ["    and 1 more"]), (40, ["    and 28 more"])])
def test_long_lists_are_cut_after_twelve(count: int, ending: list[str]) -> None:
    """Differences and affected names; the rest is counted."""
    differences = tuple(LineDifference(ChangeState.ADDED, str(number)) for number in range(count))
    panels = tuple(f"Overview / {number}" for number in range(count))
    text = changes_text([BuildChange(ChangeKind.FILE, "a.yaml", CHANGED, differences, Affected(panels))])
    lines = text.splitlines()
    assert lines[2:14] == [f"    +{number}" for number in range(12)]
    assert lines[14:-1] == ending
    names = ", ".join(panels[:12]) + (f" and {count - 12} more" if count > 12 else "")
    assert lines[-1] == f"    affects {count} panels: {names}"


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        (NumberDifference(0.05, 0.02, threshold=True), "threshold 0.05 → 0.02"),
        (NumberDifference(6.7e-08, 5_000_000, threshold=False), "number 6.7e-08 → 5000000"),
        (ValueDifference(("for",), None, "5m"), "for: none → 5m"),
        (ValueDifference(("labels", "owner"), "", "finance"), "labels.owner: empty → finance"),
        (ValueDifference(("steps", 1, "value"), 0.5, True), "steps[1].value: 0.5 → true"),
        (ValueDifference(("query",), "sum(\n  a\n)", "b"), "query: sum( a ) → b"),
        (ValueDifference(("values",), ["a", "b"], []), "values: a, b → empty"),
        (ValueDifference(("steps",), [{}, {}], [{}]), "steps: 2 items → 1 item"),
        (LineDifference(ChangeState.REMOVED, "b: 2"), "-b: 2"),
        (LineDifference(ChangeState.ADDED, "a → b"), "+a → b"),
    ],
)
def test_a_difference_is_one_line(difference: Difference, expected: str) -> None:
    """Each kind of difference, with values that are missing, empty, nested or have several lines."""
    assert str(difference_text(difference)) == expected


def test_long_values_are_shortened_to_what_differs() -> None:
    """Three words of context on both sides; a short value stays whole."""
    words = [f"w{number}" for number in range(20)]
    before, after = " ".join(words), " ".join([*words[:10], "new", "word", *words[11:]])
    assert shortened(DifferenceText("help:", before, after)) == DifferenceText(
        "help:", "… w7 w8 w9 w10 w11 w12 w13 …", "… w7 w8 w9 new word w11 w12 w13 …"
    )
    longer = " ".join([*words, "end"])
    assert shortened(DifferenceText("help:", before, longer)).after == "… w17 w18 w19 end"
    assert shortened(DifferenceText("for:", "5m", before)) == DifferenceText("for:", "5m", before)
