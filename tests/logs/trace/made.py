"""Lines of one request, made by hand: times are milliseconds from its arrival."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from generator.logs.trace.lines import Told, told
from generator.logs.trace.search import Counts, Searched

REQUEST = "8d3f2b1a-4c5d-4e6f-8a9b-0c1d2e3f4a5b"
ORIGIN = 1_795_544_726_000
"""2026-11-24T18:25:26Z, in milliseconds since 1970."""
API, INGEST = "worker-api", "ingest-worker"
Line = dict[str, Any]


def line(at: int, step: str, service: str = API, **fields: object) -> Line:
    """A line written so many milliseconds after the request began (up to 33 s); `meta` goes into its metadata."""
    meta = fields.pop("meta", {})
    assert isinstance(meta, dict)
    return {
        "timestamp": f"2026-11-24T18:25:{26 + at // 1000}.{at % 1000:03}Z",
        "level": "info",
        "message": f"the {step}",
        "service": service,
        "tenant_id": "com-mrrainbowsmoke",
        "request_id": REQUEST,
        "route": "/chat" if service == API else "/ingest",
        **fields,
        "metadata": {"step": step, **meta},
    }


def arrival(at: int, service: str = API, **fields: object) -> Line:
    """The line of an arrival."""
    return line(at, "arrival", service, **fields)


def answer(at: int, took: float, service: str = API, **fields: object) -> Line:
    """The line of an answer, status 200 where no other is given."""
    return line(at, "answer", service, **{"latency_ms": took, "status_code": 200, **fields})


def call(at: int, took: float, service: str = API, **fields: object) -> Line:
    """The line of a call that ended at `at`."""
    return line(at, "call", service, **{"latency_ms": took, **fields})


def read(*lines: Line) -> list[Told]:
    """What lines tell, each on its own line of one file."""
    found = [told(one, f"log:{number}") for number, one in enumerate(lines, 1)]
    return [one for one in found if one is not None]


def found(*lines: Line, **counts: int) -> Searched:
    """A search that found these lines and no other."""
    return Searched(REQUEST, Counts(**{"lines": len(lines), **counts}), tuple(read(*lines)))


def ndjson(lines: Iterable[Line]) -> bytes:
    """The lines as a file holds them."""
    return b"".join(json.dumps(one).encode() + b"\n" for one in lines)


# A request that asks another Worker over a service binding, and whose document a queue brings to that Worker later.
THROUGH = (
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
