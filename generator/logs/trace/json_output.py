"""A trace as JSON data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from generator.logs.trace.notes import notes
from generator.logs.trace.search import SearchResult
from generator.logs.trace.spans import Span, Trace


def trace_data(result: SearchResult, trace: Trace) -> dict[str, object]:
    """Return the trace as JSON data.

    `start_time` is the first arrival (RFC 3339, UTC), and every `start_ms` is relative to it. A span has `kind`
    (server, client, event), `span_id` and `parent_span_id` (those of its lines, or null), `service`, `name`,
    `start_ms`, `duration_ms`, `status_code`, `failed`, `message`, `error` (message and stack, or null), `metadata`,
    `location` (file:line, or null) and `children`. `aligned_clocks` are the server spans that were moved (`service`,
    `offset` in ms, `caller`, `call`), `lines` has the counts of the search, and `notes` are the sentences below the
    waterfall.
    """
    root = trace.root
    answer = root.answer
    return {
        "request_id": result.request_id,
        "tenant_id": root.lines[0].tenant,
        "route": root.lines[0].route,
        "status_code": answer.status if answer else None,
        "latency_ms": _rounded(root.end - root.start) if answer else None,
        "start_time": datetime.fromtimestamp(trace.origin / 1000, UTC).isoformat(timespec="milliseconds"),
        "lines": {"found": len(result.lines), **asdict(result.counts)},
        "aligned_clocks": [asdict(clock) for clock in trace.aligned_clocks],
        "spans": [_span(span, trace.origin) for span in trace.spans],
        "notes": notes(result, trace),
    }


def _span(span: Span, origin: float) -> Mapping[str, object]:
    line = span.line
    return {
        "kind": span.kind.value,
        "span_id": span.span_id or None,
        "parent_span_id": span.parent_span_id or None,
        "service": span.service,
        "name": span.name,
        "start_ms": _rounded(span.start - origin),
        "duration_ms": _rounded(span.end - span.start),
        "status_code": line.status if line else None,
        "failed": span.failed,
        "message": line.message if line else "",
        "error": asdict(line.error) if line and line.error else None,
        "metadata": dict(line.metadata) if line else {},
        "location": line.location if line else None,
        "children": [_span(child, origin) for child in span.children],
    }


def _rounded(time: float) -> float:
    return round(time, 3)
