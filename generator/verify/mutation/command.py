"""The command: judge all mutants, or a part of them, and hold the survivors against the list of equivalents."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from generator.external.promtool import Promtool
from generator.ir.build import Compiled, Lowered
from generator.verify.mutation.mutants import Mutant, mutants
from generator.verify.mutation.runner import Court, Judged
from generator.verify.mutation.survivor import difference, story_wanted

EQUIVALENT = Path("tests/verify/mutation/equivalent.yaml")
"""Mutants that mean the same as the right rule, each with the reason; checked in, so that it cannot grow in silence."""
QUICK = 12
"""`--quick` judges one in so many."""


@dataclass(frozen=True)
class Verdict:
    """What a run found: how many were judged and noticed, survivors that nobody listed, and listed ones that are gone
    or are noticed after all."""

    judged: int
    noticed: int
    unlisted: tuple[Judged, ...]
    stale: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether every mutant is noticed or listed, and every listed one survives."""
        return not self.unlisted and not self.stale


def mutate(
    right: Compiled,
    promtool: Promtool,
    listed: Mapping[str, str],
    quick: bool = False,
    only: str = "",
    one_in: int = QUICK,
) -> Verdict:
    """Judge mutants; with `quick` one in so many, with `only` those of rules whose name begins so."""
    every = list(mutants(right.lowered))
    wanted = [one for one in every if one.rule.startswith(only)][:: one_in if quick else 1]
    results = list(_watched(Court(right, promtool), wanted))
    survivors = [one for one in results if one.survived]
    keys = {one.mutant.key for one in results if not one.survived}
    known = {one.key for one in every}
    return Verdict(
        judged=len(results),
        noticed=len(results) - len(survivors),
        unlisted=tuple(one for one in survivors if one.mutant.key not in listed),
        stale=tuple(key for key in listed if key in keys or key not in known),
    )


def equivalents(file: Path = EQUIVALENT) -> dict[str, str]:
    """The listed mutants and the reason of each."""
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")) or {})


def report(verdict: Verdict, right: Lowered) -> str:
    """What a person reads after a run: of each survivor, the rule before and after, and the story that is missing."""
    lines = [line for one in verdict.unlisted for line in _survivor(one.mutant, right)]
    lines += [
        f"STALE {key}: it is noticed, or there is no such mutant; take it off {EQUIVALENT}" for key in verdict.stale
    ]
    listed = verdict.judged - verdict.noticed - len(verdict.unlisted)
    lines.append(
        f"{verdict.judged} mutants: {verdict.noticed} noticed, {listed} equivalent, {len(verdict.unlisted)} survived"
    )
    return "\n".join(lines)


def _survivor(mutant: Mutant, right: Lowered) -> list[str]:
    changed = [f"    {line}" for line in difference(right, mutant)]
    return [f"SURVIVED {mutant.key}", *changed, f"  {story_wanted(mutant)}"]


def _watched(court: Court, wanted: Sequence[Mutant]) -> list[Judged]:
    results: list[Judged] = []
    start = time.monotonic()
    for one in court.judge(wanted):
        results.append(one)
        if sys.stderr.isatty() or len(results) % 50 == 0:
            print(f"\r{len(results)} of {len(wanted)}, {time.monotonic() - start:.0f} s", end="", file=sys.stderr)
    print(file=sys.stderr)
    return results
