"""Notes on a trace: missing lines, waits, and how far its times can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from generator.logs.trace.parents import CLOCK_SKEW_MS, ROUNDING_MS
from generator.logs.trace.search import SearchResult
from generator.logs.trace.spans import Span, SpanKind, Trace

MIN_GAP_MS, MIN_GAP_FRACTION = 100.0, 0.2
"""A gap without a child span is noted if it is this long and at least this fraction of its server span."""


def notes(result: SearchResult, trace: Trace) -> list[str]:
    """Return notes on a trace, the most important first."""
    return [
        *_mixed_tenants(result),
        *_missing_lines(trace),
        *_waits(trace),
        *_delays(trace.spans),
        *_gaps(trace.spans, trace.origin),
        *_clocks(trace),
        *_lines(result),
    ]


def _mixed_tenants(result: SearchResult) -> Iterator[str]:
    tenants = {line.tenant for line in result.lines}
    if len(tenants) > 1:
        yield f"the lines name {len(tenants)} tenants instead of one: {', '.join(sorted(tenants)[:3])}"


def _missing_lines(trace: Trace) -> Iterator[str]:
    for server in trace.server_spans:
        if server.is_visit:
            continue
        if server.answer is None:
            yield f"{server.service}: no answer line; the invocation was cut off, or the line is in another file"
        if server.arrival is None:
            yield f"{server.service}: no arrival line; it may be in another file"
    for before, after in pairwise(trace.server_spans):
        has_ids = before.span_id and after.span_id
        if before.service == after.service and after.start < before.end and not has_ids:
            yield f"{after.service}: two server spans overlap; which line belongs to which is a guess"


def _waits(trace: Trace) -> Iterator[str]:
    busy_until = 0.0
    for span in trace.spans:
        if busy_until and span.start > busy_until:
            wait = f"{span.start - busy_until:,.0f} ms"
            yield f"{span.service} started {wait} after the previous span: a queue delayed it, or lines are missing"
        busy_until = max(busy_until, span.end)


def _delays(spans: tuple[Span, ...]) -> Iterator[str]:
    for span in spans:
        for child in span.children:
            if child.is_delivered and child.start - span.end >= MIN_GAP_MS:
                yield f"{child.service} started {child.start - span.end:,.0f} ms after it was sent: a queue delayed it"
        yield from _delays(span.children)


def _gaps(spans: tuple[Span, ...], origin: float) -> Iterator[str]:
    for span in spans:
        if span.kind is SpanKind.SERVER:
            min_gap, covered = max(MIN_GAP_MS, MIN_GAP_FRACTION * (span.end - span.start)), span.start
            for start, end in [*((child.start, child.end) for child in span.children), (span.end, span.end)]:
                if span.children and start - covered >= min_gap:
                    position = f"from {covered - origin:,.0f} to {start - origin:,.0f} ms"
                    yield f"{span.service} logged nothing for {start - covered:,.0f} ms, {position}"
                covered = max(covered, end)
        yield from _gaps(span.children, origin)


def _clocks(trace: Trace) -> Iterator[str]:
    for server in trace.server_spans:
        if server.arrival and server.answer and server.answer.latency is not None:
            elapsed = server.answer.time - server.arrival.time
            if abs(elapsed - server.answer.latency) > ROUNDING_MS:
                yield (
                    f"{server.service} logged a latency of {server.answer.latency:,.0f} ms, but its arrival and answer "
                    f"are {elapsed:,.0f} ms apart: its clock was adjusted, or lines of two server spans are mixed"
                )
    for clock in trace.aligned_clocks:
        moved = f"{abs(clock.offset):,.0f} ms {'later' if clock.offset > 0 else 'earlier'}"
        yield (
            f"{clock.service} is shown {moved} than its lines say, within the call that contains it "
            f'("{clock.call}" of {clock.caller}): their clocks differ'
        )
    yield from _clock_skews(trace.spans)
    if any(server.start == server.end and server.answer for server in trace.server_spans):
        yield "0 ms means no I/O, not no CPU time: a Worker's clock advances only at I/O"


def _clock_skews(spans: tuple[Span, ...]) -> Iterator[str]:
    for span in spans:
        for child in span.children:
            excess = max(span.start - child.start, 0.0) + max(child.end - span.end, 0.0)
            if span.kind is SpanKind.CLIENT and not child.is_delivered and ROUNDING_MS < excess <= 2 * CLOCK_SKEW_MS:
                yield f"{child.service} exceeds the call that invoked it by {excess:,.0f} ms: two clocks differ"
        yield from _clock_skews(span.children)


def _lines(result: SearchResult) -> Iterator[str]:
    counts = result.counts
    if out_of_order := _out_of_order(result):
        yield f"out of order: {_plural(out_of_order)}; the trace is ordered by time"
    if counts.duplicates:
        yield f"doubled: {_plural(counts.duplicates)}; each is shown once"
    if malformed := sum(line.has_malformed_latency for line in result.lines):
        yield f"a latency_ms that is no number of milliseconds: {_plural(malformed)}; shown without a duration"
    if counts.damaged:
        files = "1 file" if counts.damaged == 1 else f"{counts.damaged:,} files"
        yield f"damaged: {files}; only the lines before the damage were searched"
    if counts.unreadable:
        yield f"truncated or without a timestamp: {_plural(counts.unreadable)} with this request id"
    if counts.omitted:
        yield f"not shown: {_plural(counts.omitted)} beyond the maximum of {len(result.lines):,}"


def _plural(count: int) -> str:
    return f"{count:,} {'line' if count == 1 else 'lines'}"


def _out_of_order(result: SearchResult) -> int:
    """Return how many lines are older than an earlier line of the same service in the same file."""
    newest: dict[tuple[str, str], float] = {}
    count = 0
    for line in result.lines:
        source = (line.location.rpartition(":")[0], line.service)
        count += line.time < newest.get(source, line.time)
        newest[source] = max(newest.get(source, line.time), line.time)
    return count
