"""What a panel must show, told from the simulation's record in numpy: no PromQL, no recorded series, no tree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import TypeAlias

import numpy as np

from contract.ai import AI_REQUESTS, AI_TOKENS_INPUT
from generator.dsl.labels import Label
from generator.dsl.limit import Limit
from generator.dsl.measure import Over, Window
from generator.dsl.metric import Counter, Histogram, Union
from tests.truth.look import NOW, Key, Look

STEP = Window.STEP
CLOSE = 0.01
MANY = 2_000
"""Happenings from which on a sum of windows of 5 minutes is held to 1 %, though it misses one step in twenty."""
Countable: TypeAlias = Counter | Union


@dataclass(frozen=True)
class Near:
    """A value, and how far from it an answer may be."""

    value: float
    tolerance: float

    def times(self, factor: float) -> Near:
        """So many times the value."""
        return Near(self.value * factor, self.tolerance * abs(factor))


Values: TypeAlias = dict[Key, Near]
Told: TypeAlias = Callable[[Look], Values]
"""What a query must answer, by the labels of its series."""


@dataclass(frozen=True)
class Of:
    """Of which windows, per which labels, and narrowed by which variables (None: by all that there are)."""

    over: Over = STEP
    by: tuple[Label, ...] = ()
    narrowed: tuple[Label, ...] | None = None

    def key(self, labels: dict[str, str]) -> Key:
        """By what a series is told."""
        return tuple(sorted((label.name, labels[label.name]) for label in self.by))

    def series(self, look: Look, metric: Countable | Histogram) -> dict[Key, list[dict[str, str]]]:
        """The labels of a metric's series, by what they are told."""
        found: dict[Key, list[dict[str, str]]] = {}
        narrowed = None if self.narrowed is None else tuple(label.name for label in self.narrowed)
        for labels in look.labels(metric, narrowed):
            found.setdefault(self.key(labels), []).append(labels)
        return found


def close(value: float, happenings: int, look: Look, over: Over) -> Near:
    """Within 1 %. Where few happenings are added up from windows, which see 19 of 20 steps, within four standard
    deviations of what chance leaves out."""
    chance = 4 * sqrt(0.05 / happenings) if happenings and happenings < MANY and look.sampled(over) else 0
    return Near(value, abs(value) * max(CLOSE, chance))


def count(metric: Countable, of: Of, per: float = 0) -> Told:
    """By how much a counter grew over a window; with `per`, in so many seconds of it on average."""

    def tell(look: Look) -> Values:
        result = {}
        for key, series in of.series(look, metric).items():
            total, happenings = _total(look, metric, of.over, series)
            scale = per / look.seconds(of.over) if per else 1
            result[key] = close(total * scale * look.stretch(of.over), happenings, look, of.over)
        return result

    return tell


def rate(metric: Countable, *by: Label, where: Label | None = None, value: str = "") -> Told:
    """By how much a counter grows per second; of a union only what has this label's value."""
    if where is None:
        return count(metric, Of(STEP, by), per=1)
    told = count(metric, Of(STEP, (where,)), per=1)
    return lambda look: {(): told(look)[((where.name, value),)]}


def share(part: Countable, whole: Countable, of: Of) -> Told:
    """Which part of a whole it was; nothing where there was no whole. Also how many of it come with one."""

    def tell(look: Look) -> Values:
        parts, result = of.series(look, part), {}
        for key, series in of.series(look, whole).items():
            among, _ = _total(look, whole, of.over, series)
            if among:
                total, happenings = _total(look, part, of.over, parts.get(key, []))
                result[key] = close(total / among, happenings, look, of.over)
        return result

    return tell


def quantile(histogram: Histogram, q: float, of: Of) -> Told:
    """The value that a share `q` of all did not exceed, to the width of the bucket that it is in."""

    def tell(look: Look) -> Values:
        start, end = look.window(of.over)
        result = {}
        for key, series in of.series(look, histogram).items():
            values = np.concatenate([look.truth.values(histogram, start, end, **labels) for labels in series])
            if values.size:
                exact = float(np.quantile(values, q, method="inverted_cdf"))
                above = int(np.searchsorted(histogram.buckets, exact))
                bounds = (0, *histogram.buckets)
                result[key] = Near(exact, float(bounds[above + 1] - bounds[above]))
        return result

    return tell


def buckets(histogram: Histogram, over: Window) -> Told:
    """How many values were at most each bound, to 1 % of all: over the range, or on average in 5 minutes."""

    def tell(look: Look) -> Values:
        start, end = look.window(over)
        scale = NOW.seconds / look.seconds(over) if over is STEP else 1
        series = [labels for several in Of().series(look, histogram).values() for labels in several]
        values = np.concatenate([look.truth.values(histogram, start, end, **labels) for labels in series])
        return {
            (("le", str(float(bound))),): Near(int((values <= bound).sum()) * scale, CLOSE * values.size * scale)
            for bound in (*histogram.buckets, np.inf)
        }

    return tell


def dollars(of: Of) -> Told:
    """What tokens cost."""

    def tell(look: Look) -> Values:
        start, end = look.window(of.over)
        result = {}
        for key, series in of.series(look, AI_REQUESTS).items():
            spent = sum(look.truth.dollars(start, end, **labels) for labels in series)
            calls = sum(look.truth.count(AI_TOKENS_INPUT, start, end, **labels) for labels in series)
            result[key] = close(spent, calls, look, of.over)
        return result

    return tell


def used(told: Told, limit: Callable[[Look], Limit], label: Label) -> Told:
    """Which part of a limit it is."""

    def tell(look: Look) -> Values:
        return {key: near.times(1 / _limit(look, limit, dict(key)[label.name])) for key, near in told(look).items()}

    return tell


def budget_left(told: Told) -> Told:
    """Which part of the error budget is left, by the share of errors."""

    def tell(look: Look) -> Values:
        granted = 1 - float(look.simulation.plan.platform.availability.target.amount)
        spent = {key: near.times(1 / granted) for key, near in told(look).items()}
        return {key: Near(1 - near.value, near.tolerance) for key, near in spent.items()}

    return tell


def limits(limit: Callable[[Look], Limit], label: Label, *values: str) -> Told:
    """The limit of each value of a label: of these, or of those that are picked."""

    def tell(look: Look) -> Values:
        named = [x for x in values or look.picks[label.name] if x in look.picks.get(label.name, (x,))]
        return {((label.name, value),): Near(_limit(look, limit, value), 0) for value in named}

    return tell


def _limit(look: Look, limit: Callable[[Look], Limit], value: str) -> float:
    found = limit(look)
    most = found.overrides.get(value, found.default)
    assert most is not None
    return float(most.amount)


def _total(look: Look, metric: Countable, over: Over, series: list[dict[str, str]]) -> tuple[int, int]:
    """By how much it grew, and by how many happenings."""
    start, end = look.window(over)
    total = sum(look.truth.total(metric, start, end, **labels) for labels in series)
    return total, sum(look.truth.count(metric, start, end, **labels) for labels in series)
