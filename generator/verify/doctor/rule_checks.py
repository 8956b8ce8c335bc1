"""Whether rules are evaluated: without errors, in time, and seen by the alerts on alerting itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.verify.doctor.finding import Evidence, FindingSeverity, Observation, live_check
from generator.verify.doctor.queries import MISSED, NOT_NOTIFIED, SCRAPED, SERVER_COUNTERS
from generator.verify.doctor.subject import Subject
from generator.verify.doctor.system import EvaluatedGroup, System

NEAR = 0.8
"""From which part of its interval on the duration of an evaluation is near it."""
LATE = 3
"""After how many intervals without an evaluation a group is late."""
SLACK = 10.0
"""Seconds that reading the rules may take beside."""


def own_groups(subject: Subject, system: System) -> Sequence[EvaluatedGroup]:
    """The groups of the platform: its output's, and others with its name."""
    built = {group.name for group in subject.groups}
    prefix = subject.group_prefix
    return [group for group in system.prometheus.groups if group.name in built or group.name.startswith(prefix)]


@live_check(
    "rule-failing",
    FindingSeverity.ERROR,
    reads="the rules of Prometheus, with the error of their last evaluation",
    example="1 rule of production:errors fails",
    hint='read the error: "many-to-many" or "same labelset" is a label that was added to rules, or two rules of one '
    'name; "too many samples" and time-outs are more series than the server can read',
)
def rule_failing(subject: Subject, system: System) -> Iterator[Observation]:
    """Every rule has a result.

    A rule that fails fires no alert and records nothing, and so does everything that reads its series.
    """
    for group in own_groups(subject, system):
        failing = [rule for rule in group.rules if rule.error]
        if failing:
            count = (
                f"{len(failing)} rules of {group.name} fail" if len(failing) > 1 else f"1 rule of {group.name} fails"
            )
            yield Observation(count, [Evidence(rule.name, rule.error) for rule in failing])


@live_check(
    "rule-late",
    FindingSeverity.WARNING,
    reads="the durations of the last evaluations, and missed evaluations of the last hour",
    example="production:recorded-api takes 28 s of its 30 s",
    hint="give Prometheus more CPU and memory, look for growth of series (live/series-per-tenant), and see its page "
    "/rules for the rules that take longest",
)
def rule_late(subject: Subject, system: System) -> Iterator[Observation]:
    """Groups of rules are evaluated at their interval, in less than 80 % of it.

    An evaluation that takes longer than the interval makes the next one be left out: recorded series have gaps, and
    alerts fire later.
    """
    for group in own_groups(subject, system):
        since = system.prometheus.time - group.evaluated_at
        if group.evaluated_at and since > LATE * group.interval + SLACK:
            evidence = Evidence(group.name, f"evaluated {since:.0f} s ago, interval {group.interval:g} s")
            yield Observation(f"{group.name} is not evaluated any more", (evidence,))
        elif group.duration > NEAR * group.interval:
            duration, interval = f"{group.duration:.3g} s", f"{group.interval:g} s"
            evidence = Evidence(group.name, f"last evaluation {duration}, interval {interval}")
            yield Observation(f"{group.name} takes {duration} of its {interval}", (evidence,))
    for sample in system.prometheus.vector(MISSED):
        group_name = sample.labels.get("rule_group", "")
        what = f"{group_name.rpartition(';')[2]} missed {sample.value:.0f} evaluations"
        yield Observation(what, (Evidence(group_name, f"+{sample.value:.0f} in the last hour"),))


@live_check(
    "servers-not-scraped",
    FindingSeverity.WARNING,
    reads="which counters of Prometheus and Alertmanager have series",
    example="2 counters of the servers themselves are missing",
    hint="keep the scrape_configs of out/prometheus/prometheus.yaml, or give the ServiceMonitors of "
    "prometheus-operator the label platform; where another ruler counts under other names, disable the alerts that "
    "docs/deploy.md names",
)
def servers_not_scraped(subject: Subject, system: System) -> Iterator[Observation]:
    """Prometheus scrapes itself and Alertmanager.

    The alerts on rules that are late and on notifications that fail read these counters: without them, both happen
    unseen.
    """
    scraped = {sample.name for sample in system.prometheus.vector(SCRAPED)}
    if missing := [name for name in SERVER_COUNTERS if name not in scraped]:
        count = f"{len(missing)} counters" if len(missing) > 1 else "1 counter"
        evidence = [Evidence(name, "no series") for name in missing]
        yield Observation(f"{count} of the servers themselves {'are' if len(missing) > 1 else 'is'} missing", evidence)


@live_check(
    "notifications-failing",
    FindingSeverity.ERROR,
    reads="the increase of alertmanager_notifications_failed_total over an hour",
    example="3 notifications through pagerduty failed",
    hint='look in the log of Alertmanager for "Notify for alerts failed", which names the receiver and the answer; '
    "renew the file of its secret",
)
def notifications_failing(subject: Subject, system: System) -> Iterator[Observation]:
    """Receivers accept what Alertmanager sends.

    A page that is refused wakes nobody.
    """
    for sample in system.prometheus.vector(NOT_NOTIFIED):
        name = sample.labels.get("integration", "")
        what = f"{max(sample.value, 1):.0f} notifications through {name} failed"
        yield Observation(
            what, (Evidence(f'{SERVER_COUNTERS[2]}{{integration="{name}"}}', f"+{sample.value:.3g} in 1 h"),)
        )
