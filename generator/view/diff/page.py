"""The page: every change in words, and the panels that may look different, before and after."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import TypeAlias

from generator.frozen import frozen
from generator.rendering.templates import render
from generator.view.diff.comparison import BuildChange, ChangeKind
from generator.view.diff.panel_pairs import PanelPair
from generator.view.diff.snapshot import ComparedBuild, PanelKey
from generator.view.diff.text import NO_CHANGES, DifferenceText, affected_items, counted, difference_text

WORD = re.compile(r"\d[\w.]*|\w+|\s+|.", re.DOTALL)
"""A word, a number, white space, or another character: what is highlighted as a whole."""
EXPANDED_KINDS = {ChangeKind.METRIC, ChangeKind.ALERT, ChangeKind.PANEL, ChangeKind.DASHBOARD}
"""The kinds that a reviewer reads first. The others mostly follow from them and are collapsed."""

HighlightedText: TypeAlias = tuple[tuple[str, bool], ...]
"""A text in pieces, each with whether it differs from its counterpart."""


@frozen
class DifferenceView:
    """A difference on the page: its label, and the values before and after with the differing words."""

    label: str
    before: HighlightedText = ()
    after: HighlightedText = ()


@frozen
class ChangeView:
    """A change on the page. `anchor` leads to its screenshots; `affected` has a heading and the names of each kind."""

    name: str
    state: str
    anchor: str
    differences: tuple[DifferenceView, ...]
    affected: tuple[tuple[str, tuple[str, ...]], ...]


@frozen
class ChangeSection:
    """All changes of one kind."""

    heading: str
    expanded: bool
    changes: tuple[ChangeView, ...]


@frozen
class PanelView:
    """A panel's screenshots, with the changes that may be the reason and with notes on what they do not show."""

    pair: PanelPair
    anchor: str
    reasons: tuple[DifferenceView, ...]
    notes: tuple[str, ...]


def render_page(
    before: ComparedBuild,
    after: ComparedBuild,
    changes: Sequence[BuildChange],
    pairs: Sequence[PanelPair] = (),
    *,
    incidents: str = "",
    skipped: str = "",
) -> str:
    """Render the page as HTML that loads nothing.

    `incidents` describes the simulated day of the screenshots; `skipped` is the reason why there are no screenshots.
    """
    anchors = {pair.key: panel_anchor(pair.key) for pair in pairs}
    return render(
        "diff.html.j2",
        before=before.name,
        after=after.name,
        sections=[
            _section(kind, list(changes_of_kind), anchors)
            for kind, changes_of_kind in groupby(changes, key=lambda change: change.kind)
        ],
        no_changes=NO_CHANGES,
        panels=[_panel_view(pair) for pair in pairs if not pair.identical],
        identical=[(pair.place, anchors[pair.key]) for pair in pairs if pair.identical],
        incidents=incidents,
        skipped=skipped,
    )


def panel_anchor(panel: PanelKey) -> str:
    """The anchor of a panel on the page, from its dashboard and its id."""
    return re.sub(r"\W+", "-", f"{panel.dashboard}-{panel.id}".lower())


def _section(kind: ChangeKind, changes: Sequence[BuildChange], anchors: Mapping[PanelKey, str]) -> ChangeSection:
    views = tuple(_change_view(change, anchors) for change in changes)
    return ChangeSection(counted(kind, len(changes)), kind in EXPANDED_KINDS, views)


def _change_view(change: BuildChange, anchors: Mapping[PanelKey, str]) -> ChangeView:
    is_panel = change.kind is ChangeKind.PANEL
    return ChangeView(
        change.name,
        change.state.value,
        next((anchors[key] for key in change.redrawn if is_panel and key in anchors), ""),
        tuple(highlighted(difference_text(difference)) for difference in change.differences),
        tuple(affected_items(change.affected)),
    )


def _panel_view(pair: PanelPair) -> PanelView:
    reasons = (highlighted(reason) for change in pair.changes for reason in redraw_reasons(change))
    return PanelView(pair, panel_anchor(pair.key), tuple(reasons), tuple(panel_notes(pair)))


def redraw_reasons(change: BuildChange) -> Iterator[DifferenceText]:
    """Why a panel may look different: all differences of its own; of another change its name and first difference."""
    differences = [difference_text(difference) for difference in change.differences]
    if change.kind is ChangeKind.PANEL:
        yield from differences or [DifferenceText(change.state.value)]
        return
    name = f"{change.kind.value} {change.name} {change.state.value}"
    if differences:
        first = differences[0]
        yield DifferenceText(f"{name}: {first.label}", first.before, first.after)
    else:
        yield DifferenceText(name)


def panel_notes(pair: PanelPair) -> Iterator[str]:
    """What the screenshots of a panel do not show themselves: an error, an empty answer, a metric that is missing."""
    for side, screenshot in (("Before", pair.before), ("After", pair.after)):
        if screenshot is not None and screenshot.state == "failed":
            yield f"{side}: the panel fails: {screenshot.error}"
        elif screenshot is not None and screenshot.state == "empty":
            yield f"{side}: the queries return no data on the simulated day."
    if pair.missing_metrics:
        metrics = ", ".join(pair.missing_metrics)
        yield f"Before: the panel reads {metrics}, which the contract no longer has: the simulated day lacks it."


def highlighted(difference: DifferenceText) -> DifferenceView:
    """A difference with the words marked that differ between the values before and after."""
    before, after = WORD.findall(difference.before), WORD.findall(difference.after)
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return DifferenceView(
        difference.label,
        tuple(("".join(before[start:end]), step != "equal") for step, start, end, _, _ in steps if end > start),
        tuple(("".join(after[start:end]), step != "equal") for step, _, _, start, end in steps if end > start),
    )
