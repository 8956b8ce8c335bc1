"""Fixtures of the rendering tests: Alertmanager's real tools, and the schemas of rendered files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from generator.external import find_alertmanager, find_amtool


@pytest.fixture(scope="session")
def amtool_path() -> Path:
    """The path of the real amtool, which is built once if it is not installed."""
    return find_amtool()


@pytest.fixture(scope="session")
def alertmanager_path() -> Path:
    """The path of the real Alertmanager, which is built once if it is not installed."""
    return find_alertmanager()


@pytest.fixture(scope="session")
def check_schema(root: Path) -> Callable[[object, str], None]:
    """A function that validates a parsed document against a schema of `tests/schemas`, given by name."""

    def validate(document: object, name: str) -> None:
        schema = json.loads((root / "tests" / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
        jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)

    return validate
