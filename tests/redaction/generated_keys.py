"""Keys of vendors that are generated from their documented formats, and texts around them."""

from __future__ import annotations

import random
import re

from generator.dsl.vendor_key import Alphabet, VendorKey

DIGITS = "0123456789"
LOWER = "abcdefghijklmnopqrstuvwxyz"
UPPER = LOWER.upper()
ALPHABETS = {
    Alphabet.HEX: DIGITS + "abcdef",
    Alphabet.UPPER: DIGITS + UPPER,
    Alphabet.LOWER: DIGITS + LOWER,
    Alphabet.ALNUM: DIGITS + UPPER + LOWER,
    Alphabet.UUID: DIGITS + "abcdef",
    Alphabet.URL: DIGITS + UPPER + LOWER + "_-",
    Alphabet.BASE64: DIGITS + UPPER + LOWER + "+/",
    Alphabet.DOTTED: DIGITS + UPPER + LOWER + "_-",
    Alphabet.ANY: DIGITS + UPPER + LOWER + "_-",
}
ENDS = DIGITS + "abcdef"
"""A key ends in one of them: what looks like the punctuation of the text around it may stay."""
TEXTS = (
    "deploy with {} now",
    'key := "{}"',
    '{{"message":"used {}","n":1}}',
    "VALUE={}",
    "line one\n{}\nline three",
)


def prefix_of(kind: VendorKey, source: random.Random) -> str:
    """Return one of the prefixes of a kind."""
    form = source.choice(kind.prefixes.split(" "))
    return re.sub(r"\[([^]]*)\]", lambda choice: source.choice(_expanded(choice[1])), form)


def body_of(kind: VendorKey, source: random.Random, length: int) -> str:
    """Return that many random characters of the alphabet of a kind."""
    return "".join(source.choices(ALPHABETS[kind.alphabet], k=length - 1)) + source.choice(
        ENDS if kind.alphabet is not Alphabet.UPPER else DIGITS
    )


def _expanded(characters: str) -> str:
    return re.sub("(.)-(.)", lambda ends: "".join(map(chr, range(ord(ends[1]), ord(ends[2]) + 1))), characters)
