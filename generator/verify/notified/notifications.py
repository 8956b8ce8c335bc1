"""From samples to notifications: when each alert fires, what Alertmanager inhibits, and how often it notifies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from generator.dsl.alert import Alert
from generator.dsl.labels import Label
from generator.dsl.routing import Inhibition, Route, Routing
from generator.dsl.severity import NONE
from generator.frozen import frozen
from generator.lowering.identity import IDENTITY_LABELS

SAMPLE_GAP = 30
"""Seconds between a source's last sample and the end of its inhibition."""
SourceKey = tuple[int, tuple[str, ...]]
"""The number of an inhibition, and the values of the labels that must be equal."""
Interval = tuple[float, float]
"""A first and a last time, in seconds after the start of a back-test's incident, or since 1970."""


@frozen
class AlertInterval:
    """A time during which an alert with these labels fires without a break, with times as in `Interval`."""

    labels: Mapping[str, str]
    start: float
    end: float

    @property
    def is_page(self) -> bool:
        """Whether the severity is `page`."""
        return self.labels.get("severity") == "page"


def firing_intervals(
    firing: Iterable[float], active: Iterable[float], evaluation_interval: float, keep_firing_for: float = 0
) -> tuple[Interval, ...]:
    """Return when an alert fires, from the times at which it is firing and those at which it is pending or firing.

    `vmalert -replay` ignores `keep_firing_for`. Here an alert continues to fire for `keep_firing_for` seconds, and
    through a gap of at most that length, as in Prometheus.
    """
    firing_times = sorted(firing)
    intervals = []
    for start, end in _joined(sorted(active), evaluation_interval + keep_firing_for):
        first = next((time for time in firing_times if start <= time <= end), None)
        if first is not None:
            intervals.append((first, end + keep_firing_for))
    return tuple(intervals)


def _joined(times: Sequence[float], gap: float) -> Iterable[Interval]:
    """Return intervals of times of which no two neighbours are more than `gap` seconds apart."""
    intervals: list[Interval] = []
    for time in times:
        if intervals and time - intervals[-1][1] <= gap:
            intervals[-1] = (intervals[-1][0], time)
        else:
            intervals.append((time, time))
    return intervals


def without_inhibited(alerts: Iterable[AlertInterval], routing: Routing) -> tuple[AlertInterval, ...]:
    """Return the alerts that notify somebody and that the shipped Alertmanager does not inhibit; one that outlasts its
    source starts then.

    An alert that continues for only a moment after its source counts, because Alertmanager notifies about it.
    """
    all_alerts = tuple(alerts)
    sources = _sources(all_alerts, routing)
    notifying = (alert for alert in all_alerts if alert.labels.get("severity") != NONE.value)
    remaining = (_without_inhibition(alert, sources, routing) for alert in notifying)
    return tuple(alert for alert in remaining if alert.start <= alert.end)


def _sources(alerts: Iterable[AlertInterval], routing: Routing) -> Mapping[SourceKey, list[AlertInterval]]:
    """The sources of each inhibition by the values of the labels that must be equal: tenants are many."""
    sources: dict[SourceKey, list[AlertInterval]] = defaultdict(list)
    for alert in alerts:
        for number, rule in enumerate(routing.inhibitions):
            if _is_one_of(rule.source, alert):
                sources[number, _equal_values(rule, alert)].append(alert)
    return sources


def _without_inhibition(
    target: AlertInterval, sources: Mapping[SourceKey, Sequence[AlertInterval]], routing: Routing
) -> AlertInterval:
    """Return the target from the end of its inhibition on; it starts after its end where it is inhibited throughout.
    Alertmanager looks for a source when the group wait of the target ends."""
    route = routing.page if target.is_page else routing.ticket
    start, sent = target.start, min(target.start + _group_wait(route), target.end)
    inhibiting = (
        source
        for number, rule in enumerate(routing.inhibitions)
        if _is_one_of(rule.target, target)
        for source in sources.get((number, _equal_values(rule, target)), ())
    )
    for source in sorted(inhibiting, key=lambda alert: (alert.start, alert.end)):
        if source.start <= sent <= source.end:
            start = sent = source.end + SAMPLE_GAP
    return replace(target, start=start)


def _equal_values(rule: Inhibition, alert: AlertInterval) -> tuple[str, ...]:
    return tuple(alert.labels.get(label.name, "") for label in (*IDENTITY_LABELS, *rule.equal))


def _is_one_of(alerts: Iterable[Alert], interval: AlertInterval) -> bool:
    key = (interval.labels["alertname"], interval.labels.get("severity"))
    return any((alert.name, alert.severity.value) == key for alert in alerts)


def notifications(alerts: Iterable[AlertInterval], route: Route, group_by: Sequence[Label]) -> tuple[float, ...]:
    """Return for each notification that Alertmanager sends when the first of its new alerts started: one per group
    after `group_wait`, then one after each `group_interval` in which an alert joins the group. An alert that starts and
    ends between two of these times is never sent. Repeats are not counted."""
    groups: dict[tuple[str, ...], list[Interval]] = defaultdict(list)
    for alert in alerts:
        labels = (*IDENTITY_LABELS, *group_by)
        groups[tuple(alert.labels.get(label.name, "") for label in labels)].append((alert.start, alert.end))
    wait, interval = _group_wait(route), route.group_interval.seconds
    return tuple(start for intervals in groups.values() for start in _of_group(sorted(intervals), wait, interval))


def _group_wait(route: Route) -> int:
    return route.group_wait.seconds if route.group_wait is not None else 0


def _of_group(alerts: Sequence[Interval], group_wait: float, group_interval: float) -> Iterator[float]:
    time, active = 0.0, False
    waiting = alerts
    while waiting or active:
        time = time + group_interval if active else waiting[0][0] + group_wait
        started = [alert for alert in waiting if alert[0] <= time]
        waiting = waiting[len(started) :]
        sent = [start for start, end in started if end >= time]
        if sent:
            yield min(sent)
        active = any(start <= time <= end for start, end in alerts)
