"""Redaction in Python, by the search of the leak scan."""

from __future__ import annotations

from collections.abc import Iterable

from contract.redaction import REDACTION
from generator.dsl.log import RedactionKind, RedactionRule
from generator.logs.leaks import find_spans


def redacted(text: str, kinds: Iterable[RedactionKind] = tuple(RedactionKind)) -> str:
    """Apply the rules of these kinds in the policy's order."""
    for rule in REDACTION.rules:
        if rule.kind in tuple(kinds) and rule.may_match(text):
            text = _replaced(rule, text)
    return text


def _replaced(rule: RedactionRule, text: str) -> str:
    parts, end = [], 0
    for start, stop in find_spans(rule.compiled, rule.checksum, text):
        parts += [text[end:start], f"[redacted:{rule.name}]"]
        end = stop
    return "".join(parts) + text[end:]
