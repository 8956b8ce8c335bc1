"""The vectors that the Workers' redaction is tested with, read by the policy's Python side: both mean the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from contract.redaction import REDACTION
from generator.dsl.log import Checksum, RedactionKind, RedactionRule
from generator.logs.checksums import proved
from generator.logs.leaks import broken

PLACE = Path(__file__).parents[2] / "worker" / "tests" / "redaction.vectors.json"
VECTORS: list[dict[str, Any]] = json.loads(PLACE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["why"] for vector in VECTORS])
def test_the_policy_in_python_takes_out_what_the_workers_take_out(vector: dict[str, Any]) -> None:
    """Read by the words of the policy alone, a text comes out as it does from the Workers."""
    text = "".join(vector["text"])
    assert (redacted(text, tuple(RedactionKind)), redacted(text, (RedactionKind.CREDENTIAL,))) == (
        vector["all"],
        vector["credential"],
    )


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["why"] for vector in VECTORS])
def test_the_check_of_logs_finds_what_the_workers_take_out(vector: dict[str, Any]) -> None:
    """A text that the Workers would not have left as it is is a leak; what they write is none."""
    text = "".join(vector["text"])
    leaks = (broken(text, True) != (), broken(text, False) != (), broken(vector["all"], True))
    assert leaks == (vector["all"] != text, vector["credential"] != text, ())


def redacted(text: str, kinds: tuple[RedactionKind, ...]) -> str:
    """A text after the rules of these kinds, in their order."""
    for rule in REDACTION.rules:
        if rule.kind in kinds and rule.may_match(text):
            text = _replaced(rule, text)
    return text


def _replaced(rule: RedactionRule, text: str) -> str:
    """A text without what one rule finds; after what fails its proof, the search goes on from the second group."""
    pattern, place = rule.compiled, 0
    while match := pattern.search(text, place):
        whole = match.group()
        found = whole if rule.checksum is Checksum.NONE else proved(pattern, rule.checksum, whole)
        place = match.start() + len(re.split("[ -]", whole)[0])
        if found:
            mark = f"[redacted:{rule.name}]"
            text = text[: match.start()] + mark + text[match.start() + len(found) :]
            place = match.start() + len(mark)
    return text
