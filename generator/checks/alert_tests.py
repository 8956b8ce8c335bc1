"""Checks of alert tests: they are about existing alerts, prove what they cover, and leave no alert without tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import TypeAlias

from contract import CONTRACT
from contract.billing import COST
from generator.check import check
from generator.checks.stages import COVERAGE, LOWERED
from generator.definitions import attempt
from generator.dsl.alert import Severity
from generator.dsl.alert_test import AlertTest, Coverage, InputSeries, NotApplicable, Restart, Scenario
from generator.dsl.contract import Contract
from generator.errors import Problem, did_you_mean
from generator.ir.build import Lowered

AlertKeys: TypeAlias = Collection[tuple[str, Severity]]


def example(
    decorator: str = '@alert_test("RouteDown", PAGE, covers=(FIRES,), id="every_request_fails")',
    function: str = "every_request_fails",
    minute: int = 20,
) -> str:
    """The definition of an alert test for the page of a check, with one part of it changed."""
    return f'''
CHAT = {{TENANT: "acme", ROUTE: "/chat", SERVICE: "worker-api"}}


{decorator}
def {function}(platform: Platform) -> Scenario:
    """Every request fails from minute 0 on: fires at minute {minute}."""
    return scenario(
        input_series(REQUESTS, CHAT, count(60, hours(1))),
        input_series(ERRORS, CHAT, count(60, hours(1))),
        expect_firing(minutes({minute}), firing(PAGE, 1, {{ROUTE: "/chat", SERVICE: "worker-api"}})),
    )
'''


@check(
    "test/invalid-scenario",
    stage=LOWERED,
    language="python",
    bad=example(minute=0),
    good=example(),
    message="0 s is not a duration; give a whole number of seconds above 0",
)
def scenarios_can_be_built(lowered: Lowered) -> Iterator[Problem]:
    """The function of every alert test returns a scenario on this platform, or says why it is not possible there.

    A test that cannot be built proves nothing.
    """
    problems: list[Problem] = []
    for test in lowered.definitions.alert_tests:
        attempt(partial(test.build, lowered.platform), problems, test.where)
    yield from problems


@check(
    "test/duplicate-id",
    stage=LOWERED,
    language="python",
    bad=example() + "\n" + example(function="all_requests_fail"),
    good=example(),
    message='2 alert tests of this module have the id "every_request_fails"; give each its own id',
)
def test_ids_are_unique(lowered: Lowered) -> Iterator[Problem]:
    """No two alert tests of a module have the same id.

    promtool reports a failure by its id, which must lead to one test.
    """
    tests = lowered.definitions.alert_tests
    counts = Counter((test.module, test.id) for test in tests)
    for test in tests:
        if (count := counts[test.module, test.id]) > 1:
            what = f'{count} alert tests of this module have the id "{test.id}"'
            yield Problem(test.where, what, "give each its own id")


@check(
    "test/unknown-alert",
    stage=LOWERED,
    language="python",
    bad=example('@alert_test("RouteDwn", PAGE, covers=(FIRES,), id="every_request_fails")'),
    good=example(),
    message='there is no alert RouteDwn (page); did you mean "RouteDown (page)"? Use it, or declare "RouteDwn (page)"',
)
def tests_are_about_existing_alerts(lowered: Lowered) -> Iterator[Problem]:
    """Every alert test, every alert that one expects, and every `not_applicable` is about an alert of this build, in a
    severity that it has.

    A test of a renamed alert passes for ever if it expects nothing to fire.
    """
    known = {(rule.alert.name, rule.alert.severity) for rule in lowered.alerts}
    for test, built in scenarios(lowered):
        expected = {alert.severity for expectation in built.expectations for alert in expectation.firing}
        severities = sorted({*test.severities, *expected}, key=lambda severity: severity.value)
        yield from _unknown_alerts(test.where, test.alert, severities, known)
    for declaration in lowered.definitions.not_applicable:
        yield from _unknown_alerts(_place(declaration), declaration.alert, declaration.severities, known)


@check(
    "test/missing-reason",
    stage=LOWERED,
    language="python",
    bad='NO_THRESHOLD = not_applicable("Watchdog", NONE, covers=(BELOW_THRESHOLD,), reason="")',
    good='NO_THRESHOLD = not_applicable("Watchdog", NONE, covers=(BELOW_THRESHOLD,), reason="it has no threshold")',
    message="the reason is empty; state why such a test cannot exist",
)
def exceptions_have_a_reason(lowered: Lowered) -> Iterator[Problem]:
    """Every `not_applicable` states a reason.

    Without one nobody can decide later whether the exception still holds.
    """
    for declaration in lowered.definitions.not_applicable:
        if not declaration.reason.strip():
            yield Problem(_place(declaration), "the reason is empty", "state why such a test cannot exist")


@check(
    "test/contradicted-exception",
    stage=LOWERED,
    language="python",
    bad=example()
    + '\n\nNEVER_FIRES = not_applicable("RouteDown", PAGE, covers=(FIRES,), reason="routes never go down")',
    good=example(),
    message="it covers FIRES, which is declared not applicable to RouteDown (page); remove one of the two",
)
def exceptions_are_not_tested(lowered: Lowered) -> Iterator[Problem]:
    """No alert test covers what is declared not applicable to its alert.

    One of the two is wrong.
    """
    exceptions = {key for declaration in lowered.definitions.not_applicable for key in _covered(declaration)}
    for test in lowered.definitions.alert_tests:
        for alert, severity, coverage in _covered(test):
            if (alert, severity, coverage) in exceptions:
                what = f"it covers {coverage.name}, which is declared not applicable to {alert} ({severity.value})"
                yield Problem(test.where, what, "remove one of the two")


@check(
    "test/unproven-coverage",
    stage=LOWERED,
    language="python",
    bad=example('@alert_test("RouteDown", PAGE, covers=(FIRES, RECOVERS), id="every_request_fails")'),
    good=example(),
    message="it does not prove RECOVERS (page): no expectation of no alert follows the alert; "
    "add what is missing, or remove RECOVERS from covers",
)
def tests_prove_what_they_cover(lowered: Lowered) -> Iterator[Problem]:
    """The expectations of an alert test prove everything that it covers, for each of its severities.

    FIRES expects the alert; BEFORE_FOR expects none, then the alert; RECOVERS expects the alert, then none;
    BELOW_THRESHOLD and LOW_TRAFFIC never expect it; COUNTER_RESET never expects it and contains a restart;
    OTHERS_UNAFFECTED has input series with other labels, for which no alert is expected. A number of tickets above 0
    expects the alert.
    """
    for test, built in scenarios(lowered):
        for severity in test.severities:
            for coverage in test.covers:
                if missing := missing_proof(built, severity, coverage, lowered.definitions.contract):
                    what = f"it does not prove {coverage.name} ({severity.value}): {missing}"
                    yield Problem(test.where, what, f"add what is missing, or remove {coverage.name} from covers")


@check(
    "test/missing-coverage",
    stage=COVERAGE,
    language="python",
    bad='NO_THRESHOLD = not_applicable("Watchdog", NONE, covers=(BELOW_THRESHOLD,), reason="it has no threshold")',
    good='ALWAYS_FIRES = not_applicable("Watchdog", NONE, covers=tuple(Coverage), reason="it always fires")',
    message="no alert test of Watchdog (none) covers FIRES, BEFORE_FOR, RECOVERS, LOW_TRAFFIC, COUNTER_RESET, "
    "OTHERS_UNAFFECTED; "
    'write them in alerts/tests/telemetry.py: @alert_test("Watchdog", NONE, covers=(FIRES,), id="…"); or declare there '
    'that they cannot exist: not_applicable("Watchdog", NONE, covers=(FIRES,), reason="…")',
)
def every_alert_is_tested(lowered: Lowered) -> Iterator[Problem]:
    """Every alerting rule has an alert test for each kind of coverage, or a reason why the kind is not applicable.

    A wrong rule shows only in production: it misses an incident, or fires without one. Tests show it before.
    """
    definitions = lowered.definitions
    tests: tuple[AlertTest | NotApplicable, ...] = (*definitions.alert_tests, *definitions.not_applicable)
    covered = {key for definition in tests for key in _covered(definition)}
    for alert in (rule.alert for rule in lowered.alerts):
        missing = [kind.name for kind in Coverage if (alert.name, alert.severity, kind) not in covered]
        if missing:
            start = f'"{alert.name}", {alert.severity.name}, covers=({missing[0]},)'
            hint = (
                f'write them in alerts/tests/{alert.family}.py: @alert_test({start}, id="…"); '
                f'or declare there that they cannot exist: not_applicable({start}, reason="…")'
            )
            yield Problem(alert.where, f"no alert test of {alert.key} covers {', '.join(missing)}", hint)


def scenarios(lowered: Lowered) -> Iterator[tuple[AlertTest, Scenario]]:
    """Every alert test whose scenario can be built and is possible, with the scenario."""
    for test in lowered.definitions.alert_tests:
        built = attempt(partial(test.scenario, lowered.platform), [])
        if built is not None:
            yield test, built


def missing_proof(scenario: Scenario, severity: Severity, coverage: Coverage, contract: Contract = CONTRACT) -> str:
    """What a scenario lacks to prove a kind of coverage for a severity; empty if it lacks nothing."""
    fires = _expected(scenario, severity)
    if not fires:
        return "it has no expectations"
    match coverage:
        case Coverage.FIRES:
            return "" if any(fires) else "the alert is never expected"
        case Coverage.BEFORE_FOR:
            return "" if in_order(fires, False, True) else "no expectation of no alert precedes the alert"
        case Coverage.RECOVERS:
            return "" if in_order(fires, True, False) else "no expectation of no alert follows the alert"
        case Coverage.OTHERS_UNAFFECTED:
            unaffected = _has_unaffected_series(scenario, severity, contract)
            return "" if unaffected else "the alert is expected for all input series"
    if any(fires):
        return "the alert is expected"
    restarts = any(isinstance(segment, Restart) for series in scenario.series for segment in series.segments)
    return "" if restarts or coverage is not Coverage.COUNTER_RESET else "no counter restarts"


def _expected(scenario: Scenario, severity: Severity) -> list[bool]:
    """Whether each expectation expects the alert, in order of time; a number of tickets above 0 does."""
    counted = [(each.until, 0, each.count > 0) for each in scenario.tickets if each.severity is severity]
    at_once = [(each.at, 1, any(alert.severity is severity for alert in each.firing)) for each in scenario.expectations]
    return [expected for _, _, expected in sorted(counted + at_once)]


def in_order(fires: Sequence[bool], first: bool, then: bool) -> bool:
    """Whether a value is followed, at any distance, by another one."""
    return first in fires and then in fires[fires.index(first) :]


def _has_unaffected_series(scenario: Scenario, severity: Severity, contract: Contract) -> bool:
    """Whether an input series differs from every expected alert in one of the alerts' labels."""
    alerts = [alert for each in scenario.expectations for alert in each.firing if alert.severity is severity]
    return any(
        labels.get(label) not in (None, *(alert.labels[label] for alert in alerts if label in alert.labels))
        for labels in (labels_of(series, contract) for series in scenario.series)
        for label in {label for alert in alerts for label in alert.labels}
    )


def labels_of(series: InputSeries, contract: Contract) -> dict[str, str]:
    """The labels of an input series, those that distinguish its counter within a combined counter, and the product that
    is billed by it."""
    distinguishing = {
        label.name: value
        for combined in contract.combined_counters
        for member in combined.members
        if member.counter.name == series.metric.name
        for label, value in member.distinguishing_labels.items()
    }
    billed = (unit.product for unit in COST.units for counter in unit.counters if counter.name == series.metric.name)
    product = next(billed, None)
    products = {COST.product.name: product} if product is not None else {}
    return {**products, **distinguishing, **series.labels}


def _covered(definition: AlertTest | NotApplicable) -> Iterator[tuple[str, Severity, Coverage]]:
    """Every kind of coverage that a test or an exception is about, by alert and severity."""
    for severity in definition.severities:
        yield from ((definition.alert, severity, coverage) for coverage in definition.covers)


def _unknown_alerts(where: str, alert: str, severities: Sequence[Severity], known: AlertKeys) -> Iterator[Problem]:
    keys = {f"{name} ({severity.value})" for name, severity in known}
    for severity in severities:
        key = f"{alert} ({severity.value})"
        if key not in keys:
            yield Problem(where, f"there is no alert {key}", did_you_mean(key, keys))


def _place(declaration: NotApplicable) -> str:
    return f'alerts/tests not_applicable("{declaration.alert}")'
