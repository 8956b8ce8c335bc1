"""Changes in words: the text for the terminal, and the phrases that the page shares with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from generator.frozen import frozen
from generator.view.diff.comparison import BuildChange, ChangeKind, ChangeState, Difference, ValueDifference
from generator.view.diff.dependencies import Affected
from generator.view.diff.expressions import NumberDifference

NO_CHANGES = "Nothing that is deployed changes."
MAX_ITEMS = 12
"""How many differences of a change, and how many affected panels, alerts or tests, the text lists."""
MAX_WORDS, CONTEXT_WORDS = 12, 3
"""Two values with more words than this are shown without the words that both begin or end with, but for a few."""
SIGNS = {ChangeState.ADDED: "+", ChangeState.REMOVED: "-"}


@frozen
class DifferenceText:
    """A difference in words: `label`, then the values before and after; a line of a file is a label alone."""

    label: str
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        return f"{self.label} {self.before} → {self.after}" if self.before or self.after else self.label


def difference_text(difference: Difference) -> DifferenceText:
    """A difference in words, such as `threshold` `0.05` `0.02`."""
    match difference:
        case ValueDifference(path=path, before=before, after=after):
            return DifferenceText(f"{path_text(path)}:", value_text(before), value_text(after))
        case NumberDifference(before=before, after=after, threshold=threshold):
            return DifferenceText("threshold" if threshold else "number", f"{before:.15g}", f"{after:.15g}")
    return DifferenceText(f"{SIGNS[difference.state]}{difference.line}")


def path_text(path: Sequence[str | int]) -> str:
    """Keys and indexes as one path, such as `fieldConfig.defaults.thresholds.steps[1].value`."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")


def value_text(value: Any) -> str:
    """A value on one line; never empty."""
    if value is None:
        return "none"
    if isinstance(value, list) and any(isinstance(item, list | dict) for item in value):
        return f"{len(value)} item{'' if len(value) == 1 else 's'}"
    if isinstance(value, list):
        text = ", ".join(map(str, value))
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return " ".join(text.split()) or "empty"


def shortened(difference: DifferenceText) -> DifferenceText:
    """The same difference with long values cut to the words around what differs."""
    before, after = difference.before.split(" "), difference.after.split(" ")
    shorter = min(len(before), len(after))
    if shorter <= MAX_WORDS:
        return difference
    start = next((index for index in range(shorter) if before[index] != after[index]), shorter)
    end = next((index for index in range(shorter - start) if before[-1 - index] != after[-1 - index]), shorter - start)
    head, tail = max(start - CONTEXT_WORDS, 0), max(end - CONTEXT_WORDS, 0)
    cut = (
        " ".join(["…"] * (head > 0) + words[head : len(words) - tail] + ["…"] * (tail > 0)) for words in (before, after)
    )
    return DifferenceText(difference.label, *cut)


def counted(kind: ChangeKind, count: int) -> str:
    """How many of a kind, such as `2 alert tests`."""
    return f"{count} {kind.value}{'' if count == 1 else 's'}"


def affected_items(affected: Affected) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a change affects, kind by kind: a heading such as `affects 2 panels`, and their names."""
    for kind, names in (
        (ChangeKind.PANEL, affected.panels),
        (ChangeKind.ALERT, affected.alerts),
        (ChangeKind.ALERT_TEST, affected.alert_tests),
    ):
        if names:
            yield f"affects {counted(kind, len(names))}", names


def changes_text(changes: Sequence[BuildChange]) -> str:
    """The changes as text: a heading for each kind, a line for each change, its differences below it."""
    if not changes:
        return f"{NO_CHANGES}\n"
    lines: list[str] = []
    for kind, changes_of_kind in groupby(changes, key=lambda change: change.kind):
        lines.append(f"{kind.value.capitalize()}s:")
        for change in changes_of_kind:
            lines.append(f"  {change.name} {change.state.value}")
            lines += (f"    {line}" for line in _details(change))
    return "\n".join(lines) + "\n"


def change_data(change: BuildChange) -> dict[str, object]:
    """A change as JSON data, with its differences in words and all that it affects."""
    affected = change.affected
    return {
        "kind": change.kind.value,
        "name": change.name,
        "state": change.state.value,
        "differences": [str(difference_text(difference)) for difference in change.differences],
        "affected_panels": [*affected.panels],
        "affected_alerts": [*affected.alerts],
        "affected_alert_tests": [*affected.alert_tests],
    }


def _details(change: BuildChange) -> Iterator[str]:
    yield from (str(shortened(difference_text(difference))) for difference in change.differences[:MAX_ITEMS])
    if (more := len(change.differences) - MAX_ITEMS) > 0:
        yield f"and {more} more"
    for heading, names in affected_items(change.affected):
        more = len(names) - MAX_ITEMS
        yield f"{heading}: {', '.join(names[:MAX_ITEMS])}" + (f" and {more} more" if more > 0 else "")
