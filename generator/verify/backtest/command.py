"""`python -m generator backtest`: every case run and judged, and the report written."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from generator.config.load import load
from generator.dsl.platform import Platform
from generator.errors import BuildError, Problem, did_you_mean
from generator.verify.backtest.case import Case
from generator.verify.backtest.cases import cases, ordinary
from generator.verify.backtest.report import report
from generator.verify.backtest.run import TENANTS, run
from generator.verify.backtest.sloth import peer
from generator.verify.backtest.verdict import Verdict, judged
from generator.verify.replay.stages import ReplayRule, load_rules

PRODUCTION = {"worker-api": ("/chat", "/search"), "ingest-worker": ("/ingest",)}
FEW = 3
"""Tenants of the ordinary days: a month of six is twice as long to make."""


def command(given: argparse.Namespace) -> int:
    """Run what was asked for; 1 where a case is missed. Raises `Faults`."""
    platform = load(given.platform)
    chosen = _chosen(platform, given.case)
    shipped, theirs = load_rules(given.out / "prometheus" / "rules"), peer(platform)
    verdicts = [_one(platform, case, shipped, theirs) for case in chosen]
    if not given.case:
        write(report(verdicts), given.to)
    return 1 if any(not one.passed for one in verdicts) else 0


def _chosen(platform: Platform, names: Sequence[str]) -> tuple[Case, ...]:
    if dict(platform.services) != PRODUCTION or not platform.tenants:
        raise BuildError(
            [Problem("backtest", "this platform has not production's services", "give alerts/tests/platform.yaml")]
        )
    every = {case.name: case for case in (*cases(platform), ordinary(platform))}
    problems = [Problem(f'--case "{name}"', "there is no such case", did_you_mean(name, every))
              for name in names if name not in every]  # fmt: skip
    if problems:
        raise BuildError(problems)
    return tuple(every[name] for name in names) or tuple(every.values())


def _one(platform: Platform, case: Case, shipped: Sequence[ReplayRule], theirs: Sequence[ReplayRule]) -> Verdict:
    verdict = judged(run(platform, case, shipped, theirs, FEW if case.days else TENANTS))
    state = "as it must be" if verdict.passed else "MISSED: " + "; ".join(verdict.misses)
    pages = f"pages: {verdict.shipped.pages}, static {verdict.static.pages}, sloth {verdict.peer.pages}"
    print(f"{case.name}: {state} ({pages})", flush=True)
    return verdict


def write(files: dict[str, str], folder: Path) -> None:
    """Write a report; a plot of a case that is no more is removed. Raises `Faults`: the folder cannot be written."""
    try:
        (folder / "backtest").mkdir(parents=True, exist_ok=True)
        for plot in (folder / "backtest").glob("*.svg"):
            if f"backtest/{plot.name}" not in files:
                plot.unlink()
        for path, text in files.items():
            (folder / path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise BuildError(
            [Problem(str(folder), f"it cannot be written ({error.strerror})", "name another folder")]
        ) from None
    print(f"{folder}/backtest.md: {len(files) - 1} cases, each with its plot", file=sys.stderr)
