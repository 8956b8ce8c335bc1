"""The schema for editors: closed, with a description of every key, and without required keys for overlays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.output import PLATFORM_SCHEMA
from generator.rendering.contract_json import platform_schema
from tests.config.small_platform import SMALL_PLATFORM

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def editor_schema(platform: Platform) -> Any:
    """The schema as it is written to `out/`."""
    return json.loads(platform_schema(platform, load_definitions().alerts)["contract/platform.schema.json"])


def subschemas(schema: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield a schema and all schemas in it, with their paths."""
    yield path, schema
    for key, child in schema.get("properties", {}).items():
        yield from subschemas(child, f"{path}.{key}")
    for key in ("additionalProperties", "items", "propertyNames"):
        if isinstance(schema.get(key), dict):
            yield from subschemas(schema[key], f"{path}.{key}")


def test_the_schema_is_valid_json_schema_2020_12(editor_schema: Any) -> None:
    """The schema names its dialect, and the meta-schema of the dialect accepts it."""
    assert editor_schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(editor_schema)


@pytest.mark.parametrize("name", ["platform", "overlay"])
def test_every_key_has_a_description_and_every_mapping_is_closed(editor_schema: Any, name: str) -> None:
    """Every key has a description, and no mapping accepts unknown keys."""
    for path, schema in subschemas(editor_schema["$defs"][name]):
        assert schema.get("description"), path
        if "object" in schema["type"]:
            assert "additionalProperties" in schema, path


@pytest.mark.parametrize(
    ("document", "valid"),
    [
        (yaml.safe_load(SMALL_PLATFORM), True),
        ({**yaml.safe_load(SMALL_PLATFORM), "tenant": {}}, False),
        ({"platform": "small"}, False),
        ({"extends": "a.yaml"}, True),
        ({"extends": "a.yaml", "thresholds": {"cost": {"dollars_per_day": 5}}, "tenants": {"a": None}}, True),
        ({"extends": "a.yaml", "thresholds": {"costs": {}}}, False),
        ({"extends": "a.yaml", "thresholds": {"min_requests": 0}}, False),
        ({"extends": 5}, False),
    ],
)
def test_the_schema_accepts_what_the_loader_accepts(editor_schema: Any, document: Any, valid: bool) -> None:
    """A platform needs every key; an overlay needs none, but takes no unknown key and no invalid value."""
    assert Draft202012Validator(editor_schema).is_valid(document) is valid


@pytest.mark.parametrize("name", ["platform.yaml", "staging.yaml"])
def test_the_shipped_platforms_name_the_schema(editor_schema: Any, name: str) -> None:
    """The first line of each file names the schema, and the file is valid."""
    text = (ROOT / name).read_text()
    assert text.splitlines()[0] == f"# yaml-language-server: $schema=out/{PLATFORM_SCHEMA}"
    Draft202012Validator(editor_schema).validate(yaml.safe_load(text))
