"""Validates one log line: is it a line of our Workers, does it match the schema, does it leak?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import jsonschema_rs
import msgspec
from jsonschema_rs import ValidationErrorKind

from generator.logs.leaks import UNKNOWN_NAME, display_name, leaks
from generator.logs.reader import MAX_LINE_BYTES
from generator.logs.violations import UNRECOGNIZED, LineViolation

DECODE = msgspec.json.Decoder().decode
UNRECOGNIZED_HINT = "keep other output out of these files, or omit --strict"
LIBRARY_HINT = "write the line with the Workers' library, or change the contract in contract/logs.py"
PLATFORM_HINT = "name the platform that wrote the line (--platform FILE), or list it under services in that file"
MESSAGES = {
    "required": "the field is missing",
    "additionalProperties": "the contract has no such field",
    "enum": "the value is not one of those that the contract lists",
    "pattern": "the value does not match the contract's pattern",
    "maxLength": "the value is longer than the contract allows",
    "type": "the value is not of the contract's type",
    "minimum": "the number is below the contract's minimum",
    "maximum": "the number is above the contract's maximum",
    "propertyNames": "the key does not match the contract's pattern, or names a secret",
}


class LineValidator:
    """Validates lines by the JSON schema of log lines and by the redaction policy."""

    def __init__(self, schema: str, raw: bool = False) -> None:
        """Take the schema as JSON text. With `raw`, prompts and responses are allowed, as while debugging."""
        self._schema = jsonschema_rs.validator_for(optimized_schema(json.loads(schema)))
        self._raw = raw

    def violations(self, line: bytes) -> Sequence[LineViolation]:
        """Return all violations of a line. An unrecognized line has one, of the rule UNRECOGNIZED."""
        if len(line) > MAX_LINE_BYTES:
            return (_unrecognized(f"longer than {MAX_LINE_BYTES:,} bytes"),)
        try:
            record = _decode(line)
        except (ValueError, RecursionError):
            return (_unrecognized("not JSON in UTF-8"),)
        if type(record) is not dict or "service" not in record or "request_id" not in record:
            return (_unrecognized("not an object with a service and a request_id"),)
        if self._schema.is_valid(record):
            return leaks(record, True, self._raw)
        try:
            violations = [each for error in self._schema.iter_errors(record) for each in _schema_violations(error)]
        except ValueError:  # jsonschema_rs has a limit of some hundred levels
            violations = [LineViolation("depth", "", "", "the line is nested too deeply", LIBRARY_HINT)]
        return [*violations, *leaks(record, False, self._raw)]


def optimized_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Return an equivalent schema that is faster: metadata names that it lists are not matched with the pattern."""
    metadata = schema["properties"]["metadata"]
    names = {"anyOf": [{"enum": list(metadata["properties"])}, metadata["propertyNames"]]}
    return {**schema, "properties": {**schema["properties"], "metadata": {**metadata, "propertyNames": names}}}


def _decode(line: bytes) -> object:
    try:
        return DECODE(line)
    except msgspec.DecodeError:  # msgspec rejects a lone surrogate, which JSON.stringify writes
        return json.loads(line)


def _schema_violations(error: jsonschema_rs.ValidationError) -> Iterator[LineViolation]:
    """Yield the violations of a schema error, without the value and without names that could be data."""
    steps = [str(step) for step in error.schema_path]
    rule = "propertyNames" if "propertyNames" in steps else steps[-1]
    known = [step for before, step in pairwise(steps) if before == "properties"]
    unknown = [display_name(str(step)) for step in error.instance_path[len(known) :]]
    path, group = [*known, *unknown], [*known, *([UNKNOWN_NAME] if unknown else [])]
    match error.kind:
        case ValidationErrorKind.Required(property=name):
            fields = [(name, name)]
        case ValidationErrorKind.AdditionalProperties(unexpected=names):
            fields = [(display_name(name), UNKNOWN_NAME) for name in names]
        case ValidationErrorKind.PropertyNames(error=inner):
            fields = [(display_name(str(inner.instance)), UNKNOWN_NAME)]
        case _:
            fields = []
    message = MESSAGES.get(rule, "the line does not match the schema")
    for name, group_name in fields or [("", "")]:
        field = ".".join(filter(None, [*path, name]))
        field_group = ".".join(filter(None, [*group, group_name]))
        yield LineViolation(rule, field, field_group, message, _hint(field))


def _hint(field: str) -> str:
    return PLATFORM_HINT if field in ("service", "route") else LIBRARY_HINT


def _unrecognized(reason: str) -> LineViolation:
    return LineViolation(UNRECOGNIZED, "", reason, f"unrecognized line: {reason}", UNRECOGNIZED_HINT)
