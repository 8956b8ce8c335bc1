"""The words of the log contract: what a line holds, how sensitive it is, and what is taken out before it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from generator.dsl.labels import Label


class Sensitivity(Enum):
    """What happens to a field before its line is written."""

    SAFE = "safe"
    """It is written as it is: no outsider decides what it holds."""
    PERSONAL = "personal"
    """It may hold what a person typed: all that the redaction's patterns find in it is replaced."""
    SECRET = "secret"
    """It is not written, unless debugging is switched on for it; then it is treated as personal."""


SAFE, PERSONAL, SECRET = Sensitivity.SAFE, Sensitivity.PERSONAL, Sensitivity.SECRET


@dataclass(frozen=True)
class Words:
    """A string of at most `longest` characters. `pattern` (a regular expression, matched whole) bounds it; `format` is
    JSON Schema's name of what it is."""

    longest: int
    pattern: str = ""
    format: str = ""


@dataclass(frozen=True)
class OneOf:
    """A string out of a list."""

    listed: tuple[str, ...]


@dataclass(frozen=True)
class ValueOf:
    """A value of a metrics' label, so that logs and metrics of one request meet."""

    label: Label


@dataclass(frozen=True)
class Numeric:
    """A number from `least` to `most`, both included; with `whole`, an integer."""

    least: int
    most: int | None = None
    whole: bool = False


@dataclass(frozen=True)
class Record:
    """An object of these fields. Names beyond them are refused, unless they match `further` (a regular expression,
    matched whole) and do not match `never` (searched); their values are scalars, strings at most `longest` long."""

    fields: tuple[LogField, ...]
    further: str = ""
    never: str = ""
    longest: int = 0


Shape: TypeAlias = Words | OneOf | ValueOf | Numeric | Record


@dataclass(frozen=True, kw_only=True)
class LogField:
    """A field of a log line. One that is `nullable` may be null where it has nothing to say."""

    name: str
    shape: Shape
    sensitivity: Sensitivity
    help: str
    required: bool = False
    nullable: bool = False


class Kind(Enum):
    """Of which kind is what a redaction rule takes out."""

    CREDENTIAL = "credential"
    """What opens a door: it is looked for in every string, whatever its field's sensitivity."""
    PERSONAL = "personal"
    """What leads to a person: it is looked for in personal fields."""


class Proof(Enum):
    """An arithmetic check that what a pattern found must pass, so that no other long number is taken for it.

    Another number or word may follow, and the pattern takes it too: what fails is tried again without its last group
    (from the last space or dash on), as long as the pattern still matches it whole. What passes first was found. Where
    nothing passes, the search goes on after the first group, for another number may have gone before.
    """

    NONE = "none"
    LUHN = "luhn"
    """The check digit of payment cards (ISO/IEC 7812-1), over the digits alone."""
    IBAN = "iban"
    """The check digits of bank accounts (ISO 13616, by ISO/IEC 7064): over letters and digits alone, the first four
    moved to the end, A to Z read as 10 to 35, the remainder by 97 is 1."""


@dataclass(frozen=True, kw_only=True)
class RedactionRule:
    """Something that is found by its form and replaced by `[redacted:name]`.

    `pattern` is searched; case counts, unless `ignore_case`. Its syntax means the same in JavaScript (flag `u`) and in
    Python. `needs` are strings of which every match holds one, so that other texts are passed over cheaply; without
    any, all are searched. Where case is ignored, they are in lower case, and looked for in the text in lower case.
    """

    name: str
    kind: Kind
    pattern: str
    help: str
    needs: tuple[str, ...] = ()
    proof: Proof = Proof.NONE
    ignore_case: bool = False

    @property
    def compiled(self) -> re.Pattern[str]:
        """The pattern as Python searches by it."""
        return re.compile(self.pattern, re.IGNORECASE if self.ignore_case else 0)

    def may_be_in(self, text: str) -> bool:
        """Whether a text holds what every match needs; where it does not, the rule finds nothing in it."""
        searched = text.lower() if self.ignore_case else text
        return not self.needs or any(need in searched for need in self.needs)


@dataclass(frozen=True)
class NotCovered:
    """Something that the redaction does not find, why, and what keeps it out instead."""

    what: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Redaction:
    """The redaction policy. `headers` are names in lower case; `names` is a regular expression, searched in a field's
    name in lower case, with `_` before each word that a capital began: the values of both are replaced whole. `rules`
    run in their order."""

    headers: tuple[str, ...]
    names: str
    rules: tuple[RedactionRule, ...]
    not_covered: tuple[NotCovered, ...]
