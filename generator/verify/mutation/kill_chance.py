"""The chance that an alert test kills a mutant, which decides the order in which they run: it is learned during a run,
since the mutants of one rule are mostly killed by the same few tests. The order changes how long a run takes, and never
which mutants survive."""

from __future__ import annotations

from collections import Counter
from typing import TypeAlias

from generator.dsl.alert_test import AlertTest, Coverage
from generator.verify.mutation.mutants import Mutant

LIKELY = 0.25
"""The chance of an alert test of the likely coverage, before any has run."""
UNLIKELY = LIKELY / 4
"""That of another one: it runs first if it costs less than a quarter."""
LIKELY_COVERAGE = (
    ("keep_firing_for", Coverage.RECOVERS),
    ("for ", Coverage.BEFORE_FOR),
    ("dropped", Coverage.LOW_TRAFFIC),
    ("and →", Coverage.LOW_TRAFFIC),
    (">= 15", Coverage.LOW_TRAFFIC),
    ("by with", Coverage.OTHERS_UNAFFECTED),
    ("by without", Coverage.OTHERS_UNAFFECTED),
    ("delta", Coverage.COUNTER_RESET),
    ("[", Coverage.RECOVERS),
    ("→", Coverage.BELOW_THRESHOLD),
)
"""Which coverage kills a change, by a part of the change's description; the first match applies."""

Similar: TypeAlias = tuple[str, Coverage | None]
"""The name of a rule without its labels, and the likely coverage of a change, or None for all changes."""


class KillChances:
    """What alert tests did to the mutants so far. Threads may share it: a count that is lost costs time alone."""

    def __init__(self) -> None:
        self._runs: Counter[tuple[Similar, str]] = Counter()
        self._kills: Counter[tuple[Similar, str]] = Counter()

    def of(self, mutant: Mutant, test: AlertTest) -> float:
        """The chance of a test: between 0 and 1, exclusive. Similar changes of the same rule count twice."""
        keys = [(similar, test.id) for similar in _similar(mutant)]
        before = LIKELY if likely_coverage(mutant) in test.covers else UNLIKELY
        return (before + sum(self._kills[key] for key in keys)) / (1 + sum(self._runs[key] for key in keys))

    def learn(self, mutant: Mutant, test: AlertTest, killed: bool) -> None:
        """Count a run of a test on a mutant."""
        for similar in _similar(mutant):
            self._runs[similar, test.id] += 1
            self._kills[similar, test.id] += killed


def likely_coverage(mutant: Mutant) -> Coverage:
    """The coverage of the alert tests that are likely to kill a mutant, by its change alone."""
    return next((coverage for part, coverage in LIKELY_COVERAGE if part in mutant.change), Coverage.FIRES)


def _similar(mutant: Mutant) -> tuple[Similar, Similar]:
    name = mutant.rule.partition("{")[0]
    return (name, None), (name, likely_coverage(mutant))
