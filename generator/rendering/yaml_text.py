"""Strings as YAML scalars, which parsers of YAML 1.1 and 1.2 read back unchanged."""

from __future__ import annotations

import json
import re

PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./:()-]*[A-Za-z0-9_)]")
NOT_STRINGS = frozenset({"yes", "no", "on", "off", "true", "false", "null"})
"""Plain scalars that YAML 1.1 reads as booleans or null."""
BLOCK_CHARACTERS = re.compile(
    "[\n\x20-\x7e\xa1-\u2027\u202a-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]+"
)
"""Characters of a block scalar: no control characters, no byte order mark, no line break of YAML 1.1 except \\n."""
UNPRINTABLE = re.compile("[\x7f-\xa0\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")


def quoted(text: str) -> str:
    """The text in double quotes on one line, with unprintable characters escaped."""
    return UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))


def scalar(text: str, indent: int) -> str:
    """The text in the most readable style: plain where it is unambiguous, as a block (indented by `indent`) where
    quotes, backslashes or newlines need escapes, else quoted."""
    if PLAIN.fullmatch(text) and text.lower() not in NOT_STRINGS:
        return text
    needs_escapes = re.search(r'["\\\n]', text) is not None
    fits_block = BLOCK_CHARACTERS.fullmatch(text) is not None and text[0] not in " \n" and not text.endswith("\n")
    if not needs_escapes or not fits_block:
        return quoted(text)
    pad = "\n" + " " * indent
    return "|-" + pad + text.replace("\n", pad)
