"""Durations as Prometheus and Alertmanager write them: 90s, 1m30s, 1d, 500ms."""

from __future__ import annotations

import re

SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800, "y": 31_536_000}
PART = re.compile(r"([0-9]+)(ms|[smhdwy])")
DURATION = re.compile(rf"(?:{PART.pattern})+|0")


def seconds_of(text: object) -> float:
    """Return the seconds of a duration. Raises `ValueError` for another text."""
    if not DURATION.fullmatch(str(text)):
        raise ValueError(f"{text} is no duration")
    return float(sum(int(number) * SECONDS[unit] for number, unit in PART.findall(str(text))))
