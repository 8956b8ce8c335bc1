"""Leaks: what the redaction policy takes out before a line is written, found in lines that were."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

from contract.logs import FIELDS, METADATA_KEY
from contract.redaction import REDACTION
from generator.dsl.label_values import closed
from generator.dsl.log import (
    SAFE,
    SECRET,
    EnumType,
    LabelValueType,
    LogField,
    NumberType,
    ObjectType,
    RedactionKind,
    RedactionRule,
    StringType,
)
from generator.logs.checksums import found
from generator.logs.violations import Breach

MARK = re.compile(r"\[redacted:[a-z0-9_]+\]")
"""What the redaction writes in place of what it takes out."""
NAMES = re.compile(REDACTION.secret_names)
NEW_WORD = re.compile("(?<=[a-z0-9])(?=[A-Z])")
RULES = tuple((rule, rule.compiled) for rule in REDACTION.rules)
REMEMBERED = 256
"""Texts up to so many characters are remembered: what programs say, they say again and again."""
UNKNOWN = "*"
CURE = "log it through the Worker's library, which takes it out, or do not log it"
RAW_CURE = "switch debugging off, or say --raw where it is meant to be on"
Fields: TypeAlias = Mapping[str, LogField]
Part: TypeAlias = tuple[str, object, LogField | None, str, str]
"""A field's name, its value, what the contract says of it, where it stands, and as what it is counted."""


def leaks(record: Mapping[str, object], valid: bool, raw: bool = False) -> list[Breach]:
    """All leaks of a line's object. Of a `valid` one, fields whose form the contract bounds are passed over.

    With `raw`, prompts and answers may be there, as while debugging; they are still searched.
    """
    breaches: list[Breach] = []
    waiting = _parts(record, BY_NAME, valid)
    while waiting:
        name, value, field, here, kind = waiting.pop()
        if field is None:
            breaches += _unknown(name, value, here, kind)
        elif field.sensitivity is SECRET and not raw and not _empty(value):
            breaches.append(Breach("raw_text", here, kind, "a raw prompt or answer was logged", RAW_CURE))
        if isinstance(value, str):
            personal = field is None or field.sensitivity is not SAFE
            breaches += [_leak(rule, here, kind) for rule in broken(value, personal)]
        elif isinstance(value, dict):
            inner = INNER.get(name, {}) if field is not None else {}
            waiting += _parts(value, inner, valid, f"{here}.", f"{kind}.")
        elif isinstance(value, list):
            waiting += [("", one, None, here, kind) for one in value]
    return breaches


def bounded(field: LogField) -> bool:
    """Whether a field that the schema took cannot hold what an outsider typed."""
    match field.type:
        case EnumType() | NumberType():
            return True
        case LabelValueType(label=label):
            return closed(label)
        case StringType(pattern=pattern):
            return field.sensitivity is SAFE and bool(pattern)
        case ObjectType():
            return False


def broken(text: str, personal: bool) -> tuple[RedactionRule, ...]:
    """The rules that find something in a text, in the policy's order; those of persons where they are asked for."""
    return _remembered(text, personal) if len(text) <= REMEMBERED else _searched(text, personal)


def secret_name(name: str) -> bool:
    """Whether a field's name says that its value is to be replaced whole."""
    parted = NEW_WORD.sub("_", name).lower()
    return parted in REDACTION.headers or NAMES.search(parted) is not None


@lru_cache(maxsize=1 << 12)
def shown(name: str) -> str:
    """A name that the contract does not know, as it may be shown: `*` where it could be data itself."""
    return name if re.fullmatch(METADATA_KEY, name) and not broken(name, True) else UNKNOWN


BY_NAME: Fields = {field.name: field for field in FIELDS}
INNER: Mapping[str, Fields] = {
    field.name: {inner.name: inner for inner in field.type.fields}
    for field in FIELDS
    if isinstance(field.type, ObjectType)
}
BOUNDED = {id(field) for fields in (BY_NAME, *INNER.values()) for field in fields.values() if bounded(field)}


def _parts(values: Mapping[str, object], fields: Fields, valid: bool, place: str = "", group: str = "") -> list[Part]:
    parts: list[Part] = []
    for name, value in values.items():
        field = fields.get(name)
        if field is None:
            parts.append((name, value, None, place + shown(name), group + UNKNOWN))
        elif not valid or id(field) not in BOUNDED:
            parts.append((name, value, field, place + name, group + name))
    return parts


def _unknown(name: str, value: object, here: str, kind: str) -> Iterator[Breach]:
    """What a name that is not of the contract gives away: a secret value or, being data itself, what the rules find."""
    if secret_name(name) and not _empty(value):
        yield Breach("secret_name", here, kind, "a field whose name says that it is secret was logged", CURE)
    for rule in broken(name, True):
        yield _leak(rule, here, kind)


def _empty(value: object) -> bool:
    return value in (None, "", False) or (isinstance(value, str) and MARK.fullmatch(value) is not None)


def _leak(rule: RedactionRule, here: str, kind: str) -> Breach:
    what = f"what rule {rule.name} finds was logged ({rule.help[0].lower()}{rule.help[1:].rstrip('.')})"
    return Breach(rule.name, here, kind, what, CURE)


def _searched(text: str, personal: bool) -> tuple[RedactionRule, ...]:
    wanted = ((rule, pattern) for rule, pattern in RULES if personal or rule.kind is RedactionKind.CREDENTIAL)
    return tuple(rule for rule, pattern in wanted if _finds(rule, pattern, text))


_remembered = lru_cache(maxsize=1 << 14)(_searched)


def _finds(rule: RedactionRule, pattern: re.Pattern[str], text: str) -> bool:
    return rule.may_match(text) and any(found(pattern, rule.checksum, text))
