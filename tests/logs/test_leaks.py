"""Leaks found in lines made by hand. No example is a real key, person or account."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contract.redaction import REDACTION
from generator.logs.leaks import BOUNDED, BY_NAME, INNER, broken, leaks
from tests.logs.lines import LINE

# What leaks, by its rule; the numbers are those of the policy's own tests, their check digits right.
SECRETS = {
    "private_key": "-----BEGIN PRIVATE KEY-----\nMIIE",
    "header": "Authorization: anything at all",
    "url_password": "postgres://me:hunter2@db.example.com/x",
    "authorization": "Bearer abcDEF123456",
    "jwt": "eyJhbGciOi" + "J9.eyJzdWIiOiIxIn0.c2ln",
    "api_key": "AKIA" + "ABCDEFGHIJKLMNOP",
    "named_secret": "password=hunter2",
    "email": "jane.doe@example.com",
    "iban": "GB82 WEST 1234 5698 7654 32",
    "card_number": "4111 1111 1111 1111",
    "us_ssn": "123-45-6789",
    "phone": "+49 30 12345678",
    "ipv6_address": "2001:db8::ff00:42:8329",
    "ip_address": "203.0.113.7",
}
CREDENTIALS = [rule.name for rule in REDACTION.rules if rule.kind.value == "credential"]


def found(valid: bool = True, raw: bool = False, **fields: object) -> set[tuple[str, str]]:
    """The rules that a line with these fields breaks, and where."""
    return {(breach.rule, breach.field) for breach in leaks(LINE | fields, valid, raw)}


def test_every_rule_has_its_secret() -> None:
    """No rule of the policy goes without a leak of its kind."""
    assert set(SECRETS) == {rule.name for rule in REDACTION.rules}


def test_a_clean_line_leaks_nothing() -> None:
    """Ids, times and addresses of code are no leaks."""
    stack = "Error: no\n    at fetch (worker.js:120:17)"
    assert found(error={"message": "no", "stack": stack}, metadata={"cf_ray": "230b030023ae2822-SJC"}) == set()


@pytest.mark.parametrize("rule", SECRETS)
def test_each_kind_is_found_in_every_text_of_a_line(rule: str) -> None:
    """In the message, an error's message and stack, and in metadata that a service passes."""
    text = f"so: {SECRETS[rule]}"
    assert (rule, "message") in found(message=text)
    error = {"message": text, "stack": f"Error: {text}"}
    assert {(rule, "error.message"), (rule, "error.stack")} <= found(error=error)
    assert (rule, "metadata.note") in found(metadata={"note": text})


@pytest.mark.parametrize("rule", SECRETS)
def test_a_field_that_names_no_person_is_searched_for_credentials(rule: str) -> None:
    """A tenant's name may look like an address, and may not hold a key."""
    assert (found(tenant_id=SECRETS[rule]) != set()) is (rule in CREDENTIALS)


@pytest.mark.parametrize("rule", SECRETS)
def test_no_breach_holds_what_leaked(rule: str) -> None:
    """Neither its field nor its words hold the secret, not even where a key is the secret."""
    secret = SECRETS[rule]
    broken = leaks(LINE | {"message": secret, "metadata": {secret: secret, "deep": {secret: [secret]}}}, False)
    assert len(broken) >= 4
    assert [breach for breach in broken if secret in repr(breach)] == []


@pytest.mark.parametrize("name", ["password", "x-api-key", "Authorization", "Set-Cookie", "userPassword", "api_key"])
def test_a_name_that_speaks_of_a_secret_gives_its_value_away(name: str) -> None:
    """By the policy's headers and names, in any case and at any depth; an empty value or a mark gives nothing away."""
    assert "secret_name" in {rule for rule, _ in found(metadata={name: "x"})}
    assert "secret_name" in {rule for rule, _ in found(False, headers={"all": [{name: 1}]})}
    assert found(metadata={name: None}) == found(metadata={name: ""}) == set()
    assert found(metadata={name: "[redacted:named]"}) == set()


@pytest.mark.parametrize(
    "text", ["[redacted:email]", "sent by [redacted:email], token=[redacted:jwt], Cookie: [redacted:header]"]
)
def test_what_was_redacted_is_no_leak(text: str) -> None:
    """The redaction's marks are no secrets, whatever stands before them."""
    assert found(message=text) == set()


@pytest.mark.parametrize("name", ["prompt", "response"])
def test_raw_text_is_a_leak_unless_it_is_meant(name: str) -> None:
    """Prompts and answers are leaks; where debugging is meant to be on they are not, and are searched all the same."""
    assert found(metadata={name: "a poem"}) == {("raw_text", f"metadata.{name}")}
    assert found(raw=True, metadata={name: "a poem"}) == set()
    assert found(raw=True, metadata={name: "to jane.doe@example.com"}) == {("email", f"metadata.{name}")}


def test_what_is_passed_over_is_bounded_by_the_contract() -> None:
    """Only fields whose form is closed are not searched in a valid line: lists, numbers, times, ids and bindings."""
    passed = {name for fields in (BY_NAME, *INNER.values()) for name, one in fields.items() if id(one) in BOUNDED}
    texts = {
        "timestamp",
        "level",
        "service",
        "request_id",
        "route",
        "step",
        "binding",
        "cf_ray",
        "store",
        "operation",
        "debug_until",
    }
    numbers = {"latency_ms", "status_code", "ai_code", "tokens_input", "tokens_output", "first_token_ms", "documents"}
    assert passed == texts | numbers | {"dropped", "collector_status"}


def test_a_line_that_breaks_the_schema_is_searched_everywhere() -> None:
    """A key in the place of the level is no leak of a valid line, for there is none, and one of any other."""
    assert found(False, level=SECRETS["api_key"]) == {("api_key", "level")}
    assert found(False, deep={"a": [{"b": [SECRETS["email"]]}]}) == {("email", "deep.a.b")}


def test_unknown_names_are_counted_as_one() -> None:
    """A thousand names of somebody's choice are one kind of breach."""
    many = {f"n{number}": "203.0.113.7" for number in range(1000)}
    assert {breach.kind for breach in leaks(LINE | {"metadata": many}, True)} == {("ip_address", "metadata.*")}


def test_the_check_finds_what_the_workers_take_out(root: Path) -> None:
    """On the texts by which the Workers' redaction is tested: a leak where they take something out, none where they do
    not, and none in what they leave."""
    vectors = json.loads((root / "worker/tests/redaction.vectors.json").read_text(encoding="utf-8"))
    assert len(vectors) > 20
    for vector in vectors:
        text = "".join(vector["text"])
        for kind, personal in (("all", True), ("credential", False)):
            assert bool(broken(text, personal)) is (vector[kind] != text), vector["why"]
            assert broken(vector[kind], personal) == (), vector["why"]
