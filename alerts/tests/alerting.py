"""Alert tests of rules that fail or are left out, of what rules do not record, and of alerts and notifications that do
not arrive."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from alerts.telemetry import (
    alerts_not_delivered,
    notifications_failing,
    rule_evaluation_failing,
    rule_evaluation_missed,
)
from alerts.tests.lost_telemetry import forgotten, while_something_counts
from alerts.tests.phases import Phases, phases
from contract.alerting import (
    ALERT_SEND_ERRORS,
    ALERTS_DROPPED,
    FAILED_NOTIFICATIONS,
    MISSED_EVALUATIONS,
    RULE_FAILURES,
)
from contract.labels import ALERTMANAGER, INSTANCE, INTEGRATION, RULE_GROUP
from generator.dsl.alert import TICKET
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
    Expectation,
    InputSeries,
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
from generator.dsl.alert_timing import AlertTiming, IncidentTimes, multiple, timing
from generator.dsl.labels import Label
from generator.dsl.platform import Platform
from generator.dsl.server_counters import ServerCounter
from generator.dsl.units import Duration, minutes

OF_SERVERS = "It counts what Prometheus and Alertmanager do, whatever the traffic is."
FAILING_WITHOUT_TRAFFIC = not_applicable("RuleEvaluationFailing", TICKET, covers=(LOW_TRAFFIC,), reason=OF_SERVERS)
MISSED_WITHOUT_TRAFFIC = not_applicable("RuleEvaluationMissed", TICKET, covers=(LOW_TRAFFIC,), reason=OF_SERVERS)
UNDELIVERED_WITHOUT_TRAFFIC = not_applicable("AlertsNotDelivered", TICKET, covers=(LOW_TRAFFIC,), reason=OF_SERVERS)
NOTIFIED_WITHOUT_TRAFFIC = not_applicable("NotificationsFailing", TICKET, covers=(LOW_TRAFFIC,), reason=OF_SERVERS)
NO_FOR = not_applicable(
    "NotificationsFailing", TICKET, covers=(BEFORE_FOR,), reason="It has no `for`: its window is longer than a wait."
)
A_MINUTE, HALF_AN_HOUR = minutes(1), minutes(30)
PER_MINUTE = Fraction(4)
"""Failures a minute: of a rule that is evaluated every 30 seconds, and of another one."""
JUST_BELOW_THREE, JUST_BELOW_TWO = Fraction("2.9"), Fraction("1.9")
ALMOST_ALL = Fraction(1_000_000)
"""The excess of any count over the threshold 0."""


def rule_groups(platform: Platform) -> tuple[Mapping[Label, str], Mapping[Label, str], Mapping[Label, str]]:
    """Two groups of the platform's rules, and one of another platform in the same Prometheus."""
    names = platform.rule_group("errors"), platform.rule_group("cost"), f"other-{platform.rule_group('errors')}"
    first, second, other = ({RULE_GROUP: f"/etc/prometheus/rules/file.yaml;{name}"} for name in names)
    return first, second, other


def alertmanagers() -> tuple[Mapping[Label, str], Mapping[Label, str]]:
    """Two Alertmanagers of one Prometheus."""
    return {ALERTMANAGER: "http://a:9093/api/v2/alerts"}, {ALERTMANAGER: "http://b:9093/api/v2/alerts"}


def integrations() -> tuple[Mapping[Label, str], Mapping[Label, str]]:
    """Two kinds of receivers."""
    return {INTEGRATION: "pagerduty"}, {INTEGRATION: "webhook"}


def of_pair(
    counter: ServerCounter, labels: Mapping[Label, str], first: Sequence[Segment], second: Sequence[Segment]
) -> tuple[InputSeries, InputSeries]:
    """A counter of both of a pair of servers, which is summed."""
    return (
        input_series(counter, {INSTANCE: "first", **labels}, *first),
        input_series(counter, {INSTANCE: "second", **labels}, *second),
    )


def through_restart(during: Phases, alert: AlertTiming, per_minute: Fraction = PER_MINUTE) -> tuple[Segment, ...]:
    """Failures of an incident, with a restart of the server in the window of the evaluation at which an alert fires."""
    fires = IncidentTimes(alert, during.start, during.end, ALMOST_ALL).fires
    restart = alert.before(alert.before(fires))
    return (
        count(0, during.start),
        count(per_minute, restart - during.start),
        Restart(),
        count(per_minute, during.end - restart),
        count(0, during.length - during.end),
    )


def jump(amount: int | Fraction, alert: AlertTiming) -> tuple[tuple[Segment, ...], Duration, Duration]:
    """Segments of a counter that grows once, in one sample; when it does, and when the series ends."""
    at = multiple(alert.window.seconds + 600, minutes(5))
    rest = multiple(alert.window.seconds + alert.for_ + 1800, minutes(5))
    per_minute = amount * Fraction(60, alert.interval.seconds)
    segments = count(0, at - alert.interval), count(per_minute, alert.interval), count(0, rest)
    return segments, at, at + rest


def while_jump_is_seen(
    alert: AlertTiming, amount: int, at: Duration, labels: Mapping[Label, str]
) -> tuple[Expectation, ...]:
    """What fires of an alert that compares with a jump of a counter from 0, while its window begins before the jump."""
    last = alert.last(at + alert.window - alert.interval - alert.interval)
    fires = alert.fires(at)
    return (
        expect_none(alert.before(fires)),
        expect_firing(fires, firing(TICKET, amount, labels)),
        expect_firing(last, firing(TICKET, amount, labels)),
        expect_none(alert.after(last)),
    )


@alert_test(
    "RuleEvaluationFailing", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="rules_of_a_group_fail"
)
def rules_of_a_group_fail(platform: Platform) -> Scenario:
    """Rules of a group fail from {start} to {end}, those of another platform all the time: fires from {fires} to
    {last}, for this group alone."""
    alert, (group, other, foreign) = timing(rule_evaluation_failing.rule(platform)), rule_groups(platform)
    during = phases(alert)
    segments, nothing = through_restart(during, alert), [during.constant(Fraction(0))]
    half = through_restart(during, alert, PER_MINUTE / 2)
    return scenario(
        *of_pair(RULE_FAILURES, group, half, half),
        *of_pair(RULE_FAILURES, other, nothing, nothing),
        *of_pair(RULE_FAILURES, foreign, [during.constant(PER_MINUTE)], nothing),
        *while_something_counts(alert, during, segments, group),
        evaluation_interval=alert.interval,
        claim=IncidentTimes(alert, during.start, during.end, ALMOST_ALL).claim,
    )


@alert_test("RuleEvaluationFailing", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="rules_failed_long_ago")
def rules_failed_long_ago(platform: Platform) -> Scenario:
    """Rules failed long before Prometheus restarts at {restarts}: does not fire."""
    alert, (group, _, _) = timing(rule_evaluation_failing.rule(platform)), rule_groups(platform)
    segments, restarts = forgotten(alert)
    return scenario(
        *of_pair(RULE_FAILURES, group, segments, segments),
        *map(expect_none, (restarts, restarts + A_MINUTE, restarts + minutes(5), restarts + HALF_AN_HOUR)),
        evaluation_interval=alert.interval,
        claim={"restarts": restarts},
    )


@alert_test(
    "RuleEvaluationMissed", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="three_are_missed"
)
def three_are_missed(platform: Platform) -> Scenario:
    """Three evaluations of a group are missed at {at} by a pair of Prometheus, two of another one, and all of another
    platform's: fires for this group alone."""
    alert, (group, other, foreign) = timing(rule_evaluation_missed.rule(platform)), rule_groups(platform)
    _, at, end = jump(3, alert)
    (once, _, _), (twice, _, _) = jump(1, alert), jump(2, alert)
    nothing = [count(0, end)]
    return scenario(
        *of_pair(MISSED_EVALUATIONS, group, once, twice),
        *of_pair(MISSED_EVALUATIONS, other, twice, nothing),
        *of_pair(MISSED_EVALUATIONS, foreign, [count(PER_MINUTE, end)], nothing),
        *while_jump_is_seen(alert, 3, at, group),
        evaluation_interval=alert.interval,
        claim={"at": at},
    )


@alert_test("RuleEvaluationMissed", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="few_are_missed_and_a_restart")
def few_are_missed_and_a_restart(platform: Platform) -> Scenario:
    """Less than three evaluations of a group are missed at {at}, and Prometheus, which counted many long ago, restarts
    before: does not fire."""
    alert, (group, _, _) = timing(rule_evaluation_missed.rule(platform)), rule_groups(platform)
    many, restarts = forgotten(alert)
    segments, at, end = jump(JUST_BELOW_THREE, alert)
    return scenario(
        input_series(MISSED_EVALUATIONS, {INSTANCE: "first", **group}, *many, Restart(), *segments),
        *map(expect_none, (restarts, restarts + A_MINUTE, restarts + HALF_AN_HOUR + at)),
        expect_none(restarts + HALF_AN_HOUR + at + multiple(alert.for_ + alert.interval.seconds, A_MINUTE)),
        expect_none(restarts + HALF_AN_HOUR + end),
        evaluation_interval=alert.interval,
        claim={"at": restarts + HALF_AN_HOUR + at},
    )


@alert_test(
    "AlertsNotDelivered", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="alertmanager_is_away"
)
def alertmanager_is_away(platform: Platform) -> Scenario:
    """One of two Alertmanagers refuses alerts from {start} to {end}: fires from {fires} to {last}, for this one
    alone."""
    alert, (away, well) = timing(alerts_not_delivered.rule(platform)), alertmanagers()
    during = phases(alert)
    segments, nothing = through_restart(during, alert), [during.constant(Fraction(0))]
    half = through_restart(during, alert, PER_MINUTE / 2)
    return scenario(
        *of_pair(ALERT_SEND_ERRORS, away, half, half),
        *of_pair(ALERTS_DROPPED, away, nothing, nothing),
        *of_pair(ALERT_SEND_ERRORS, well, nothing, nothing),
        *while_something_counts(alert, during, segments, away),
        evaluation_interval=alert.interval,
        claim=IncidentTimes(alert, during.start, during.end, ALMOST_ALL).claim,
    )


@alert_test("AlertsNotDelivered", TICKET, covers=(FIRES, RECOVERS, OTHERS_UNAFFECTED), id="queue_is_full")
def queue_is_full(platform: Platform) -> Scenario:
    """Prometheus drops alerts from {start} to {end}, whose queue to one of two Alertmanagers is full: fires from
    {fires} to {last}, for this one alone."""
    alert, (away, well) = timing(alerts_not_delivered.rule(platform)), alertmanagers()
    during = phases(alert)
    segments, nothing = through_restart(during, alert), [during.constant(Fraction(0))]
    half = through_restart(during, alert, PER_MINUTE / 2)
    return scenario(
        *of_pair(ALERTS_DROPPED, away, half, half),
        *of_pair(ALERT_SEND_ERRORS, away, nothing, nothing),
        *of_pair(ALERTS_DROPPED, well, nothing, nothing),
        *while_something_counts(alert, during, segments, away),
        evaluation_interval=alert.interval,
        claim=IncidentTimes(alert, during.start, during.end, ALMOST_ALL).claim,
    )


@alert_test("AlertsNotDelivered", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="undelivered_long_ago")
def undelivered_long_ago(platform: Platform) -> Scenario:
    """Alerts were refused and dropped long before Prometheus restarts at {restarts}: does not fire."""
    alert, (away, _) = timing(alerts_not_delivered.rule(platform)), alertmanagers()
    segments, restarts = forgotten(alert)
    return scenario(
        *of_pair(ALERT_SEND_ERRORS, away, segments, segments),
        *of_pair(ALERTS_DROPPED, away, segments, segments),
        *map(expect_none, (restarts, restarts + A_MINUTE, restarts + minutes(5), restarts + HALF_AN_HOUR)),
        evaluation_interval=alert.interval,
        claim={"restarts": restarts},
    )


@alert_test("NotificationsFailing", TICKET, covers=(FIRES, RECOVERS, OTHERS_UNAFFECTED), id="two_notifications_fail")
def two_notifications_fail(platform: Platform) -> Scenario:
    """Two notifications to a kind of receivers fail at {at}, of two Alertmanagers, and one to another kind: fires for
    the first one, while they are in {window}."""
    alert, (pager, webhook) = timing(notifications_failing.rule(platform)), integrations()
    once, at, end = jump(1, alert)
    return scenario(
        *of_pair(FAILED_NOTIFICATIONS, pager, once, once),
        *of_pair(FAILED_NOTIFICATIONS, webhook, once, [count(0, end)]),
        *while_jump_is_seen(alert, 2, at, pager),
        evaluation_interval=alert.interval,
        claim={"at": at, "window": alert.window.text()},
    )


@alert_test("NotificationsFailing", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="few_notifications_fail")
def few_notifications_fail(platform: Platform) -> Scenario:
    """Many notifications failed long before Alertmanager restarts, and less than two fail at {at}: does not fire."""
    alert, (pager, _) = timing(notifications_failing.rule(platform)), integrations()
    many, restarts = forgotten(alert)
    once, at, end = jump(JUST_BELOW_TWO, alert)
    return scenario(
        input_series(FAILED_NOTIFICATIONS, {INSTANCE: "first", **pager}, *many, Restart(), *once),
        *map(expect_none, (restarts, restarts + A_MINUTE, restarts + HALF_AN_HOUR + at)),
        expect_none(restarts + HALF_AN_HOUR + end),
        evaluation_interval=alert.interval,
        claim={"at": restarts + HALF_AN_HOUR + at},
    )
