"""log.schema.json on log lines: the plan's, good ones and hostile ones, all written by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from generator.rendering.log_schema import log_schema, whole
from tests.rendering.platform_by_hand import platform_by_hand

SCHEMA: dict[str, Any] = json.loads(
    log_schema(platform_by_hand(worker_api=("/chat", "/search"), ingest_worker=("/ingest",)))
)
AS_PRINTED: dict[str, Any] = {
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
FILLED_IN: dict[str, Any] = AS_PRINTED | {
    "timestamp": "2026-11-24T18:25:26.123Z",
    "level": "info",
    "service": "worker-api",
    "tenant_id": "com.rainbowsmokeofficial",
    "request_id": "8d3f2b1a-4c5d-4e6f-8a9b-0c1d2e3f4a5b",
    "route": "/chat",
}
LEAST = {
    name: FILLED_IN[name]
    for name in ("timestamp", "level", "message", "service", "tenant_id", "request_id", "route")
}  # fmt: skip


def problems(line: object) -> set[str]:
    """The places of a line at which the schema finds fault, joined by dots; the line itself is an empty string."""
    errors = Draft202012Validator(SCHEMA).iter_errors(line)
    return {".".join(map(str, error.absolute_path)) for error in errors}


def test_the_schema_is_one() -> None:
    """The schema is valid JSON Schema 2020-12, and says so."""
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_plan_s_example_is_valid_once_filled_in() -> None:
    """The plan's example is a log line when each placeholder holds one of its values."""
    assert problems(FILLED_IN) == set()


def test_the_plan_s_example_is_not_valid_as_printed() -> None:
    """Placeholders are refused, each where it stands; a tenant's may pass, because tenants come and go."""
    assert problems(AS_PRINTED) == {"timestamp", "level", "service", "request_id", "route"}


def test_the_least_line_is_valid() -> None:
    """A line in the middle of a request has no latency, no status, no error and no metadata yet."""
    assert problems(LEAST) == set()


@pytest.mark.parametrize("name", LEAST)
def test_what_every_line_knows_is_required(name: str) -> None:
    """A line without one of the seven fields cannot be found again, and is refused."""
    assert problems({key: value for key, value in LEAST.items() if key != name}) == {""}


GOOD: list[tuple[str, object]] = [
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
    ("metadata", {"model": "@cf/meta/llama-3.1-8b-instruct", "ai_code": 3036, "prompt": "x" * 30000}),
]


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_what_a_worker_may_write_is_valid(name: str, value: object) -> None:
    """Lines of requests without a tenant or a known route, of streams, errors and calls are valid."""
    assert problems(LEAST | {name: value}) == set()


BAD: list[tuple[str, str, object]] = [
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
    ("metadata.tokens_output", "metadata", {"tokens_output": -1}),
    ("metadata.ai_code", "metadata", {"ai_code": "3036"}),
]


@pytest.mark.parametrize(("where", "name", "value"), BAD)
def test_a_hostile_line_is_refused(where: str, name: str, value: object) -> None:
    """Unlisted fields, wrong types, bounds passed, forged lines, names of secrets: each is found in its place."""
    assert problems(FILLED_IN | {name: value}) == {where}


@pytest.mark.parametrize("line", [[], "a line", None, [LEAST]])
def test_a_line_is_an_object(line: object) -> None:
    """A line that is anything but one object is refused."""
    assert problems(line) == {""}


def test_a_pattern_is_matched_whole() -> None:
    """Alternatives are bounded together: neither what precedes them nor what follows escapes."""
    validator = Draft202012Validator({"pattern": whole("a|b")})
    assert [text for text in ("a", "b", "ac", "cb", "a\n", "\na") if validator.is_valid(text)] == ["a", "b"]


def test_every_field_says_its_sensitivity() -> None:
    """A program that reads the schema learns of every field, nested ones too, how sensitive it is."""

    def properties(schema: dict[str, Any]) -> list[dict[str, Any]]:
        own = list(schema.get("properties", {}).values())
        return own + [deeper for field in own for deeper in properties(field)]

    fields = properties(SCHEMA)
    assert len(fields) == 30
    assert {field["x-sensitivity"] for field in fields} == {"safe", "personal", "secret"}


def test_the_redaction_policy_goes_with_the_schema() -> None:
    """The policy's headers, rules and gaps are annotations, so that the Workers' code is made from one file."""
    policy = SCHEMA["x-redaction"]
    assert {"authorization", "cookie"} < set(policy["headers"])
    (card,) = [rule for rule in policy["rules"] if rule["name"] == "card_number"]
    (email,) = [rule for rule in policy["rules"] if rule["name"] == "email"]
    assert (card["needs"], email["needs"]) == ([], ["@", "%40"])
    assert (card["kind"], card["proof"], card["replacement"]) == ("personal", "luhn", "[redacted:card_number]")
    assert all(gap["what"] and gap["why"] for gap in policy["not_covered"])
