"""Prompts and responses of models: as the value of a name, and inside texts.

A text quotes one where a name is followed by a text of at least eight characters: quoted, in brackets, or to the end of
the line. A number, a short word or an object of numbers after a name is none: `response: 503`, `messages: [Array]`.
"""

from __future__ import annotations

import re
from functools import lru_cache

NAMES = ("prompt", "messages", "question", "response")
MIN_CHARACTERS = 8
"""The shortest text that is taken for a prompt or a response; the Workers' library removes those of this length,
too."""
MAX_CACHED_LENGTH = 256
MAX_VALUES = 10_000
"""How many values inside an object are examined."""
MAX_DISTANCE = 96
"""How far from its name a text may begin inside of brackets, and its first space after it without quotes, in
characters."""
QUOTE = r"""\\{0,8}["'`]"""
TEXT = rf"(?!\[redacted:)[^\"'`\n]{{{MIN_CHARACTERS}}}"
NAME_IN_TEXT = re.compile("|".join(NAMES))
ASSIGNMENT = re.compile(rf"s?(?:{QUOTE})?\]?[ \t]{{0,8}}(:=|=>|={{1,3}}|:)[ \t]{{0,8}}", re.IGNORECASE)
QUOTED_TEXT = re.compile(QUOTE + TEXT)
TEXT_IN_BRACKETS = re.compile(rf"[:=\[,]\s{{0,8}}{QUOTE}{TEXT}")
UNQUOTED_TEXT = re.compile(
    rf"(?!\[redacted:)(?![0-9.,]+(?:\s|$))(?=[^\s\"'`\[{{(<][^\n&;,]{{{MIN_CHARACTERS - 1}}})"
    rf"[^\n&;,]{{0,{MAX_DISTANCE}}}?(?:[ +]|%20|[^\x00-\x7f])"
)
OPEN_NAMES = ("prompt", "question")
"""The names that are followed by a text after a colon without quotes, too; `response: timed out` is a sentence."""
WORD_START = re.compile("(?<=[a-z0-9])(?=[A-Z])")
NAME = re.compile(rf"(?:^|[_.\s-])(?:{'|'.join(NAMES)})s?$")
WHOLE_REPLACEMENT = re.compile(r"\[redacted:[a-z0-9_]+\]")


def is_model_text(name: str, value: object) -> bool:
    """Return whether a field's name says that its value is a prompt or a response, and the value has text."""
    return NAME.search(WORD_START.sub("_", name).lower()) is not None and _has_text(value)


def quotes_model_text(text: str) -> bool:
    """Return whether a text quotes a prompt or a response."""
    return _cached_search(text) if len(text) <= MAX_CACHED_LENGTH else _search(text)


def _has_text(value: object) -> bool:
    """Return whether a value is a text of at least MIN_CHARACTERS characters that was not redacted, or contains one."""
    pending = [value]
    for _ in range(MAX_VALUES):
        if not pending:
            return False
        match pending.pop():
            case str() as text if len(text) >= MIN_CHARACTERS and not WHOLE_REPLACEMENT.fullmatch(text):
                return True
            case dict() as fields:
                pending += fields.values()
            case list() as items:
                pending += items
    return True


def _search(text: str) -> bool:
    lower = text.lower()
    if not any(name in lower for name in NAMES):
        return False
    if len(lower) != len(text):
        # a capital with several small letters: their places would differ
        text = lower
    searched_to = 0
    for name in NAME_IN_TEXT.finditer(lower):
        if not _begins_word(text, name.start()) or not (assigned := ASSIGNMENT.match(text, name.end())):
            continue
        value = assigned.end()
        if QUOTED_TEXT.match(text, value):
            return True
        if text[value : value + 1] in ("[", "{"):
            newline = text.find("\n", value, value + MAX_DISTANCE)
            end = newline if newline >= 0 else value + MAX_DISTANCE
            # what was searched for the name before is not searched again
            if TEXT_IN_BRACKETS.search(text, max(value, searched_to), end + 2 * MIN_CHARACTERS):
                return True
            searched_to = end
        elif (assigned[1] != ":" or name[0] in OPEN_NAMES) and UNQUOTED_TEXT.match(text, value):
            return True
    return False


def _begins_word(text: str, start: int) -> bool:
    """Return whether a word begins at an index: after another character than a letter, or with a capital."""
    before = text[start - 1 : start]
    return not before.isalpha() or (before.islower() and text[start].isupper())


_cached_search = lru_cache(maxsize=1 << 14)(_search)
