"""Checks of alert tests: what their expectations prove, and which alerts they are about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.api import ERRORS, REQUESTS
from contract.labels import ROUTE, SERVICE, STORE, TENANT
from contract.storage import KV_READS, VECTORIZE_QUERIES
from generator.checks.alert_tests import missing_proof
from generator.dsl.alert import NONE, PAGE, TICKET, Severity
from generator.dsl.alert_test import (
    AlertTest,
    Coverage,
    Expectation,
    InputSeries,
    NotApplicable,
    Restart,
    Scenario,
    Segment,
    alert_test,
    count,
    expect_firing,
    expect_none,
    firing,
    input_series,
    not_applicable,
    scenario,
)
from generator.dsl.labels import Label
from generator.dsl.platform import Platform
from generator.dsl.units import hours, minutes
from generator.ir.build import Compiled
from tests.checks.builds import violations

CHAT = {ROUTE: "/chat", SERVICE: "worker-api"}
FIRST, SECOND = {TENANT: "a", **CHAT}, {TENANT: "b", **CHAT}
CHECKS = (
    *("test/invalid-scenario", "test/duplicate-id", "test/unknown-alert", "test/missing-reason"),
    *("test/contradicted-exception", "test/unproven-coverage"),
)


def requests(
    *labels: dict[Label, str], segments: tuple[Segment, ...] = (count(60, hours(1)),)
) -> tuple[InputSeries, ...]:
    """Requests with each of these labels."""
    return tuple(input_series(REQUESTS, each, *segments) for each in labels)


def ticket_at(minute: int) -> Expectation:
    """A ticket of the first tenant."""
    return expect_firing(minutes(minute), firing(TICKET, 0.1, FIRST))


BOTH_TENANTS, ONE_TENANT = requests(FIRST, SECOND), requests(FIRST)
RESTARTED = requests(FIRST, segments=(count(60, minutes(30)), Restart(), count(60, minutes(30))))
PROVEN = [
    (Coverage.FIRES, scenario(*ONE_TENANT, ticket_at(40))),
    (Coverage.BEFORE_FOR, scenario(*ONE_TENANT, expect_none(minutes(34)), ticket_at(40))),
    (Coverage.RECOVERS, scenario(*ONE_TENANT, ticket_at(40), expect_none(minutes(60)))),
    (Coverage.BELOW_THRESHOLD, scenario(*ONE_TENANT, expect_none(minutes(40)))),
    (Coverage.LOW_TRAFFIC, scenario(*ONE_TENANT, expect_none(minutes(40)))),
    (Coverage.COUNTER_RESET, scenario(*RESTARTED, expect_none(minutes(40)))),
    (Coverage.OTHERS_UNAFFECTED, scenario(*BOTH_TENANTS, ticket_at(40))),
]
NEVER, NOT_BEFORE, NOT_AFTER, FIRES, NO_OTHERS, NO_EXPECTATIONS = (
    "the alert is never expected",
    "no expectation of no alert precedes the alert",
    "no expectation of no alert follows the alert",
    "the alert is expected",
    "the alert is expected for all input series",
    "it has no expectations",
)
UNPROVEN = [
    (Coverage.FIRES, scenario(*ONE_TENANT, expect_none(minutes(40))), NEVER),
    (Coverage.FIRES, scenario(*ONE_TENANT, expect_firing(minutes(40), firing(PAGE, 0.1, CHAT))), NEVER),
    (Coverage.FIRES, scenario(*ONE_TENANT), NO_EXPECTATIONS),
    (Coverage.BEFORE_FOR, scenario(*ONE_TENANT, ticket_at(40)), NOT_BEFORE),
    (Coverage.BEFORE_FOR, scenario(*ONE_TENANT, ticket_at(40), expect_none(minutes(60))), NOT_BEFORE),
    (Coverage.BEFORE_FOR, scenario(*ONE_TENANT, expect_none(minutes(60))), NOT_BEFORE),
    (Coverage.RECOVERS, scenario(*ONE_TENANT, expect_none(minutes(34)), ticket_at(40)), NOT_AFTER),
    (Coverage.RECOVERS, scenario(*ONE_TENANT, expect_none(minutes(34))), NOT_AFTER),
    (Coverage.BELOW_THRESHOLD, scenario(*ONE_TENANT, ticket_at(40)), FIRES),
    (Coverage.LOW_TRAFFIC, scenario(*ONE_TENANT, ticket_at(40)), FIRES),
    (Coverage.COUNTER_RESET, scenario(*RESTARTED, ticket_at(40)), FIRES),
    (Coverage.COUNTER_RESET, scenario(*ONE_TENANT, expect_none(minutes(40))), "no counter restarts"),
    (Coverage.BELOW_THRESHOLD, scenario(*ONE_TENANT), NO_EXPECTATIONS),
    (Coverage.OTHERS_UNAFFECTED, scenario(*ONE_TENANT, ticket_at(40)), NO_OTHERS),
    (
        Coverage.OTHERS_UNAFFECTED,
        scenario(*BOTH_TENANTS, expect_firing(minutes(40), firing(TICKET, 0.1, FIRST), firing(TICKET, 0.1, SECOND))),
        NO_OTHERS,
    ),
    (Coverage.OTHERS_UNAFFECTED, scenario(*BOTH_TENANTS, expect_none(minutes(40))), NO_OTHERS),
]


@pytest.mark.parametrize(("coverage", "proof"), PROVEN, ids=lambda value: getattr(value, "name", ""))
def test_a_proof_of_coverage_is_recognized(coverage: Coverage, proof: Scenario) -> None:
    """A scenario whose expectations prove its coverage lacks nothing."""
    assert missing_proof(proof, TICKET, coverage) == ""


@pytest.mark.parametrize(("coverage", "proof", "missing"), UNPROVEN)
def test_a_missing_proof_of_coverage_is_reported(coverage: Coverage, proof: Scenario, missing: str) -> None:
    """A scenario whose expectations do not prove its coverage is reported with what is missing."""
    assert missing_proof(proof, TICKET, coverage) == missing


def test_others_may_differ_in_a_distinguishing_label(built: Compiled) -> None:
    """Another store differs by its counter alone, because no Worker emits the label `store`."""
    labels = {TENANT: "a", **CHAT}
    one_store = scenario(
        input_series(KV_READS, labels, count(60, hours(1))),
        expect_firing(minutes(40), firing(TICKET, 0.1, {STORE: "kv"})),
    )
    assert missing_proof(one_store, TICKET, Coverage.OTHERS_UNAFFECTED) == NO_OTHERS
    vectorize = input_series(VECTORIZE_QUERIES, labels, count(60, hours(1)))
    two_stores = replace(one_store, series=(*one_store.series, vectorize))
    assert missing_proof(two_stores, TICKET, Coverage.OTHERS_UNAFFECTED) == ""


def storage_test(
    alert: str = "StorageErrors", severity: Severity = TICKET, covers: Coverage = Coverage.FIRES
) -> AlertTest:
    """An alert test that expects a ticket."""

    @alert_test(alert, severity, covers=(covers,), id="a_store_fails")
    def a_store_fails(platform: Platform) -> Scenario:
        """The requests of the first tenant fail."""
        return scenario(input_series(ERRORS, FIRST, count(6, hours(1))), *BOTH_TENANTS, ticket_at(40))

    return a_store_fails


def of_tests(built: Compiled, tests: tuple[AlertTest, ...], exceptions: tuple[NotApplicable, ...] = ()) -> list[str]:
    """The violations of the checks of alert tests with these tests and exceptions alone."""
    definitions = replace(built.lowered.definitions, alert_tests=tests, not_applicable=exceptions)
    return violations(replace(built.lowered, definitions=definitions), *CHECKS)


def test_a_test_that_proves_its_coverage_passes(built: Compiled) -> None:
    """A test that fires and covers FIRES, and an exception of another alert, have no violations."""
    exception = not_applicable("Watchdog", NONE, covers=(Coverage.BELOW_THRESHOLD,), reason="It always fires.")
    assert of_tests(built, (storage_test(),), (exception,)) == []


def test_unproven_coverage_is_reported_with_its_place(built: Compiled) -> None:
    """A test that fires and covers BELOW_THRESHOLD is reported."""
    (problem,) = of_tests(built, (storage_test(covers=Coverage.BELOW_THRESHOLD),))
    assert problem.startswith("tests/checks/test_alert_tests.py:")
    assert problem.endswith(
        "it does not prove BELOW_THRESHOLD (ticket): the alert is expected; "
        "add what is missing, or remove BELOW_THRESHOLD from covers. [test/unproven-coverage]"
    )


def test_a_test_of_an_unknown_alert_is_reported(built: Compiled) -> None:
    """A misspelt alert, and a severity that an alert does not have, are reported."""
    (problem,) = of_tests(built, (storage_test(alert="StorageErors"),))
    assert 'there is no alert StorageErors (ticket); did you mean "StorageErrors (ticket)"?' in problem
    assert problem.endswith("[test/unknown-alert]")
    problems = of_tests(built, (storage_test("RouteDown"),))
    assert any("there is no alert RouteDown (ticket)" in problem for problem in problems)


def test_an_exception_for_an_unknown_alert_is_reported(built: Compiled) -> None:
    """An exception must be about an existing alert and have a reason."""
    exception = not_applicable("Wachdog", NONE, covers=(Coverage.BELOW_THRESHOLD,), reason=" ")
    unknown, without_reason = of_tests(built, (), (exception,))
    assert 'there is no alert Wachdog (none); did you mean "Watchdog (none)"?' in unknown
    assert without_reason == (
        'alerts/tests not_applicable("Wachdog"): the reason is empty; state why such a test cannot exist. '
        "[test/missing-reason]"
    )


def test_an_exception_that_a_test_contradicts_is_reported(built: Compiled) -> None:
    """A kind of coverage that a test has cannot be declared not applicable."""
    exception = not_applicable(
        "StorageErrors", PAGE, TICKET, covers=(Coverage.FIRES, Coverage.BELOW_THRESHOLD), reason="Of no use."
    )
    (problem,) = of_tests(built, (storage_test(),), (exception,))
    assert (
        "it covers FIRES, which is declared not applicable to StorageErrors (ticket); remove one of the two" in problem
    )
    assert problem.endswith("[test/contradicted-exception]")


def test_two_tests_of_one_id_are_reported(built: Compiled) -> None:
    """promtool would report either of the two by the same id."""
    problems = of_tests(built, (storage_test(), storage_test()))
    assert problems
    expected = '2 alert tests of this module have the id "a_store_fails"; give each its own id. [test/duplicate-id]'
    assert all(problem.endswith(expected) for problem in problems)


def test_a_scenario_that_cannot_be_built_is_reported(built: Compiled) -> None:
    """A wrong argument in a scenario is a problem with its line, not a traceback."""

    @alert_test("StorageErrors", TICKET, covers=(Coverage.FIRES,), id="too_early")
    def too_early(platform: Platform) -> Scenario:
        """Expects something at minute 0."""
        return scenario(expect_none(minutes(0)))

    (problem,) = of_tests(built, (too_early,))
    assert problem.startswith("tests/checks/test_alert_tests.py:")
    assert "0 s is not a duration" in problem
    assert problem.endswith("[test/invalid-scenario]")


def test_missing_coverage_is_reported_for_every_alert(built: Compiled) -> None:
    """Without tests, every rule lacks every kind of coverage; a test and an exception each add some."""
    lowered = built.lowered
    missing = violations(lowered, "test/missing-coverage")
    assert len(missing) == len(lowered.alerts)
    place = next(rule.alert.where for rule in lowered.alerts if rule.alert.name == "RouteDown")
    assert (
        f"{place}: no alert test of RouteDown (page) covers FIRES, BELOW_THRESHOLD, BEFORE_FOR, RECOVERS, LOW_TRAFFIC, "
        "COUNTER_RESET, OTHERS_UNAFFECTED; "
        'write them in alerts/tests/errors.py: @alert_test("RouteDown", PAGE, covers=(FIRES,), id="…"); '
        'or declare there that they cannot exist: not_applicable("RouteDown", PAGE, covers=(FIRES,), reason="…"). '
        "[test/missing-coverage]"
    ) in missing
    exception = not_applicable(
        "Watchdog", NONE, covers=(Coverage.BELOW_THRESHOLD, Coverage.COUNTER_RESET), reason="It always fires."
    )
    definitions = replace(lowered.definitions, alert_tests=(storage_test(),), not_applicable=(exception,))
    problems = violations(replace(lowered, definitions=definitions), "test/missing-coverage")
    covers = {problem.split(" covers ")[0].split("no alert test of ")[1]: problem for problem in problems}
    assert "covers BELOW_THRESHOLD, BEFORE_FOR, RECOVERS," in covers["StorageErrors (ticket)"]
    assert "covers FIRES, BELOW_THRESHOLD, BEFORE_FOR," in covers["StorageErrors (page)"]
    assert "covers FIRES, BEFORE_FOR, RECOVERS, LOW_TRAFFIC, OTHERS_UNAFFECTED;" in covers["Watchdog (none)"]
    assert len(problems) == len(missing)


def test_an_alert_with_full_coverage_is_not_reported(built: Compiled) -> None:
    """An alert whose kinds of coverage are all proven or not applicable has no problem."""
    exception = not_applicable("Watchdog", NONE, covers=tuple(Coverage), reason="It always fires.")
    definitions = replace(built.lowered.definitions, not_applicable=(exception,))
    problems = violations(replace(built.lowered, definitions=definitions), "test/missing-coverage")
    assert len(problems) == len(built.lowered.alerts) - 1
    assert not any("Watchdog" in problem for problem in problems)
