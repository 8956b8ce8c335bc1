"""Python and the Workers read the redaction policy alike: the Workers' test vectors hold for the Python side too."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from contract.redaction import REDACTION
from generator.dsl.log import Checksum, RedactionKind, RedactionRule
from generator.logs.leaks import matching_rules, valid_prefix

FILE = Path(__file__).parents[2] / "worker" / "tests" / "redaction.vectors.json"
VECTORS: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["why"] for vector in VECTORS])
def test_python_redacts_what_the_workers_redact(vector: dict[str, Any]) -> None:
    """Redacting a text by the policy in Python has the Workers' output."""
    text = "".join(vector["text"])
    credentials_only = redacted(text, (RedactionKind.CREDENTIAL,))
    assert (redacted(text, tuple(RedactionKind)), credentials_only) == (vector["all"], vector["credential"])


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["why"] for vector in VECTORS])
def test_leaks_are_what_the_workers_redact(vector: dict[str, Any]) -> None:
    """A text leaks if and only if the Workers change it; their output never leaks."""
    text = "".join(vector["text"])
    leaks = (matching_rules(text, True) != (), matching_rules(text, False) != (), matching_rules(vector["all"], True))
    assert leaks == (vector["all"] != text, vector["credential"] != text, ())


def redacted(text: str, kinds: tuple[RedactionKind, ...]) -> str:
    """Apply the rules of these kinds in the policy's order."""
    for rule in REDACTION.rules:
        if rule.kind in kinds and rule.may_match(text):
            text = _replaced(rule, text)
    return text


def _replaced(rule: RedactionRule, text: str) -> str:
    """Replace a rule's matches; after a match that fails the checksum, the search continues at its second group."""
    pattern, position = rule.compiled, 0
    while match := pattern.search(text, position):
        whole = match.group()
        passed = whole if rule.checksum is Checksum.NONE else valid_prefix(pattern, rule.checksum, whole)
        position = match.start() + len(re.split("[ -]", whole)[0])
        if passed:
            replacement = f"[redacted:{rule.name}]"
            text = text[: match.start()] + replacement + text[match.start() + len(passed) :]
            position = match.start() + len(replacement)
    return text
