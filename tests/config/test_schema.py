"""The schema that editors read is closed, explains every key, and lets a file that extends another be short."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from generator.rendering.contract_json import platform_schema
from tests.config.small import SMALL

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def emitted() -> Any:
    """The schema as it is shipped."""
    return json.loads(platform_schema()["contract/platform.schema.json"])


def objects(schema: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every schema within a schema, with its place."""
    yield path, schema
    for key, below in schema.get("properties", {}).items():
        yield from objects(below, f"{path}.{key}")
    for key in ("additionalProperties", "items", "propertyNames"):
        if isinstance(schema.get(key), dict):
            yield from objects(schema[key], f"{path}.{key}")


def test_it_is_a_schema_of_2020_12(emitted: Any) -> None:
    """The dialect is named, and its own meta-schema accepts the schema."""
    assert emitted["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(emitted)


@pytest.mark.parametrize("name", ["whole", "differing"])
def test_every_key_is_explained_and_every_mapping_closed(emitted: Any, name: str) -> None:
    """An editor has a sentence for each key; no mapping takes a key that nobody knows."""
    for path, schema in objects(emitted["$defs"][name]):
        assert schema.get("description"), path
        if "object" in schema["type"]:
            assert "additionalProperties" in schema, path


@pytest.mark.parametrize(
    ("document", "good"),
    [
        (yaml.safe_load(SMALL), True),
        ({**yaml.safe_load(SMALL), "tenant": {}}, False),
        ({"platform": "small"}, False),
        ({"extends": "a.yaml"}, True),
        ({"extends": "a.yaml", "promises": {"cost": {"dollars_per_day": 5}}, "tenants": {"a": None}}, True),
        ({"extends": "a.yaml", "promises": {"costs": {}}}, False),
        ({"extends": "a.yaml", "promises": {"floor_requests": 0}}, False),
        ({"extends": 5}, False),
    ],
)
def test_it_judges_as_the_loader_does(emitted: Any, document: Any, good: bool) -> None:
    """A whole platform lacks nothing; what extends another may lack anything, but adds no unknown key or bad value."""
    assert Draft202012Validator(emitted).is_valid(document) is good


@pytest.mark.parametrize("name", ["platform.yaml", "staging.yaml"])
def test_the_shipped_platforms_point_editors_to_it(emitted: Any, name: str) -> None:
    """The first line of each file names the schema, and the file meets it."""
    text = (ROOT / name).read_text()
    (path,) = platform_schema()
    assert text.splitlines()[0] == f"# yaml-language-server: $schema=out/{path}"
    Draft202012Validator(emitted).validate(yaml.safe_load(text))
