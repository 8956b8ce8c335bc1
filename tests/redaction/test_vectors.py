"""Python and the Workers read the redaction policy alike: the Workers' test vectors hold for the Python side too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.dsl.log import RedactionKind
from generator.logs.leaks import matching_rules
from generator.logs.redactor import redact

FILE = Path(__file__).parents[2] / "worker" / "tests" / "redaction.vectors.json"
VECTORS: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["why"] for vector in VECTORS])
def test_python_redacts_what_the_workers_redact(vector: dict[str, Any]) -> None:
    """Redacting a text by the policy in Python has the Workers' output."""
    text = "".join(vector["text"])
    credentials_only = redact(text, (RedactionKind.CREDENTIAL,))
    assert (redact(text, tuple(RedactionKind)), credentials_only) == (vector["all"], vector["credential"])


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["why"] for vector in VECTORS])
def test_leaks_are_what_the_workers_redact(vector: dict[str, Any]) -> None:
    """A text leaks if and only if the Workers change it; their output never leaks."""
    text = "".join(vector["text"])
    leaks = (matching_rules(text, True) != (), matching_rules(text, False) != (), matching_rules(vector["all"], True))
    assert leaks == (vector["all"] != text, vector["credential"] != text, ())
