"""The command: what the sources say now, against what another revision committed; as text, and as a page."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from generator.config.load import load
from generator.errors import BuildError, Problem
from generator.pipeline import compiled
from generator.view.diff.comparison import Change, compare
from generator.view.diff.page import page
from generator.view.diff.pairs import paired, reasons
from generator.view.diff.revision import committed, described
from generator.view.diff.snapshot import Side, snapshot
from generator.view.preview.page import node

MOST = 12
"""How many lines of one change are printed; more are counted."""


def review(given: argparse.Namespace) -> int:
    """Print what the sources change since a revision, by kind; and write a page, with the panels before and after."""
    texts = committed(given.base, given.out)
    before = Side(described(given.base), texts, snapshot(texts, f"{given.base}:{given.out}"))
    after = Side("the sources", now := compiled(given.platform).texts, snapshot(now))
    changes = compare(before.says, after.says)
    print(told(changes), end="", flush=True)
    if not given.text:
        _write(given.page, _paged(before, after, changes, given.platform))
        print(f"\nThe page: {given.page}")
    return 0


def _paged(before: Side, after: Side, changes: Sequence[Change], platform: Path) -> str:
    why, sides = reasons(changes), (before, after)
    if not why:
        return page(sides, changes, [])
    try:
        node()
    except BuildError as several:
        left_out = f"{several.problems[0].what}; {several.problems[0].hint}."
        print(f"\nThe pictures are left out: {left_out}", file=sys.stderr)
        return page(sides, changes, [], left_out=left_out)
    from generator.view.diff.screenshots import drawn

    print(f"\nDrawing {len(why)} panels, over what each side's rules make of a simulated day.", file=sys.stderr)
    found = drawn(why, before, after, load(platform))
    return page(sides, changes, paired(why, sides, (found.before, found.after)), day=found.day)


def _write(path: Path, text: str) -> None:
    """Whole or not at all: what was there stays until the new page is."""
    fresh = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        hint = "make it writable, or name another with --page"
        raise BuildError([Problem(str(path), f"it cannot be written ({error.strerror})", hint)]) from None


def told(changes: Sequence[Change]) -> str:
    """The changes as a reviewer reads them: a heading for each kind, a line for each change, its parts below."""
    if not changes:
        return "Nothing that is deployed changes.\n"
    lines: list[str] = []
    for kind, each in groupby(changes, key=lambda change: change.kind):
        lines.append(f"{kind}:")
        for change in each:
            more = len(change.how) - MOST
            lines.append(f"  {change.what}")
            lines += [f"    {part}" for part in change.how[:MOST]] + [f"    and {more} more"] * (more > 0)
    return "\n".join(lines) + "\n"
