"""Input series of native histograms with custom buckets, in promtool's notation.

A histogram's samples are those of its classic buckets: what is above the bucket before, for each bound. Runs of all
buckets change at the same samples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from generator.dsl.alert_test import InputSeries
from generator.dsl.metrics import Histogram
from generator.dsl.units import Duration
from generator.rendering.input_series import (
    INFINITY,
    Exact,
    Run,
    StoredName,
    last_sample,
    number_text,
    runs_of,
    series_text,
    summed,
)

CUSTOM_BUCKETS = -53
"""The schema of native histograms whose buckets have bounds of their own."""


def native_samples(
    series: Iterable[InputSeries], interval: Duration, stored_name: StoredName, identity: Mapping[str, str]
) -> dict[str, str]:
    """The samples of each histogram, by its series' text. Input series of one series add up."""
    bounds_of: dict[str, tuple[int | float, ...]] = {}
    runs: dict[str, list[list[Run]]] = {}
    for each in series:
        if not isinstance(each.metric, Histogram):
            continue
        text = series_text(stored_name(each.metric.name, False), {**identity, **each.labels})
        own = [runs_of(each, interval, bound) for bound in (*each.metric.buckets, INFINITY)]
        runs[text] = [summed(*pair) for pair in zip(runs[text], own, strict=True)] if text in runs else own
        bounds_of[text] = each.metric.buckets
    return {text: _notation(own, bounds_of[text]) for text, own in runs.items()}


def _notation(cumulative: Sequence[Sequence[Run]], bounds: Sequence[int | float]) -> str:
    """The samples of a histogram of which so many observations are up to each bound, and in all."""
    parts: list[str] = []
    samples: list[float] = []
    exact: list[Exact] = []
    for runs in zip(*cumulative, strict=True):
        length = runs[0].length
        if runs[0].first is None:
            parts.append(f"_x{length}")
            continue
        starts, steps = [run.first or 0 for run in runs], [run.step for run in runs]
        firsts, own_steps = [*_own(starts), starts[-1]], [*_own(steps), steps[-1]]
        restarts = bool(exact) and any(new < old for new, old in zip(firsts, exact, strict=True))
        # promtool adds step by step: a next run that began below the sum of fractions would be a restart.
        shown = [float(first) for first in firsts]
        if samples and not restarts:
            shown = [max(pair) for pair in zip(shown, samples, strict=True)]
        repeated = f"+{_histogram(own_steps, bounds)}x{length - 1}" if length > 1 else ""
        parts.append(_histogram(shown, bounds) + repeated)
        samples = [
            last_sample(first, Run(first_exact, step, length))
            for first, first_exact, step in zip(shown, firsts, own_steps, strict=True)
        ]
        exact = [first + step * (length - 1) for first, step in zip(firsts, own_steps, strict=True)]
    return " ".join(parts)


def _own(cumulative: Sequence[Exact]) -> Iterator[Exact]:
    """The part of each bucket, of the observations up to each bound."""
    yield cumulative[0]
    yield from (higher - lower for lower, higher in pairwise(cumulative))


def _histogram(values: Sequence[Exact | float], bounds: Sequence[int | float]) -> str:
    """A histogram with these observations in its buckets; the last value is the number of all."""
    *buckets, count = (number_text(value) for value in values)
    custom = " ".join(f"{bound:g}" for bound in bounds)
    return f"{{{{schema:{CUSTOM_BUCKETS} count:{count} custom_values:[{custom}] buckets:[{' '.join(buckets)}]}}}}"
