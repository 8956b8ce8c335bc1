"""Finds the Workers' log lines in what platforms wrap around them.

Cloudflare's exports (Logpush, `wrangler tail`, Workers Logs), collectors and container runtimes put a line into an
object of their own, as an object or as JSON text, at any depth. Their names differ and change, so lines are found by
their own fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from generator.logs.parsing import parse_string

Record: TypeAlias = dict[str, object]
Path: TypeAlias = tuple[str, ...]
"""The names that lead to a value; elements of a list have the path of the list."""
PLATFORM_PREFIX = "$"
"""What the names begin with that Workers Logs adds beside the fields of a line."""


@dataclass
class Contents:
    """What values contain: log lines of the Workers, and outside of them every named value and every text.

    `unreadable` says why a part could not be read, if it could not.
    """

    records: list[Record] = field(default_factory=list)
    named: list[tuple[Path, object]] = field(default_factory=list)
    texts: list[tuple[Path, str]] = field(default_factory=list)
    unreadable: str = ""
    seen: set[str] = field(default_factory=set)
    """The lines that were found inside of envelopes."""


def is_record(value: Mapping[str, object]) -> bool:
    """Return whether an object is a log line of the Workers, valid or not."""
    return "service" in value and "request_id" in value


def contents(values: Iterable[object]) -> Contents:
    """Return what values contain, in their order. A line that an envelope has twice is one line."""
    contained = Contents()
    pending: list[tuple[Path, object]] = [((), value) for value in reversed(list(values))]
    while pending:
        path, value = pending.pop()
        if isinstance(value, str):
            parsed = parse_string(value)
            contained.unreadable = contained.unreadable or parsed.unreadable
            pending += [(path, each) for each in reversed(parsed.values)]
            if parsed.text:
                contained.texts.append((path, parsed.text))
        elif isinstance(value, list):
            pending += [(path, each) for each in reversed(value)]
        elif isinstance(value, dict):
            fields = _add_record(value, contained, bool(path)) if is_record(value) else value
            named = [((*path, name), each) for name, each in fields.items()]
            contained.named += named
            pending += reversed(named)
    return contained


def _add_record(value: Record, contained: Contents, is_inner: bool) -> Record:
    """Add the record of an object, and return the object's other fields: those that the platform added."""
    added = {name: each for name, each in value.items() if name.startswith(PLATFORM_PREFIX)}
    record = {name: each for name, each in value.items() if name not in added} if added else value
    key = repr(record) if is_inner else ""
    if key not in contained.seen:
        contained.records.append(record)
    if is_inner:
        contained.seen.add(key)
    return added
