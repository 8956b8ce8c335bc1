"""Recall and precision of redaction by kind, on generated corpora, reach the thresholds of docs/redaction.md."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from generator.logs.redactor import redact
from tests.redaction.generated_numbers import MAKERS, TEXTS, digits, numbers
from tests.redaction.generated_secrets import named_secrets
from tests.redaction.ordinary_lines import ORDINARY

SEED, SECRETS, NUMBERS = 15, 6_000, 1_500
PIECE = 6
MIN_RECALL = {"card_number": 1.0, "iban": 1.0, "ip": 1.0, "us_ssn": 1.0, "email": 1.0, "phone": 0.98}
NATIONAL = "07# #######"
DOUBLES = 100_000
NEAR_MISSES = (
    "token: {number} ms",
    "token_usage={number}",
    '{{"session_count":{number}}}',
    "max_tokens: {number}",
    "auth: {word}",
    "session: {word}, id 7",
    "the {word} token is missing",
    "WHERE token = ? AND id = {number}",
    "password: required",
    "authorization=none",
    '{{"cookie":null,"id":{number}}}',
    "invalid token: {word} at line {number}",
    "key={word}",
    "code={number}",
    '["id","password","{word}"]',
    '{{"token_usage":{{"input":{number}}}}}',
    "Unexpected token: {{ near {word}",
    "call {number} of {number} took {number} ms",
    "score 0.{number}{number}{number}",
    "Chrome/{number}.0.0.0",
    "{word}::{word}",
)
WORDS_OF_PROSE = ("login", "started", "users", "expired", "refreshed", "bearer", "failed", "missing")


def keeps_secret(value: str, text: str) -> bool:
    """Whether a text has six characters in a row of a value."""
    return any(value[start : start + PIECE] in text for start in range(len(value) - PIECE + 1))


def test_named_secrets_are_found_in_every_form() -> None:
    """No form keeps a piece of any secret that it names."""
    missed = Counter(form for form, value, text in named_secrets(SECRETS, SEED) if keeps_secret(value, redact(text)))
    assert missed == {}


@pytest.mark.parametrize("kind", MAKERS)
def test_numbers_of_persons_are_found(kind: str) -> None:
    """Of each kind, the share of texts that keep none of its characters reaches the threshold."""
    texts = list(numbers(kind, NUMBERS, SEED))
    complete = [re.search("[0-9@＠]", re.sub(r"\[redacted:[a-z0-9_]+\]", "", redact(text))) is None for text in texts]
    assert sum(complete) / len(texts) >= MIN_RECALL[kind]


def test_local_telephone_numbers_without_a_word_stay() -> None:
    """A number in national form without a telling word is documented as not covered, and so not marked at random."""
    source = random.Random(SEED)
    texts = [source.choice(TEXTS).format(digits(NATIONAL, source)) for _ in range(NUMBERS)]
    assert [text for text in texts if redact(text) != text] == []


def test_ordinary_lines_stay() -> None:
    """No ordinary line loses anything."""
    assert [line for line in ORDINARY if redact(line) != line] == []


@pytest.mark.parametrize("form", NEAR_MISSES)
def test_near_misses_stay(form: str) -> None:
    """Numbers, states and sentences after the name of a secret, and numbers that resemble those of persons, stay."""
    source = random.Random(SEED)
    for _ in range(50):
        text = form.format(number=source.randint(1, 9_999), word=source.choice(WORDS_OF_PROSE))
        assert redact(text) == text


def test_random_doubles_stay() -> None:
    """None of 100,000 fractions, alone or in a vector, looks like a number of a person."""
    source = random.Random(SEED)
    scales = (1.0, -1.0, 10.0, 1e6, 1e-5, 1e-300)
    texts = [f"score {source.random() * source.choice(scales)!r}, [{source.random()!r}]" for _ in range(DOUBLES)]
    assert [text for text in texts if redact(text) != text] == []
