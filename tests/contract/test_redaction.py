"""Each redaction rule on hand-written texts. No example is a real key, person or account."""

from __future__ import annotations

import re

import pytest

from contract.logs import FIELDS
from contract.redaction import REDACTION
from generator.dsl.log import SECRET, Checksum, LogField, ObjectType

RULES = {rule.name: rule for rule in REDACTION.rules}
QUOTED = r"""(?s)^(\\*["'])(.*)\1$"""
# Keys are concatenated so that secret scanners do not report this file.
# The text that must match is between « and ».
MATCHING = [
    ("private_key", "x «-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----» y"),
    ("private_key", "«-----BEGIN PRIVATE KEY-----\nMIIE cut»"),
    ("header", 'sent Cookie: «sid=1; theme="dark"»\nand so on'),
    ("header", 'got {"authorization":"«Token \\"abc\\"»","host":"x"}'),
    ("header", 'got {\\"proxy-authorization\\":\\"«abc»\\"}'),
    ("url_password", "postgres«://me:hunter2@»db.example.com/x"),
    ("url_password", "redis«://:p@ss@»db.example.com/x"),
    ("url_password", "https«://abcdef@»errors.example.com/1"),
    ("authorization", "sent «Bearer abcDEF123456.-_~+/==»"),
    ("authorization", "«basic dXNlcjpwYXNz»"),
    ("jwt", "t=«eyJhbGciOi" + "J9.eyJzdWIiOiIxIn0.c2ln»"),
    ("jwt", "«eyJhbGciOi" + "J9.eyJzdWIiOiIxIn0.»"),
    ("jwt", "cut off: «eyJhbGciOi" + "J9.eyJzdW»"),
    ("jwt", "«eyJhbGciOi" + "J9.a.b.c.d»"),
    ("api_key", "«AKIA" + "ABCDEFGHIJKLMNOP»"),
    ("api_key", "use «ghp_" + "a1" * 18 + "»"),
    ("api_key", "«glpat-" + "a1" * 10 + "»"),
    ("api_key", "«SG." + "a1" * 11 + "." + "b2" * 21 + "»"),
    ("api_key", "«github_pat_" + "a1" * 11 + "».x"),
    ("api_key", "«xoxb-" + "12345678-abc»"),
    ("api_key", "«sk_live_" + "a1" * 10 + "»"),
    ("api_key", "«sk-" + "proj-" + "a1" * 12 + "»"),
    ("api_key", "«AIza" + "b" * 35 + "»"),
    ("api_key", "«hf_" + "b" * 34 + "»"),
    ("api_key", "«cfut_" + "aB3" * 16 + "»"),
    ("prefixed_key", "my nfp«_" + "aB3" * 12 + "»"),
    ("prefixed_key", "shpat«_" + "a1" * 16 + "»"),
    ("prefixed_key", "bot 1234567890«:A" + "aB3" * 12 + "»"),
    ("named_token", "https://x.example/?token=«abc»&y=1"),
    ("parameter", "https://x.example/?sig=«abc»&y=1"),
    ("named_secret", 'say {"password": "«correct horse»"}'),
    ("named_secret", 'say {"password":"«a\\"b»","x":1}'),
    ("named_secret", 'say {\\"password\\":\\"«correct horse»\\",\\"x\\":1}'),
    ("named_secret", "AWS_SECRET_ACCESS_KEY=«abc/def»"),
    ("named_secret", "my PassWord: «hunter2»"),
    ("header", "sent COOKIE: «sid=1»"),
    ("email", "mail «jane.doe+x@mail.example.co.uk»."),
    ("email", "«müller@example.com»"),
    ("email", "/users/«jane%40example.com»/x"),
    ("iban", "to «GB82 WEST 1234 5698 7654 32», please"),
    ("iban", "«DE89370400440532013000»"),
    ("iban", "«AT61 1904 3002 3457 3201» PAID BY"),
    ("card_number", "card «4111 1111 1111 1111»."),
    ("card_number", "«4111 1111 1111 1111» 123"),
    ("card_number", "«378282246310005»"),
    ("card_number", "in 2024 «4111 1111 1111 1111» 12/27"),
    ("us_ssn", "ssn «123-45-6789»"),
    ("phone", "call «+49 (30) 1234-5678» now"),
    ("phone", "«(415) 555-2671»"),
    ("phone", "«0044 20 7946 0958»"),
    ("ip_address", "from «203.0.113.7»."),
    ("ipv6_address", "«2001:db8::ff00:42:8329»"),
    ("ipv6_address", "at «::1» or"),
    ("ipv6_address", "«fe80:0:0:0:0:0:0:1»"),
    ("ipv6_address", "«::ffff:203.0.113.7»"),
]
NOT_MATCHING = [
    "8d3f2b1a-4c5d-4e6f-8a9b-0c1d2e3f4a5b",
    "41111111-1111-4111-8111-111111111111",
    "00491234-5678-4123-8123-004912345678",
    "ab004912-5678-4123-8123-ab4111111111 1790000000123",
    "2026-11-24T18:25:26.123Z",
    "1790000000123",
    "@cf/meta/llama-3.1-8b-instruct-fp8-fast answered in 1234 ms",
    "Basic authentication failed, a bearer token is missing",
    "VECTOR_QUERY_ERROR (code = 40006): namespace not found",
    "at fetch (worker.js:120:17)",
    "https://example.com:8080/chat?tokens=12",
    "com.rainbowsmokeofficial, com-mrrainbowsmoke",
    "4111 1111 1111 1112",
    "GB82 WEST 1234 5698 7654 33",
    "AB12 PART NUMB ERSX",
    "000-12-3456",
    "300.1.2.3",
    "std::vector",
]


def matches(name: str, text: str) -> list[str]:
    """A rule's matches that pass its checksum, without the first group and the quotes around what follows it."""
    texts, position, pattern = [], 0, RULES[name].compiled
    while match := pattern.search(text, position):
        before = match.end(1) if pattern.groups and match.end(1) >= 0 else match.start()
        passed = valid_prefix(name, text[before : match.end()])
        position = before + len(passed) if passed else match.start() + 1
        texts += [re.sub(QUOTED, r"\2", passed)] if passed and before > match.start() else [passed] if passed else []
    return texts


def valid_prefix(name: str, matched: str) -> str:
    """The match without the last groups that keep it from passing the rule's checksum; empty if no prefix passes."""
    if RULES[name].checksum is Checksum.NONE:
        return matched
    passes = {Checksum.LUHN: luhn, Checksum.IBAN: iban}[RULES[name].checksum]
    while not passes(matched) or not RULES[name].compiled.fullmatch(matched):
        matched = matched[: max(matched.rfind(" "), matched.rfind("-"), 0)]
        if not matched:
            break
    return matched


def luhn(text: str) -> bool:
    """Whether a text's digits end in the check digit of ISO/IEC 7812-1."""
    digits = [int(character) for character in reversed(text) if character.isdigit()]
    return sum(sum(divmod(2 * d, 10)) if index % 2 else d for index, d in enumerate(digits)) % 10 == 0


def iban(text: str) -> bool:
    """Whether a text's check digits are valid by ISO 13616: modulo 97, with letters as digits in base 36."""
    characters = text.replace(" ", "")
    return int("".join(str(int(character, 36)) for character in characters[4:] + characters[:4])) % 97 == 1


@pytest.mark.parametrize(("name", "marked"), MATCHING)
def test_a_rule_matches_exactly_the_secret(name: str, marked: str) -> None:
    """A rule matches the whole secret and nothing else."""
    _, expected, _ = re.split("[«»]", marked)
    assert matches(name, re.sub("[«»]", "", marked)) == [expected]


@pytest.mark.parametrize("text", NOT_MATCHING)
def test_harmless_texts_are_not_redacted(text: str) -> None:
    """Ids, timestamps, model names, versions, stack frames and invalid numbers are not redacted."""
    assert [name for name in RULES if matches(name, text)] == []


@pytest.mark.parametrize(("name", "marked"), MATCHING)
def test_a_match_contains_a_literal_of_its_rule(name: str, marked: str) -> None:
    """Skipping texts without a rule's literals, or without what it requires, skips none of its matches."""
    before, secret, _ = re.split("[«»]", marked)
    assert RULES[name].may_match(before + secret if RULES[name].compiled.groups else secret)


def test_every_rule_has_an_example() -> None:
    """Every rule has a matching text in this file."""
    assert {name for name, _ in MATCHING} == set(RULES)


def test_the_plan_s_headers_are_redacted() -> None:
    """The headers are Authorization and Cookie, as in the plan, and the two that carry the same values."""
    assert set(REDACTION.headers) == {"authorization", "cookie", "set-cookie", "proxy-authorization"}


@pytest.mark.parametrize(
    "name",
    [
        "password", "password2", "x-api-key", "api keys", "session_id", "phpsessid", "refresh_token", "csrftoken",
        "auth", "set-cookie", "cookies",
    ],
)  # fmt: skip
def test_secret_names_match(name: str) -> None:
    """A name of a secret matches the policy's pattern."""
    assert re.search(REDACTION.secret_names, name)


@pytest.mark.parametrize("name", ["tokens_input", "author", "keys", "secretary", "cf_ray", "max_tokens"])
def test_similar_names_do_not_match(name: str) -> None:
    """A name that only resembles a secret's does not match."""
    assert not re.search(REDACTION.secret_names, name)


def test_no_field_of_the_contract_has_a_secret_name() -> None:
    """A field of the contract, such as `first_token_ms`, is not redacted because of its name."""
    assert [field.name for field in flattened(FIELDS) if re.search(REDACTION.secret_names, field.name)] == []


def test_prompts_and_responses_are_secret() -> None:
    """The prompt and the response are the only fields that are not logged unless debugging is enabled."""
    assert {field.name for field in flattened(FIELDS) if field.sensitivity is SECRET} == {"prompt", "response"}


def test_gaps_are_documented() -> None:
    """Names and street addresses are documented as not covered, with the reason."""
    gap = next(gap for gap in REDACTION.not_covered if "street addresses" in gap.what)
    assert "named-entity recognition" in gap.why


def flattened(fields: tuple[LogField, ...]) -> list[LogField]:
    """All fields, including nested ones."""
    nested = [child for field in fields if isinstance(field.type, ObjectType) for child in flattened(field.type.fields)]
    return [*fields, *nested]
