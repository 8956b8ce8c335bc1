"""How far what a backend recorded is from what Prometheus recorded of the same pushes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tests.backends.day_run import LiveRun

TOKENS_OF_THE_DAY = re.compile(r"ai_tokens(_\w+)?:amount1d$")
QUANTILE = re.compile(r":p\d+_")
LARGER_PERCENT = 0.1
"""Differences above it are listed."""
CAUSES = {
    re.compile(r":month_(to_date|forecast)$|_month_day:cost:dollars"): "month",
    re.compile(r":(amount|dollars|forecast|increase|nonzero|no_chance|still_above|share)[\w.]*$"): "window",
}
"""Why a series of a name may differ, by a word that docs/backends.md explains."""
OF_A_TICK = re.compile(r":(growth\w*|cursor|\w+_restarts?|running_total)$")
"""What is summed to amounts, a tick of 2 or 5 minutes at a time: the sums are compared."""


def percents(run: LiveRun, reference: LiveRun, kind: re.Pattern[str]) -> list[float]:
    """The difference of each series of a kind, in percent of the larger value."""
    return [percent for name, percent in _differences(run, reference) if kind.search(name)]


def larger(run: LiveRun, reference: LiveRun) -> Mapping[str, Mapping[str, float | str]]:
    """The largest difference by the name of the series, in percent, where it is above the limit, and its cause."""
    differences: dict[str, float] = {}
    for name, percent in _differences(run, reference):
        if not OF_A_TICK.search(name):
            differences[name] = max(percent, differences.get(name, 0))
    above = {name: percent for name, percent in sorted(differences.items()) if percent > LARGER_PERCENT}
    return {name: {"percent": round(percent, 1), "cause": _cause(name)} for name, percent in above.items()}


def _cause(name: str) -> str:
    return next((word for pattern, word in CAUSES.items() if pattern.search(name)), "unknown")


def _differences(run: LiveRun, reference: LiveRun) -> Iterator[tuple[str, float]]:
    """The name and the difference of each series that the rules of both record; 100 where one of both has none."""
    names = _recording(run) & _recording(reference)
    for labels in {*run.recorded, *reference.recorded}:
        name = dict(labels)["__name__"]
        if name in names:
            yield name, _percent(run.recorded.get(labels), reference.recorded.get(labels))


def _recording(run: LiveRun) -> set[str]:
    return {rule["name"] for rule in run.rules if rule["type"] == "recording"}


def _percent(value: float | None, other: float | None) -> float:
    if value is None or other is None:
        return 100
    return 0 if value == other else 100 * abs(value - other) / max(abs(value), abs(other))


def apart(run: LiveRun, reference: LiveRun) -> Iterator[float]:
    """By how many seconds each alert that both have fired earlier or later than in Prometheus."""
    for labels in run.firing.keys() & reference.firing.keys():
        yield abs(run.firing[labels] - reference.firing[labels])


def names_of_alerts(run: LiveRun) -> set[tuple[str, str]]:
    """The name and the severity of each alert that fired."""
    return {(dict(labels)["alertname"], dict(labels)["severity"]) for labels in run.firing}
