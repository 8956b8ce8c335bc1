"""Redaction as the Workers do it: finds what the policy's rules match in a text, and in its normalized copy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from typing import TypeAlias

from contract.redaction import REDACTION
from generator.dsl.log import RedactionKind, RedactionRule
from generator.logs.byte_text import ByteCode
from generator.logs.normalized_text import NormalizedCode
from generator.logs.searched_rule import SearchedRule

Span: TypeAlias = tuple[int, int, RedactionRule]
"""From where to where a rule matches."""
FILL = b"\0"
"""Stands for each character of what was matched, so that positions stay and no other rule matches it alone."""
MARK_START, MARK = b"[redacted:", re.compile(rb"\[redacted:\w+\]")
SUSPICIOUS = re.compile(REDACTION.normalization.suspicious)
ALL_KINDS = tuple(RedactionKind)
CODE = ByteCode(rule.compiled.pattern for rule in REDACTION.rules)
NORMALIZED_CODE = NormalizedCode(CODE, REDACTION.normalization)
RULES = tuple(SearchedRule(rule, CODE) for rule in REDACTION.rules)


def redact(text: str, kinds: Iterable[RedactionKind] = ALL_KINDS) -> str:
    """Return a text with a mark in place of each match of the rules of these kinds."""
    parts, end = [], 0
    for start, stop, rule in find_secrets(text, kinds):
        parts += [text[end:start], f"[redacted:{rule.name}]"]
        end = stop
    return "".join(parts) + text[end:]


def find_secrets(text: str, kinds: Iterable[RedactionKind] = ALL_KINDS) -> list[Span]:
    """Return the matches in a text and in its normalized copy, in their order, those that overlap as one."""
    kinds = tuple(kinds)
    encoded = CODE.encode(text)
    spans = _search(encoded, kinds)
    if not SUSPICIOUS.search(text):
        return spans
    copy = NORMALIZED_CODE.normalize(text)
    if copy.encoded == encoded:
        return spans
    in_copy = _search(copy.encoded, kinds)
    positions = copy.in_original([(start, stop) for start, stop, _ in in_copy])
    return _merged(spans + [(*position, rule) for position, (_, _, rule) in zip(positions, in_copy, strict=True)])


def _search(text: bytes, kinds: tuple[RedactionKind, ...]) -> list[Span]:
    searched = MARK.sub(lambda mark: FILL * len(mark[0]), text) if MARK_START in text else text
    lowered = searched.lower()
    by_rule: list[list[Span]] = []
    for rule in RULES:
        if rule.rule.kind in kinds and rule.may_match(searched, lowered) and (matches := rule.find(searched)):
            by_rule.append([(start, stop, rule.rule) for start, stop in matches])
            searched = _filled(searched, matches)
            lowered = searched.lower()
    return by_rule[0] if len(by_rule) == 1 else _merged(list(chain(*by_rule)))


def _filled(text: bytes, spans: Iterable[tuple[int, int]]) -> bytes:
    filled = bytearray(text)
    for start, stop in spans:
        filled[start:stop] = FILL * (stop - start)
    return bytes(filled)


def _merged(spans: list[Span]) -> list[Span]:
    """Return spans in their order; of those that overlap, the first, or the longer of two, has the rule."""
    merged: list[Span] = []
    for start, stop, rule in sorted(spans, key=lambda span: (span[0], -span[1])):
        if merged and start < merged[-1][1]:
            first, end, kept = merged[-1]
            merged[-1] = (first, max(end, stop), kept)
        else:
            merged.append((start, stop, rule))
    return merged
