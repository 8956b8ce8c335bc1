"""The JSON Schema of dashboards: generator/rendering/schemas/dashboard.schema.json."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from generator.errors import Problem
from generator.output import dashboard_path

MAX_MESSAGE_LENGTH = 160
HINTS = {
    "additionalProperties": "remove it, or add it to generator/rendering/schemas/dashboard.schema.json",
    "const": "use the only allowed value",
    "enum": "use one of the listed values",
    "false schema": "remove it",
    "maximum": "use a smaller number",
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
    errors = sorted(validator().iter_errors(board), key=lambda error: list(map(str, error.absolute_path)))
    return [
        Problem(_place(name, board, error), _shortened(error.message), HINTS.get(str(error.validator), "correct it"))
        for error in errors
    ]


@cache
def validator() -> Draft202012Validator:
    """The validator of the schema."""
    schema = files("generator.rendering").joinpath("schemas/dashboard.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(schema))


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
