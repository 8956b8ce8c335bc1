"""Reads one YAML file into a tree, strictly: what two readers of YAML could take differently is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import yaml

from generator.config.document import Breach, Finding, KeyPath, Node, Place, Unreadable, Value, quoted
from generator.errors import DefinitionError

LARGEST_BYTES = 16 * 2**20
DEEPEST = 20
MOST_DIGITS = 15
"""What a number of Prometheus (a double) holds exactly."""

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?")
FOREIGN_NUMBER = re.compile(r"[-+]?[0-9.]+[eE][-+]?[0-9]+|0o[0-7]+")
"""Numbers to YAML 1.2, as editors read it, and texts to YAML 1.1, as PyYAML does."""
PLAIN_NUMBER = "write digits with at most one point, no leading zero and no exponent, or quote it if it is text"
EMPTY = ("the file is empty", "write a platform, or `extends:` and the name of one")
SYNTAX = "mend the syntax: look at quotes, brackets, and the indentation (spaces, no tabs)"


def text_of(path: Path) -> str:
    """A file's text. Refuses what is not a regular file, of at most `LARGEST_BYTES`, in UTF-8."""
    try:
        if path.is_dir():
            raise DefinitionError("it is a directory", "name a YAML file in it")
        if not path.is_file():
            raise DefinitionError("there is no such file", "give the path of a YAML file")
        if path.stat().st_size > LARGEST_BYTES:
            raise DefinitionError(f"it is larger than {LARGEST_BYTES // 2**20} MiB", "give a smaller file")
        raw = path.read_bytes()
    except OSError as error:
        raise DefinitionError(f"it cannot be opened ({error.strerror})", "let this user read it") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DefinitionError(f"line {line} is not UTF-8", "save the file as UTF-8") from None


def tree_of(text: str, file: str) -> tuple[Node | None, list[Finding]]:
    """The tree of a text, and all that is wrong with it; no tree where the syntax is broken or there is no mapping."""
    growth = _Growth(file, yaml.parse(text, Loader=LOADER))
    try:
        root = growth.document()
    except yaml.reader.ReaderError:
        odd = yaml.reader.Reader.NON_PRINTABLE.search(text)
        line = text.count("\n", 0, odd.start()) + 1 if odd else 0
        growth.find((), line, "it holds a character that YAML does not allow", "remove the control character")
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        growth.find((), line, f"this is not YAML: {error.problem or error.context}", SYNTAX)
    else:
        return root, growth.findings
    return None, growth.findings


@dataclass
class _Growth:
    """A tree that grows from the events of a YAML parser: aliases are seen before anything is expanded."""

    file: str
    events: Iterator[yaml.Event]
    findings: list[Finding] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    resolver: yaml.resolver.Resolver = field(default_factory=yaml.resolver.Resolver)

    def find(self, path: KeyPath, line: int, what: str, hint: str) -> None:
        self.findings.append(Finding(Breach(path, what, hint), Place(self.file, line)))

    def document(self) -> Node | None:
        next(self.events)
        if isinstance(next(self.events), yaml.StreamEndEvent):
            self.find((), 0, *EMPTY)
            return None
        first = next(self.events)
        root = self.node(first, (), _line(first))
        next(self.events)  # the document's end
        if not isinstance(after := next(self.events), yaml.StreamEndEvent):
            self.find((), _line(after), "a second document begins", "keep one document in a file")
        if isinstance(root.value, dict):
            return root
        if root.value is None:
            self.find((), 0, *EMPTY)
        elif not isinstance(root.value, Unreadable):
            self.find((), root.place.line, f"{root.shown()} is not a platform", "give a mapping of keys to values")
        return None

    def node(self, event: yaml.Event, path: KeyPath, line: int) -> Node:
        """The node that begins with an event; `line` is that of its key."""
        place = Place(self.file, line)
        if refused := self.refused(event, path):
            self.find(path, _line(event), *refused)
        elif isinstance(event, yaml.ScalarEvent):
            return Node(self.scalar(event, path, line), place, event.value)
        elif isinstance(event, yaml.MappingStartEvent):
            return Node(self.mapping(path), place)
        elif isinstance(event, yaml.SequenceStartEvent):
            return Node(self.sequence(path), place)
        self.skip(event)
        return Node(Unreadable(), place)

    def refused(self, event: yaml.Event, path: KeyPath) -> tuple[str, str] | None:
        """What of an event no platform needs, whatever it holds: what is wrong, and its cure."""
        if isinstance(event, yaml.AliasEvent):
            known = event.anchor in self.anchors
            return None if known else (f"the alias *{event.anchor} is not read", "write the value out")
        if anchor := getattr(event, "anchor", None):
            self.anchors.add(anchor)
            return (
                f"anchors (&{anchor}) and aliases are not read",
                "write the value out, or lay files over with `extends`",
            )
        if tag := getattr(event, "tag", None):
            return f"tags ({quoted(tag)}) are not read", "remove the tag"
        if isinstance(event, yaml.CollectionStartEvent) and len(path) >= DEEPEST:
            return f"it is nested more than {DEEPEST} deep", "remove what is too deep"
        return None

    def skip(self, event: yaml.Event) -> None:
        """Passes by all that belongs to a node, however deep."""
        depth = int(isinstance(event, yaml.CollectionStartEvent))
        while depth:
            inner = next(self.events)
            depth += isinstance(inner, yaml.CollectionStartEvent) - isinstance(inner, yaml.CollectionEndEvent)

    def mapping(self, path: KeyPath) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            line = _line(event)
            key = self.key(event, path)
            value = self.node(next(self.events), (*path, key or "?"), line)
            if key is not None and key in entries:
                first = entries[key].place.line
                self.find((*path, key), line, f"the key is given twice, first in line {first}", "keep one of the two")
            elif key is not None:
                entries[key] = value
        return entries

    def key(self, event: yaml.Event, path: KeyPath) -> str | None:
        """A key's text; None, and a finding, for one that is none."""
        if isinstance(event, yaml.ScalarEvent) and not event.tag and not event.anchor:
            if isinstance(key := self.resolved(event), str):
                return key
            self.find(path, _line(event), f"the key {event.value or 'that is empty'} is not text", "put it in quotes")
            return None
        self.find(path, _line(event), "a key is not plain text", "write each key as a word, without & * ! [ {")
        self.skip(event)
        return None

    def sequence(self, path: KeyPath) -> list[Node]:
        items: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, (*path, len(items)), _line(event)))
        return items

    def scalar(self, event: yaml.ScalarEvent, path: KeyPath, line: int) -> Value:
        value = self.resolved(event)
        if isinstance(value, Unreadable):
            what = f"{event.value[:40]} is not a number in {MOST_DIGITS} plain digits or fewer"
            self.find(path, line, what, PLAIN_NUMBER)
        return value

    def resolved(self, event: yaml.ScalarEvent) -> Value:
        """A scalar's value; numbers exactly as they are written, and whole ones as integers."""
        tag = self.resolver.resolve(yaml.ScalarNode, event.value, event.implicit)  # type: ignore[no-untyped-call]
        match str(tag).removeprefix("tag:yaml.org,2002:"):
            case "null":
                return None
            case "bool":
                return event.value.lower() in ("yes", "true", "on")
            case "int" | "float":
                return number_of(event.value)
        return Unreadable() if event.implicit[0] and FOREIGN_NUMBER.fullmatch(event.value) else event.value


def number_of(text: str) -> int | Fraction | Unreadable:
    """A number exactly as it is written: 0.1 is a tenth, 2.0 is the integer."""
    if not NUMBER.fullmatch(text) or sum(map(str.isdigit, text)) > MOST_DIGITS:
        return Unreadable()
    number = Fraction(text)
    return number.numerator if number.denominator == 1 else number


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0
