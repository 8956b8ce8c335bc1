"""The runner: promtool runs an alert's tests on mutants, and the result names the test that killed a mutant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from generator.dsl.alert_test import Coverage
from generator.dsl.platform import Platform
from generator.errors import BuildError
from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from generator.ir.expression import Selector
from generator.verify.mutation.kill_chance import likely_coverage
from generator.verify.mutation.mutants import Mutant, mutants
from generator.verify.mutation.runner import AlertTestCase, MutantResult, MutationRunner
from tests.verify.mutation.small_build import small_build, small_test

RULE = "RequestsFail (ticket)"
TESTS = (("short", 25), ("long", 75))


def run(build: Compiled, promtool: Promtool, *keys: str) -> list[MutantResult]:
    """Return the results of the mutants with these keys, in this order."""
    by_key = {mutant.key: mutant for mutant in mutants(build.lowered)}
    return list(MutationRunner(build, promtool).run([by_key[key] for key in keys]))


def test_a_killed_mutant_has_the_name_of_the_test(small: Compiled, promtool: Promtool) -> None:
    """With the comparison reversed the alert does not fire, so the test that expects it fails."""
    (result,) = run(small, promtool, f"{RULE}: > → <")
    assert (result.killed_by, result.survived) == ("ten_percent_fail", False)


def test_a_mutant_that_no_test_kills_survives(small: Compiled, promtool: Promtool) -> None:
    """The test has an error ratio of 10 %, which is above a threshold of 2 % and of 2.5 %."""
    (result,) = run(small, promtool, f"{RULE}: > 0.02 → 0.025")
    assert (result.killed_by, result.survived) == ("", True)


def test_a_recording_rule_is_tested_by_the_alerts_that_read_it(small: Compiled, promtool: Promtool) -> None:
    """Ten minutes of errors over five of requests change the ratio; the maximum of one series is its sum."""
    name = "route_service:errors_total:increase5m"
    longer, maximum = run(small, promtool, f"{name}: [5m] → [10m]", f"{name}: sum → max")
    assert (longer.killed_by, maximum.killed_by) == ("ten_percent_fail", "")


@pytest.mark.parametrize(
    ("minutes", "coverage"),
    [
        ((100, 25), (Coverage.BELOW_THRESHOLD, Coverage.BELOW_THRESHOLD)),
        ((100, 25), (Coverage.FIRES, Coverage.FIRES)),
        ((25, 75), (Coverage.FIRES, Coverage.BELOW_THRESHOLD)),
        ((125, 25), (Coverage.BELOW_THRESHOLD, Coverage.FIRES)),
    ],
    ids=["cheap of two likely", "cheap of two unlikely", "likely at three times the cost", "unlikely at a fifth"],
)
def test_cheap_and_likely_tests_run_first(
    platform: Platform, promtool: Promtool, minutes: tuple[int, int], coverage: tuple[Coverage, Coverage]
) -> None:
    """Both tests kill the mutant, and the second, which costs less, runs first. An unlikely test costs four times as
    much."""
    first, second = (small_test(*test) for test in zip(("first", "second"), coverage, minutes, strict=True))
    build = small_build(platform, first, second)
    (result,) = run(build, promtool, f"{RULE}: > → <")
    assert likely_coverage(result.mutant) is Coverage.BELOW_THRESHOLD
    assert result.killed_by == "second"


def test_a_test_that_killed_mutants_of_a_rule_runs_before_cheaper_ones(
    platform: Platform, promtool: Promtool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A test of 25 minutes kills nothing, and one of 75 kills each mutant: from the second mutant of the rule on, only
    the longer one runs."""
    runs: list[str] = []

    def kills(runner: MutationRunner, directory: Path, test_case: AlertTestCase) -> bool:
        runs.append(test_case.alert_test.id)
        return test_case.alert_test.id == "long"

    monkeypatch.setattr(MutationRunner, "_kills", kills)
    build = small_build(platform, *(small_test(id_, Coverage.FIRES, length) for id_, length in TESTS))
    of_rule = [mutant for mutant in mutants(build.lowered) if mutant.rule == RULE]
    results = list(MutationRunner(build, promtool).run(of_rule, workers=1))
    assert {result.killed_by for result in results} == {"long"}
    assert runs == ["short", "long"] + ["long"] * (len(of_rule) - 1)


def test_results_are_in_the_order_of_the_mutants(small: Compiled, promtool: Promtool) -> None:
    """Mutants run in parallel, and the results keep their order."""
    keys = [f"{RULE}: owner → nobody", f"{RULE}: > → >=", f"{RULE}: severity → page"]
    assert [(result.mutant.key, result.survived) for result in run(small, promtool, *keys)] == [
        (keys[0], False),
        (keys[1], True),
        (keys[2], False),
    ]


def test_the_original_rules_survive(small: Compiled, promtool: Promtool) -> None:
    """A mutant without a change survives, because the alert tests pass on the original rules."""
    unchanged = Mutant(RULE, "unchanged", small.lowered, ("RequestsFail",))
    assert [result.survived for result in MutationRunner(small, promtool).run([unchanged])] == [True]


def test_a_rule_that_cannot_be_loaded_is_killed(small: Compiled, promtool: Promtool) -> None:
    """Invalid PromQL fails every alert test; such a rule could not be deployed."""
    (alert,) = small.lowered.alerts
    broken = replace(small.lowered, alerts=(replace(alert, expression=Selector("no name")),))
    (result,) = MutationRunner(small, promtool).run([Mutant(RULE, "no name", broken, ("RequestsFail",))])
    assert result.killed_by == "ten_percent_fail"


def test_a_missing_promtool_is_an_error(small: Compiled, promtool: Promtool) -> None:
    """Without promtool the run stops, so that no mutant counts as killed."""
    unchanged = Mutant(RULE, "unchanged", small.lowered, ("RequestsFail",))
    with pytest.raises(BuildError, match="it cannot be started"):
        list(MutationRunner(small, replace(promtool, path=Path("no-promtool"))).run([unchanged]))


@pytest.mark.parametrize("workers", [1, 3])
def test_results_do_not_depend_on_the_number_of_workers(small: Compiled, promtool: Promtool, workers: int) -> None:
    """With one worker or three, the first of four threshold mutants is killed and the others survive."""
    selected = [mutant for mutant in mutants(small.lowered) if mutant.rule == RULE][:4]
    assert [mutant.change for mutant in selected] == ["> → <", "> → >=", "> 0.02 → 0.016", "> 0.02 → 0.025"]
    results = MutationRunner(small, promtool).run(selected, workers)
    assert [result.survived for result in results] == [False, True, True, True]
