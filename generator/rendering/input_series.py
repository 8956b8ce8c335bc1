"""Input series in promtool's notation: samples are computed exactly, then written in the short form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import groupby
from typing import TypeAlias

from generator.dsl.alert_test import ClockValues, ConstantRate, InputSeries, NoSamples, Restart
from generator.dsl.metrics import Histogram
from generator.dsl.units import Duration
from generator.rendering.promql import quoted

Exact: TypeAlias = int | Fraction
Samples: TypeAlias = list[Exact | None]
INFINITY = float("inf")


def samples_by_series(series: Iterable[InputSeries], interval: Duration) -> dict[str, str]:
    """The samples of each series in promtool's notation, by the series' text. Input series of one series add up."""
    samples: dict[str, Samples] = {}
    for each in series:
        for text, own in _stored_series(each, interval):
            samples[text] = _sum(samples[text], own) if text in samples else own
    return {text: notation(values) for text, values in sorted(samples.items())}


def _stored_series(series: InputSeries, interval: Duration) -> Iterator[tuple[str, Samples]]:
    name, labels = series.metric.name, series.labels
    if not isinstance(series.metric, Histogram):
        yield series_text(name, labels), samples_of(series, interval, INFINITY)
        return
    # Only buckets: no rule reads a histogram's sum or count, and promtool's time grows with the number of series.
    for bound in (*series.metric.buckets, INFINITY):
        le = "+Inf" if bound == INFINITY else f"{bound}"
        yield series_text(f"{name}_bucket", {**labels, "le": le}), samples_of(series, interval, bound)


def series_text(name: str, labels: Mapping[str, str]) -> str:
    """A series as promtool parses it."""
    return f"{name}{{{','.join(f'{label}={quoted(value)}' for label, value in sorted(labels.items()))}}}"


def samples_of(series: InputSeries, interval: Duration, bound: float) -> Samples:
    """A counter's value at each sample, starting with 0; of a histogram, the count of observations up to `bound`. A
    series that begins without samples has none at the start.
    """
    samples: Samples = [None if isinstance(series.segments[0], NoSamples) else 0]
    value: Exact = 0
    for segment in series.segments:
        match segment:
            case Restart():
                value = 0
            case NoSamples(duration=duration):
                samples += [None] * int(duration / interval)
            case ClockValues(duration=duration):
                first = len(samples)
                samples += [interval.seconds * index for index in range(first, first + int(duration / interval))]
            case ConstantRate(per_minute=per_minute, duration=duration, value=observed):
                is_counted = observed is None or observed <= bound
                step = exact_int(per_minute * interval.seconds / 60) if is_counted else 0
                count = int(duration / interval)
                samples += [value + step * index for index in range(1, count + 1)]
                value += step * count
    return samples


def exact_int(value: Fraction) -> Exact:
    """The number as an int where it is one: tests hold hundreds of thousands of samples, and ints add much faster."""
    return value.numerator if value.denominator == 1 else value


def _sum(first: Samples, second: Samples) -> Samples:
    length = max(len(first), len(second))

    def at(samples: Samples, index: int) -> Exact | None:
        return samples[index] if index < len(samples) else samples[-1]

    pairs = ((at(first, index), at(second, index)) for index in range(length))
    return [None if left is None or right is None else left + right for left, right in pairs]


def notation(samples: Samples) -> str:
    """Samples in promtool's short notation: `0+6x30` is 0, 6, … 180; `_x3` is three missing samples."""
    parts: list[str] = []
    for missing, run in groupby(samples, key=lambda sample: sample is None):
        values = list(run)
        if missing:
            parts.append(f"_x{len(values)}")
        else:
            parts += _arithmetic_runs([value for value in values if value is not None])
    return " ".join(parts)


def _arithmetic_runs(values: list[Exact]) -> list[str]:
    parts: list[str] = []
    start = 0
    while start < len(values):
        end = start + 1
        step = values[end] - values[start] if end < len(values) else 0
        while end < len(values) and values[end] - values[end - 1] == step:
            end += 1
        repeats = end - start - 1
        parts.append(f"{_number(values[start])}{_signed(step)}x{repeats}" if repeats else _number(values[start]))
        start = end
    return parts


def _number(value: Exact) -> str:
    return str(value.numerator) if value.denominator == 1 else repr(float(value))


def _signed(step: Exact) -> str:
    return f"+{_number(step)}" if step >= 0 else f"-{_number(-step)}"
