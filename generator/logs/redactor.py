"""Redaction as the Workers do it: finds what the policy's rules match in a text, and in its normalized copy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import TypeAlias

from contract.redaction import REDACTION
from generator.dsl.log import Checksum, RedactionKind, RedactionRule

Span: TypeAlias = tuple[int, int, RedactionRule]
"""From where to where a rule matches."""
FILL = "\0"
"""Stands for each character of what was matched, so that positions stay and no other rule matches it alone."""
OPENING_QUOTE = re.compile(r"""\\*["'`]""")
MARK = re.compile(r"\[redacted:\w+\]", re.ASCII)
NORMALIZATION = REDACTION.normalization
SUSPICIOUS = re.compile(NORMALIZATION.suspicious)
ESCAPE = re.compile(NORMALIZATION.escapes)
WIDE_DISTANCE = 0xFEE0
MIN_NUMBER = 12
"""The shortest number with a checksum, in digits: a card of Maestro."""
ALL_KINDS = tuple(RedactionKind)
DOUBLED = bytes(0 if code < ord("0") else sum(divmod(2 * ((code - ord("0")) % 10), 10)) for code in range(256))
"""The weighted value of every second digit, by its code."""


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
    spans = _search(text, kinds)
    if not SUSPICIOUS.search(text):
        return spans
    copy, jumps = _normalized(text)
    return spans if copy == text else _merged(chain(spans, _in_original(_search(copy, kinds), jumps)))


def find_spans(pattern: re.Pattern[str], checksum: Checksum, text: str) -> Iterator[tuple[int, int]]:
    """Yield where the matches that pass the checksum start and end, without the pattern's first group."""
    position = 0
    while match := pattern.search(text, position):
        start, stop = match.span()
        if checksum is not Checksum.NONE:
            stop = start + len(valid_prefix(pattern, checksum, match.group()))
        elif (before := match.end(1) if pattern.groups else -1) >= 0:
            start, stop = _without_quotes(text, before, stop)
        position = max(stop, match.start() + 1)
        if start < stop:
            yield start, stop


def _without_quotes(text: str, start: int, stop: int) -> tuple[int, int]:
    """Return from where to where a value is without the quotes around it."""
    if quote := OPENING_QUOTE.match(text, start, stop):
        start = quote.end()
        if text.endswith(quote[0], start, stop):
            stop -= len(quote[0])
    return start, stop


def valid_prefix(pattern: re.Pattern[str], checksum: Checksum, matched: str) -> str:
    """Return the match without the last groups that keep it from passing the checksum; empty if no prefix passes."""
    while len(matched) >= MIN_NUMBER and not (CHECKSUMS[checksum](matched) and pattern.fullmatch(matched)):
        matched = matched[: max(matched.rfind(" "), matched.rfind("-"), 0)]
    return matched if len(matched) >= MIN_NUMBER else ""


def passes_luhn(text: str) -> bool:
    """Return whether a text's digits end in their check digit (ISO/IEC 7812-1)."""
    digits = text.replace(" ", "").replace("-", "").encode()
    return (sum(digits[::-2]) - ord("0") * len(digits[::-2]) + sum(digits[-2::-2].translate(DOUBLED))) % 10 == 0


def passes_mod97(text: str) -> bool:
    """Return whether the third and fourth of a text's letters and digits are its check digits (ISO 13616)."""
    characters = text.replace(" ", "").replace("-", "").lower()
    return int((characters[4:] + characters[:4]).translate(LETTER_NUMBERS)) % 97 == 1


LETTER_NUMBERS = {ord(letter): str(int(letter, 36)) for letter in "abcdefghijklmnopqrstuvwxyz"}
CHECKSUMS: Mapping[Checksum, Callable[[str], bool]] = {Checksum.LUHN: passes_luhn, Checksum.IBAN: passes_mod97}
RULES = tuple((rule, rule.compiled) for rule in REDACTION.rules)


def _search(text: str, kinds: tuple[RedactionKind, ...]) -> list[Span]:
    searched = MARK.sub(lambda mark: FILL * len(mark[0]), text) if "[redacted:" in text else text
    spans: list[Span] = []
    for rule, pattern in RULES:
        if rule.kind in kinds and rule.may_match(searched):
            matches = list(find_spans(pattern, rule.checksum, searched))
            spans += [(start, stop, rule) for start, stop in matches]
            searched = _filled(searched, matches) if matches else searched
    return _merged(spans)


def _filled(text: str, spans: Iterable[tuple[int, int]]) -> str:
    parts, end = [], 0
    for start, stop in spans:
        parts += [text[end:start], FILL * (stop - start)]
        end = stop
    return "".join(parts) + text[end:]


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans in their order; of those that overlap, the first, or the longer of two, has the rule."""
    merged: list[Span] = []
    for start, stop, rule in sorted(spans, key=lambda span: (span[0], -span[1])):
        if merged and start < merged[-1][1]:
            first, end, kept = merged[-1]
            merged[-1] = (first, max(end, stop), kept)
        else:
            merged.append((start, stop, rule))
    return merged


def _characters(content: str) -> list[str]:
    """Return the characters of a class of a regular expression."""
    pattern = re.compile(f"[{content}]")
    return [character for character in map(chr, range(0x10000)) if pattern.match(character)]


REPLACED = str.maketrans(
    {wide: chr(ord(wide) - WIDE_DISTANCE) for wide in _characters(NORMALIZATION.wide)}
    | dict.fromkeys(_characters(NORMALIZATION.dashes), "-")
    | dict.fromkeys(_characters(NORMALIZATION.spaces), " ")
)


def _normalized(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the normalized copy, and from which of its positions on the original's are how much larger."""
    text = text if text.isascii() else text.translate(REPLACED)
    parts, jumps, end, removed = [], [], 0, 0
    for match in ESCAPE.finditer(text):
        kept = chr(int(match[1], 16)) if match[1] else ""
        start, stop = match.span()
        parts += [text[end:start], kept]
        jumps.append((start - removed + len(kept), removed + stop - start - len(kept)))
        end, removed = stop, jumps[-1][1]
    return "".join(parts) + text[end:], jumps


def _in_original(spans: Iterable[Span], jumps: list[tuple[int, int]]) -> Iterator[Span]:
    """Yield spans of the copy, which are in their order and do not overlap, as spans of the original."""
    shift, passed = 0, 0
    for start, stop, rule in spans:
        ends = []
        for position in (start, stop):
            while passed < len(jumps) and jumps[passed][0] <= position:
                shift = jumps[passed][1]
                passed += 1
            ends.append(position + shift)
        yield ends[0], ends[1], rule
