"""The time axis: milliseconds to a share of the width. Idle times are drawn short, or a queue would hide all else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator.logs.trace.tree import Step

IDLE = 0.25
"""An idle time longer than this share of the busy time is drawn short."""
SHORT = 0.05
"""How long it is drawn, as a share of the busy time."""


@dataclass(frozen=True)
class Scale:
    """Busy spans (start and end in milliseconds) and, for each, how many drawn milliseconds lie before it."""

    spans: tuple[tuple[float, float, float], ...]

    def at(self, time: float) -> float:
        """Where a time is drawn: a share of the width, from 0 to 1; one within a shortened idle time, at its end."""
        _, end, before = self.spans[-1]
        whole = before + end - self.spans[-1][0]
        for start, stop, before in self.spans:
            if time <= stop:
                return (before + max(time - start, 0.0)) / whole if whole else 0.0
        return 1.0


def scale(steps: Iterable[Step]) -> Scale:
    """The axis on which steps and all that lies in them have a place."""
    times = sorted(_extent(step) for step in steps)
    busy = sum(end - start for start, end in _joined(times, 0.0))
    spans: list[tuple[float, float, float]] = []
    drawn = 0.0
    for start, end in _joined(times, IDLE * busy):
        spans.append((start, end, drawn))
        drawn += end - start + SHORT * busy
    return Scale(tuple(spans))


def _extent(step: Step) -> tuple[float, float]:
    inner = [_extent(one) for one in step.steps]
    return min([step.start, *(start for start, _ in inner)]), max([step.end, *(end for _, end in inner)])


def _joined(times: Iterable[tuple[float, float]], idle: float) -> list[tuple[float, float]]:
    """Spans in their order; those with no more than `idle` between them are one."""
    joined: list[tuple[float, float]] = []
    for start, end in times:
        if joined and start - joined[-1][1] <= idle:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
