"""Parses one log line. Any field may be missing or forged."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

from generator.frozen import frozen

Scalar: TypeAlias = str | int | float | bool | None
MAX_DURATION_MS = 1e9
"""About eleven days; a longer duration is ignored as forged."""


@frozen
class LoggedError:
    """The exception of a log line, with an empty stack if the line has none."""

    message: str
    stack: str


@frozen
class LogLine:
    """A parsed log line. `location` is file:line, `time` is in milliseconds since 1970, `latency` in milliseconds."""

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

    @property
    def start(self) -> float:
        """When the step started; its line is written when it ends."""
        return self.time - (self.latency or 0)

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
        latency=_duration(record.get("latency_ms")),
        status=status if type(status) is int and 100 <= status <= 599 else None,
        error=_error(record.get("error")),
        metadata={name: value for name, value in metadata.items() if isinstance(value, Scalar)},
    )


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


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
