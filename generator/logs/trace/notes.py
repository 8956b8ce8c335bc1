"""What a reader of a flow must know: what is missing, what waited, and how far its times can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from generator.logs.trace.search import Searched
from generator.logs.trace.tree import SLACK, Flow, Kind, Step

SILENCE, SILENT_SHARE = 100.0, 0.2
"""A time without any step within a visit is worth a word from so many milliseconds on, if it is this share of it."""
ROUNDING = 2.0
"""Milliseconds by which two times of one step may differ and still say the same."""


def remarks(searched: Searched, flow: Flow) -> list[str]:
    """Remarks on a request's flow, in the order in which they matter."""
    return [
        *_mixed(searched),
        *_missing(flow),
        *_waits(flow),
        *_silences(flow.steps, flow.origin),
        *_clocks(flow),
        *_lines(searched),
    ]


def _mixed(searched: Searched) -> Iterator[str]:
    tenants = {line.tenant for line in searched.lines}
    if len(tenants) > 1:
        yield f"its lines name {len(tenants)} tenants: {', '.join(sorted(tenants)[:3])}; a request has one"


def _missing(flow: Flow) -> Iterator[str]:
    for visit in flow.visits:
        if visit.answer is None:
            yield f"{visit.service}: no answer is told; it was cut short, or its lines are in other files"
        if visit.arrival is None:
            yield f"{visit.service}: no arrival is told; its first line may be in another file"
    services = [visit.service for visit in flow.visits]
    for before, after in pairwise(flow.visits):
        if before.service == after.service and after.start < before.end and services.count(after.service) > 1:
            yield f"{after.service} was visited twice at one time: which line is of which visit is a guess"


def _waits(flow: Flow) -> Iterator[str]:
    busy = 0.0
    for step in flow.steps:
        if busy and step.start > busy:
            waited = f"{step.start - busy:,.0f} ms"
            yield f"{step.service} began {waited} after what came before: it waited in a queue, or lines are missing"
        busy = max(busy, step.end)


def _silences(steps: tuple[Step, ...], origin: float) -> Iterator[str]:
    for step in steps:
        if step.kind is Kind.VISIT:
            least, known = max(SILENCE, SILENT_SHARE * (step.end - step.start)), step.start
            for start, end in [*((inner.start, inner.end) for inner in step.steps), (step.end, step.end)]:
                if step.steps and start - known >= least:
                    told = f"{start - known:,.0f} ms, from {known - origin:,.0f} to {start - origin:,.0f} ms"
                    yield f"{step.service} tells of nothing for {told}"
                known = max(known, end)
        yield from _silences(step.steps, origin)


def _clocks(flow: Flow) -> Iterator[str]:
    for visit in flow.visits:
        if visit.arrival and visit.answer and visit.answer.latency is not None:
            apart = visit.answer.at - visit.arrival.at
            if abs(apart - visit.answer.latency) > ROUNDING:
                yield (
                    f"{visit.service} says it took {visit.answer.latency:,.0f} ms, and its lines lie {apart:,.0f} ms "
                    "apart: its clock was set, or lines of two visits are mixed"
                )
    yield from _skews(flow.steps)
    if any(visit.start == visit.end and visit.answer for visit in flow.visits):
        yield "0 ms means no I/O, not no work: a Worker's clock stands still between I/O"


def _skews(steps: tuple[Step, ...]) -> Iterator[str]:
    for step in steps:
        for inner in step.steps:
            beyond = max(step.start - inner.start, 0.0) + max(inner.end - step.end, 0.0)
            if step.kind is Kind.CALL and ROUNDING < beyond <= 2 * SLACK:
                yield f"{inner.service} lies {beyond:,.0f} ms outside of the call that led to it: two clocks differ"
        yield from _skews(step.steps)


def _lines(searched: Searched) -> Iterator[str]:
    counts = searched.counts
    if late := _out_of_order(searched):
        yield f"{late:,} lines stood out of order; they are drawn by their times"
    if counts.repeated:
        yield f"{counts.repeated:,} lines stand in several files, sign by sign; each is drawn once"
    if counts.unreadable:
        yield f"{counts.unreadable:,} lines name this request, and are cut or do not say when"
    if counts.left_out:
        yield f"{counts.left_out:,} lines more are not drawn: {len(searched.lines):,} are the most"


def _out_of_order(searched: Searched) -> int:
    """How many lines were written before the one that precedes them in their file and of their service."""
    newest: dict[tuple[str, str], float] = {}
    late = 0
    for line in searched.lines:
        key = (line.place.rpartition(":")[0], line.service)
        late += line.at < newest.get(key, line.at)
        newest[key] = max(newest.get(key, line.at), line.at)
    return late
