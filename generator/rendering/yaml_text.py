"""Strings as YAML that every reader, of YAML 1.1 or 1.2, reads back to the letter."""

from __future__ import annotations

import json
import re

PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./:()-]*[A-Za-z0-9_)]")
WORDS = frozenset({"yes", "no", "on", "off", "true", "false", "null"})
"""What YAML 1.1 takes for something other than a string."""
LITERAL = re.compile(
    "[\n\x20-\x7e\xa1-\u2027\u202a-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]+"
)
"""What a block may hold: no control, no separator that YAML 1.1 takes for the end of a line, no byte order mark."""
HIDDEN = re.compile("[\x7f-\xa0\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")


def quoted(text: str) -> str:
    """The text in double quotes, on one line, with all that is not printable escaped."""
    return HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def scalar(text: str, indent: int) -> str:
    """The text as it reads best: bare where nothing can be mistaken, as a block `indent` deep where quotes, backslashes
    or lines would have to be escaped, else in quotes."""
    if PLAIN.fullmatch(text) and text.lower() not in WORDS:
        return text
    if not re.search(r'["\\\n]', text) or not LITERAL.fullmatch(text) or text[0] in " \n" or text.endswith("\n"):
        return quoted(text)
    pad = "\n" + " " * indent
    return "|-" + pad + text.replace("\n", pad)
