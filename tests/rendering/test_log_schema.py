"""log.schema.json validates log lines: the plan's example, other valid lines, and hostile lines."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from generator.rendering.log_schema import anchored, log_schema
from tests.rendering.platform_by_hand import platform_by_hand

SCHEMA: dict[str, Any] = json.loads(
    log_schema(platform_by_hand(worker_api=("/chat", "/search"), ingest_worker=("/ingest",)))
)
WITH_PLACEHOLDERS: dict[str, Any] = {
    "timestamp": "ISO_8601_TIMESTAMP",
    "level": "info|warn|error",
    "message": "A human-readable message",
    "service": "worker-api|ingest-worker",
    "tenant_id": "com.rainbowsmokeofficial|com-mrrainbowsmoke",
    "request_id": "UUID",
    "route": "/chat|/search|/ingest",
    "latency_ms": 123,
    "status_code": 200,
    "error": {"message": "Error message if any", "stack": "Stack trace if any"},
    "metadata": {"key": "value"},
}
COMPLETE: dict[str, Any] = WITH_PLACEHOLDERS | {
    "timestamp": "2026-11-24T18:25:26.123Z",
    "level": "info",
    "service": "worker-api",
    "tenant_id": "com.rainbowsmokeofficial",
    "request_id": "8d3f2b1a-4c5d-4e6f-8a9b-0c1d2e3f4a5b",
    "route": "/chat",
}
MINIMAL = {
    name: COMPLETE[name]
    for name in ("timestamp", "level", "message", "service", "tenant_id", "request_id", "route")
}  # fmt: skip


def problems(line: object) -> set[str]:
    """The paths of a line's validation errors, joined by dots; the path of the line itself is empty."""
    errors = Draft202012Validator(SCHEMA).iter_errors(line)
    return {".".join(map(str, error.absolute_path)) for error in errors}


def test_the_schema_is_valid() -> None:
    """The schema is valid JSON Schema 2020-12, and declares that version."""
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_plan_s_example_is_valid_with_values() -> None:
    """The plan's example is valid when each placeholder is replaced by one of its values."""
    assert problems(COMPLETE) == set()


def test_the_plan_s_example_is_not_valid_with_placeholders() -> None:
    """Each placeholder is an error, except that of the tenant, because any name can be a tenant's."""
    assert problems(WITH_PLACEHOLDERS) == {"timestamp", "level", "service", "request_id", "route"}


def test_a_minimal_line_is_valid() -> None:
    """A line from the middle of a request has no latency, status, error or metadata yet."""
    assert problems(MINIMAL) == set()


@pytest.mark.parametrize("name", MINIMAL)
def test_seven_fields_are_required(name: str) -> None:
    """A line without one of the seven fields that searches need is not valid."""
    assert problems({key: value for key, value in MINIMAL.items() if key != name}) == {""}


VALID: list[tuple[str, object]] = [
    ("error", None),
    ("error", {"message": "boom"}),
    ("error", {"message": "boom", "stack": None}),
    ("error", {"message": "boom", "stack": "Error: boom\n    at fetch (worker.js:1:2)"}),
    ("route", "other"),
    ("tenant_id", "unknown"),
    ("tenant_id", 'a "quoted" $tenant </script> ünïcode'),
    ("latency_ms", 0),
    ("latency_ms", 12.5),
    ("timestamp", "2026-11-24T18:25:26Z"),
    ("timestamp", "2026-11-24T18:25:26.123456+02:00"),
    ("metadata", {}),
    ("metadata", {"cf_ray": "230b030023ae2822-SJC", "tokens_input": 12, "store": "kv", "retried": True, "gap": None}),
    ("metadata", {"trace_id": "0f6d53b248314bb596e669a34f6612aa", "span_id": "51b6e0c29d3a7f48"}),
    ("metadata", {"model": "@cf/meta/llama-3.1-8b-instruct", "ai_code": 3036, "prompt": "x" * 30000}),
]


@pytest.mark.parametrize(("name", "value"), VALID)
def test_other_values_are_valid(name: str, value: object) -> None:
    """Lines without a tenant or a known route, with errors, and with metadata of model calls are valid."""
    assert problems(MINIMAL | {name: value}) == set()


INVALID: list[tuple[str, str, object]] = [
    ("", "password", "hunter2"),
    ("", "headers", {"authorization": "x"}),
    ("timestamp", "timestamp", "yesterday"),
    ("timestamp", "timestamp", "2026-13-24T18:25:26Z"),
    ("timestamp", "timestamp", "2026-11-24T24:25:26Z"),
    ("timestamp", "timestamp", "2026-11-24 18:25:26Z"),
    ("timestamp", "timestamp", "2026-11-24T18:25:26"),
    ("timestamp", "timestamp", "2026-11-24T18:25:26Z\n"),
    ("timestamp", "timestamp", "٢٠٢٦-11-24T18:25:26Z"),
    ("timestamp", "timestamp", 1790000000),
    ("level", "level", "debug"),
    ("message", "message", {"text": "hello"}),
    ("message", "message", "x" * 4097),
    ("service", "service", "worker-api\n"),
    ("tenant_id", "tenant_id", ""),
    ("tenant_id", "tenant_id", "a\nb"),
    ("tenant_id", "tenant_id", "acme\n"),
    ("tenant_id", "tenant_id", "x" * 129),
    ("request_id", "request_id", "8d3f2b1a-4c5d-4e6f-8a9b-0c1d2e3f4a5b\n"),
    ("request_id", "request_id", '8d3f2b1a-4c5d-4e6f-8a9b-0c1d2e3f4a5b\n{"level":"info"}'),
    ("request_id", "request_id", "8d3f2b1a4c5d4e6f8a9b0c1d2e3f4a5b"),
    ("request_id", "request_id", None),
    ("route", "route", "/admin"),
    ("latency_ms", "latency_ms", -1),
    ("latency_ms", "latency_ms", "123"),
    ("latency_ms", "latency_ms", True),
    ("status_code", "status_code", 99),
    ("status_code", "status_code", 600),
    ("status_code", "status_code", 200.5),
    ("error", "error", "boom"),
    ("error", "error", {"stack": "no message"}),
    ("error", "error", {"message": "boom", "cause": "unlisted"}),
    ("error.message", "error", {"message": None}),
    ("metadata", "metadata", None),
    ("metadata", "metadata", {"Key": "value"}),
    ("metadata", "metadata", {"a\n": "value"}),
    ("metadata", "metadata", {"api_key": "value"}),
    ("metadata", "metadata", {"password": "value"}),
    ("metadata.key", "metadata", {"key": {"nested": 1}}),
    ("metadata.key", "metadata", {"key": ["a", "list"]}),
    ("metadata.key", "metadata", {"key": "x" * 1025}),
    ("metadata.store", "metadata", {"store": "r2"}),
    ("metadata.trace_id", "metadata", {"trace_id": "0f6d53b2-4831-4bb5-96e6-69a34f6612aa"}),
    ("metadata.span_id", "metadata", {"span_id": "0" * 16}),
    ("metadata.parent_span_id", "metadata", {"parent_span_id": "51B6E0C29D3A7F48"}),
    ("metadata.linked_trace_id", "metadata", {"linked_trace_id": "0" * 32}),
    ("metadata.http_method", "metadata", {"http_method": "get"}),
    ("metadata.linked_span_id", "metadata", {"linked_span_id": "51b6e0c29d3a7f4"}),
    ("metadata.tokens_output", "metadata", {"tokens_output": -1}),
    ("metadata.ai_code", "metadata", {"ai_code": "3036"}),
]


@pytest.mark.parametrize(("where", "name", "value"), INVALID)
def test_a_hostile_line_is_not_valid(where: str, name: str, value: object) -> None:
    """Unlisted fields, wrong types, values out of bounds, forged lines and names of secrets are errors of a field."""
    assert problems(COMPLETE | {name: value}) == {where}


@pytest.mark.parametrize("line", [[], "a line", None, [MINIMAL]])
def test_a_line_must_be_an_object(line: object) -> None:
    """A line that is not a JSON object is not valid."""
    assert problems(line) == {""}


def test_a_pattern_must_match_the_whole_text() -> None:
    """An anchored pattern has no text before or after any of its alternatives."""
    validator = Draft202012Validator({"pattern": anchored("a|b")})
    assert [text for text in ("a", "b", "ac", "cb", "a\n", "\na") if validator.is_valid(text)] == ["a", "b"]


def test_every_field_has_its_sensitivity() -> None:
    """All fields, including nested ones, have their sensitivity in the schema."""

    def properties(schema: dict[str, Any]) -> list[dict[str, Any]]:
        own = list(schema.get("properties", {}).values())
        return own + [nested for field in own for nested in properties(field)]

    fields = properties(SCHEMA)
    assert len(fields) == 44
    assert {field["x-sensitivity"] for field in fields} == {"safe", "personal", "secret"}


def test_the_schema_has_the_redaction_policy() -> None:
    """The policy's headers, rules and gaps are annotations of the schema."""
    policy = SCHEMA["x-redaction"]
    assert {"authorization", "cookie"} < set(policy["headers"])
    (card,) = [rule for rule in policy["rules"] if rule["name"] == "card_number"]
    (email,) = [rule for rule in policy["rules"] if rule["name"] == "email"]
    assert (card["literals"], email["literals"]) == (list("0123456789"), ["@", "%40"])
    assert (card["kind"], card["checksum"], card["replacement"]) == ("personal", "luhn", "[redacted:card_number]")
    assert all(gap["what"] and gap["why"] for gap in policy["not_covered"])
