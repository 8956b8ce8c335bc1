"""Leaks: text in written log lines that the redaction policy should have replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

from contract.logs import METADATA_KEY
from contract.redaction import REDACTION
from generator.definitions import project_contract
from generator.dsl.label_values import is_closed
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
from generator.logs.prompts import is_model_text, quotes_model_text
from generator.logs.redactor import ALL_KINDS, find_secrets
from generator.logs.violations import LineViolation
from generator.rendering.log_schema import log_fields

REPLACEMENT = re.compile(r"\[redacted:[a-z0-9_]+\]")
SECRET_NAMES = re.compile(REDACTION.secret_names)
NUMERIC_NAMES = re.compile(REDACTION.numeric_names)
WORD_START = re.compile("(?<=[a-z0-9])(?=[A-Z])")
MAX_CACHED_LENGTH = 256
"""The results for texts up to this length are cached, because programs log the same texts again and again."""
UNKNOWN_NAME = "*"
"""Stands for a name that the contract does not have."""
HINT = "log it through the Workers' library, which redacts it, or do not log it"
RAW_HINT = "disable debugging, or pass --raw if it is meant to be enabled"
QUOTED_HINT = "log a text that does not repeat what was sent to the model, or pass --raw while debugging"
Fields: TypeAlias = Mapping[str, LogField]
PendingValue: TypeAlias = tuple[str, object, LogField | None, str, str]
"""A value's name, the value, its field in the contract, its path in the line, and its field group."""


def leaks(record: Mapping[str, object], valid: bool, raw: bool = False) -> list[LineViolation]:
    """Return all leaks in a line's JSON object.

    If the object is `valid` by the schema, fields whose form the contract constrains are skipped. With `raw`, prompts
    and responses are allowed, as while debugging; they are still searched.
    """
    violations: list[LineViolation] = []
    pending = _pending_values(record, TOP_LEVEL_FIELDS, valid)
    while pending:
        name, value, field, path, group = pending.pop()
        if field is None:
            violations += name_leaks(name, value, path, group, raw)
        elif field.sensitivity is SECRET and not raw and not _is_empty(value):
            violations.append(LineViolation("raw_text", path, group, "a raw prompt or response was logged", RAW_HINT))
        if isinstance(value, str):
            personal = field is None or field.sensitivity is not SAFE or id(field) in CONSTRAINED
            quoted = personal and (field is None or field.sensitivity is not SECRET)
            violations += text_leaks(value, path, group, personal, raw or not quoted)
        elif isinstance(value, dict):
            nested = NESTED_FIELDS.get(name, {}) if field is not None else {}
            pending += _pending_values(value, nested, valid, f"{path}.", f"{group}.")
        elif isinstance(value, list):
            pending += [("", item, None, path, group) for item in value]
    return violations


def text_leaks(text: str, path: str, group: str, personal: bool = True, raw: bool = False) -> Iterator[LineViolation]:
    """Yield the leaks inside a text; of personal data only if `personal`, and without prompts and responses if
    `raw`."""
    for rule in matching_rules(text, personal):
        yield _leak(rule, path, group)
    if not raw and quotes_model_text(text):
        what = "the text quotes a prompt or a model's response"
        yield LineViolation("raw_text", path, group, what, QUOTED_HINT)


def name_leaks(name: str, value: object, path: str, group: str, raw: bool = False) -> Iterator[LineViolation]:
    """Yield the leaks of a name that the contract does not have: it marks a secret, a prompt or a response, or is
    itself a leak."""
    if is_secret_name(name) and has_secret(name, value):
        yield LineViolation("secret_name", path, group, "the value of a field with a secret's name was logged", HINT)
    for rule in matching_rules(name, True):
        yield _leak(rule, path, group)
    if not raw and is_model_text(name, value):
        yield LineViolation("raw_text", path, group, "a raw prompt or response was logged", RAW_HINT)


def is_constrained(field: LogField) -> bool:
    """Return whether a value that the schema accepts cannot contain text that a caller typed."""
    match field.type:
        case EnumType() | NumberType():
            return True
        case LabelValueType(label=label):
            return is_closed(label)
        case StringType(pattern=pattern):
            return field.sensitivity is SAFE and bool(pattern)
        case ObjectType():
            return False


def matching_rules(text: str, personal: bool) -> tuple[RedactionRule, ...]:
    """Return the rules that match a text, in the policy's order; rules for personal data only if `personal`."""
    return _cached_search(text, personal) if len(text) <= MAX_CACHED_LENGTH else _search(text, personal)


def is_secret_name(name: str) -> bool:
    """Return whether the policy replaces the whole value of a field with this name."""
    words = WORD_START.sub("_", name).lower()
    return words in REDACTION.headers or SECRET_NAMES.search(words) is not None


def has_secret(name: str, value: object) -> bool:
    """Return whether a value under a secret's name has a text that was not redacted, or under some names a number."""
    numbers_are_secret = NUMERIC_NAMES.search(WORD_START.sub("_", name).lower()) is not None
    pending = [value]
    while pending:
        match pending.pop():
            case dict() as fields:
                pending += fields.values()
            case list() as items:
                pending += items
            case bool() | None:
                continue
            case str() as text if not _is_empty(text):
                return True
            case int() | float() if numbers_are_secret:
                return True
    return False


@lru_cache(maxsize=1 << 12)
def display_name(name: str) -> str:
    """Return a name that the contract does not have for display: `*` if it could itself be a leak."""
    return name if re.fullmatch(METADATA_KEY, name) and not matching_rules(name, True) else UNKNOWN_NAME


FIELDS = log_fields(project_contract())
TOP_LEVEL_FIELDS: Fields = {field.name: field for field in FIELDS}
NESTED_FIELDS: Mapping[str, Fields] = {
    field.name: {nested.name: nested for nested in field.type.fields}
    for field in FIELDS
    if isinstance(field.type, ObjectType)
}
CONSTRAINED = {
    id(field)
    for fields in (TOP_LEVEL_FIELDS, *NESTED_FIELDS.values())
    for field in fields.values()
    if is_constrained(field)
}


def _pending_values(
    values: Mapping[str, object], fields: Fields, valid: bool, path: str = "", group: str = ""
) -> list[PendingValue]:
    pending: list[PendingValue] = []
    for name, value in values.items():
        field = fields.get(name)
        if field is None:
            pending.append((name, value, None, path + display_name(name), group + UNKNOWN_NAME))
        elif not valid or id(field) not in CONSTRAINED:
            pending.append((name, value, field, path + name, group + name))
    return pending


def _is_empty(value: object) -> bool:
    return value in (None, "", False) or (isinstance(value, str) and REPLACEMENT.fullmatch(value) is not None)


def _leak(rule: RedactionRule, path: str, group: str) -> LineViolation:
    description = f"{rule.help[0].lower()}{rule.help[1:].rstrip('.')}"
    return LineViolation(rule.name, path, group, f"text that rule {rule.name} redacts was logged ({description})", HINT)


def _search(text: str, personal: bool) -> tuple[RedactionRule, ...]:
    kinds = ALL_KINDS if personal else (RedactionKind.CREDENTIAL,)
    names = {rule.name for _, _, rule in find_secrets(text, kinds)}
    return tuple(rule for rule in REDACTION.rules if rule.name in names)


_cached_search = lru_cache(maxsize=1 << 14)(_search)
