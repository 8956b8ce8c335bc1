"""Strict parser of YAML files into trees with locations; it rejects what two YAML parsers could read differently."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import yaml

from generator.config.secrets import HIDDEN, holds_secret, looks_secret
from generator.errors import Location, Problem
from generator.frozen import frozen

KeyPath: TypeAlias = tuple[str | int, ...]
"""The keys and list indexes from the root of a document to a node."""

MAX_BYTES = 16 * 2**20
MAX_DEPTH = 20
MAX_DIGITS = 15
"""A double, the number type of Prometheus, holds this many decimal digits exactly."""
MAX_QUOTED = 60

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
QUOTATION = re.compile(r" '[^']{2,}'")
UNQUOTED_KEY = re.compile(r"[A-Za-z0-9_@/-]+")
NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?")
YAML_1_2_NUMBER = re.compile(r"[-+]?[0-9.]+[eE][-+]?[0-9]+|0o[0-7]+")
"""Numbers in YAML 1.2, which editors implement; strings in YAML 1.1, which PyYAML implements."""
NUMBER_HINT = (
    "write digits with an optional decimal point, without exponent or leading zeros, or quote it if it is text"
)
EMPTY_FILE = ("the file is empty", "write the keys of a platform, or `extends:` and the path of another platform file")
SYNTAX_HINT = "fix the syntax: check quotes, brackets and the indentation (spaces, no tabs)"


class Invalid:
    """The value of a node that is already reported: no check reports it again."""


Value: TypeAlias = "dict[str, Node] | list[Node] | str | int | Fraction | bool | Invalid | None"


class FileError(Exception):
    """A file that cannot be used. The caller knows where the file is named and reports it there."""

    def __init__(self, what: str, hint: str) -> None:
        self.what = what
        self.hint = hint
        super().__init__(f"{what}; {hint}")


class Node(NamedTuple):
    """A value with its location, which is that of its key where it has one. `text` is a scalar as it is written."""

    value: Value
    location: Location
    text: str = ""

    def find(self, path: KeyPath) -> Node | None:
        """Return the node at a path of keys, or None."""
        node = self
        for key in path:
            if not isinstance(node.value, dict) or key not in node.value:
                return None
            node = node.value[str(key)]
        return node

    def nearest(self, path: KeyPath) -> Node:
        """Return the node at a path, or its deepest ancestor that exists."""
        node = self
        for step in path:
            match (node.value, step):
                case (dict(entries), str(key)) if key in entries:
                    node = entries[key]
                case (list(items), int(index)) if index < len(items):
                    node = items[index]
                case _:
                    break
        return node

    def describe(self) -> str:
        """Return the value as messages show it."""
        match self.value:
            case dict():
                return "a mapping"
            case list():
                return "a list"
            case None:
                return "an empty value"
            case str(text):
                return quoted(text)
            case bool():
                return f"{self.text} (a boolean in YAML)"
        return shown(self.text)

    def kind(self) -> str:
        """Return what a value is, without the value."""
        match self.value:
            case str():
                return "a text"
            case bool():
                return "a boolean"
            case int() | Fraction():
                return "a number"
        return self.describe()

    def texts(self) -> Iterator[str]:
        """Yield all keys and all scalars below, as they are written."""
        match self.value:
            case dict(entries):
                for key, child in entries.items():
                    yield key
                    yield from child.texts()
            case list(items):
                for child in items:
                    yield from child.texts()
            case _:
                yield self.text

    def invalid_paths(self, path: KeyPath = ()) -> Iterator[KeyPath]:
        """Yield the paths of all invalid values."""
        match self.value:
            case Invalid():
                yield path
            case dict(entries):
                for key, child in entries.items():
                    yield from child.invalid_paths((*path, key))
            case list(items):
                for index, child in enumerate(items):
                    yield from child.invalid_paths((*path, index))

    def plain(self) -> Any:
        """Return the tree without locations, as JSON Schema validates it."""
        value = self.value
        if isinstance(value, dict):
            return {
                key: child.plain() if isinstance(child.value, (dict, list)) else child.value
                for key, child in value.items()
            }
        return [child.plain() for child in value] if isinstance(value, list) else value


@frozen
class ConfigViolation:
    """A violation at a path of a document."""

    path: KeyPath
    what: str
    hint: str


@frozen
class LocatedConfigViolation:
    """A violation with the location of the key to edit."""

    violation: ConfigViolation
    location: Location

    @property
    def problem(self) -> Problem:
        """The problem, at `platform.yaml:14 tenants.acme.tokens_per_day`."""
        where = f"{self.location} {dotted(self.violation.path)}".rstrip()
        return Problem(where, self.violation.what, self.violation.hint, place=self.location)


def located(root: Node, violation: ConfigViolation) -> LocatedConfigViolation:
    """Return a violation with the location of the nearest node that exists."""
    return LocatedConfigViolation(violation, root.nearest(violation.path).location)


def locations(root: Node, path: KeyPath) -> dict[KeyPath, str]:
    """Return the location of a key and of every key and item below it, by its path; empty where it is missing."""
    result: dict[KeyPath, str] = {}

    def add(node: Node, path: KeyPath) -> None:
        result[path] = str(node.location)
        children = node.value.items() if isinstance(node.value, dict) else ()
        items = enumerate(node.value) if isinstance(node.value, list) else ()
        for key, child in (*children, *items):
            add(child, (*path, key))

    if (node := root.find(path)) is not None:
        add(node, path)
    return result


def dotted(path: KeyPath) -> str:
    """Return a path as text, `services.worker-api[0]`; a key with a dot or a special character is quoted."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{_key(step)}" for step in path).removeprefix(".")


def _key(step: str) -> str:
    plain = len(step) <= MAX_QUOTED and UNQUOTED_KEY.fullmatch(step) and not looks_secret(step)
    return step if plain else quoted(step)


def quoted(text: str) -> str:
    """Return a text in quotes as `shown` shows it, or without quotes that it is not shown."""
    return HIDDEN if looks_secret(text) else f'"{shown(text)}"'


def shown(text: str) -> str:
    """Return a text for a message: not if it may be a secret, shortened, control characters escaped for terminals."""
    if looks_secret(text):
        return HIDDEN
    short = text if len(text) <= MAX_QUOTED else f"{text[:MAX_QUOTED]}…"
    return "".join(x if x.isprintable() else x.encode("unicode_escape").decode() for x in short)


def read_text(path: Path) -> str:
    """Return the text of a file. FileError: not a regular file, more than `MAX_BYTES`, or not UTF-8."""
    try:
        if path.is_dir():
            raise FileError("this is a directory", "give the path of a YAML file")
        if not path.is_file():
            what = "this is not a regular file" if path.exists() else "there is no such file"
            raise FileError(what, "give the path of a YAML file")
        if path.stat().st_size > MAX_BYTES:
            raise FileError(f"the file is larger than {MAX_BYTES // 2**20} MiB", "reduce its size")
        raw = path.read_bytes()
    except OSError as error:
        raise FileError(f"the file cannot be read ({error.strerror})", "check its path and its permissions") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise FileError(f"line {line} is not valid UTF-8", "save the file as UTF-8") from None


def parse(text: str, file: str) -> tuple[Node | None, list[LocatedConfigViolation]]:
    """Return the tree of a text and all violations of its syntax; no tree if the text is not a YAML mapping."""
    builder = TreeBuilder(file, iter(LOADER(text).get_event, None))
    try:
        root = builder.document()
    except yaml.reader.ReaderError:
        character = yaml.reader.Reader.NON_PRINTABLE.search(text)
        start = character.start() if character else 0
        place = (
            Location(file, text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)) if character else None
        )
        builder.report(
            (), place, "this line has a control character, which YAML does not allow", "remove the character"
        )
    except yaml.MarkedYAMLError as error:
        builder.report(
            (), builder.at(error.problem_mark), f"YAML syntax error: {error.problem or error.context}", SYNTAX_HINT
        )
    else:
        return root, builder.violations
    return None, builder.violations


def position(text: str, offset: int, file: str) -> Location:
    """Return the location of a character of a text, which counts from 0."""
    return Location(file, text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


@dataclass
class TreeBuilder:
    """Builds a tree from the events of a YAML parser, which come before any alias is expanded."""

    file: str
    events: Iterator[yaml.Event]
    violations: list[LocatedConfigViolation] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    resolver: yaml.resolver.Resolver = field(default_factory=yaml.resolver.Resolver)
    values: dict[tuple[str, tuple[bool, bool]], Value] = field(default_factory=dict)
    """The value of each scalar, by its text and by whether it is plain or quoted: many are the same."""

    def report(self, path: KeyPath, location: Location | None, what: str, hint: str) -> None:
        """Add a violation; without a location it is that of the file as a whole."""
        located_at = location or Location(self.file)
        self.violations.append(LocatedConfigViolation(ConfigViolation(path, what, hint), located_at))

    def at(self, mark: Any) -> Location:
        """Return the location of a mark of the YAML parser, which may be missing and counts from 0."""
        return Location(self.file, mark.line + 1, mark.column + 1) if mark else Location(self.file)

    def document(self) -> Node | None:
        """Return the root of the only document, or None if it is not a mapping."""
        next(self.events)
        if isinstance(next(self.events), yaml.StreamEndEvent):
            self.report((), None, *EMPTY_FILE)
            return None
        first = next(self.events)
        root = self.node(first, (), self.at(first.start_mark))
        next(self.events)  # the end of the document
        if not isinstance(after := next(self.events), yaml.StreamEndEvent):
            self.report(
                (), self.at(after.start_mark), "a second YAML document starts here", "write one document per file"
            )
        if isinstance(root.value, dict):
            return root
        if root.value is None:
            self.report((), None, *EMPTY_FILE)
        elif not isinstance(root.value, Invalid):
            what = f"{root.kind()} is not a platform"
            self.report((), root.location, what, "write a mapping of keys to values")
        return None

    def node(self, event: yaml.Event, path: KeyPath, location: Location) -> Node:
        """Return the node that starts with an event; `location` is that of its key."""
        if unsupported := self.unsupported(event, path):
            self.report(path, self.at(event.start_mark), *unsupported)
        elif isinstance(event, yaml.ScalarEvent):
            return Node(self.scalar(event, path, location), location, event.value)
        elif isinstance(event, yaml.MappingStartEvent):
            return Node(self.mapping(path), location)
        elif isinstance(event, yaml.SequenceStartEvent):
            return Node(self.sequence(path), location)
        self.skip(event)
        return Node(Invalid(), location)

    def unsupported(self, event: yaml.Event, path: KeyPath) -> tuple[str, str] | None:
        """Return what is wrong and a hint if an event starts something that platform files do not support."""
        if isinstance(event, yaml.AliasEvent):
            if event.anchor in self.anchors:
                return None  # its anchor is reported
            return f"aliases (*{shown(event.anchor or '')}) are not supported", "write the value in full"
        if anchor := getattr(event, "anchor", None):
            self.anchors.add(anchor)
            what = f"anchors (&{shown(anchor)}) and aliases are not supported"
            return what, "write the value in full, or share it between files with `extends`"
        if tag := getattr(event, "tag", None):
            return f"tags ({quoted(tag)}) are not supported", "remove the tag"
        if isinstance(event, yaml.CollectionStartEvent) and len(path) >= MAX_DEPTH:
            return f"the value is nested more than {MAX_DEPTH} levels deep", "remove the nesting"
        return None

    def skip(self, event: yaml.Event) -> None:
        """Consume all events of a node, however deep it is nested."""
        depth = int(isinstance(event, yaml.CollectionStartEvent))
        while depth:
            inner = next(self.events)
            depth += isinstance(inner, yaml.CollectionStartEvent) - isinstance(inner, yaml.CollectionEndEvent)

    def mapping(self, path: KeyPath) -> dict[str, Node]:
        """Return the entries of a mapping, without duplicate keys."""
        entries: dict[str, Node] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            location = self.at(event.start_mark)
            key = self.key(event, path)
            value = self.node(next(self.events), (*path, key or "?"), location)
            if key is not None and key in entries:
                what = f"duplicate key, first used in line {entries[key].location.line}"
                self.report((*path, key), location, what, "keep one of the two")
            elif key is not None:
                entries[key] = value
        return entries

    def key(self, event: yaml.Event, path: KeyPath) -> str | None:
        """Return the text of a key, or report one that is not a string and return None."""
        if isinstance(event, yaml.ScalarEvent) and not event.tag and not event.anchor:
            if isinstance(key := self.resolved(event), str):
                return key
            if event.value:
                self.report(
                    path, self.at(event.start_mark), f"the key {shown(event.value)} is not a string", "put it in quotes"
                )
            else:
                self.report(path, self.at(event.start_mark), "a key is empty", "write its name before the colon")
            return None
        hint = "write a name, without &, *, !, [ or { before it"
        self.report(path, self.at(event.start_mark), "a key is not a plain string", hint)
        self.skip(event)
        return None

    def sequence(self, path: KeyPath) -> list[Node]:
        """Return the items of a list."""
        items: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, (*path, len(items)), self.at(event.start_mark)))
        return items

    def scalar(self, event: yaml.ScalarEvent, path: KeyPath, location: Location) -> Value:
        """Return the value of a scalar; report a number that is ambiguous or inexact."""
        value = self.resolved(event)
        if isinstance(value, Invalid):
            text = HIDDEN if holds_secret(path) else shown(event.value)
            what = f"{text} is not a decimal number of at most {MAX_DIGITS} digits"
            self.report(path, location, what, NUMBER_HINT)
        return value

    def resolved(self, event: yaml.ScalarEvent) -> Value:
        """Return the typed value of a scalar; numbers are exact, whole numbers are integers."""
        key = (event.value, event.implicit)
        if key not in self.values:
            self.values[key] = self.value_of(event)
        return self.values[key]

    def value_of(self, event: yaml.ScalarEvent) -> Value:
        """Return what a scalar is by the rules of YAML 1.1."""
        tag = self.resolver.resolve(yaml.ScalarNode, event.value, event.implicit)  # type: ignore[no-untyped-call]
        match str(tag).removeprefix("tag:yaml.org,2002:"):
            case "null":
                return None
            case "bool":
                return event.value.lower() in ("yes", "true", "on")
            case "int" | "float":
                return parse_number(event.value)
        return Invalid() if event.implicit[0] and YAML_1_2_NUMBER.fullmatch(event.value) else event.value


def parse_number(text: str) -> int | Fraction | Invalid:
    """Return the exact number that a text is: 0.1 is one tenth, 2.0 is the integer 2."""
    if not NUMBER.fullmatch(text) or sum(map(str.isdigit, text)) > MAX_DIGITS:
        return Invalid()
    if text.isdecimal():
        return int(text)
    number = Fraction(text)
    return number.numerator if number.denominator == 1 else number
