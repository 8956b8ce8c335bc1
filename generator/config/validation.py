"""Validation against the schema: every error of JSON Schema as a violation that says which key to edit and how."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from generator.config.schema.keywords import BOUNDS
from generator.config.schema.platform import PLATFORM
from generator.config.secrets import HIDDEN, holds_secret
from generator.config.yaml_tree import ConfigViolation, Invalid, KeyPath, Node, quoted

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

MAX_LISTED = 11
"""Hints list the possible keys or values up to this number."""


@functools.cache
def fast_validator() -> jsonschema_rs.Validator:
    """Return the validator of a complete platform that says whether it is valid, and not exactly why not."""
    return jsonschema_rs.validator_for(PLATFORM)


def is_valid(values: Any) -> bool:
    """Say whether the values of a tree follow the schema. None that is reported as invalid does."""
    try:
        return fast_validator().is_valid(_json(values))
    except ValueError:  # a value that is not of JSON, as Invalid
        return False


def schema_violations(root: Node, values: Any) -> Iterator[ConfigViolation]:
    """Yield all violations of the schema in the values of a tree, except in those already reported as invalid."""
    if is_valid(values):
        return
    # It describes each violation, but takes longer to import than a valid platform takes to validate.
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(PLATFORM).iter_errors(values):
        if not isinstance(error.instance, Invalid):
            yield from violations_of(error, root)


def violations_of(error: ValidationError, root: Node) -> Iterator[ConfigViolation]:
    """Yield one violation for each key or value that has to change because of an error of JSON Schema."""
    path: KeyPath = tuple(error.absolute_path)
    schema: Any = error.schema
    value: Any = error.instance
    match error.validator:
        case "additionalProperties":
            known = schema["properties"]
            for key in sorted(value.keys() - known.keys()):
                yield ConfigViolation((*path, key), "unknown key", suggestion(key, known, "remove it"))
        case "required":
            for key in (key for key in schema["required"] if key not in value):
                hint = schema["properties"][key]["errorMessage"]
                yield ConfigViolation((*path, key), "this key is required", hint)
        case _ if value is None or error.validator in ("minProperties", "minItems"):
            yield ConfigViolation(path, "the value is empty", schema["errorMessage"])
        case "uniqueItems":
            yield ConfigViolation(path, "the list has a duplicate item", schema["errorMessage"])
        case _ if error.validator in BOUNDS:
            yield ConfigViolation(path, f"{described(path, root)} is out of range", schema["errorMessage"])
        case _ if "propertyNames" in error.absolute_schema_path:
            yield mismatch((*path, value), quoted(value), schema)
        case _:
            yield mismatch(path, described(path, root), schema)


def described(path: KeyPath, root: Node) -> str:
    """Return the value at a path as messages show it."""
    node = root.nearest(path)
    is_scalar = not isinstance(node.value, dict | list) and node.value is not None
    return f"{node.kind()} {HIDDEN}" if is_scalar and holds_secret(path) else node.describe()


def mismatch(path: KeyPath, value: str, schema: Any) -> ConfigViolation:
    """Return the violation of a value that does not match its schema."""
    return ConfigViolation(path, f"{value} is not {schema['title']}", schema["errorMessage"])


def suggestion(wrong: str, known: Iterable[str], otherwise: str) -> str:
    """Return the hint for a misspelt name: the nearest known name, all of them if they are few, or what else to do."""
    names = sorted(known)
    nearest = difflib.get_close_matches(wrong, names, n=1, cutoff=0.6)
    if nearest:
        return f'did you mean "{nearest[0]}"? If not, {otherwise}'
    return f"use one of {', '.join(names)}, or {otherwise}" if len(names) <= MAX_LISTED else otherwise


def _json(value: Any) -> Any:
    """Return a value with its numbers as JSON has them: a double tells apart all numbers that a file may have."""
    match value:
        case dict():
            return {key: _json(each) for key, each in value.items()}
        case list():
            return [_json(each) for each in value]
        case Fraction():
            return float(value)
    return value
