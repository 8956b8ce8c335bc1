"""The validator of one line: its schema violations match another validator's, and other lines are unrecognized."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from generator.logs import validator
from generator.logs.validator import LineValidator, optimized_schema
from generator.logs.violations import UNRECOGNIZED
from tests.logs.sample_lines import SCHEMA, line
from tests.rendering.test_log_schema import COMPLETE, INVALID, MINIMAL, VALID

VALIDATOR = LineValidator(SCHEMA, raw=True)
PARSED_SCHEMA: dict[str, Any] = json.loads(SCHEMA)


def rules(text: bytes) -> list[tuple[str, str]]:
    """The rules that a line violates, with the fields."""
    return sorted((violation.rule, violation.field) for violation in VALIDATOR.violations(text))


@pytest.mark.parametrize(("name", "value"), VALID)
def test_valid_values_pass(name: str, value: object) -> None:
    """Every valid value of the schema's own tests passes."""
    assert rules(json.dumps(MINIMAL | {name: value}).encode()) == []


@pytest.mark.parametrize(("where", "name", "value"), INVALID)
def test_two_validators_agree(where: str, name: str, value: object) -> None:
    """Each invalid value of the schema's own tests violates the keywords that the package jsonschema reports."""
    text = COMPLETE | {name: value}
    expected = {str(error.absolute_schema_path[-1]) for error in Draft202012Validator(PARSED_SCHEMA).iter_errors(text)}
    renamed = {"not": "propertyNames"} | ({"pattern": "propertyNames"} if where == name == "metadata" else {})
    violated = {rule for rule, _ in rules(json.dumps(text).encode())}
    assert {renamed.get(rule, rule) for rule in expected} <= violated


@pytest.mark.parametrize(("field", "hint"), [("service", "--platform"), ("route", "--platform"), ("level", "library")])
def test_the_hint_depends_on_the_field(field: str, hint: str) -> None:
    """An unknown service or route has a hint about the platform's file, an unknown level one about the library."""
    (violation,) = VALIDATOR.violations(json.dumps(MINIMAL | {field: "elsewhere"}).encode())
    assert hint in violation.hint


@pytest.mark.parametrize("field", MINIMAL)
def test_a_missing_field_is_named(field: str) -> None:
    """A line without a required field violates `required`; without a service or request_id it is unrecognized."""
    text = json.dumps({name: value for name, value in MINIMAL.items() if name != field}).encode()
    recognized = field not in ("service", "request_id")
    assert rules(text) == ([("required", field)] if recognized else [(UNRECOGNIZED, "")])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"level": "debug"}, [("enum", "level")]),
        ({"extra": 1, "more": 2}, [("additionalProperties", "extra"), ("additionalProperties", "more")]),
        ({"metadata": {"cf_ray": "nothing"}}, [("pattern", "metadata.cf_ray")]),
        ({"metadata": {"note": {}}}, [("type", "metadata.note")]),
        ({"metadata": {"Note": 1}}, [("propertyNames", "metadata.*")]),
        ({"metadata": {"password": None}}, [("propertyNames", "metadata.password")]),
        ({"error": {"stack": "x"}}, [("required", "error.message")]),
        ({"status_code": 99, "latency_ms": -1}, [("minimum", "latency_ms"), ("minimum", "status_code")]),
    ],
)
def test_a_violation_names_its_field(fields: dict[str, object], expected: list[tuple[str, str]]) -> None:
    """A violation has the path of its field; a name that could be data is replaced by `*`."""
    assert rules(line(**fields)) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"plain text", "JSON"),
        (b'{"service": "worker-api", "request_id": "8d', "JSON"),
        (b'{"service": "worker-api", "request_id": "\xff"}', "JSON"),
        (b"[" * 100_000, "JSON"),
        (b"[1, 2]", "not an object"),
        (b"null", "not an object"),
        (b'{"service": "worker-api"}', "not an object"),
    ],
)
def test_an_unrecognized_line_has_one_violation(text: bytes, reason: str) -> None:
    """Text, a truncated line, invalid UTF-8, extreme depth and other JSON each have one violation with the reason."""
    (violation,) = VALIDATOR.violations(text)
    assert violation.rule == UNRECOGNIZED
    assert reason in violation.what


def test_a_field_that_violates_the_schema_is_searched() -> None:
    """A key in place of the level is two violations: an invalid level, and a leak."""
    assert rules(line(level="AKIA" + "ABCDEFGHIJKLMNOP")) == [("api_key", "level"), ("enum", "level")]


def test_a_very_long_line_is_unrecognized(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line above the maximum length is not parsed."""
    monkeypatch.setattr(validator, "MAX_LINE_BYTES", 100)
    assert [violation.rule for violation in VALIDATOR.violations(line())] == [UNRECOGNIZED]


def test_hostile_values_are_validated() -> None:
    """A lone surrogate, which JSON.stringify writes, is an ordinary character; extreme depth violates the schema."""
    assert rules(line(message="\ud800 jane.doe@example.com")) == [("email", "message")]
    deep: object = "jane.doe@example.com"
    for _ in range(500):
        deep = {"a": deep}
    violated = rules(line(metadata={"note": deep}))
    assert {rule for rule, _ in violated} == {"depth", "email"}


@pytest.mark.parametrize("name", ["step", "cf_ray", "note", "Note", "a b", "api_key", "prompt", "token", "x" * 65, ""])
def test_the_optimized_schema_is_equivalent(name: str) -> None:
    """The optimized schema accepts and rejects the same metadata names as the schema itself."""
    values = ({name: value} for value in ("call", 1, "230b030023ae2822"))
    for metadata in values:
        record = json.loads(line(metadata=metadata))
        original, optimized = (
            jsonschema_rs.validator_for(schema) for schema in (PARSED_SCHEMA, optimized_schema(PARSED_SCHEMA))
        )
        assert original.is_valid(record) is optimized.is_valid(record)
