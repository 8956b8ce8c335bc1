"""When inhibitors fire, which a replay cannot evaluate: they read other alerts, whose `keep_firing_for` it ignores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from generator.dsl.alert import Alert
from generator.dsl.inhibitor import AlertsFire
from generator.dsl.platform import Platform
from generator.dsl.routing import Routing
from generator.lowering.identity import IDENTITY_LABELS
from generator.verify.notified.notifications import AlertInterval, Interval

EVALUATION = 30
"""Seconds after which an inhibitor sees an alert that began to fire: its rule may be evaluated before that alert's."""
Labels = tuple[tuple[str, str], ...]


def inhibitor_intervals(
    alerts: Iterable[AlertInterval], routing: Routing, platform: Platform
) -> tuple[AlertInterval, ...]:
    """Return when the inhibitors that `routing` names fire, from when the alerts of a platform do: with those that they
    follow, and for their `keep_firing_for` after."""
    all_alerts = tuple(alerts)
    sources = (source for rule in routing.inhibitions for source in rule.source)
    inhibitors = {source.name: source for source in sources if source.follows}
    return tuple(interval for each in inhibitors.values() for interval in _intervals(each, all_alerts, platform))


def _intervals(inhibitor: Alert, alerts: Iterable[AlertInterval], platform: Platform) -> Iterator[AlertInterval]:
    rule = inhibitor.rule(platform)
    assert isinstance(rule.condition, AlertsFire)
    followed, kept = rule.condition.query, rule.keep_firing.seconds if rule.keep_firing is not None else 0
    keys = {(alert.name, alert.severity.value) for alert in followed.alerts}
    names = [label.name for label in (*IDENTITY_LABELS, *followed.labels)]
    by_labels: dict[Labels, list[Interval]] = defaultdict(list)
    for alert in alerts:
        if (alert.labels["alertname"], alert.labels.get("severity")) in keys:
            by_labels[_values(alert.labels, names)].append((alert.start, alert.end))
    for labels, intervals in by_labels.items():
        own = {**dict(labels), "alertname": inhibitor.name, "severity": inhibitor.severity.value}
        for start, end in _joined(sorted(intervals), kept):
            yield AlertInterval(own, start + EVALUATION, end + kept)


def _values(labels: Mapping[str, str], names: Iterable[str]) -> Labels:
    return tuple((name, labels[name]) for name in names if labels.get(name))


def _joined(intervals: Iterable[Interval], gap: float) -> list[Interval]:
    """Join intervals of which the next begins no later than `gap` seconds after the end of those before."""
    joined: list[Interval] = []
    for start, end in intervals:
        if joined and start <= joined[-1][1] + gap:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
