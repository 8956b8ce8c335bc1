"""`python -m generator mutate`: test mutants, compare the survivors with the list of equivalent mutants, and report."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Mapping, Sequence
from difflib import unified_diff
from pathlib import Path

import yaml

from generator.errors import BuildError, Problem, nearest_name
from generator.external.promtool import Promtool
from generator.frozen import frozen
from generator.ir.build import Compiled, Lowered
from generator.rendering.rule_files import rule_files, rules
from generator.verify.mutation.kill_chance import likely_coverage
from generator.verify.mutation.mutants import Mutant, mutants, proven_by_a_model
from generator.verify.mutation.runner import MutantResult, MutationRunner
from generator.verify.simulation.progress import reported_progress

EQUIVALENT = Path("tests/verify/mutation/equivalent.yaml")
"""The equivalent mutants, each with the reason why no alert test can kill it."""
MAX_NAMES = 10
QUICK_STEP = 12
"""`--quick` tests every twelfth mutant."""
EQUIVALENT_STEP = 8
"""`--sample-equivalent` tests every eighth of the equivalent mutants: each runs all its tests, and together they take
a third of the time."""
NUMBERS = re.compile(r"(?P<original>\d[\d.e+-]*) → (?P<mutated>\d[\d.e+-]*)$")


@frozen
class MutantSelection:
    """Of the mutants of the rules whose names start with `only`, every `step`-th one; of those among them that are
    listed as equivalent, every `equivalent_step`-th one."""

    only: str = ""
    step: int = 1
    equivalent_step: int = 1

    def of(self, mutants_of_build: Sequence[Mutant], equivalent: Collection[str]) -> list[Mutant]:
        """The selected mutants. Raises BuildError if `only` is the start of no rule's name."""
        names = {mutant.rule for mutant in mutants_of_build}
        if not any(name.startswith(self.only) for name in names):
            hint = nearest_name(self.only, names, most=MAX_NAMES)
            raise BuildError(
                [Problem(f'--only "{self.only}"', "the name of no rule with mutants starts with it", hint)]
            )
        selected = [mutant for mutant in mutants_of_build if mutant.rule.startswith(self.only)][:: self.step]
        listed = [mutant.key for mutant in selected if mutant.key in equivalent]
        left_out = {key for number, key in enumerate(listed) if number % self.equivalent_step}
        return [mutant for mutant in selected if mutant.key not in left_out]


EVERY_MUTANT = MutantSelection()


@frozen
class MutationReport:
    """The numbers of tested and killed mutants, the survivors that are not listed as equivalent, the listed keys whose
    mutant is killed or does not exist, and the alerts that a model proves instead."""

    tested: int
    killed: int
    survivors: tuple[MutantResult, ...]
    stale: tuple[str, ...]
    not_mutated: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every mutant is killed or listed, and every listed mutant survives."""
        return not self.survivors and not self.stale


def mutate(
    original: Compiled,
    promtool: Promtool,
    equivalent: Mapping[str, str],
    selection: MutantSelection = EVERY_MUTANT,
) -> MutationReport:
    """Test the selected mutants. A run takes minutes, so the name of each survivor goes to standard error as soon as it
    is known. Raises BuildError if the selection is of no rule."""
    all_mutants = list(mutants(original.lowered))
    selected = selection.of(all_mutants, equivalent)
    results = _run_with_progress(MutationRunner(original, promtool), selected, equivalent)
    survivors = [result for result in results if result.survived]
    killed = {result.mutant.key for result in results if not result.survived}
    existing = {mutant.key for mutant in all_mutants}
    return MutationReport(
        tested=len(results),
        killed=len(results) - len(survivors),
        survivors=tuple(result for result in survivors if result.mutant.key not in equivalent),
        stale=tuple(key for key in equivalent if key in killed or key not in existing),
        not_mutated=tuple(rule.alert.key for rule in proven_by_a_model(original.lowered)),
    )


def _run_with_progress(
    runner: MutationRunner, selected: Sequence[Mutant], equivalent: Mapping[str, str]
) -> list[MutantResult]:
    results: list[MutantResult] = []
    with reported_progress("mutate") as progress:
        for result in runner.run(selected):
            results.append(result)
            if result.survived and result.mutant.key not in equivalent:
                print(f"mutate: survived so far: {result.mutant.key}", file=sys.stderr, flush=True)
            progress("running the tests of mutants", len(results), len(selected))
    return results


def equivalent_mutants(file: Path = EQUIVALENT) -> dict[str, str]:
    """Return the reason of each listed equivalent mutant, by the mutant's key."""
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")) or {})


def format_report(report: MutationReport, original: Lowered) -> str:
    """Return the text of a report: each survivor with the diff of its rule and the missing alert test, then totals."""
    lines: list[str] = []
    for result in report.survivors:
        diff = [f"    {line}" for line in rule_diff(original, result.mutant)]
        lines += [f"SURVIVED {result.mutant.key}", *diff, f"  {missing_test(result.mutant)}"]
    lines += [
        f"STALE {key}: the mutant is killed or does not exist; remove it from {EQUIVALENT}" for key in report.stale
    ]
    if report.not_mutated:
        lines.append(f"not mutated, but compared with a model: {', '.join(report.not_mutated)}")
    equivalent = report.tested - report.killed - len(report.survivors)
    lines.append(
        f"{report.tested} mutants: {report.killed} killed, {equivalent} equivalent, {len(report.survivors)} survived"
    )
    return "\n".join(lines)


def report_data(report: MutationReport) -> dict[str, object]:
    """Return a report as JSON data."""
    return {
        "tested": report.tested,
        "killed": report.killed,
        "not_mutated": list(report.not_mutated),
        "survivors": [
            {"rule": result.mutant.rule, "change": result.mutant.change, "hint": missing_test(result.mutant)}
            for result in report.survivors
        ],
        "stale": [*report.stale],
    }


def rule_diff(original: Lowered, mutant: Mutant) -> list[str]:
    """Return the lines of a unified diff from the original rule files to the mutant's."""
    before, after = _rule_texts(original), _rule_texts(mutant.lowered)
    return [
        line
        for path in sorted(before | after)
        for line in unified_diff(
            before.get(path, "").splitlines(), after.get(path, "").splitlines(), path, path, n=2, lineterm=""
        )
    ]


def missing_test(mutant: Mutant) -> str:
    """Return a hint which alert test would kill a mutant; for a changed number, between which values."""
    numbers = NUMBERS.search(mutant.change)
    between = ""
    if numbers:
        low, high = sorted((numbers["original"], numbers["mutated"]), key=float)
        between = f", with a value between {low} and {high}"
    return f'add an alert test of {" or ".join(mutant.alerts)} that covers "{likely_coverage(mutant).value}"{between}'


def _rule_texts(lowered: Lowered) -> dict[str, str]:
    return rules(rule_files(lowered))
