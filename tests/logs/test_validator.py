"""The validator of one entry: its schema violations match another validator's, and what else there is is searched."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from generator.logs import validator
from generator.logs.validator import LineValidator, optimized_schema, routes_by_service
from generator.logs.violations import UNREADABLE, UNRECOGNIZED
from tests.logs.sample_lines import SCHEMA, line
from tests.rendering.platform_by_hand import platform_by_hand
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


@pytest.mark.parametrize("text", [b"plain text", b"[1, 2]", b"null", b'{"service": "worker-api"}'])
def test_a_line_of_others_is_unrecognized(text: bytes) -> None:
    """Text and other JSON have one violation, and are searched: an address in them is a leak."""
    assert rules(text) == [(UNRECOGNIZED, "")]
    assert VALIDATOR.check(text)[:2] == (0, True)
    leaking = text.replace(b"worker-api", b"to jane.doe@example.com").replace(b"1, 2", b'"jane.doe@example.com"')
    leaking = leaking.replace(b"plain text", b"to jane.doe@example.com")
    if leaking != text:
        assert [rule for rule, _ in rules(leaking)] == ["email", UNRECOGNIZED]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b'{"service": "worker-api", "request_id": "8d', "cut off"),
        (b'worker: {"service": "worker-api", "request_id": "8d', "cut off"),
        (b'1:2, "request_id": "8d3f2b1a", "route": "/chat"}', "cut off"),
        (b'{"note": "\xff"}', "not text in UTF-8"),
        (b"\x89PNG\r\n\0", "not text in UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_an_unreadable_line_has_a_violation(text: bytes, reason: str) -> None:
    """A line that is cut at either end, another encoding and extreme depth are violations with the reason, and their
    text is searched."""
    (violation,) = VALIDATOR.violations(text)
    assert violation.rule == UNREADABLE
    assert reason in violation.what
    assert VALIDATOR.check(text)[:2] == (0, False)
    assert {rule for rule, _ in rules(text + b" jane.doe@example.com")} == {"email", UNREADABLE}


def test_a_line_of_another_encoding_is_checked_and_unreadable() -> None:
    """A Worker's line in Latin-1 is validated, and its encoding is a violation."""
    latin = line(level="debug").replace(b"the cache", "é".encode("latin-1"))
    assert rules(latin) == [("enum", "level"), (UNREADABLE, "")]


def test_what_is_around_a_line_is_searched() -> None:
    """Leaks before a line, in an envelope's fields and in its names are found, each with its field."""
    text = line().decode()
    assert rules(f"jane.doe@example.com {text}".encode()) == [("email", "")]
    envelope = {"Logs": [{"Message": [text]}], "Event": {"URL": "https://a.example/?token=hunter2"}, "password": "x"}
    assert rules(json.dumps(envelope).encode()) == [("named_token", "Event.URL"), ("secret_name", "password")]


def test_a_name_that_occurs_twice_hides_no_leak() -> None:
    """The first value of a name that a line has twice is a violation, and is searched."""
    assert rules(b'{"message":"to jane.doe@example.com",' + line()[1:]) == [
        ("additionalProperties", "*"),
        ("email", "*"),
    ]
    nested = line()[:-1] + b',"metadata":{"note":"jane.doe@example.com","note":"ok"}}'
    assert ("email", "metadata.*") in rules(nested)
    assert rules(line(message='a "quoted": colon')) == []


def test_the_replacement_text_of_the_platform_is_no_leak() -> None:
    """Cloudflare writes REDACTED in place of secrets; a secret beside it is still one."""
    redacted = {"url": "https://a.example/?token=REDACTED&id=5", "headers": {"authorization": "REDACTED"}}
    text = json.dumps({"logs": [{"message": [line().decode()]}], "event": {"request": redacted}})
    assert rules(text.encode()) == []
    assert rules(text.replace("=REDACTED", "=REDACTED7").encode()) == [("named_token", "event.request.url")]


def test_a_prompt_in_any_text_is_raw_text() -> None:
    """A quoted prompt is a leak in a message, in the fields of others and in plain text, unless it is allowed."""
    quoted = 'failed: {"prompt":"a poem about rain"}'
    texts = (line(message=quoted), json.dumps({"exceptions": [{"message": quoted}]}).encode(), f"E {quoted}".encode())
    strict = LineValidator(SCHEMA)
    for text in texts:
        assert "raw_text" in {violation.rule for violation in strict.violations(text)}
        assert "raw_text" not in {violation.rule for violation in VALIDATOR.violations(text)}
    for name in ("messages", "question", "response"):
        fields = {(each.rule, each.field) for each in strict.violations(json.dumps({name: ["two words"]}).encode())}
        assert ("raw_text", name) in fields


def test_a_field_that_violates_the_schema_is_searched() -> None:
    """A key in place of the level is two violations: an invalid level, and a leak."""
    assert rules(line(level="AKIA" + "ABCDEFGHIJKLMNOP")) == [("api_key", "level"), ("enum", "level")]


def test_a_very_long_line_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a line above the maximum length the beginning is searched as text, and the line is unreadable."""
    monkeypatch.setattr(validator, "MAX_LINE_BYTES", 100)
    assert rules(line()) == [(UNREADABLE, "")]
    assert rules(b"jane.doe@example.com " + line()) == [("email", ""), (UNREADABLE, "")]


@pytest.mark.parametrize("timestamp", ["2026-02-31T18:25:26.123Z", "2026-02-29T00:00:00Z", "2026-11-31T00:00:00Z"])
def test_a_date_that_does_not_exist_is_a_violation(timestamp: str) -> None:
    """31 February, 29 February of 2026 and 31 November have the form of a date and are none."""
    assert rules(line(timestamp=timestamp)) == [("format", "timestamp")]


@pytest.mark.parametrize(
    ("service", "route", "expected"),
    [
        ("worker-api", "/chat", []),
        ("worker-api", "other", []),
        ("worker-api", "/ingest", [("route", "route")]),
        ("ingest-worker", "/chat", [("route", "route")]),
        ("worker-api", "/admin", [("enum", "route")]),
        ("unknown", "/chat", [("enum", "service")]),
    ],
)
def test_a_route_of_another_service_is_a_violation(service: str, route: str, expected: list[tuple[str, str]]) -> None:
    """Each service has its own routes and `other`; without the routes of services any listed one is valid."""
    platform = platform_by_hand(worker_api=("/chat", "/search"), ingest_worker=("/ingest",))
    checked = LineValidator(SCHEMA, routes=routes_by_service(platform))
    text = line(service=service, route=route)
    assert [(violation.rule, violation.field) for violation in checked.violations(text)] == expected
    assert ("route", "route") not in rules(text)


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
