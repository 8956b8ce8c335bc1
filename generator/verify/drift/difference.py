"""A difference between an output and a server, and where two values differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from generator.frozen import frozen

MAX_SHOWN = 100
"""How many characters of a value a difference shows."""
BEFORE = 30
"""How many of them are before the first that differs."""


@frozen
class Difference:
    """What differs: on which server, in which of its objects, and how."""

    server: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.server}, {self.where}: {self.what}"

    def data(self) -> dict[str, str]:
        """The difference as an object of JSON."""
        return {"server": self.server, "where": self.where, "what": self.what}


def changed(name: str, expected: Any, actual: Any) -> str:
    """The text of a value that differs; of long texts, what is around the first character that does."""
    if actual is None:
        return f"{name} is missing"
    if expected is None:
        return f"{name} is {_shown(actual)}; no build wrote it"
    before, after = _texts(expected), _texts(actual)
    start = next((index for index, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), 0)
    start = max(start - BEFORE, 0) if max(len(before), len(after)) > MAX_SHOWN else 0
    return f"{name} is {_excerpt(after, start)}, not {_excerpt(before, start)}"


def missing_values(expected: Any, actual: Any, place: str = "") -> Iterator[str]:
    """What a tree lacks of another, or has otherwise. What it has in addition are defaults, which are not compared."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name, value in expected.items():
            yield from missing_values(value, actual.get(name), f"{place}.{name}" if place else str(name))
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for number, (before, after) in enumerate(zip(expected, actual, strict=True)):
            yield from missing_values(before, after, f"{place}[{number}]")
    elif expected != actual:
        yield changed(place, expected, actual)


def unmatched(expected: Iterable[str], actual: Iterable[str]) -> Iterator[str]:
    """What only one of two sets of names has."""
    expected, actual = set(expected), set(actual)
    for name in sorted(expected - actual):
        yield f"{name} is missing"
    for name in sorted(actual - expected):
        yield f"{name} is there; no build wrote it"


def _texts(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else str(value)


def _shown(value: Any) -> str:
    return _excerpt(_texts(value), 0)


def _excerpt(text: str, start: int) -> str:
    part = text[start : start + MAX_SHOWN]
    return f'"{"…" if start else ""}{part}{"…" if start + MAX_SHOWN < len(text) else ""}"'
