"""JSON Schemas of numbers, percentages, strings and mappings, each with its meaning and a hint.

Two keywords carry the text of a violation: `title` names what a value should be ("-5 is not a budget"), `errorMessage`,
which editors show too, is the hint.
"""

from __future__ import annotations

from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]

BOUNDS = {
    "exclusiveMinimum": "above",
    "minimum": "of at least",
    "exclusiveMaximum": "below",
    "maximum": "at most",
}
END = r"(?![\s\S])"
"""The end of a string in every dialect of regular expressions; `$` also matches before a last line break in Python."""


def number(title: str, description: str, *, whole: bool = False, **bounds: int) -> Schema:
    """Return the schema of a number; `bounds` are JSON Schema's keywords."""
    interval = " and ".join(f"{BOUNDS[bound]} {value}" for bound, value in bounds.items())
    hint = f"give a {'whole ' if whole else ''}number {interval}"
    kind = "integer" if whole else "number"
    return {"title": title, "description": description, "type": kind, **bounds, "errorMessage": hint}


def percentage(description: str) -> Schema:
    """Return the schema of a percentage between 0 and 100, both excluded."""
    return number("a percentage", description, exclusiveMinimum=0, exclusiveMaximum=100)


def string(title: str, description: str, pattern: str, hint: str) -> Schema:
    """Return the schema of a string that a regular expression matches as a whole."""
    whole = f"^(?:{pattern}){END}"
    return {"title": title, "description": description, "type": "string", "pattern": whole, "errorMessage": hint}


def record(title: str, description: str, keys: Schema, optional: tuple[str, ...] = ()) -> Schema:
    """Return the schema of a mapping with these keys and no others."""
    names = ", ".join(f"{key} (optional)" if key in optional else key for key in keys)
    return {
        "title": title,
        "description": description,
        "type": "object",
        "properties": keys,
        "required": [key for key in keys if key not in optional],
        "additionalProperties": False,
        "errorMessage": f"write a mapping with the keys {names}",
    }


def table(title: str, description: str, name: Schema, value: Schema) -> Schema:
    """Return the schema of a mapping with at least one key; the user chooses the keys."""
    return {
        "title": title,
        "description": description,
        "type": "object",
        "propertyNames": name,
        "additionalProperties": value,
        "minProperties": 1,
        "errorMessage": f"write at least one entry: {name['title']}, a colon and {value['title']}",
    }


def optional_record(title: str, description: str, keys: Schema) -> Schema:
    """Return the schema of a mapping with any of these keys."""
    hint = f"write a mapping with any of the keys {', '.join(keys)}"
    return {**record(title, description, keys, tuple(keys)), "errorMessage": hint}


def duration(description: str) -> Schema:
    """Return the schema of a duration."""
    hint = 'give a whole number and s, m, h or d, such as "10m"'
    return string("a duration", description, r"[1-9][0-9]{0,5}[smhd]", hint)


def as_overlay(node: Schema) -> Schema:
    """Return a schema with every key optional and `null`, which removes a key, allowed."""
    optional = {key: value for key, value in node.items() if key not in ("required", "minProperties")}
    if "properties" in optional:
        optional["properties"] = {key: as_overlay(value) for key, value in optional["properties"].items()}
    if isinstance(optional.get("additionalProperties"), dict):
        optional["additionalProperties"] = as_overlay(optional["additionalProperties"])
    return {**optional, "type": [optional["type"], "null"]}
