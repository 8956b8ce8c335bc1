"""Leaks in hand-written lines. No example is a real key, person or account."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contract.redaction import REDACTION
from generator.logs.leaks import CONSTRAINED, NESTED_FIELDS, TOP_LEVEL_FIELDS, leaks, matching_rules
from tests.logs.sample_lines import LINE

# A secret for each rule; the numbers have valid check digits.
SECRETS = {
    "private_key": "-----BEGIN PRIVATE KEY-----\nMIIE",
    "header": "Authorization: anything at all",
    "url_password": "postgres://me:hunter2@db.example.com/x",
    "authorization": "Bearer abcDEF123456",
    "jwt": "eyJhbGciOi" + "J9.eyJzdWIiOiIxIn0.c2ln",
    "api_key": "AKIA" + "ABCDEFGHIJKLMNOP",
    "prefixed_key": "nfp_" + "aB3" * 12,
    "named_secret": "password=hunter2",
    "named_token": "token: abc123",
    "parameter": "/x?sig=abc123",
    "email": "jane.doe@example.com",
    "iban": "GB82 WEST 1234 5698 7654 32",
    "card_number": "4111 1111 1111 1111",
    "us_ssn": "123-45-6789",
    "phone": "+49 30 12345678",
    "ipv6_address": "2001:db8::ff00:42:8329",
    "ip_address": "203.0.113.7",
}
CREDENTIALS = [rule.name for rule in REDACTION.rules if rule.kind.value == "credential"]


def leaks_of(valid: bool = True, raw: bool = False, **fields: object) -> set[tuple[str, str]]:
    """The rules that a line with these fields violates, and the fields that violate them."""
    return {(violation.rule, violation.field) for violation in leaks(LINE | fields, valid, raw)}


def test_every_rule_has_an_example() -> None:
    """Every rule of the policy has a secret in this file."""
    assert set(SECRETS) == {rule.name for rule in REDACTION.rules}


def test_a_clean_line_has_no_leaks() -> None:
    """Ids, timestamps and stack frames are not leaks."""
    stack = "Error: no\n    at fetch (worker.js:120:17)"
    assert leaks_of(error={"message": "no", "stack": stack}, metadata={"cf_ray": "230b030023ae2822-SJC"}) == set()


@pytest.mark.parametrize("rule", SECRETS)
def test_each_rule_is_applied_to_every_personal_field(rule: str) -> None:
    """A secret is found in the message, in the error's message and stack, and in additional metadata."""
    text = f"so: {SECRETS[rule]}"
    assert (rule, "message") in leaks_of(message=text)
    error = {"message": text, "stack": f"Error: {text}"}
    assert {(rule, "error.message"), (rule, "error.stack")} <= leaks_of(error=error)
    assert (rule, "metadata.note") in leaks_of(metadata={"note": text})


@pytest.mark.parametrize("rule", SECRETS)
def test_safe_fields_are_searched_for_credentials_only(rule: str) -> None:
    """A tenant's name may look like an address but must not contain a credential."""
    assert (leaks_of(tenant_id=SECRETS[rule]) != set()) is (rule in CREDENTIALS)


@pytest.mark.parametrize("rule", SECRETS)
def test_a_violation_never_contains_the_secret(rule: str) -> None:
    """Neither the field nor the message of a violation contains the secret, even if the secret is a key."""
    secret = SECRETS[rule]
    violations = leaks(LINE | {"message": secret, "metadata": {secret: secret, "deep": {secret: [secret]}}}, False)
    assert len(violations) >= 4
    assert [violation for violation in violations if secret in repr(violation)] == []


@pytest.mark.parametrize("name", ["password", "x-api-key", "Authorization", "Set-Cookie", "userPassword", "api_key"])
def test_a_value_with_a_secret_name_is_a_leak(name: str) -> None:
    """A secret name counts in any case and at any depth; an empty value or a replacement text is not a leak."""
    assert "secret_name" in {rule for rule, _ in leaks_of(metadata={name: "x"})}
    assert "secret_name" in {rule for rule, _ in leaks_of(False, headers={"all": [{name: 1}]})}
    assert leaks_of(metadata={name: None}) == leaks_of(metadata={name: ""}) == set()
    assert leaks_of(metadata={name: "[redacted:named]"}) == set()


def test_the_type_of_a_value_with_a_secret_name_decides() -> None:
    """Numbers are leaks under the names of passwords and ids only; booleans never are, texts at any depth are."""
    assert leaks_of(False, token=312, auth=True, session={"count": 3, "user": ["[redacted:named_secret]"]}) == set()
    assert {field for _, field in leaks_of(False, session_id=312, token={"a": ["x"]})} == {"session_id", "token"}


@pytest.mark.parametrize(
    "text", ["[redacted:email]", "sent by [redacted:email], token=[redacted:jwt], Cookie: [redacted:header]"]
)
def test_replacement_texts_are_not_leaks(text: str) -> None:
    """A replacement text is not a leak, whatever precedes it."""
    assert leaks_of(message=text) == set()


@pytest.mark.parametrize("name", ["prompt", "response"])
def test_raw_text_is_a_leak_unless_it_is_allowed(name: str) -> None:
    """Prompts and responses are leaks; with `raw` they are allowed, but still searched for secrets."""
    assert leaks_of(metadata={name: "a poem"}) == {("raw_text", f"metadata.{name}")}
    assert leaks_of(raw=True, metadata={name: "a poem"}) == set()
    assert leaks_of(raw=True, metadata={name: "to jane.doe@example.com"}) == {("email", f"metadata.{name}")}


def test_only_constrained_fields_are_skipped() -> None:
    """In a valid line only enums, numbers, timestamps, ids, bindings and methods are not searched."""
    skipped = {
        name
        for fields in (TOP_LEVEL_FIELDS, *NESTED_FIELDS.values())
        for name, field in fields.items()
        if id(field) in CONSTRAINED
    }
    texts = {
        "timestamp",
        "level",
        "service",
        "request_id",
        "route",
        "step",
        "trace_id",
        "span_id",
        "parent_span_id",
        "http_method",
        "binding",
        "method",
        "cf_ray",
        "store",
        "operation",
        "error_class",
        "finish_reason",
        "debug_until",
    }
    tokens = {"input", "input_cached", "input_cache_write", "output", "output_reasoning"}
    numbers = {"latency_ms", "status_code", "ai_code", "first_token_ms", "documents", "dropped", "collector_status"}
    assert skipped == texts | numbers | {f"tokens_{name}" for name in tokens}


def test_every_field_of_an_invalid_line_is_searched() -> None:
    """A key in place of the level is found, and so is an address in an unknown nested field."""
    assert leaks_of(False, level=SECRETS["api_key"]) == {("api_key", "level")}
    assert leaks_of(False, service=SECRETS["email"], route=SECRETS["iban"]) == {("email", "service"), ("iban", "route")}
    assert leaks_of(False, deep={"a": [{"b": [SECRETS["email"]]}]}) == {("email", "deep.a.b")}


def test_unknown_names_are_one_kind() -> None:
    """Leaks under a thousand unknown names are one kind of violation."""
    metadata = {f"n{number}": "203.0.113.7" for number in range(1000)}
    violations = leaks(LINE | {"metadata": metadata}, True)
    assert {violation.kind for violation in violations} == {("ip_address", "metadata.*")}


def test_leaks_are_what_the_workers_redact(root: Path) -> None:
    """In the vectors of the Workers' redaction a text leaks if and only if the Workers change it, and their output
    never leaks."""
    vectors = json.loads((root / "worker/tests/redaction.vectors.json").read_text(encoding="utf-8"))
    assert len(vectors) > 20
    for vector in vectors:
        text = "".join(vector["text"])
        for kind, personal in (("all", True), ("credential", False)):
            assert bool(matching_rules(text, personal)) is (vector[kind] != text), vector["why"]
            assert matching_rules(vector[kind], personal) == (), vector["why"]
