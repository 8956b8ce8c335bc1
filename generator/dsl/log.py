"""The log contract's DSL: the fields of a log line, their sensitivity, and the redaction policy."""

from __future__ import annotations

import re
from enum import Enum
from functools import cached_property
from typing import TypeAlias

from generator.dsl.fields import check_fields
from generator.dsl.labels import Label
from generator.dsl.text import require_no_templates
from generator.frozen import frozen


class Sensitivity(Enum):
    """How the logger treats a field's value before it writes the line."""

    SAFE = "safe"
    """Written unchanged: callers outside the platform do not control the value."""
    PERSONAL = "personal"
    """May contain text that a person typed: every match of a redaction rule is replaced."""
    SECRET = "secret"
    """Not written unless debugging is enabled; then treated as personal."""


SAFE, PERSONAL, SECRET = Sensitivity.SAFE, Sensitivity.PERSONAL, Sensitivity.SECRET


@frozen
class StringType:
    """A string of at most `max_length` characters that matches `pattern` (a regular expression for the whole string)
    where there is one. `format` is a format name of JSON Schema."""

    max_length: int
    pattern: str = ""
    format: str = ""

    def __post_init__(self) -> None:
        check_fields(self)


@frozen
class EnumType:
    """One of the listed strings."""

    values: tuple[str, ...]

    def __post_init__(self) -> None:
        check_fields(self)


@frozen
class LabelValueType:
    """A value of a metric label, so that the logs and the metrics of a request can be joined."""

    label: Label

    def __post_init__(self) -> None:
        check_fields(self)


@frozen
class NumberType:
    """A number from `minimum` to `maximum`, both inclusive; with `integer`, a whole number."""

    minimum: int
    maximum: int | None = None
    integer: bool = False

    def __post_init__(self) -> None:
        check_fields(self)


@frozen
class ObjectType:
    """An object with these fields.

    Another name is allowed if it matches `additional_names` (a regular expression for the whole name) and does not
    contain a match of `forbidden_names`; its value is a scalar, a string of at most `max_length` characters.
    """

    fields: tuple[LogField, ...]
    additional_names: str = ""
    forbidden_names: str = ""
    max_length: int = 0

    def __post_init__(self) -> None:
        check_fields(self)


FieldType: TypeAlias = StringType | EnumType | LabelValueType | NumberType | ObjectType


@frozen(kw_only=True)
class LogField:
    """A field of a log line. A `nullable` field may be null instead of absent."""

    name: str
    type: FieldType
    sensitivity: Sensitivity
    help: str
    required: bool = False
    nullable: bool = False

    def __post_init__(self) -> None:
        check_fields(self)
        require_no_templates("LogField", help=self.help)


class RedactionKind(Enum):
    """What a redaction rule protects, and so which strings it is applied to."""

    CREDENTIAL = "credential"
    """Grants access: applied to every string, whatever the field's sensitivity."""
    PERSONAL = "personal"
    """Identifies a person: applied to personal fields."""


class Checksum(Enum):
    """A checksum that a match must pass, so that other long numbers are not redacted.

    A pattern may match further numbers or words after the number itself. A match that fails is tried again without its
    last group (everything from the last space or dash on) until the pattern matches the whole rest, which passes. If no
    prefix does, the search continues at the next character.
    """

    NONE = "none"
    LUHN = "luhn"
    """The check digit of payment cards (ISO/IEC 7812-1), computed over the digits alone."""
    IBAN = "iban"
    """The check digits of bank accounts (ISO 13616, ISO/IEC 7064 MOD 97-10): letters and digits alone, the first four
    moved to the end, A to Z read as 10 to 35; the remainder modulo 97 is 1."""


WHITE_SPACE = re.compile(r"\[\\s\\S\]|\[(?:[^\]\\]|\\.)*\]|\\s|\\.", re.DOTALL)
"""A class of any characters, a class, a class of white space, or another escape."""
WHITE_SPACE_CHARACTERS = r"\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""White space of JavaScript (ECMA-262, WhiteSpace and LineTerminator)."""


@frozen(kw_only=True)
class RedactionRule:
    """A pattern whose matches are replaced by `[redacted:name]`; the pattern's first group, where there is one, stays.

    `pattern` is case-sensitive unless `ignore_case` is set. Its syntax has the same meaning in JavaScript (flag `u`, or
    `i`) and in Python's `compiled`: words, digits and cases are those of ASCII, white space that of JavaScript. Every
    match contains at least one of `literals`, so a text without any of them need not be searched; without literals,
    every text is searched. With `ignore_case`, literals are lower case and compared in lower case. Every match also
    contains a match of `requires`, a short pattern without cases, which the Workers search first.
    """

    name: str
    kind: RedactionKind
    pattern: str
    help: str
    literals: tuple[str, ...] = ()
    checksum: Checksum = Checksum.NONE
    ignore_case: bool = False
    requires: str = ""

    def __post_init__(self) -> None:
        check_fields(self)
        require_no_templates("RedactionRule", help=self.help)

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern, compiled for Python."""
        pattern = WHITE_SPACE.sub(_white_space, self.pattern)
        return re.compile(pattern, re.ASCII | (re.IGNORECASE if self.ignore_case else 0))

    def may_match(self, text: str) -> bool:
        """Return False only if the text has none of the rule's literals or not what it requires."""
        searched = text.lower() if self.ignore_case else text
        has_literal = not self.literals or any(literal in searched for literal in self.literals)
        return has_literal and bool(not self.requires or re.search(self.requires, text, re.ASCII | re.IGNORECASE))


def _white_space(match: re.Match[str]) -> str:
    """Return a part of a pattern with JavaScript's white space."""
    part = match[0]
    if part == r"\s":
        return f"[{WHITE_SPACE_CHARACTERS}]"
    return part if part == r"[\s\S]" else part.replace(r"\s", WHITE_SPACE_CHARACTERS)


ESCAPES = r"(?:%|\\u00)([2-7][0-9A-Fa-f])|\\(?=\/)"
"""Escapes of a character of ASCII: in a URL and in a string of JavaScript, with two digits; and of a slash."""


@frozen
class Normalization:
    """Characters that are replaced in the copy of a text that is searched; each is the content of a class of a regular
    expression.

    `wide` are the full-width forms of ASCII, in its order; `dashes` and `spaces` are written as `-` and a space;
    `ignored` are left out. Escapes are decoded once: `%2B`, `\\u002b` and `\\/`.
    """

    wide: str
    dashes: str
    spaces: str
    ignored: str

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def escapes(self) -> str:
        """What is replaced by a shorter text: an escape with its two digits, or what is left out."""
        return rf"{ESCAPES}|[{self.ignored}]"

    @property
    def suspicious(self) -> str:
        """What a text contains that differs from its copy; also other characters beyond ASCII."""
        return r"[^\x00-~]|%[2-7]|\\(?:\/|u00)"


@frozen
class NotCovered:
    """A kind of secret that the redaction does not find, and why, with what keeps it out of the logs instead."""

    what: str
    why: str

    def __post_init__(self) -> None:
        check_fields(self)
        require_no_templates("NotCovered", what=self.what, why=self.why)


@frozen(kw_only=True)
class RedactionPolicy:
    """What is redacted.

    `headers` are header names in lower case. `secret_names` is a regular expression that is searched in a field's name
    in lower case, with `_` before each word that started with a capital. The values of both are replaced whole.
    `numeric_names` matches those of them under which numbers are secret, too. `rules` are applied in order.
    """

    headers: tuple[str, ...]
    secret_names: str
    numeric_names: str
    normalization: Normalization
    rules: tuple[RedactionRule, ...]
    not_covered: tuple[NotCovered, ...]

    def __post_init__(self) -> None:
        check_fields(self)
