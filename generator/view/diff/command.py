"""The `diff` command: compares the build of the sources with the one that a revision committed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from generator.config.load import load
from generator.errors import BuildError, Problem
from generator.pipeline import compiled
from generator.reporting import Outcome
from generator.verify.revision import committed_files, describe_revision
from generator.view.diff.comparison import BuildChange, changes_by_panel, compare
from generator.view.diff.page import render_page
from generator.view.diff.panel_pairs import pair_panels
from generator.view.diff.snapshot import ComparedBuild, read_snapshot
from generator.view.diff.text import change_data, changes_text
from generator.view.preview.page import find_node


def diff(arguments: argparse.Namespace) -> Outcome:
    """Print what the sources change since a revision; unless `--text` is given, write the page with screenshots."""
    committed = committed_files(arguments.base, arguments.out)
    base_snapshot = read_snapshot(committed, f"{arguments.base}:{arguments.out}")
    before = ComparedBuild(describe_revision(arguments.base), committed, base_snapshot)
    built = compiled(arguments.platform).texts
    after = ComparedBuild("the sources", built, read_snapshot(built))
    changes = compare(before.snapshot, after.snapshot)
    print(changes_text(changes), end="", flush=True)
    if not arguments.text:
        _write(arguments.page, _page(before, after, changes, arguments.platform))
        print(f"\nPage: {arguments.page}")
    page = None if arguments.text else str(arguments.page)
    return Outcome(result={"base": arguments.base, "changes": [*map(change_data, changes)], "page": page})


def _page(before: ComparedBuild, after: ComparedBuild, changes: Sequence[BuildChange], platform: Path) -> str:
    panels = changes_by_panel(changes)
    if not panels:
        return render_page(before, after, changes)
    try:
        find_node()
    except BuildError as error:
        skipped = f"{error.problems[0].what}; {error.problems[0].hint}."
        print(f"\nNo screenshots: {skipped}", file=sys.stderr)
        return render_page(before, after, changes, skipped=skipped)
    # The text alone needs no more packages than a build; the screenshots need those of the simulation.
    from generator.view.diff.screenshots import take_screenshots

    print(f"\nTaking screenshots of {len(panels)} panels, with each build's own rules.", file=sys.stderr)
    taken = take_screenshots(panels, before, after, load(platform))
    pairs = pair_panels(panels, before, after, taken.before, taken.after)
    return render_page(before, after, changes, pairs, incidents=taken.incidents)


def _write(path: Path, text: str) -> None:
    """Write a file atomically: a failure leaves the old one as it is."""
    new_path = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new_path.write_text(text, encoding="utf-8")
        new_path.replace(path)
    except OSError as error:
        hint = "make it writable, or name another with --page"
        raise BuildError([Problem(str(path), f"it cannot be written ({error.strerror})", hint)]) from None
