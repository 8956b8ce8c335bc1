"""What was heard in a run: which alerts fired, from when to when, and which of them reached a person, how often."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from generator.rendering.alertmanager import GROUPED_BY, INHIBITIONS, Inhibition, Pace
from generator.verify.replay.stages import parse_duration

MATCHER = re.compile(r'(\w+)(!=|=)"(.*)"')
Span = tuple[float, float]
"""When an alert first and last fired, in seconds after the incident's start."""


@dataclass(frozen=True)
class Firing:
    """An alert that fired once, without a pause."""

    labels: Mapping[str, str]
    span: Span

    @property
    def wakes(self) -> bool:
        """Whether it is a page."""
        return self.labels.get("severity") == "page"


def spans(firing: Iterable[float], active: Iterable[float], interval: float, lingering: float = 0) -> tuple[Span, ...]:
    """When an alert fired, from the times at which it did and those at which its condition was so.

    A replay knows no `keep_firing_for`: here an alert goes on firing for `lingering` seconds, and through a pause that
    is no longer, as Prometheus lets it.
    """
    began = sorted(firing)
    found = []
    for start, end in _stretches(sorted(active), interval + lingering):
        first = next((time for time in began if start <= time <= end), None)
        if first is not None:
            found.append((first, end + lingering))
    return tuple(found)


def _stretches(times: Sequence[float], pause: float) -> Iterable[Span]:
    """Times joined where no more than a pause lies between two."""
    joined: list[Span] = []
    for time in times:
        if joined and time - joined[-1][1] <= pause:
            joined[-1] = (joined[-1][0], time)
        else:
            joined.append((time, time))
    return joined


def audible(firings: Iterable[Firing]) -> tuple[Firing, ...]:
    """What reaches a person: an alert is not told while the shipped Alertmanager finds it needless; from when on it is.

    A moment's gap at the source's end counts, for Alertmanager then tells what it held back.
    """
    everyone = tuple(firings)
    told = ((one, _told(one, everyone)) for one in everyone)
    return tuple(Firing(one.labels, span) for one, span in told if span)


def _told(one: Firing, everyone: Sequence[Firing]) -> Span | None:
    start, end = one.span
    hiding = sorted(other.span for other in everyone if any(_inhibits(rule, other, one) for rule in INHIBITIONS))
    for begins, ends in hiding:
        if begins <= start <= ends:
            start = ends + 30
    return (start, end) if start <= end else None


def _inhibits(rule: Inhibition, source: Firing, target: Firing) -> bool:
    return (
        source.labels["alertname"] in rule.sources
        and source.wakes
        and all(_matches(matcher, source.labels) for matcher in rule.subject)
        and target.labels["alertname"] in rule.targets
        and target.labels.get("severity") in rule.severities
        and all(source.labels.get(label, "") == target.labels.get(label, "") for label in rule.equal)
    )


def _matches(matcher: str, labels: Mapping[str, str]) -> bool:
    found = MATCHER.fullmatch(matcher)
    assert found is not None, matcher
    label, sign, value = found.groups()
    return (labels.get(label, "") == value) == (sign == "=")


def notifications(firings: Iterable[Firing], pace: Pace) -> int:
    """How often Alertmanager tells of these: a group's alerts together, once it has waited; after each interval those
    that began meanwhile. What began and ended between two is never told; what is told once more is not counted."""
    groups: dict[tuple[str, ...], list[Span]] = defaultdict(list)
    for one in firings:
        groups[tuple(one.labels.get(label, "") for label in GROUPED_BY)].append(one.span)
    return sum(
        _notified(sorted(each), parse_duration(pace.wait), parse_duration(pace.interval)) for each in groups.values()
    )


def _notified(waiting: list[Span], wait: float, interval: float) -> int:
    count, left, now = 0, waiting, 0.0
    alive = False
    while left or alive:
        now = now + interval if alive else left[0][0] + wait
        begun = [span for span in left if span[0] <= now]
        left = left[len(begun) :]
        count += any(end >= now for _, end in begun)
        alive = any(start <= now <= end for start, end in waiting)
    return count
