"""The lines of one request, with times in milliseconds after its arrival."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from generator.logs.trace.lines import LogLine, parse_line
from generator.logs.trace.search import SearchCounts, SearchResult

REQUEST_ID = "8d3f2b1a-4c5d-4e6f-8a9b-0c1d2e3f4a5b"
ORIGIN = 1_795_544_726_000
"""2026-11-24T18:25:26Z, in milliseconds since 1970."""
API, INGEST = "worker-api", "ingest-worker"
Record = dict[str, Any]


def line(at: int, step: str, service: str = API, **fields: object) -> Record:
    """A line that was written `at` milliseconds after the request's arrival (up to 33 s); `meta` is added to its
    metadata."""
    meta = fields.pop("meta", {})
    assert isinstance(meta, dict)
    return {
        "timestamp": f"2026-11-24T18:25:{26 + at // 1000}.{at % 1000:03}Z",
        "level": "info",
        "message": f"the {step}",
        "service": service,
        "tenant_id": "com-mrrainbowsmoke",
        "request_id": REQUEST_ID,
        "route": "/chat" if service == API else "/ingest",
        **fields,
        "metadata": {"step": step, **meta},
    }


def arrival(at: int, service: str = API, **fields: object) -> Record:
    """An arrival line."""
    return line(at, "arrival", service, **fields)


def answer(at: int, latency: float, service: str = API, **fields: object) -> Record:
    """An answer line, with status 200 unless another is given."""
    return line(at, "answer", service, **{"latency_ms": latency, "status_code": 200, **fields})


def call(at: int, latency: float, service: str = API, **fields: object) -> Record:
    """The line of a call that ended at `at`."""
    return line(at, "call", service, **{"latency_ms": latency, **fields})


def parse(*records: Record) -> list[LogLine]:
    """The records, parsed as the lines of one file."""
    lines = [parse_line(record, f"log:{number}") for number, record in enumerate(records, 1)]
    return [line for line in lines if line is not None]


def search_result(*records: Record, **counts: int) -> SearchResult:
    """The result of a search that found exactly these lines."""
    return SearchResult(REQUEST_ID, SearchCounts(**{"searched": len(records), **counts}), tuple(parse(*records)))


def ndjson(records: Iterable[Record]) -> bytes:
    """The content of a file with these lines."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


# A request that calls another Worker over a service binding, and whose document a queue brings to that Worker later.
BINDING_AND_QUEUE = (
    arrival(0),
    arrival(12, INGEST),
    call(30, 15, INGEST, message="KV get", meta={"store": "kv", "operation": "read", "binding": "CACHE"}),
    answer(40, 28, INGEST),
    call(41, 30, message="service fetch", meta={"binding": "INGEST"}),
    call(90, 45, meta={"model": "@cf/baai/bge-m3"}),
    answer(100, 100),
    arrival(1000, INGEST),
    call(1050, 50, INGEST, meta={"store": "vectorize", "operation": "write"}),
    answer(1050, 50, INGEST),
)
