"""Whether the alert that always fires gets to its receiver, as far as it can be seen: not the delivery itself."""

from __future__ import annotations

from collections.abc import Iterator

from generator.verify.doctor.finding import Evidence, FindingSeverity, Observation, live_check
from generator.verify.doctor.rule_checks import own_groups
from generator.verify.doctor.subject import WATCHDOG, Subject
from generator.verify.doctor.system import System

NOT_SEEN = (
    "whether the dead man's switch receives the Watchdog: no API of Alertmanager shows deliveries; stop Prometheus for "
    "some minutes once, and see that it calls you"
)
NO_ALERTMANAGER = "whether the Watchdog gets to Alertmanager and to its receiver: give --alertmanager URL"
"""What a run without Alertmanager does not check."""


def _fires(subject: Subject, system: System) -> bool:
    groups = own_groups(subject, system)
    rules = (rule for group in groups for rule in group.rules if rule.is_alert and rule.name == WATCHDOG)
    return any(rule.firing for rule in rules)


@live_check(
    "watchdog-silent",
    FindingSeverity.ERROR,
    reads="the rules of Prometheus and the alerts that fire, and the Alertmanagers that it sends to",
    example="the Watchdog does not fire",
    hint="load out/prometheus/rules/telemetry.yaml and see the page /rules; name Alertmanager in `alerting` of "
    "prometheus.yaml",
)
def watchdog_silent(subject: Subject, system: System) -> Iterator[Observation]:
    """The Watchdog fires in Prometheus, which sends its alerts to an Alertmanager.

    When it does not, no alert reaches anybody. With Grafana-managed alerting, Prometheus need not send them.
    """
    if not _fires(subject, system):
        yield Observation(
            "the Watchdog does not fire", (Evidence(f"{subject.group_prefix}telemetry", "no firing alert"),)
        )
    is_notified_by_grafana = subject.platform.grafana.managed_alerts
    if not system.prometheus.alertmanagers and system.prometheus.version and not is_notified_by_grafana:
        evidence = Evidence("/api/v1/alertmanagers", "none is active")
        yield Observation("Prometheus sends its alerts to no Alertmanager", (evidence,))


@live_check(
    "watchdog-lost",
    FindingSeverity.ERROR,
    reads="the alerts that Alertmanager knows",
    example="the Watchdog fires in Prometheus and is not known to Alertmanager",
    hint='look in the log of Prometheus for "Error sending alerts", and compare the Alertmanager that it names with '
    "--alertmanager",
)
def watchdog_lost(subject: Subject, system: System) -> Iterator[Observation]:
    """Alertmanager knows the Watchdog that fires in Prometheus.

    What does not get there is sent to nobody.
    """
    if system.alertmanager and not system.alertmanager.watchdogs and _fires(subject, system):
        sent_to = ", ".join(system.prometheus.alertmanagers) or "none"
        evidence = (Evidence("Prometheus sends to", sent_to), Evidence("/api/v2/alerts", "no Watchdog of the platform"))
        yield Observation("the Watchdog fires in Prometheus and is not known to Alertmanager", evidence)


@live_check(
    "watchdog-misrouted",
    FindingSeverity.ERROR,
    reads="the receivers, silences and inhibitions of the Watchdog in Alertmanager",
    example='the Watchdog is routed to "ticket platform", not to "dead man"',
    hint="deploy out/alertmanager/alertmanager.yaml, give each platform that shares an Alertmanager a route of its "
    "own, and expire silences that match everything",
)
def watchdog_misrouted(subject: Subject, system: System) -> Iterator[Observation]:
    """Alertmanager routes the Watchdog to the dead man's switch, and mutes it by nothing.

    The dead man's switch calls when the Watchdog stops: where another receiver has it, the switch is never armed, or
    calls without reason. Delivery itself is in no API: `alertmanager_notifications_failed_total` shows what was
    refused.
    """
    for alert in system.alertmanager.watchdogs if system.alertmanager else ():
        if subject.watchdog_receiver not in alert.receivers:
            receivers = ", ".join(f'"{name}"' for name in alert.receivers)
            what = f'the Watchdog is routed to {receivers}, not to "{subject.watchdog_receiver}"'
            yield Observation(what, (Evidence("receivers", receivers),))
        if alert.muted_by:
            muted = Evidence("silenced or inhibited by", ", ".join(alert.muted_by))
            yield Observation("the Watchdog is muted in Alertmanager", (muted,))
