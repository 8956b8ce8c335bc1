"""Each redaction rule on texts written by hand. No example is a real key, person or account."""

from __future__ import annotations

import re

import pytest

from contract.logs import FIELDS
from contract.redaction import REDACTION
from generator.dsl.log import SECRET, Checksum, LogField, ObjectType

RULES = {rule.name: rule for rule in REDACTION.rules}
# Keys are put together here, so that scanners of secrets do not take this file for a leak.
# What must be found stands between « and ».
FOUND = [
    ("private_key", "x «-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----» y"),
    ("private_key", "«-----BEGIN PRIVATE KEY-----\nMIIE cut»"),
    ("header", 'sent «Cookie: sid=1; theme="dark"»\nand so on'),
    ("header", 'got {"«authorization":"Token \\"abc\\""»,"host":"x"}'),
    ("header", 'got {\\"«proxy-authorization\\":\\"abc\\"»}'.replace("«proxy-", "proxy-«")),
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
    ("named_secret", "https://x.example/?«token=abc»&y=1"),
    ("named_secret", 'say {"«password": "correct horse"»}'),
    ("named_secret", 'say {"«password":"a\\"b"»,"x":1}'),
    ("named_secret", 'say {\\"«password\\":\\"correct horse\\"»,\\"x\\":1}'),
    ("named_secret", "AWS_SECRET_«ACCESS_KEY=abc/def»"),
    ("named_secret", "my «PassWord: hunter2»"),
    ("header", "sent «COOKIE: sid=1»"),
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
SPARED = [
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


def found(name: str, text: str) -> list[str]:
    """What a rule finds in a text, by its pattern and its proof; after what fails, from its second group on."""
    hits, place, pattern = [], 0, RULES[name].compiled
    while match := pattern.search(text, place):
        hit = proved(name, match.group())
        group = re.match("[^ -]+", match.group())
        place = match.start() + len(hit or (group.group() if group else match.group()))
        hits += [hit] if hit else []
    return hits


def proved(name: str, hit: str) -> str:
    """What of a hit passes the rule's proof: the whole, or else that without its last groups; nothing if none does."""
    proof = {Checksum.NONE: lambda text: True, Checksum.LUHN: luhn, Checksum.IBAN: iban}[RULES[name].checksum]
    while not proof(hit) or not RULES[name].compiled.fullmatch(hit):
        hit = hit[: max(hit.rfind(" "), hit.rfind("-"), 0)]
        if not hit:
            break
    return hit


def luhn(text: str) -> bool:
    """Whether the digits of a text end in the check digit of ISO/IEC 7812-1."""
    digits = [int(sign) for sign in reversed(text) if sign.isdigit()]
    return sum(sum(divmod(2 * d, 10)) if place % 2 else d for place, d in enumerate(digits)) % 10 == 0


def iban(text: str) -> bool:
    """Whether the check digits of a text are right by ISO 13616: mod 97, letter by letter in base 36."""
    signs = text.replace(" ", "")
    return int("".join(str(int(sign, 36)) for sign in signs[4:] + signs[:4])) % 97 == 1


@pytest.mark.parametrize(("name", "marked"), FOUND)
def test_a_rule_finds_what_it_names(name: str, marked: str) -> None:
    """A rule finds its kind, all of it and nothing beside it."""
    _, expected, _ = re.split("[«»]", marked)
    assert found(name, re.sub("[«»]", "", marked)) == [expected]


@pytest.mark.parametrize("text", SPARED)
def test_what_an_engineer_needs_is_spared(text: str) -> None:
    """Ids, times, models, versions, addresses of code and false look-alikes stay readable."""
    assert [name for name in RULES if found(name, text)] == []


@pytest.mark.parametrize(("name", "marked"), FOUND)
def test_a_match_holds_what_its_rule_needs(name: str, marked: str) -> None:
    """Texts that a rule passes over, because they lack what it needs, hold nothing that it would find."""
    _, hit, _ = re.split("[«»]", marked)
    assert RULES[name].may_match(hit)


def test_every_rule_has_an_example() -> None:
    """No rule goes without a text that it finds."""
    assert {name for name, _ in FOUND} == set(RULES)


def test_the_plan_s_headers_are_redacted() -> None:
    """Authorization and Cookie, as the plan says, and the two that carry the same."""
    assert set(REDACTION.headers) == {"authorization", "cookie", "set-cookie", "proxy-authorization"}


@pytest.mark.parametrize(
    "name",
    [
        "password", "password2", "x-api-key", "api keys", "session_id", "phpsessid", "refresh_token", "csrftoken",
        "auth", "set-cookie", "cookies",
    ],
)  # fmt: skip
def test_a_name_that_speaks_of_a_secret_is_known(name: str) -> None:
    """A value whose name says that it is secret is found by that name."""
    assert re.search(REDACTION.secret_names, name)


@pytest.mark.parametrize("name", ["tokens_input", "author", "keys", "secretary", "cf_ray", "max_tokens"])
def test_a_name_that_only_resembles_a_secret_is_not(name: str) -> None:
    """Names that merely contain such a word are left alone."""
    assert not re.search(REDACTION.secret_names, name)


def test_no_field_of_ours_bears_a_secret_s_name() -> None:
    """What the contract itself lists, as `first_token_ms`, is not redacted for its name."""
    assert [field.name for field in flat(FIELDS) if re.search(REDACTION.secret_names, field.name)] == []


def test_prompts_and_responses_are_secret() -> None:
    """What a person asked and what the model answered are the fields that are off unless debugging is enabled."""
    assert {field.name for field in flat(FIELDS) if field.sensitivity is SECRET} == {"prompt", "response"}


def test_what_is_not_covered_is_said() -> None:
    """Names and street addresses are declared as gaps, with the reason."""
    gap = next(gap for gap in REDACTION.not_covered if "street addresses" in gap.what)
    assert "named-entity recognition" in gap.why


def flat(fields: tuple[LogField, ...]) -> list[LogField]:
    """All fields, the nested ones too."""
    nested = [x for field in fields if isinstance(field.type, ObjectType) for x in flat(field.type.fields)]
    return [*fields, *nested]
