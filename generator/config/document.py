"""A YAML file as a tree whose every node knows the file and the line it stands in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from generator.errors import Problem

KeyPath: TypeAlias = tuple[str | int, ...]
"""The keys, and the places in lists, that lead from the root to a node."""

PLAIN_KEY = re.compile(r"[A-Za-z0-9_@/-]+")
LONGEST_SHOWN = 60


class Unreadable:
    """Stands for a node of which a finding has already been made: nobody complains of it again."""


Value: TypeAlias = "dict[str, Node] | list[Node] | str | int | Fraction | bool | Unreadable | None"


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, named as the user gave it. Lines count from 1; 0 stands for the file as a whole."""

    file: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """A value, the place of the key (or else of the value) it stands at, and, of a scalar, its text as written."""

    value: Value
    place: Place
    text: str = ""

    def nearest(self, path: KeyPath) -> Node:
        """The node that a path leads to, or the deepest one on the way that exists."""
        node = self
        for step in path:
            match (node.value, step):
                case (dict(entries), str(key)) if key in entries:
                    node = entries[key]
                case (list(items), int(at)) if at < len(items):
                    node = items[at]
                case _:
                    break
        return node

    def shown(self) -> str:
        """The value as a message says it."""
        match self.value:
            case dict():
                return "a mapping"
            case list():
                return "a list"
            case None:
                return "nothing"
            case str(text):
                return quoted(text)
            case bool():
                return f"{self.text} (true or false to YAML)"
        return self.text


@dataclass(frozen=True)
class Breach:
    """Something wrong at a path of a document."""

    path: KeyPath
    what: str
    hint: str


@dataclass(frozen=True)
class Finding:
    """A breach, and the place where a person mends it."""

    breach: Breach
    place: Place

    @property
    def problem(self) -> Problem:
        """The same as it is told: `platform.yaml:14 tenants.acme.tokens_per_day`."""
        line = f":{self.place.line}" if self.place.line else ""
        where = f"{self.place.file}{line} {dotted(self.breach.path)}".rstrip()
        return Problem(where, self.breach.what, self.breach.hint)


def plain(node: Node) -> Any:
    """The tree without its places, as JSON Schema judges it."""
    match node.value:
        case dict(entries):
            return {key: plain(below) for key, below in entries.items()}
        case list(items):
            return [plain(below) for below in items]
    return node.value


def dotted(path: KeyPath) -> str:
    """A path for a person: `services.worker-api[0]`; a key that holds a dot or an odd sign is quoted."""
    steps = (f"[{x}]" if isinstance(x, int) else f".{x}" if PLAIN_KEY.fullmatch(x) else f".{quoted(x)}" for x in path)
    return "".join(steps).removeprefix(".")


def quoted(text: str) -> str:
    """A text between quotes, cut where it is long; what a terminal would obey is escaped."""
    short = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
    return '"' + "".join(x if x.isprintable() else x.encode("unicode_escape").decode() for x in short) + '"'
