"""A rule of the redaction policy over encoded texts: where its pattern matches and its checksum holds.

PCRE2 compiles the patterns to machine code, which takes a tenth of the time of Python's `re`. Where a match needs more
of PCRE2's stack than there is, as a value of 100,000 characters may, `re` searches the text instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Protocol, TypeAlias

import pcre2

from generator.dsl.log import Checksum, RedactionRule
from generator.logs.byte_text import ByteCode

OPENING_QUOTE = re.compile(rb"""\\*["'`]""")
QUOTES = b"\"'`\\"
MIN_NUMBER = 12
"""The shortest number with a checksum, in digits: a card of Maestro."""
DOUBLED = bytes(0 if code < ord("0") else sum(divmod(2 * ((code - ord("0")) % 10), 10)) for code in range(256))
"""The weighted value of every second digit, by its code."""
SEPARATORS = b" -"


class MatchSpans(Protocol):
    """What both libraries return."""

    def span(self, group: int = 0, /) -> tuple[int, int]: ...


class FindingPattern(Protocol):
    """What both libraries compile."""

    def finditer(self, string: bytes, pos: int = 0, /) -> Iterator[MatchSpans]: ...


Secret: TypeAlias = Callable[[bytes, MatchSpans, int, int], tuple[int, int]]
"""Returns from where to where the secret is in a match, which starts and ends there."""


class SearchedRule:
    """A rule with its pattern compiled for encoded texts; `may_match` tells cheaply that a text has no match."""

    def __init__(self, rule: RedactionRule, code: ByteCode) -> None:
        self.rule = rule
        self._literals = [code.encode(literal) for literal in rule.literals]
        self._source = code.encode_pattern(rule.compiled.pattern)
        self._ignores_case = rule.ignore_case
        self._pattern = pcre2.compile(self._source, pcre2.ASCII | (pcre2.IGNORECASE if rule.ignore_case else 0))
        self._required = re.compile(code.encode_pattern(rule.requires), re.IGNORECASE) if rule.requires else None
        self._has_group = rule.compiled.groups > 0

    @cached_property
    def _interpreted(self) -> re.Pattern[bytes]:
        return re.compile(self._source, re.IGNORECASE if self._ignores_case else 0)

    def may_match(self, text: bytes, lowered: bytes) -> bool:
        """Return False only if the text has none of the rule's literals or not what it requires."""
        searched = lowered if self._ignores_case else text
        for literal in self._literals:
            if literal in searched:
                break
        else:
            if self._literals:
                return False
        return not self._required or self._required.search(text) is not None

    def find(self, text: bytes) -> list[tuple[int, int]]:
        """Return where the matches that pass the checksum start and end, without the pattern's first group."""
        try:
            return self._secrets(text, self._pattern)
        except pcre2.LibraryError:
            return self._secrets(text, self._interpreted)

    def _secrets(self, text: bytes, pattern: FindingPattern) -> list[tuple[int, int]]:
        if self.rule.checksum is not Checksum.NONE:
            return list(self._within_matches(text, pattern, self._number))
        if self._has_group:
            return list(self._within_matches(text, pattern, _value))
        return [match.span() for match in pattern.finditer(text)]

    def _within_matches(self, text: bytes, pattern: FindingPattern, secret: Secret) -> Iterator[tuple[int, int]]:
        """Yield the secret of each match; what the match has behind it is searched again."""
        position: int | None = 0
        while position is not None:
            for match in pattern.finditer(text, position):
                first, end = match.span()
                start, stop = secret(text, match, first, end)
                if start < stop:
                    yield start, stop
                if stop < end:
                    position = max(stop, first + 1)
                    break
            else:
                position = None

    def _number(self, text: bytes, _: MatchSpans, start: int, stop: int) -> tuple[int, int]:
        return start, start + len(self.valid_prefix(text[start:stop]))

    def valid_prefix(self, matched: bytes) -> bytes:
        """Return a match without the last groups that keep it from passing the checksum; empty if no prefix passes."""
        passes = CHECKSUMS[self.rule.checksum]
        while len(matched) >= MIN_NUMBER and not (passes(matched) and self._interpreted.fullmatch(matched)):
            matched = matched[: max(matched.rfind(b" "), matched.rfind(b"-"), 0)]
        return matched if len(matched) >= MIN_NUMBER else b""


def _value(text: bytes, match: MatchSpans, start: int, stop: int) -> tuple[int, int]:
    before = match.span(1)[1]
    return _without_quotes(text, before, stop) if before >= 0 else (start, stop)


def _without_quotes(text: bytes, start: int, stop: int) -> tuple[int, int]:
    """Return from where to where a value is without the quotes around it."""
    if text[start] in QUOTES and (quote := OPENING_QUOTE.match(text, start, stop)):
        start = quote.end()
        if text.endswith(quote[0], start, stop):
            stop -= len(quote[0])
    return start, stop


def passes_luhn(text: bytes) -> bool:
    """Return whether a text's digits end in their check digit (ISO/IEC 7812-1)."""
    digits = text.translate(None, SEPARATORS)
    return (sum(digits[::-2]) - ord("0") * len(digits[::-2]) + sum(digits[-2::-2].translate(DOUBLED))) % 10 == 0


def passes_mod97(text: bytes) -> bool:
    """Return whether the third and fourth of a text's letters and digits are its check digits (ISO 13616)."""
    characters = text.translate(None, SEPARATORS).decode().lower()
    return int((characters[4:] + characters[:4]).translate(LETTER_NUMBERS)) % 97 == 1


LETTER_NUMBERS = {ord(letter): str(int(letter, 36)) for letter in "abcdefghijklmnopqrstuvwxyz"}
CHECKSUMS: Mapping[Checksum, Callable[[bytes], bool]] = {Checksum.LUHN: passes_luhn, Checksum.IBAN: passes_mod97}
