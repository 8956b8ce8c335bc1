"""One line judged: by the schema, as another validator judges it, and whether it is ours at all."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from generator.logs import validator as judging
from generator.logs.validator import FOREIGN, Judge, quickened
from tests.logs.lines import SCHEMA, line
from tests.rendering.test_log_schema import BAD, FILLED_IN, GOOD, LEAST

JUDGE = Judge(SCHEMA, raw=True)
READ: dict[str, Any] = json.loads(SCHEMA)


def rules(text: bytes) -> list[tuple[str, str]]:
    """The rules that a line breaks, and where."""
    return sorted((breach.rule, breach.field) for breach in JUDGE.breaches(text))


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_what_a_worker_may_write_passes(name: str, value: object) -> None:
    """Every good line of the schema's own tests passes."""
    assert rules(json.dumps(LEAST | {name: value}).encode()) == []


@pytest.mark.parametrize(("where", "name", "value"), BAD)
def test_two_validators_agree(where: str, name: str, value: object) -> None:
    """Each bad line of the schema's own tests breaks the rules, by their keywords, that Python's validator names."""
    text = FILLED_IN | {name: value}
    expected = {str(error.absolute_schema_path[-1]) for error in Draft202012Validator(READ).iter_errors(text)}
    named = {"not": "propertyNames"} | ({"pattern": "propertyNames"} if where == name == "metadata" else {})
    judged = {rule for rule, _ in rules(json.dumps(text).encode())}
    assert {named.get(rule, rule) for rule in expected} <= judged


@pytest.mark.parametrize(("field", "hint"), [("service", "--platform"), ("route", "--platform"), ("level", "library")])
def test_a_line_of_another_platform_is_cured_by_its_name(field: str, hint: str) -> None:
    """Services and routes are the platform's, so it is the platform that is named wrong; a level is the library's."""
    (breach,) = JUDGE.breaches(json.dumps(LEAST | {field: "elsewhere"}).encode())
    assert hint in breach.hint


@pytest.mark.parametrize("field", LEAST)
def test_a_missing_field_is_named(field: str) -> None:
    """A line without one of the fields that all have breaks `required` there; without those that make it ours, it is
    not ours."""
    text = json.dumps({name: value for name, value in LEAST.items() if name != field}).encode()
    ours = field not in ("service", "request_id")
    assert rules(text) == ([("required", field)] if ours else [(FOREIGN, "")])


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
def test_a_breach_names_its_field(fields: dict[str, object], expected: list[tuple[str, str]]) -> None:
    """The field is named as it lies in the line; a name that could be data is `*`."""
    assert rules(line(**fields)) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"plain text", "JSON"),
        (b'{"service": "worker-api", "request_id": "8d', "JSON"),
        (b'{"service": "worker-api", "request_id": "\xff"}', "JSON"),
        (b"[" * 100_000, "JSON"),
        (b"[1, 2]", "no object"),
        (b"null", "no object"),
        (b'{"service": "worker-api"}', "no object"),
    ],
)
def test_a_line_that_is_not_ours_is_judged_no_further(text: bytes, why: str) -> None:
    """Text, half a line, bytes that are no UTF-8, endless depth, other JSON: one breach that says why."""
    (breach,) = JUDGE.breaches(text)
    assert breach.rule == FOREIGN
    assert why in breach.what


def test_a_field_that_breaks_the_schema_is_searched() -> None:
    """A key where the level belongs is two breaches: no level, and a leak."""
    assert rules(line(level="AKIA" + "ABCDEFGHIJKLMNOP")) == [("api_key", "level"), ("enum", "level")]


def test_a_line_beyond_measure_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line longer than what is read whole is not even parsed."""
    monkeypatch.setattr(judging, "LONGEST", 100)
    assert [breach.rule for breach in JUDGE.breaches(line())] == [FOREIGN]


def test_hostile_values_are_judged() -> None:
    """Half a surrogate pair, as JSON.stringify writes it, is a character like others; depth breaks the schema."""
    assert rules(line(message="\ud800 jane.doe@example.com")) == [("email", "message")]
    deep: object = "jane.doe@example.com"
    for _ in range(500):
        deep = {"a": deep}
    found = rules(line(metadata={"note": deep}))
    assert {rule for rule, _ in found} == {"depth", "email"}


@pytest.mark.parametrize("name", ["step", "cf_ray", "note", "Note", "a b", "api_key", "prompt", "token", "x" * 65, ""])
def test_the_quickened_schema_means_the_same(name: str) -> None:
    """A name in metadata is taken or refused as by the schema itself."""
    values = ({name: value} for value in ("call", 1, "230b030023ae2822"))
    for metadata in values:
        record = json.loads(line(metadata=metadata))
        as_is, quick = (jsonschema_rs.validator_for(one) for one in (READ, quickened(READ)))
        assert as_is.is_valid(record) is quick.is_valid(record)
