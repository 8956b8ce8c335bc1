"""Strings as YAML scalars, which parsers of YAML 1.1 and 1.2 read back unchanged."""

from __future__ import annotations

import json
import re
from functools import cache

PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./:()-]*[A-Za-z0-9_)]")
NOT_STRINGS = frozenset({"yes", "no", "on", "off", "true", "false", "null"})
"""Plain scalars that YAML 1.1 reads as booleans or null."""
NEEDS_ESCAPES = re.compile(r'["\\\n]')
ENCODER = json.JSONEncoder(ensure_ascii=False)
"""Reused: `json.dumps` makes a new one for each text."""
UNPRINTABLE_CHARACTERS = "\x7f-\xa0\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff"
UNPRINTABLE = re.compile(f"[{UNPRINTABLE_CHARACTERS}]")
NOT_IN_BLOCKS = re.compile(f"[\x00-\x09\x0b-\x1f{UNPRINTABLE_CHARACTERS}]")
"""What a block scalar cannot have: control characters, a byte order mark, and line breaks of YAML 1.1 except \\n."""


def quoted(text: str) -> str:
    """The text in double quotes on one line, with unprintable characters escaped."""
    return UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", ENCODER.encode(text))


def scalar(text: str, indent: int) -> str:
    """The text in the most readable style: plain where it is unambiguous, as a block (indented by `indent`) where
    quotes, backslashes or newlines need escapes, else quoted."""
    if _is_plain(text):
        return text
    if not NEEDS_ESCAPES.search(text) or text[0] in " \n" or text.endswith("\n") or NOT_IN_BLOCKS.search(text):
        return quoted(text)
    pad = "\n" + " " * indent
    return "|-" + pad + text.replace("\n", pad)


@cache
def _is_plain(text: str) -> bool:
    """Whether a plain scalar is read back as this text. Names of series and labels are written thousands of times."""
    return PLAIN.fullmatch(text) is not None and text.lower() not in NOT_STRINGS
