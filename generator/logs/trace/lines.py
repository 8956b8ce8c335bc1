"""What one log line tells of a request, read with care: a line may lack or forge any field."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | None
LATEST = 1e9
"""Milliseconds, about eleven days: what says that it lasted longer is not believed."""


@dataclass(frozen=True)
class Failure:
    """An exception, as its line tells it; an empty stack where it tells none."""

    message: str
    stack: str


@dataclass(frozen=True)
class Told:
    """One line. `place` is file:line, `at` milliseconds since 1970, `latency` the milliseconds that its step took."""

    place: str
    at: float
    service: str
    step: str
    level: str
    message: str
    tenant: str
    route: str
    latency: float | None
    status: int | None
    failure: Failure | None
    metadata: Mapping[str, Scalar]

    @property
    def start(self) -> float:
        """When the step began: a line is written at its step's end."""
        return self.at - (self.latency or 0)

    @property
    def failed(self) -> bool:
        """Whether the line tells of a failure: an exception, level error, or a status of the server's fault."""
        return self.failure is not None or self.level == "error" or (self.status or 0) >= 500


def told(record: Mapping[str, object], place: str) -> Told | None:
    """What a line's object tells; None where it does not say when."""
    at = _time(record.get("timestamp"))
    if at is None:
        return None
    metadata = _mapping(record.get("metadata"))
    status = record.get("status_code")
    return Told(
        place=place,
        at=at,
        service=_text(record.get("service")),
        step=_text(metadata.get("step")) or "message",
        level=_text(record.get("level")),
        message=_text(record.get("message")),
        tenant=_text(record.get("tenant_id")),
        route=_text(record.get("route")),
        latency=_duration(record.get("latency_ms")),
        status=status if type(status) is int and 100 <= status <= 599 else None,
        failure=_failure(record.get("error")),
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
    return float(value) if 0 <= value <= LATEST else None


def _failure(value: object) -> Failure | None:
    if not isinstance(value, dict):
        return None
    return Failure(_text(value.get("message")), _text(value.get("stack")))


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
