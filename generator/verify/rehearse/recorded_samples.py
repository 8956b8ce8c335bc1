"""The samples that a recording rule writes: its results, and a staleness marker where a series ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from generator.verify.rehearse.history_api import Labels, RangeSeries, Times
from generator.verify.replay.remote_write import Samples


class RecordedSamples:
    """What a rule records as `name`, with the labels of its own. `before` are the series that are active before its
    first evaluation. Memory grows with the series that are active."""

    def __init__(self, name: str, labels: Mapping[str, str], before: Iterable[RangeSeries] = ()) -> None:
        self.name = name
        self.labels = labels
        self.active = {self._labels(each) for each in before}

    def of_chunk(self, series: Iterable[RangeSeries], times: Times) -> Iterator[tuple[Mapping[str, str], Samples]]:
        """Yield the samples of the rule's results at the times of a chunk; chunks are given in their order."""
        before, self.active = self.active, set()
        for each in series:
            labels = self._labels(each)
            was_active = labels in before
            before.discard(labels)
            if each.times and each.times[-1] == times.last:
                self.active.add(labels)
            yield dict(labels), [*_with_ends(each, times, was_active)]
        yield from ((dict(labels), [(times.first, None)]) for labels in sorted(before))

    def _labels(self, series: RangeSeries) -> Labels:
        values = {**series.labels, **self.labels, "__name__": self.name}
        return tuple(sorted((name, value) for name, value in values.items() if value))


def _with_ends(series: RangeSeries, times: Times, was_active: bool) -> Iterator[tuple[int, float | None]]:
    expected = times.first
    for time, value in series.samples:
        if time > expected and (was_active or expected > times.first):
            yield expected, None
        was_active = True
        yield time, float(value)
        expected = time + times.interval
    if series.samples and expected <= times.last:
        yield expected, None
