"""Durations as a platform file writes them: 30s, 10m, 6h, 3d."""

from __future__ import annotations

from generator.dsl.units import SIZES, Duration

SECONDS = {name[0]: size for size, name in SIZES}


def duration_of(text: str) -> Duration:
    """Return the duration of a text that the schema has accepted."""
    return Duration(int(text[:-1]) * SECONDS[text[-1]])
