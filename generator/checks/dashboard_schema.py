"""The JSON Schema of dashboards: generator/rendering/schemas/dashboard.schema.json."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from generator.errors import Problem
from generator.output import dashboard_path

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

SCHEMA = Path(__file__).parents[1] / "rendering/schemas/dashboard.schema.json"
MAX_MESSAGE_LENGTH = 160
HINTS = {
    "additionalProperties": "remove it, or add it to generator/rendering/schemas/dashboard.schema.json",
    "const": "use the only allowed value",
    "enum": "use one of the listed values",
    "false schema": "remove it",
    "maximum": "use a smaller number",
    "maxItems": "remove items",
    "minimum": "use a greater number",
    "minItems": "add an item",
    "minLength": "write a text",
    "not": "remove it",
    "pattern": "follow the pattern",
    "required": "add it",
    "type": "use a value of that type",
}


def schema_problems(name: str, text: str) -> list[Problem]:
    """The violations of the schema in the text of a dashboard."""
    try:
        board = json.loads(text)
    except ValueError as error:
        return [Problem(dashboard_path(name), f"not valid JSON: {error}", "correct the code that renders it")]
    return schema_violations(name, board)


def schema_violations(name: str, board: Any) -> list[Problem]:
    """The violations of the schema in a dashboard."""
    return [] if fast_validator().is_valid(board) else _violations(name, board)


def _violations(name: str, board: Any) -> list[Problem]:
    # It describes each violation, but takes longer to import than a valid dashboard takes to validate.
    from jsonschema import Draft202012Validator

    errors = Draft202012Validator(schema()).iter_errors(board)
    return [
        Problem(_place(name, board, error), _shortened(error.message), HINTS.get(str(error.validator), "correct it"))
        for error in sorted(errors, key=lambda error: list(map(str, error.absolute_path)))
    ]


@cache
def schema() -> dict[str, Any]:
    """The schema."""
    text = SCHEMA.read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


@cache
def fast_validator() -> jsonschema_rs.Validator:
    """The validator of the schema that says whether a dashboard is valid, and not exactly why not."""
    return jsonschema_rs.validator_for(schema())


def _place(name: str, board: Any, error: ValidationError) -> str:
    """The path of the file, the JSON pointer, and the title of the panel that contains it."""
    steps = list(error.absolute_path)
    pointer = "".join(f"/{step}" for step in steps) or "/"
    if len(steps) > 1 and steps[0] == "panels":
        panel = board["panels"][steps[1]]
        title = panel.get("title", "") if isinstance(panel, dict) else ""
        return f"{dashboard_path(name)} {pointer} ({title})" if title else f"{dashboard_path(name)} {pointer}"
    return f"{dashboard_path(name)} {pointer}"


def _shortened(message: str) -> str:
    """A message without the middle part if it is long: jsonschema quotes whole values."""
    half = MAX_MESSAGE_LENGTH // 2
    return message if len(message) <= MAX_MESSAGE_LENGTH else f"{message[:half]} … {message[-half:]}"
