"""What tests of emitters start from: Alertmanager's real tools, and the schemas that close what is emitted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from generator.external import find_alertmanager, find_amtool


@pytest.fixture(scope="session")
def amtool_path() -> Path:
    """The real amtool: found, or built once."""
    return find_amtool()


@pytest.fixture(scope="session")
def alertmanager_path() -> Path:
    """The real Alertmanager: found, or built once."""
    return find_alertmanager()


@pytest.fixture(scope="session")
def obeys(root: Path) -> Callable[[object, str], None]:
    """Holds what was parsed against a schema of `tests/schemas`, by its name; raises where it is not valid."""

    def check(parsed: object, name: str) -> None:
        schema = json.loads((root / "tests" / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
        jsonschema.validate(parsed, schema, cls=jsonschema.Draft202012Validator)

    return check
