"""Finds what contains each server span: the server span of the caller, and in it the call.

Span ids decide where lines have them. Else a server span belongs to the call that it fits best, within 20 ms of clock
skew; and one that fits none, because the clock of its machine differs by more, to the call that is just long enough for
it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from generator.logs.trace.lines import LogLine
from generator.logs.trace.server_spans import ServerSpan

CLOCK_SKEW_MS = 20.0
"""How far a server span may exceed the call that contains it, because the clocks of two machines differ; beyond that,
its times are moved."""
MAX_CLOCK_OFFSET_MS = 3_600_000.0
"""By how much the clocks of two machines may differ: an hour."""
ROUNDING_MS = 2.0
"""By how many milliseconds two equal times may differ because of rounding."""
MAX_DEPTH = 32
"""Cloudflare lets a request pass through at most 32 Workers; deeper server spans are forged and not nested."""
MAX_EXCESS_FRACTION = 0.5
"""By which part of its duration a call may be longer than a server span that is moved into it from elsewhere in the
same caller."""
STORES_WITHOUT_SERVICES = ("vectorize", "kv", "d1", "r2", "queues")


class Parent(NamedTuple):
    """The index of the server span that contains another one, and of the inner line that is the call, if it is
    known."""

    server: int
    call: int | None


Call: TypeAlias = tuple[Parent, LogLine]
"""A call, as the parent that it would be, and its line."""
Parents: TypeAlias = dict[int, Parent]
"""By the index of a server span."""


def may_invoke_service(call: LogLine) -> bool:
    """Return whether a call can invoke a service of the platform for the same request: not a model, not a store without
    code of its own, and not a host, which gets no origin."""
    metadata = call.metadata
    is_outside = metadata.get("model") or metadata.get("http_host") or metadata.get("store") in STORES_WITHOUT_SERVICES
    return call.step == "call" and not is_outside


def outside(server: ServerSpan, start: float, end: float) -> float:
    """Return by how many milliseconds a server span exceeds the time from `start` to `end`."""
    return max(0.0, start - server.start) + max(0.0, server.end - end)


def find_parents(servers: Sequence[ServerSpan]) -> Parents:
    """Return the parents of server spans, which are in order of start."""
    calls = [
        (Parent(index, call), line)
        for index, server in enumerate(servers)
        for call, line in enumerate(server.inner_lines)
        if may_invoke_service(line)
    ]
    parents: Parents = {}
    for index, server in enumerate(servers):
        _set(parents, index, _parent_by_id(server, servers, _free(calls, parents)))
    for index, server in enumerate(servers):
        if index not in parents:
            earlier = [(parent, line) for parent, line in _free(calls, parents) if parent.server < index]
            _set(parents, index, _call_by_time(server, earlier))
    for index, parent in _calls_by_duration(servers, parents, _free(calls, parents)):
        if index not in parents and parent not in parents.values():
            _set(parents, index, parent)
    for index, server in enumerate(servers):
        if index not in parents:
            _set(parents, index, _containing(server, servers[:index]))
    return parents


def _free(calls: Sequence[Call], parents: Parents) -> list[Call]:
    """Return the calls that contain no server span yet."""
    used = set(parents.values())
    return [(parent, line) for parent, line in calls if parent not in used]


def _set(parents: Parents, index: int, parent: Parent | None) -> None:
    """Set a parent, unless the span would contain itself or be nested too deeply."""
    if parent is None:
        return
    ancestors = list(_ancestors(parent.server, parents))
    if index not in ancestors and len(ancestors) <= MAX_DEPTH:
        parents[index] = parent


def _ancestors(index: int, parents: Parents) -> Iterator[int]:
    """Yield a server span and those that contain it."""
    current: int | None = index
    while current is not None:
        yield current
        parent = parents.get(current)
        current = parent.server if parent else None


def _parent_by_id(server: ServerSpan, servers: Sequence[ServerSpan], calls: Sequence[Call]) -> Parent | None:
    """Return the call or the server span whose id is that of the span's parent."""
    parent_id = server.parent_span_id
    if not parent_id:
        return None
    for index, other in enumerate(servers):
        if other is not server and other.span_id == parent_id:
            own = [] if server.is_delivered else [(parent, line) for parent, line in calls if parent.server == index]
            return _longer_call(server, own) or Parent(index, None)
    for index, other in enumerate(servers):
        for call, line in enumerate(other.inner_lines):
            if other is not server and line.step == "call" and line.span_id == parent_id:
                return Parent(index, call)
    return None


def _longer_call(server: ServerSpan, calls: Sequence[Call]) -> Parent | None:
    """Return the call that a server span fits best, at any time, if one is long enough."""
    fits = [
        (outside(server, line.start, line.time), line.time - line.start, parent)
        for parent, line in calls
        if _duration(server) <= line.time - line.start + ROUNDING_MS
    ]
    return min(fits)[2] if fits else None


def _call_by_time(server: ServerSpan, calls: Sequence[Call]) -> Parent | None:
    """Return the call that a server span fits best, if it exceeds it by at most CLOCK_SKEW_MS."""
    fits = [
        (outside(server, line.start, line.time), line.time - line.start, parent)
        for parent, line in calls
        if server.start <= line.time
    ]
    best = min(fits, default=None)
    return best[2] if best and best[0] <= CLOCK_SKEW_MS else None


def _calls_by_duration(
    servers: Sequence[ServerSpan], parents: Parents, calls: Sequence[Call]
) -> list[tuple[int, Parent]]:
    """Return the calls that could contain a server span if its clock were another one, the closest in duration first.

    A queue delivers later, so its server spans need no call. The first server span is taken for the request's own
    unless a call of one that no queue delivered contains it. One that its caller contains without a call needs a call
    of about its own duration: the line of its own call may be missing.
    """
    fits = []
    for index, server in enumerate(servers):
        if index in parents or server.is_delivered or server.answer is None:
            continue
        is_contained = _containing(server, servers[:index]) is not None
        for parent, line in calls:
            caller, duration = servers[parent.server], line.time - line.start
            excess, offset = duration - _duration(server), abs(line.start - server.start)
            if caller is server or (index == 0 and caller.is_delivered):
                continue
            largest = max(CLOCK_SKEW_MS, MAX_EXCESS_FRACTION * duration) if is_contained else duration
            if -ROUNDING_MS <= excess <= largest and offset <= MAX_CLOCK_OFFSET_MS:
                fits.append((excess, offset, index, parent))
    return [(index, parent) for _, _, index, parent in sorted(fits)]


def _containing(server: ServerSpan, earlier: Sequence[ServerSpan]) -> Parent | None:
    """Return the innermost server span that contains another one."""
    containing = [index for index, other in enumerate(earlier) if outside(server, other.start, other.end) == 0]
    return Parent(containing[-1], None) if containing else None


def _duration(server: ServerSpan) -> float:
    return server.end - server.start
