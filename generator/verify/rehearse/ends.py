"""Which recorded series have ended before a rehearsal: an answer of a server has no staleness markers, and a rule
writes one at its first evaluation without a result."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from generator.verify.rehearse.history_api import Labels
from generator.verify.replay.remote_write import Samples
from generator.verify.replay.stages import ReplayRule


def with_ends(
    series: Iterable[tuple[Mapping[str, str], Samples]],
    rules: Sequence[ReplayRule],
    recorded: Collection[str],
    until: int,
) -> Iterator[tuple[Mapping[str, str], Samples]]:
    """Yield samples, and then a marker for each series of the names `recorded` that has ended: an interval after its
    last sample, where that is before a time in ms since 1970, from which on evaluations decide.

    A gap before is no end: the samples may have been recorded by a rule with a longer interval, or written later.
    """
    intervals: dict[str, int] = {}
    for rule in rules:
        if rule.series in recorded:
            intervals[rule.series] = max(intervals.get(rule.series, 0), round(rule.interval * 1000))
    last: dict[Labels, tuple[int, int]] = {}
    for labels, samples in series:
        yield labels, samples
        if labels["__name__"] in intervals:
            key = tuple(sorted(labels.items()))
            for time, _ in samples[-2:]:
                last[key] = last.get(key, (time, time))[1], time
    for key, (before, time) in last.items():
        labels = dict(key)
        end = time + max(intervals[labels["__name__"]], time - before)
        if end < until:
            yield labels, [(end, None)]
