"""The command: what the sources say now, against what another revision committed."""

from __future__ import annotations

import argparse
from itertools import groupby

from generator.build import compiled
from generator.review.compare import Change, compare
from generator.review.revision import committed
from generator.review.snapshot import snapshot

MOST = 12
"""How many lines of one change are printed; more are counted."""


def review(given: argparse.Namespace) -> int:
    """Print the changes of the sources since a revision, by kind; nothing else is touched."""
    before = committed(given.base, given.out)
    print(told(compare(snapshot(before), snapshot(compiled(given.platform).texts))), end="")
    return 0


def told(changes: list[Change]) -> str:
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
