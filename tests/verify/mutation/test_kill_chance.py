"""Which alert test runs first on a mutant: by its coverage, and by what the tests did to similar mutants."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.dsl.alert_test import Coverage
from generator.ir.build import Compiled
from generator.verify.mutation.kill_chance import KillChances, likely_coverage
from generator.verify.mutation.mutants import Mutant, mutants
from tests.verify.mutation.small_build import small_test

LIKELY = small_test("likely", Coverage.RECOVERS, 25)
UNLIKELY = small_test("unlikely", Coverage.FIRES, 25)


@pytest.fixture
def mutant(small: Compiled) -> Mutant:
    """A longer window of a recorded sum, which tests of the end of an alert are likely to kill."""
    return next(mutant for mutant in mutants(small.lowered) if mutant.change == "[5m] → [10m]")


def test_before_a_test_has_run_its_coverage_decides(mutant: Mutant) -> None:
    """A test of the likely coverage has four times the chance of another one."""
    assert [KillChances().of(mutant, test) for test in (LIKELY, UNLIKELY)] == [1 / 4, 1 / 16]


def test_a_test_that_kills_mutants_becomes_more_likely_than_one_that_does_not(mutant: Mutant) -> None:
    """A run counts for the rule and for its similar changes: (1/16 + 2) / (1 + 2) after a kill, (1/4 + 0) / (1 + 2)
    after a run without one."""
    chances = KillChances()
    chances.learn(mutant, UNLIKELY, killed=True)
    chances.learn(mutant, LIKELY, killed=False)
    assert chances.of(mutant, UNLIKELY) == (1 / 16 + 2) / 3
    assert chances.of(mutant, LIKELY) == (1 / 4) / 3


@pytest.mark.parametrize(
    ("rule", "change", "chance"),
    [
        ("route_service:requests_total:increase5m{/chat}", "[5m] → [10m]", (1 / 16 + 2) / 3),
        ("route_service:requests_total:increase5m", "[5m] → [150s]", (1 / 16 + 2) / 3),
        ("route_service:requests_total:increase5m", "increase → delta", (1 / 16 + 1) / 2),
        ("route_service:errors_total:increase5m", "[5m] → [10m]", 1 / 16),
    ],
    ids=["other labels of the rule", "the other window", "another change of the rule", "another rule"],
)
def test_what_a_test_did_counts_for_mutants_of_the_same_rule(
    rule: str, change: str, chance: float, mutant: Mutant
) -> None:
    """Similar changes of a rule count twice, its other changes once, and other rules not at all."""
    chances = KillChances()
    chances.learn(replace(mutant, rule="route_service:requests_total:increase5m"), UNLIKELY, killed=True)
    assert chances.of(replace(mutant, rule=rule, change=change), UNLIKELY) == chance


@pytest.mark.parametrize(
    ("key", "coverage"),
    [
        ("RouteDown (page): for 1m → 2m", Coverage.BEFORE_FOR),
        ("RouteDown (page): >= 15 → 12", Coverage.LOW_TRAFFIC),
        ("RouteDown (page): > 0.5 → 0.4", Coverage.BELOW_THRESHOLD),
        ("route_service:errors_total:increase2m: increase → delta", Coverage.COUNTER_RESET),
        ("route_service:errors_total:increase2m: [2m] → [4m]", Coverage.RECOVERS),
        ("route_service:errors_total:increase2m: by without route", Coverage.OTHERS_UNAFFECTED),
        ("service:expected:info{worker-api}: left out", Coverage.FIRES),
    ],
)
def test_the_likely_coverage_depends_on_the_change(production: Compiled, key: str, coverage: Coverage) -> None:
    """The change decides which coverage of alert tests is likely to kill a mutant."""
    (mutant,) = (mutant for mutant in mutants(production.lowered) if mutant.key == key)
    assert likely_coverage(mutant) is coverage
