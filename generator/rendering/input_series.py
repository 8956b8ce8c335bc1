"""Flows of a story as promtool's input series: samples worked out exactly, then written in its short notation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import groupby
from typing import TypeAlias

from generator.dsl.alert_test import Flow, Restart, Silence, Stretch, Ticking
from generator.dsl.metric import Histogram
from generator.dsl.units import Duration
from generator.rendering.promql import quoted

Exact: TypeAlias = int | Fraction
Samples: TypeAlias = list[Exact | None]
INFINITE = float("inf")


def input_series(flows: Iterable[Flow], every: Duration) -> dict[str, str]:
    """The values of each series in promtool's notation, by the series' text. Flows of one series add up."""
    samples: dict[str, Samples] = {}
    for flow in flows:
        for text, mine in _series(flow, every):
            samples[text] = _added(samples[text], mine) if text in samples else mine
    return {text: notation(values) for text, values in sorted(samples.items())}


def _series(flow: Flow, every: Duration) -> Iterable[tuple[str, Samples]]:
    if not isinstance(flow.metric, Histogram):
        yield series_text(flow.metric.name, flow.labels), samples_of(flow, every, INFINITE)
        return
    # Only buckets: no rule reads a histogram's sum or count, and promtool pays for every series.
    for bound in (*flow.metric.buckets, INFINITE):
        le = "+Inf" if bound == INFINITE else f"{bound}"
        yield series_text(f"{flow.metric.name}_bucket", {**flow.labels, "le": le}), samples_of(flow, every, bound)


def series_text(name: str, labels: Mapping[str, str]) -> str:
    """A series as promtool reads it."""
    return f"{name}{{{','.join(f'{label}={quoted(value)}' for label, value in sorted(labels.items()))}}}"


def samples_of(flow: Flow, every: Duration, bound: float) -> Samples:
    """What a counter has counted at each sample, from 0 at the start; of a histogram, what is at most `bound`. A flow
    that begins with silence is not there at the start."""
    samples: Samples = [None if isinstance(flow.acts[0], Silence) else 0]
    value: Exact = 0
    for act in flow.acts:
        match act:
            case Restart():
                value = 0
            case Silence(lasting=lasting):
                samples += [None] * int(lasting / every)
            case Ticking(lasting=lasting):
                first = len(samples)
                samples += [every.seconds * number for number in range(first, first + int(lasting / every))]
            case Stretch(per_minute=per_minute, lasting=lasting, value=size):
                counts = size is None or size <= bound
                step = whole(per_minute * every.seconds / 60) if counts else 0
                count = int(lasting / every)
                samples += [value + step * number for number in range(1, count + 1)]
                value += step * count
    return samples


def whole(value: Fraction) -> Exact:
    """The number as an int where it is one: stories hold hundreds of thousands of samples, and ints add much faster."""
    return value.numerator if value.denominator == 1 else value


def _added(one: Samples, other: Samples) -> Samples:
    longest = max(len(one), len(other))

    def at(samples: Samples, index: int) -> Exact | None:
        return samples[index] if index < len(samples) else samples[-1]

    pairs = ((at(one, index), at(other, index)) for index in range(longest))
    return [None if left is None or right is None else left + right for left, right in pairs]


def notation(samples: Samples) -> str:
    """Samples in promtool's short notation: `0+6x30` is 0, 6, … 180; `_x3` is three missing ones."""
    parts: list[str] = []
    for missing, run in groupby(samples, key=lambda sample: sample is None):
        values = list(run)
        if missing:
            parts.append(f"_x{len(values)}")
        else:
            parts += _rising([value for value in values if value is not None])
    return " ".join(parts)


def _rising(values: list[Exact]) -> list[str]:
    parts: list[str] = []
    start = 0
    while start < len(values):
        end = start + 1
        step = values[end] - values[start] if end < len(values) else 0
        while end < len(values) and values[end] - values[end - 1] == step:
            end += 1
        repeats = end - start - 1
        parts.append(f"{_plain(values[start])}{_signed(step)}x{repeats}" if repeats else _plain(values[start]))
        start = end
    return parts


def _plain(value: Exact) -> str:
    return str(value.numerator) if value.denominator == 1 else repr(float(value))


def _signed(step: Exact) -> str:
    return f"+{_plain(step)}" if step >= 0 else f"-{_plain(-step)}"
