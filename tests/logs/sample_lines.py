"""A valid log line for the tests of the log scan."""

from __future__ import annotations

import json

from generator.rendering.log_schema import log_schema
from tests.rendering.platform_by_hand import platform_by_hand

SCHEMA = log_schema(platform_by_hand(worker_api=("/chat", "/search"), ingest_worker=("/ingest",)))
LINE: dict[str, object] = {
    "timestamp": "2026-11-24T18:25:26.123Z",
    "level": "info",
    "message": "the cache answered",
    "service": "worker-api",
    "tenant_id": "com-mrrainbowsmoke",
    "request_id": "8d3f2b1a-4c5d-4e6f-8a9b-0c1d2e3f4a5b",
    "route": "/chat",
}
"""A line without violations."""


def line(**fields: object) -> bytes:
    """The line with some fields replaced or added."""
    return json.dumps(LINE | fields).encode()
