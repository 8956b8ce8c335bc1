"""A request's flow as JSON, for machines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from generator.logs.trace.notes import remarks
from generator.logs.trace.search import Searched
from generator.logs.trace.tree import Flow, Step


def as_json(searched: Searched, flow: Flow) -> str:
    """The flow as one JSON object in ASCII.

    `began` is the first arrival (RFC 3339, UTC), and every `start_ms` counts from it. `steps` are nested as they lie
    in each other: `kind` (visit, call, said), `service`, `name`, `start_ms`, `duration_ms`, `status_code`, `failed`,
    `message`, `error` (message and stack, or null), `metadata`, `place` (file:line, or null), `steps`. `lines` counts
    what was searched, and `remarks` are the sentences under the picture.
    """
    first = flow.first
    answer = first.answer
    document = {
        "request_id": searched.request,
        "tenant_id": first.lines[0].tenant,
        "route": first.lines[0].route,
        "status_code": answer.status if answer else None,
        "latency_ms": _rounded(first.end - first.start) if answer else None,
        "began": datetime.fromtimestamp(flow.origin / 1000, UTC).isoformat(timespec="milliseconds"),
        "lines": {"found": len(searched.lines), **asdict(searched.counts)},
        "steps": [_step(step, flow.origin) for step in flow.steps],
        "remarks": remarks(searched, flow),
    }
    return json.dumps(document, indent=2) + "\n"


def _step(step: Step, origin: float) -> Mapping[str, object]:
    line = step.line
    return {
        "kind": step.kind.value,
        "service": step.service,
        "name": step.name,
        "start_ms": _rounded(step.start - origin),
        "duration_ms": _rounded(step.end - step.start),
        "status_code": line.status if line else None,
        "failed": step.failed,
        "message": line.message if line else "",
        "error": asdict(line.failure) if line and line.failure else None,
        "metadata": dict(line.metadata) if line else {},
        "place": line.place if line else None,
        "steps": [_step(inner, origin) for inner in step.steps],
    }


def _rounded(time: float) -> float:
    return round(time, 3)
