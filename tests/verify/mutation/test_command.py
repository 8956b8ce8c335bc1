"""The command compares the survivors with the list of equivalent mutants, and reports the missing alert tests."""

from __future__ import annotations

import re

import pytest

from generator.dsl.alert_test import Coverage
from generator.errors import BuildError
from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from generator.verify.mutation.command import MutantSelection, MutationReport, format_report, mutate
from generator.verify.mutation.mutants import mutants, proven_by_a_model

RULE = "RequestsFail (ticket)"
SURVIVORS = [f"{RULE}: > → >=", f"{RULE}: > 0.02 → 0.016", f"{RULE}: > 0.02 → 0.025"]
"""Mutants of the alert itself: its alert test has values of 0 and 10 %, so none near the threshold."""


def test_survivors_that_are_not_listed_are_reported(small: Compiled, promtool: Promtool) -> None:
    """Three of the alert's eight mutants survive, and the run fails."""
    report = mutate(small, promtool, {}, MutantSelection(RULE))
    assert (report.tested, report.killed, report.passed) == (8, 5, False)
    assert [result.mutant.key for result in report.survivors] == SURVIVORS
    lines = format_report(report, small.lowered).splitlines()
    assert [line for line in lines if line.startswith("SURVIVED")] == [f"SURVIVED {key}" for key in SURVIVORS]
    assert lines[-1] == "8 mutants: 5 killed, 0 equivalent, 3 survived"


def test_a_survivor_is_named_as_soon_as_it_is_known(
    small: Compiled, promtool: Promtool, capsys: pytest.CaptureFixture[str]
) -> None:
    """A survivor that is not listed goes to standard error at once; a listed one does not."""
    mutate(small, promtool, {SURVIVORS[0]: "The alert test has 10 %."}, MutantSelection(RULE))
    named = [line for line in capsys.readouterr().err.splitlines() if "survived" in line]
    assert named == [f"mutate: survived so far: {key}" for key in SURVIVORS[1:]]


def test_a_survivor_is_reported_with_its_diff_and_the_missing_test(small: Compiled, promtool: Promtool) -> None:
    """The diff has the lines of the rule file; the hint has the coverage of the missing test and the values."""
    report = mutate(small, promtool, {}, MutantSelection(RULE))
    lines = format_report(report, small.lowered).partition(f"SURVIVED {SURVIVORS[2]}")[2].splitlines()
    changed = [line.strip() for line in lines if re.match(r" {4}[-+] ", line)]
    assert [(line[0], line.rpartition(">")[2].strip(' "')) for line in changed] == [("-", "0.02"), ("+", "0.025")]
    coverage = Coverage.BELOW_THRESHOLD.value
    hint = f'  add an alert test of RequestsFail that covers "{coverage}", with a value between 0.02 and 0.025'
    assert lines[-2] == hint


def test_a_prefix_of_no_rule_is_a_problem(small: Compiled, promtool: Promtool) -> None:
    """Testing no mutant is not a success; the hint has the nearest name of a rule."""
    with pytest.raises(BuildError) as caught:
        mutate(small, promtool, {}, MutantSelection("RequestFail"))
    (problem,) = caught.value.problems
    assert problem.where == '--only "RequestFail"'
    assert problem.what == "the name of no rule with mutants starts with it"
    assert problem.hint == f'did you mean "{RULE}"? If not, give another one'
    with pytest.raises(BuildError, match="starts with it; give "):
        mutate(small, promtool, {}, MutantSelection("nothing"))


def test_listed_survivors_pass(small: Compiled, promtool: Promtool) -> None:
    """When all survivors are listed as equivalent, the report has only the totals."""
    report = mutate(small, promtool, dict.fromkeys(SURVIVORS, "The alert test has 10 %."), MutantSelection(RULE))
    assert report.passed
    assert format_report(report, small.lowered) == "8 mutants: 5 killed, 3 equivalent, 0 survived"


def test_alerts_without_mutants_are_named(production: Compiled) -> None:
    """Stops, and failures that are no chance, have no mutants but their labels' own; the report says that a model
    proves them."""
    modelled = {
        *("RequestsStopped (page)", "TenantRequestsStopped (ticket)"),
        *("TenantHighErrorRate (ticket)", "TenantHighLatency (ticket)"),
        *("TenantHighAIErrorRate (ticket)", "TenantStorageErrors (ticket)"),
    }
    assert {rule.alert.key for rule in proven_by_a_model(production.lowered)} == modelled
    changes = {each.change for each in mutants(production.lowered) if each.rule in modelled}
    assert changes == {"severity → ticket", "severity → page", "owner → nobody"}
    report = MutationReport(6, 6, (), (), ("RequestsStopped (page)",))
    named = "not mutated, but compared with a model: RequestsStopped (page)"
    assert format_report(report, production.lowered).splitlines()[0] == named


def test_a_stale_list_fails(small: Compiled, promtool: Promtool) -> None:
    """A listed mutant that is killed or does not exist must be removed from the list."""
    killed, unknown = f"{RULE}: owner → nobody", "RequestsFail (page): gone"
    report = mutate(small, promtool, dict.fromkeys([*SURVIVORS, killed, unknown], "It was so."), MutantSelection(RULE))
    assert (report.stale, report.passed) == ((killed, unknown), False)
    lines = format_report(report, small.lowered).splitlines()
    assert [line.partition(": the mutant")[0] for line in lines[:2]] == [f"STALE {killed}", f"STALE {unknown}"]


def test_a_quick_run_tests_every_nth_mutant(small: Compiled, promtool: Promtool) -> None:
    """With a step of four, the first and the fifth of the alert's eight mutants are tested, and both are killed."""
    assert [mutant.change for mutant in mutants(small.lowered)][:8:4] == [
        "> → <",
        "route_service:errors_total:increase5m → route_service:requests_total:increase5m",
    ]
    report = mutate(small, promtool, {}, MutantSelection(RULE, step=4))
    assert (report.tested, report.killed) == (2, 2)


def test_of_the_equivalent_mutants_a_part_can_run(small: Compiled, promtool: Promtool) -> None:
    """With a step of two, the first and the third of three listed mutants run, beside the five that are killed; the
    second one is neither reported as killed nor as unknown."""
    listed = dict.fromkeys(SURVIVORS, "The alert test has 10 %.")
    report = mutate(small, promtool, listed, MutantSelection(RULE, equivalent_step=2))
    assert (report.tested, report.killed, report.passed) == (7, 5, True)
    chosen = MutantSelection(RULE, equivalent_step=2).of(list(mutants(small.lowered)), listed)
    assert [mutant.key for mutant in chosen if mutant.key in listed] == [SURVIVORS[0], SURVIVORS[2]]
