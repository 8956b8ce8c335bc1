"""What the schema demands of a document, said in words that a person acts on."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from generator.config.document import Breach, KeyPath, Node, Unreadable, plain, quoted
from generator.config.schema import PLATFORM
from generator.errors import did_you_mean


@functools.cache
def validator() -> Draft202012Validator:
    """The validator of a whole platform."""
    return Draft202012Validator(PLATFORM)


def unmet(root: Node) -> Iterator[Breach]:
    """Everything in which a tree falls short of the schema, but for what has been complained of as unreadable."""
    for error in validator().iter_errors(plain(root)):
        if not isinstance(error.instance, Unreadable):
            yield from worded(error, root)


def worded(error: ValidationError, root: Node) -> Iterator[Breach]:
    """One violation of the schema, as one breach for each key or value that is to be mended."""
    path: KeyPath = tuple(error.absolute_path)
    schema: Any = error.schema
    value: Any = error.instance
    match error.validator:
        case "additionalProperties":
            known = schema["properties"]
            for key in sorted(value.keys() - known.keys()):
                yield Breach((*path, key), "this key is unknown", did_you_mean(key, known))
        case "required":
            for key in (key for key in schema["required"] if key not in value):
                yield Breach((*path, key), "it is missing", schema["properties"][key]["errorMessage"])
        case _ if value is None or error.validator in ("minProperties", "minItems"):
            yield Breach(path, "it is empty", schema["errorMessage"])
        case "uniqueItems":
            yield Breach(path, "an item is listed twice", schema["errorMessage"])
        case _ if "propertyNames" in error.absolute_schema_path:
            yield wrong((*path, value), quoted(value), schema)
        case _:
            yield wrong(path, root.nearest(path).shown(), schema)


def wrong(path: KeyPath, shown: str, schema: Any) -> Breach:
    """A value that is not what the schema names."""
    return Breach(path, f"{shown} is not {schema['title']}", schema["errorMessage"])
