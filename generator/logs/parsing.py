"""Parses the entries of a log: JSON, several values on a line, or JSON with other text before or after it."""

from __future__ import annotations

import json
import re

from generator.frozen import frozen

MAX_FAILURES = 64
"""How many beginnings of JSON objects in a text are tried that turn out to be none."""
BETWEEN_VALUES = " \t\r\n[],"
OBJECT_START = re.compile(r'\{\s*"(?:[^"\\]|\\.){0,256}"\s*:')
FIELD_OF_A_LINE = re.compile(r'"(?:request_id|tenant_id|service)"\s*:')
"""A field of a log line of the Workers; outside of a JSON value it is the rest of a line."""
CUT = "JSON that is cut off, or not valid"
NOT_TEXT = "not text in UTF-8, UTF-16 or UTF-32"
TOO_DEEP = "JSON that is nested too deeply"
QUOTED_OBJECT = '{""'
"""How an object begins inside a field of CSV, which doubles quotes."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object. A name that it has twice would hide its first value: that one gets a name of its own."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        for number, (name, value) in enumerate(pairs):
            if fields[name] is not value:
                fields[f"{name} ({number})"] = value
    return fields


DECODER = json.JSONDecoder(object_pairs_hook=_object)


@frozen
class ParsedText:
    """The JSON values in a text, the text around them, and why a part of it could not be read, if it could not."""

    values: tuple[object, ...] = ()
    text: str = ""
    unreadable: str = ""


def parse(data: bytes) -> ParsedText:
    """Parse an entry. Bytes that are not UTF-8 are read as Latin-1, so that they can be searched."""
    try:
        text, unreadable = data.decode("utf-8"), ""
    except UnicodeDecodeError:
        text, unreadable = data.decode("latin-1"), NOT_TEXT
    if "\0" in text:
        unreadable = NOT_TEXT
    try:
        value = DECODER.decode(text)
    except RecursionError:
        return ParsedText(text=text, unreadable=TOO_DEEP)
    except ValueError:
        parsed = parse_text(text)
        return ParsedText(parsed.values, parsed.text, unreadable or parsed.unreadable)
    is_value = isinstance(value, dict | list | str)
    return ParsedText((value,), "", unreadable) if is_value else ParsedText((), text, unreadable)


def parse_text(text: str) -> ParsedText:
    """Parse the JSON objects in a text, also in one of CSV."""
    if QUOTED_OBJECT in text:
        text = text.replace('""', '"')
    values: list[object] = []
    around: list[str] = []
    position = search_from = failures = 0
    while failures < MAX_FAILURES and (start := OBJECT_START.search(text, search_from)):
        try:
            value, end = DECODER.raw_decode(text, start.start())
        except RecursionError:
            return ParsedText(tuple(values), text[position:], TOO_DEEP)
        except ValueError:
            failures += 1
            search_from = start.end()
            continue
        values.append(value)
        around.append(text[position : start.start()])
        position = search_from = end
    rest = " ".join([*around, text[position:]])
    is_cut = failures or FIELD_OF_A_LINE.search(rest)
    return ParsedText(tuple(values), rest if rest.strip(BETWEEN_VALUES) else "", CUT if is_cut else "")


def parse_string(value: str) -> ParsedText:
    """Parse a string of a JSON value: it can be JSON itself, also twice."""
    if "{" not in value:
        return ParsedText(text=value)
    if value.startswith('"'):
        try:
            inner = DECODER.decode(value)
        except (ValueError, RecursionError):
            return parse_text(value)
        return ParsedText((inner,))
    return parse_text(value)
