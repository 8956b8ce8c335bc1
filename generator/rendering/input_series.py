"""Input series in promtool's notation: runs of samples are computed exactly, then written in the short form."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import reduce
from itertools import groupby, repeat
from operator import add
from typing import NamedTuple, TypeAlias

from generator.dsl.alert_test import (
    AlertSamples,
    ClockValues,
    ConstantRate,
    InputSeries,
    NoSamples,
    RandomCounts,
    Restart,
)
from generator.dsl.built_in import BuiltIn
from generator.dsl.metrics import Counter, Histogram
from generator.dsl.units import Duration
from generator.lowering.identity import is_by_group
from generator.rendering.promql import quoted

Exact: TypeAlias = int | Fraction
StoredName: TypeAlias = Callable[[str, bool], str]
"""The name under which a metric is stored, by its name in the contract and whether it is a counter."""
INFINITY = float("inf")


def pushed_name(name: str, is_counter: bool) -> str:
    """The name of the contract, which most backends keep."""
    return name


class Run(NamedTuple):
    """Samples that change by a constant step; without a first value they are missing. A test has hundreds of thousands
    of samples, and some runs."""

    first: Exact | None
    step: Exact
    length: int

    def at(self, index: int) -> Exact | None:
        """The value of a sample of this run, or of one that would continue it."""
        return None if self.first is None else self.first + self.step * index

    def after(self, count: int) -> Run:
        """The run without its first samples."""
        return Run(self.at(count), self.step, self.length - count)


def samples_by_series(
    series: Iterable[InputSeries],
    interval: Duration,
    stored_name: StoredName = pushed_name,
    identity: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The samples of each series in promtool's notation, by the series' text, whose name is that of the platform's
    backend, and which has the labels that all series of the platform have. Input series of one series add up."""
    runs: dict[str, list[Run]] = {}
    for each in series:
        for text, own in _stored_series(each, interval, stored_name, identity or {}):
            runs[text] = summed(runs[text], own) if text in runs else own
    # Buckets beyond the largest observation have the same samples.
    texts: dict[tuple[Run, ...], str] = {}
    for own in runs.values():
        if (key := tuple(own)) not in texts:
            texts[key] = notation(own)
    return {text: texts[tuple(own)] for text, own in sorted(runs.items())}


def _stored_series(
    series: InputSeries, interval: Duration, stored_name: StoredName, identity: Mapping[str, str]
) -> Iterator[tuple[str, list[Run]]]:
    is_counter = isinstance(series.metric, Counter)
    name, labels = stored_name(series.metric.name, is_counter), {**identity, **series.labels}
    if isinstance(series.metric, BuiltIn):
        own = series.labels if is_by_group(series.metric) else labels
        yield series_text(series.metric.name, own), runs_of(series, interval, INFINITY)
        return
    if not isinstance(series.metric, Histogram):
        yield series_text(name, labels), runs_of(series, interval, INFINITY)
        return
    # No rule reads a histogram's sum, and promtool's time grows with the number of series.
    bounds = (*series.metric.buckets, INFINITY)
    observed = [
        segment.value for segment in series.segments if isinstance(segment, ConstantRate) and segment.value is not None
    ]
    first_buckets = sorted(bisect_left(bounds, value) for value in observed)
    runs_by_count: dict[int, list[Run]] = {}
    for number, bound in enumerate(bounds):
        count = bisect_right(first_buckets, number)
        if count not in runs_by_count:
            runs_by_count[count] = runs_of(series, interval, bound)
        le = "+Inf" if bound == INFINITY else f"{bound}"
        yield series_text(f"{name}_bucket", {**labels, "le": le}), runs_by_count[count]
    yield series_text(f"{name}_count", labels), runs_by_count[len(observed)]


def series_text(name: str, labels: Mapping[str, str]) -> str:
    """A series as promtool parses it."""
    return f"{name}{{{','.join(f'{label}={quoted(value)}' for label, value in sorted(labels.items()))}}}"


def runs_of(series: InputSeries, interval: Duration, bound: float) -> list[Run]:
    """A counter's value at each sample, starting with 0; of a histogram, the count of observations up to `bound`. A
    series that begins without samples has none at the start.
    """
    runs = [Run(None if isinstance(series.segments[0], NoSamples) else 0, 0, 1)]
    value: Exact = 0
    for segment in series.segments:
        if isinstance(segment, Restart):
            value = 0
            continue
        count = segment.duration.seconds // interval.seconds
        match segment:
            case NoSamples():
                runs.append(Run(None, 0, count))
            case AlertSamples():
                runs.append(Run(1, 0, count))
            case ClockValues(ahead=ahead):
                elapsed = interval.seconds * sum(run.length for run in runs)
                elapsed += 0 if ahead is None else ahead.seconds
                runs.append(Run(elapsed, interval.seconds, count))
            case ConstantRate(per_minute=per_minute, value=observed):
                is_counted = observed is None or observed <= bound
                step = _in_seconds(per_minute, interval.seconds) if is_counted else 0
                runs.append(Run(value + step, step, count))
                value += step * count
            case RandomCounts(counted=counted):
                samples = 60 // interval.seconds
                for in_minute in counted:
                    step = _in_seconds(Fraction(in_minute), interval.seconds)
                    runs.append(Run(value + step, step, samples))
                    value += step * samples
    return [run for run in runs if run.length]


def _in_seconds(per_minute: Fraction, seconds: int) -> Exact:
    """The increase in some seconds of a counter; without arithmetic of fractions where it is an int."""
    increase, rest = divmod(per_minute.numerator * seconds, per_minute.denominator * 60)
    return per_minute * seconds / 60 if rest else increase


def summed(left: list[Run], right: list[Run]) -> list[Run]:
    """The sum of two series. The one that ends first keeps its last value."""
    lengths = [sum(run.length for run in runs) for runs in (left, right)]
    left, right = _extended(left, max(lengths) - lengths[0]), _extended(right, max(lengths) - lengths[1])
    result: list[Run] = []
    while left and right:
        (first, *left), (second, *right) = left, right
        count = min(first.length, second.length)
        is_missing = first.first is None or second.first is None
        start = None if first.first is None or second.first is None else first.first + second.first
        result.append(Run(start, 0 if is_missing else first.step + second.step, count))
        left = [first.after(count), *left] if first.length > count else left
        right = [second.after(count), *right] if second.length > count else right
    return result


def _extended(runs: list[Run], count: int) -> list[Run]:
    return [*runs, Run(runs[-1].at(runs[-1].length - 1), 0, count)] if count else runs


def notation(runs: Iterable[Run]) -> str:
    """Samples in promtool's short notation: `0+6x30` is 0, 6, … 180; `_x3` is three missing samples."""
    parts: list[str] = []
    sample: float | None = None
    exact: Exact = 0
    for missing, group in groupby(runs, key=lambda run: run.first is None):
        if missing:
            parts.append(f"_x{sum(run.length for run in group)}")
            continue
        for run in _longest(group):
            assert run.first is not None
            first = float(run.first) if sample is None or run.first < exact else max(sample, float(run.first))
            start = number_text(run.first) if first == float(run.first) else repr(first)
            parts.append(f"{start}{_signed(run.step)}x{run.length - 1}" if run.length > 1 else start)
            sample, exact = last_sample(first, run), run.first + run.step * (run.length - 1)
    return " ".join(parts)


def last_sample(first: float, run: Run) -> float:
    """promtool's last sample of a run that begins with `first`. It adds step by step, and the sum of fractions may be
    above the exact one: a next run that began below it would be a restart of the counter."""
    step = float(run.step)
    if step.is_integer():
        return first + step * (run.length - 1)
    return reduce(add, repeat(step, run.length - 1), first)


def _longest(runs: Iterable[Run]) -> Iterator[Run]:
    """The same samples in the longest runs, from the first sample on: 0, then 6, 12 are one run."""
    current: Run | None = None
    for run in runs:
        while run.length:
            if current is None:
                current, taken = run, run.length
            elif current.length == 1:
                assert run.first is not None
                assert current.first is not None
                current, taken = Run(current.first, run.first - current.first, 2), 1
            elif run.first == current.at(current.length):
                taken = run.length if run.step == current.step else 1
                current = current._replace(length=current.length + taken)
            else:
                yield current
                current, taken = None, 0
            if taken == run.length:
                break
            run = run.after(taken)
    if current is not None:
        yield current


def number_text(value: Exact | float) -> str:
    """A number as promtool reads it; whole ones in digits."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value.numerator) if value.denominator == 1 else repr(float(value))


def _signed(step: Exact) -> str:
    return f"+{number_text(step)}" if step >= 0 else f"-{number_text(-step)}"
