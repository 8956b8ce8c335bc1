"""The page that a reviewer reads: what changes, in words, and the panels before and after."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from generator.rendering.templates import render
from generator.view.diff.comparison import Change
from generator.view.diff.pairs import Pair
from generator.view.diff.snapshot import Key, Side

SAID = re.compile(r"(?P<label>(?:[^→]*?: )?(?:threshold )?)(?P<was>.*?) → (?P<now>.*)", re.DOTALL)
HIT = re.compile(r"hits (?P<kind>panel|alert|story) (?P<name>.*)", re.DOTALL)
WORD = re.compile(r"\d[\w.]*|\w+|\s+|.", re.DOTALL)
AT_ONCE = ("contract", "alert", "panel", "dashboard")
"""The kinds that are read first; the others are folded, for they follow from these."""
COUNTED = {
    "contract": ("metric of the contract", "metrics of the contract"),
    "recorded series": ("recorded series", "recorded series"),
    "story": ("story", "stories"),
}
"""What one of a kind is called and what several are, where the one is not the kind and the others end in s."""

Words = tuple[tuple[str, bool], ...]
"""A text in pieces, and of each whether it differs from its counterpart."""


@dataclass(frozen=True)
class Part:
    """One difference: of what, what was said, what is said now; both are empty where there is only a text."""

    label: str
    was: Words = ()
    now: Words = ()


@dataclass(frozen=True)
class Line:
    """A change as the page lists it; `anchor` names its pictures, `hits` what rests on it, kind by kind."""

    what: str
    state: str
    anchor: str
    parts: tuple[Part, ...]
    hits: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Chapter:
    """All changes of one kind."""

    heading: str
    at_once: bool
    lines: tuple[Line, ...]


def page(
    sides: tuple[Side, Side], changes: Sequence[Change], pairs: Sequence[Pair], *, day: str = "", left_out: str = ""
) -> str:
    """The whole page, as HTML that needs nothing else. `day`: what the pictures show; `left_out`: why there is none."""
    differing = [pair for pair in pairs if not pair.same]
    anchors = {pair.key: anchor(pair.key) for pair in pairs}
    return render(
        "review.html.j2",
        before=sides[0].name,
        after=sides[1].name,
        chapters=[_chapter(kind, list(each), anchors) for kind, each in groupby(changes, key=lambda one: one.kind)],
        pairs=[(pair, anchors[pair.key], [part(why) for why in pair.why]) for pair in differing],
        same=[(pair, anchors[pair.key]) for pair in pairs if pair.same],
        day=day,
        left_out=left_out,
    )


def anchor(panel: Key) -> str:
    """A panel's place in the page: its dashboard and its id, in letters that an address takes."""
    return re.sub(r"\W+", "-", f"{panel[0]}-{panel[1]}".lower())


def _chapter(kind: str, changes: Sequence[Change], anchors: dict[Key, str]) -> Chapter:
    lines = tuple(_line(change, anchors) for change in changes)
    return Chapter(_counted(kind, len(changes)), kind in AT_ONCE, lines)


def _counted(kind: str, many: int) -> str:
    one, several = COUNTED.get(kind, (kind, f"{kind}s"))
    return f"{many} {one if many == 1 else several}"


def _line(change: Change, anchors: dict[Key, str]) -> Line:
    what, _, state = change.what.rpartition(" ")
    own = next((anchors[key] for key in change.panels if key in anchors), "") if change.kind == "panel" else ""
    parts = tuple(part(text) for text in change.how if not HIT.fullmatch(text))
    return Line(what, state, own, parts, tuple(_hits(change.how)))


def _hits(how: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    found = [match for match in map(HIT.fullmatch, how) if match]
    for kind, each in groupby(found, key=lambda match: match["kind"]):
        names = tuple(match["name"] for match in each)
        yield f"hits {_counted(kind, len(names))}", names


def part(text: str) -> Part:
    """A difference as the comparison tells it, `label: was → now`, with the words that differ."""
    said = SAID.fullmatch(text)
    if said is None:
        return Part(text)
    was, now = WORD.findall(said["was"]), WORD.findall(said["now"])
    steps = SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    return Part(
        said["label"],
        tuple(("".join(was[low:high]), step != "equal") for step, low, high, _, _ in steps if high > low),
        tuple(("".join(now[low:high]), step != "equal") for step, _, _, low, high in steps if high > low),
    )
