"""Definitions are pure functions of the platform: a build calls each of them once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

P = TypeVar("P")
T = TypeVar("T")


def once_per_platform(build: Callable[[P], T]) -> Callable[[P], T]:
    """The function with its last result kept: lowering, every check and rendering need the same result. An exception
    is not kept."""
    last: list[tuple[P, T]] = []

    @wraps(build)
    def result(platform: P) -> T:
        if not (last and last[0][0] is platform):
            last[:] = [(platform, build(platform))]
        return last[0][1]

    return result
