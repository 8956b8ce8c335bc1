"""Texts for comparing the two redactors, made from a seed: fragments of what the policy knows, and of what it does not,
joined at random."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

NAMES = (
    "password",
    "token",
    "apiKey",
    "X-Auth-Key",
    "session_id",
    "authorization",
    "Cookie",
    "user",
    "name",
    "secret",
    "key",
    "code",
    "sig",
    "jwt",
    "connectionString",
    "token_usage",
    "maxTokens",
    "Set-Cookie",
    "sshKey",
    "csrf",
    "value",
    "values",
    "header",
    "auth",
)
SEPARATORS = (
    "=",
    ": ",
    ":",
    " := ",
    " => ",
    " == ",
    '": "',
    "': '",
    '":["',
    '\\":\\"',
    ">",
    " is ",
    " ",
    '","',
    "',  '",
    ":\n  ",
    ":\n  - ",
    ": |\n  ",
    "=Some(",
    ": {",
    ": [",
    '", "value": "',
    "=[",
    ": &str = ",
    '="',
    "\uff1d",
    "%3D",
)
WORDS = (
    "null",
    "required",
    "true",
    "?",
    "312 ms",
    "the",
    "call",
    "phone",
    "tel.",
    "Fax",
    "at",
    "Bearer",
    "basic",
    "tokens",
    "score",
    "not found",
    "redis://me:pw@db",
    "::",
    "a::b",
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    "[redacted:email]",
    "[redacted:phone]",
    "Chrome/131.0.0.0",
    "2001:db8::1",
    "fe80::1%eth0",
    "203.0.113.7",
    "1.2.3.4.5",
    "@",
    "x769",
    "ext. 4",
    "😀",
    "密钥",
    "é",
    "Телефон",
    "電話",
    "ſ",
    "\u212a",
    "\u0130",
    "\u00df",
    "\u03c2",
    "\u1e9e",
)
PUNCTUATION = (
    " ",
    " ",
    " ",
    ", ",
    "; ",
    "&",
    "?",
    ".",
    ":",
    "\n",
    "\\n",
    '"',
    "'",
    "`",
    "\\",
    '\\"',
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "/",
    "\\/",
    "\u00a0",
    "\u200b",
    "\u00ad",
    "\u2011",
    "%20",
    "%26",
    "\\u0026",
    "\t",
    "\r\n",
    "-",
    "=",
    "\u2028",
    "\ufeff",
    "\ud800",
    "|",
)
DIGITS = "0123456789"
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
PREFIXES = (
    "sk-",
    "ghp_",
    "cfut_",
    "AKIA",
    "xoxb-",
    "eyJ",
    "glpat-",
    "AIza",
    "hf_",
    "SG.",
    "whsec_",
    "re_",
    "abc_",
    "v1.0-",
    "12345678:AA",
    "Q~",
)


def random_texts(count: int, seed: int) -> Iterator[str]:
    """Yield texts of one to three fragments, each followed by punctuation."""
    source = random.Random(seed)
    makers: tuple[Callable[[random.Random], str], ...] = (_assignment, _number, _key, _address, _wide, _noise)
    weights = (5, 4, 2, 1, 1, 2)
    for _ in range(count):
        chosen = source.choices(makers, weights, k=source.randint(1, 3))
        yield "".join(maker(source) + source.choice(PUNCTUATION) for maker in chosen)


def _assignment(source: random.Random) -> str:
    opening = source.choice(("", "", '{"', "{'", "{ ", '["', "?", "&", "--", "<", "my_", '{\\"', '{"name":"'))
    return opening + source.choice(NAMES) + source.choice(SEPARATORS) + source.choice((_word, _key, _number))(source)


def _word(source: random.Random) -> str:
    return source.choice((*WORDS, *NAMES))


def _number(source: random.Random) -> str:
    groups = ("".join(source.choices(DIGITS, k=source.randint(1, 6))) for _ in range(source.randint(1, 6)))
    start = source.choice(("", "", "+", "00", "(", "0", "4", "37", "DE89", "nl91", "1.", "call ", "tel "))
    return start + source.choice(("", "", " ", "-", ".", ") ", "\u2013", "\u00a0", "/")).join(groups)


def _key(source: random.Random) -> str:
    alphabet = source.choice((DIGITS + "abcdef", LETTERS + DIGITS, LETTERS + DIGITS + "_-", LETTERS))
    return source.choice((*PREFIXES, "", "")) + "".join(source.choices(alphabet, k=source.choice((3, 8, 20, 36, 48))))


def _address(source: random.Random) -> str:
    return (
        source.choice(("jane.doe", "müller", "a+b", "x"))
        + source.choice(("@", "%40", "\uff20"))
        + source.choice(("example.com", "a.b.example.org", "example", "ex\u00adample.com"))
    )


def _wide(source: random.Random) -> str:
    return "".join(chr(ord(character) + 0xFEE0) if character.isalnum() else character for character in _number(source))


def _noise(source: random.Random) -> str:
    return source.choice((*WORDS, *PUNCTUATION)) * source.randint(1, 3)
