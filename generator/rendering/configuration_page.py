"""docs/configuration.md: every key of a platform file, from its schema, and the keys that each alert takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.config.schema.platform import PLATFORM
from generator.rendering.templates import render

KeyRow = tuple[str, str, str]


def configuration_page(takes: Mapping[str, Sequence[str]], command: str) -> str:
    """The page. `takes` are the alerts that take `window`, `for` and `except_routes`, by the key."""
    sections = [(key, list(_rows(key, schema, key in PLATFORM["required"]))) for key, schema in _keys(PLATFORM)]
    return render("configuration.md.j2", sections=sections, takes=takes, command=command)


def _keys(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the keys of a mapping with their schemas; a key that the user chooses is in angle brackets."""
    yield from schema.get("properties", {}).items()
    if isinstance(schema.get("additionalProperties"), dict):
        name = schema["propertyNames"]["title"].removeprefix("a ").removeprefix("an ")
        yield f"<{name}>", schema["additionalProperties"]


def _rows(path: str, schema: Mapping[str, Any], required: bool) -> Iterator[KeyRow]:
    """Yield a row for a key and for each key below it: the path, what to write, and the meaning."""
    value = "" if schema["type"] == "object" else schema["errorMessage"].removeprefix("give ").removeprefix("list ")
    yield path, f"{value}{'' if required else ' (optional)'}".strip(), schema["description"]
    items = schema.get("items", {})
    keys = dict(_keys(items if items.get("properties") else schema))
    for key, child in keys.items():
        below = f"{path}[].{key}" if items.get("properties") else f"{path}.{key}"
        if child.get("properties") and child["properties"].keys() <= keys.keys():
            yield below, "any of the keys above (optional)", child["description"]
        else:
            yield from _rows(below, child, key in (items or schema).get("required", ()) or key.startswith("<"))
