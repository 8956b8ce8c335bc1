"""Aligns clocks: moves a server span into the call that contains it, where their clocks differ by more than 20 ms."""

from __future__ import annotations

from collections.abc import Sequence

from generator.frozen import frozen
from generator.logs.trace.lines import LogLine
from generator.logs.trace.parents import CLOCK_SKEW_MS, Parents, outside
from generator.logs.trace.server_spans import ServerSpan


@frozen
class AlignedClock:
    """A server span whose times were moved, by so many milliseconds, into a call."""

    service: str
    offset: float
    caller: str
    call: str


def align_clocks(servers: Sequence[ServerSpan], parents: Parents) -> tuple[list[ServerSpan], dict[int, AlignedClock]]:
    """Return the server spans with aligned times, and by their indexes what was moved into a call.

    The clock of the request's first caller counts. A span that is moved is in the middle of its call, because the time
    on the way there and back is not known. A span that was on the clock of a caller that was moved is moved with it.
    What a queue delivers is after its call, so its clock cannot be compared, and it is not moved.
    """
    aligned = list(servers)
    offsets = [0.0] * len(servers)
    clocks: dict[int, AlignedClock] = {}
    for index in _callers_first(len(servers), parents):
        parent = parents.get(index)
        if parent is None or servers[index].is_delivered:
            continue
        caller = aligned[parent.server]
        call = caller.inner_lines[parent.call] if parent.call is not None else None
        if call is None:
            offset = offsets[parent.server]
        else:
            tried = [each for each in (0.0, offsets[parent.server]) if _fits(servers[index].moved(each), call)]
            middle = (call.start + call.time - servers[index].start - servers[index].end) / 2
            offset = tried[0] if tried else middle
            if not tried:
                clocks[index] = AlignedClock(servers[index].service, offset, caller.service, call.message)
        aligned[index], offsets[index] = servers[index].moved(offset), offset
    return aligned, clocks


def _fits(server: ServerSpan, call: LogLine) -> bool:
    return outside(server, call.start, call.time) <= CLOCK_SKEW_MS


def _callers_first(count: int, parents: Parents) -> list[int]:
    """Return the indexes of server spans so that each comes after its caller."""
    ordered: list[int] = []
    waiting = [index for index in range(count) if index not in parents]
    while waiting:
        index = waiting.pop()
        ordered.append(index)
        waiting += [child for child, parent in parents.items() if parent.server == index]
    return ordered
