"""Parses one log line. Any field may be missing or forged."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from generator.frozen import frozen

Scalar: TypeAlias = str | int | float | bool | None
MAX_DURATION_MS = 1e9
"""About eleven days; a longer duration is ignored as forged."""
TRACE_ID, SPAN_ID = re.compile("(?!0+$)[0-9a-f]{32}"), re.compile("(?!0+$)[0-9a-f]{16}")
"""W3C Trace Context; an id of zeros is none."""


@frozen
class LoggedError:
    """The exception of a log line, with an empty stack if the line has none."""

    message: str
    stack: str


@frozen
class LogLine:
    """A parsed log line. `location` is file:line, `time` is in milliseconds since 1970, `latency` in milliseconds.

    `has_malformed_latency` is true if the line has a latency that is no duration. `span_id` and `parent_span_id` are
    those of the metadata, and empty for a line without them.
    """

    location: str
    time: float
    service: str
    step: str
    level: str
    message: str
    tenant: str
    route: str
    latency: float | None
    status: int | None
    error: LoggedError | None
    metadata: Mapping[str, Scalar]
    has_malformed_latency: bool = False
    span_id: str = ""
    parent_span_id: str = ""

    @property
    def start(self) -> float:
        """When the step started; its line is written when it ends."""
        return self.time - (self.latency or 0)

    def moved(self, offset: float) -> LogLine:
        """Return the line with its time moved by so many milliseconds."""
        return replace(self, time=self.time + offset)

    @property
    def failed(self) -> bool:
        """Whether the line has an exception, level error, or a 5xx status."""
        return self.error is not None or self.level == "error" or (self.status or 0) >= 500


def parse_line(record: Mapping[str, object], location: str) -> LogLine | None:
    """Parse a line's JSON object; None if it has no valid timestamp."""
    time = _time(record.get("timestamp"))
    if time is None:
        return None
    metadata = _mapping(record.get("metadata"))
    latency = _duration(record.get("latency_ms"))
    status = record.get("status_code")
    return LogLine(
        location=location,
        time=time,
        service=_text(record.get("service")),
        step=_text(metadata.get("step")) or "message",
        level=_text(record.get("level")),
        message=_text(record.get("message")),
        tenant=_text(record.get("tenant_id")),
        route=_text(record.get("route")),
        latency=latency,
        status=status if type(status) is int and 100 <= status <= 599 else None,
        error=_error(record.get("error")),
        metadata={name: value for name, value in metadata.items() if isinstance(value, Scalar)},
        has_malformed_latency=latency is None and record.get("latency_ms") is not None,
        span_id=_id(metadata.get("span_id"), SPAN_ID),
        parent_span_id=_id(metadata.get("parent_span_id"), SPAN_ID),
    )


def trace_id_of(record: Mapping[str, object]) -> str:
    """Return the trace id of a line's JSON object, or an empty text."""
    return _id(_mapping(record.get("metadata")).get("trace_id"), TRACE_ID)


def _time(value: object) -> float | None:
    try:
        return datetime.fromisoformat(_text(value)).timestamp() * 1000 if "T" in _text(value) else None
    except (ValueError, OverflowError):
        return None


def _duration(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value) if 0 <= value <= MAX_DURATION_MS else None


def _error(value: object) -> LoggedError | None:
    if not isinstance(value, dict):
        return None
    return LoggedError(_text(value.get("message")), _text(value.get("stack")))


def _id(value: object, pattern: re.Pattern[str]) -> str:
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
