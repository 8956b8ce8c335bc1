"""What was heard in a run: which alerts fired, from when to when, and which of them reached a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from generator.emit.alertmanager import INHIBITIONS, Inhibition

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


def spans(times: Sequence[float], interval: float) -> tuple[Span, ...]:
    """Times of samples, joined where no more than an interval lies between two."""
    joined: list[Span] = []
    for time in times:
        if joined and time - joined[-1][1] <= interval:
            joined[-1] = (joined[-1][0], time)
        else:
            joined.append((time, time))
    return tuple(joined)


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
