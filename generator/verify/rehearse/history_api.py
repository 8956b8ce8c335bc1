"""The history of a server: range queries one at a time, with a pause after each, and what they cost the server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from generator.errors import BuildError, Problem
from generator.frozen import frozen
from generator.verify.json_api import JsonApi

MAX_POINTS = 11_000
"""The points of a series that Prometheus returns at most."""
Labels = tuple[tuple[str, str], ...]


@frozen
class RangeSeries:
    """A series of a result: its labels, and its samples as pairs of a time in ms since 1970 and the text of a value."""

    labels: Mapping[str, str]
    samples: Sequence[tuple[int, str]]

    @property
    def times(self) -> tuple[int, ...]:
        """The times of its samples."""
        return tuple(time for time, _ in self.samples)


@frozen
class RangeAnswer:
    """The result of a range query; the samples that the server read and those that it held at once are None where it
    does not say. `seconds` is how long it took."""

    series: tuple[RangeSeries, ...]
    samples: int | None
    peak: int | None
    seconds: float


@frozen
class Times:
    """The times at which a rule is evaluated, in ms since 1970: `first`, and every `interval` until `last`."""

    first: int
    last: int
    interval: int

    @property
    def count(self) -> int:
        """Their number."""
        return max(0, (self.last - self.first) // self.interval + 1)

    def chunks(self, points: int) -> Iterator[Times]:
        """Parts of at most so many times, in their order."""
        for first in range(self.first, self.last + 1, points * self.interval):
            yield Times(first, min(first + (points - 1) * self.interval, self.last), self.interval)


def times_between(start: float, end: float, interval: float, phase: float) -> Times:
    """The times from `start` to `end` at which a rule is evaluated that was evaluated at `phase`, all in seconds."""
    step, first = round(interval * 1000), round(start * 1000)
    first += (round(phase * 1000) - first) % step
    last = round(end * 1000)
    return Times(first, last - (last - first) % step, step)


class HistoryApi:
    """The read endpoints of a Prometheus-compatible API. One request is sent at a time; `pause` is in seconds."""

    def __init__(self, api: JsonApi, pause: float = 0, wait: Callable[[float], None] = time.sleep) -> None:
        self.api = api
        self.pause = pause
        self.wait = wait
        self.requests = 0
        self.samples = 0
        self.seconds = 0.0

    def range(self, expression: str, times: Times) -> RangeAnswer:
        """Evaluate an expression at these times. Raises `BuildError` where the server rejects it."""
        parameters = {"start": _seconds(times.first), "end": _seconds(times.last), "step": _seconds(times.interval)}
        data, seconds = self._query("query_range", query=expression, **parameters)
        series = tuple(_series(each) for each in data["result"])
        samples = (data.get("stats") or {}).get("samples") or {}
        self.samples += samples.get("totalQueryableSamples") or 0
        return RangeAnswer(series, samples.get("totalQueryableSamples"), samples.get("peakSamples"), seconds)

    def stored(self, selector: str, after: int, until: int) -> list[RangeSeries]:
        """The samples as the server stored them, after a time until another, in ms since 1970."""
        data, _ = self._query("query", query=f"{selector}[{until - after}ms]", time=_seconds(until))
        read = (data.get("stats") or {}).get("samples") or {}
        self.samples += read.get("totalQueryableSamples") or 0
        # Some servers include the start of a window.
        series = (_series(each) for each in data["result"])
        parts = (RangeSeries(each.labels, [sample for sample in each.samples if sample[0] > after]) for each in series)
        return [each for each in parts if each.samples]

    def values(self, expression: str, at: float) -> list[float]:
        """The values of an expression at a time in seconds since 1970."""
        data, _ = self._query("query", query=expression, time=f"{at:.3f}")
        return [float(each["value"][1]) for each in data["result"]]

    def _query(self, endpoint: str, **parameters: str) -> tuple[Any, float]:
        started = time.monotonic()
        # VictoriaMetrics aligns the times of a query to its step, unless it must not use its cache.
        answer = self.api.query(f"/api/v1/{endpoint}", **parameters, stats="1", nocache="1")
        seconds = time.monotonic() - started
        self.requests += 1
        self.seconds += seconds
        if self.pause:
            self.wait(self.pause)
        try:
            data = answer.data["data"]
            data["result"]
        except (TypeError, LookupError):
            raise BuildError(
                [Problem(self.api.url, "its answer has an unknown form", self.api.names.not_this)]
            ) from None
        return data, seconds


def _series(data: Mapping[str, Any]) -> RangeSeries:
    labels = {name: value for name, value in data["metric"].items() if name != "__name__"}
    return RangeSeries(labels, tuple((round(float(at) * 1000), value) for at, value in data.get("values", ())))


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1000:.3f}"
