"""The formats of vendors' keys, and the two patterns that find them: one of listed prefixes, and a shorter one of any
long key after a short prefix. A prefix that is not listed costs no byte in the Workers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum

from generator.dsl.fields import check_fields
from generator.frozen import frozen

LENGTHS = (10, 16, 20, 32, 40)
"""The lengths that the pattern distinguishes: many kinds share one of its alternatives."""


class Alphabet(Enum):
    """The characters of a key after its prefix, as a class of a regular expression."""

    HEX = "[0-9a-f]"
    UPPER = "[0-9A-Z]"
    LOWER = "[0-9a-z]"
    ALNUM = "[0-9A-Za-z]"
    UUID = "[0-9a-f-]"
    URL = r"[\w-]"
    BASE64 = r"[\w+/=-]"
    DOTTED = r"[\w.-]"
    ANY = r"[\w.~+/=$-]"


MIXED = "(?=[a-zA-Z_-]{0,40}[0-9])(?=[a-z0-9_-]{0,40}[A-Z])(?=[A-Z0-9_-]{0,40}[a-z])"
"""Digits, capitals and small letters."""
MIXED_LENGTH, LOWER_LENGTH = 30, 32
"""From how many characters on a text after a short prefix is a key: one that mixes digits, capitals and small letters,
or after `_` one of digits and small letters."""
FOUND_WITHOUT_LIST = {
    Alphabet.ALNUM: ("_-", MIXED_LENGTH),
    Alphabet.URL: ("_-", MIXED_LENGTH),
    Alphabet.HEX: ("_", LOWER_LENGTH),
    Alphabet.LOWER: ("_", LOWER_LENGTH),
}
"""How the prefixes end, and from which length on, of the kinds whose keys are found though no prefix is listed."""
JSON_IN_BASE64 = re.compile(r"(?:^|[^\w\]])eyJ")
"""The start of what the rule for JSON Web Tokens finds."""
SIMILAR = {Alphabet.HEX: Alphabet.UUID, Alphabet.LOWER: Alphabet.ALNUM, Alphabet.BASE64: Alphabet.ANY}
"""The alphabets in place of which the pattern has a larger one."""


@frozen
class VendorKey:
    """A kind of key: one of the `prefixes`, separated by spaces, then at least `length` characters of the alphabet.

    A prefix may have classes of characters in brackets, as a regular expression has. Where `broad` is not empty, the
    pattern has it in place of the prefixes: a shorter pattern that all of them match.

    `source` names the public documentation of the format. With `is_listed`, the pattern of prefixes has those of the
    kind in any case: otherwise its prefix may stay in the text.
    """

    kind: str
    prefixes: str
    alphabet: Alphabet
    length: int
    source: str
    broad: str = ""
    is_listed: bool = False

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def tail(self) -> str:
        """What follows a prefix, as a regular expression, in which similar alphabets and lengths are the same. A longer
        text of the alphabet belongs to the key."""
        length = max(step for step in LENGTHS if step <= self.length)
        return f"{self._characters.value}{{{length},}}"

    @property
    def needs_listing(self) -> bool:
        """Whether the prefixes must be listed, because neither the pattern of prefixed keys nor the rule for JSON Web
        Tokens finds every random key of the kind."""
        prefixes = self.prefixes.split(" ")
        if all(map(JSON_IN_BASE64.search, prefixes)):
            return False
        ends, length = FOUND_WITHOUT_LIST.get(self.alphabet, ("", 0))
        is_found = all(prefix.removesuffix("eyJ").endswith(tuple(ends)) for prefix in prefixes)
        return self.is_listed or not (is_found and self.length >= length)

    @property
    def _characters(self) -> Alphabet:
        return SIMILAR.get(self.alphabet, self.alphabet)


def vendor_key_pattern(keys: Iterable[VendorKey]) -> str:
    """Return the pattern of the keys whose prefixes must be listed."""
    return rf"\b(?:{vendor_pattern(key for key in keys if key.needs_listing)})"


def prefixed_key_pattern(not_keys: Iterable[Sequence[str]], marks_inside: Iterable[str]) -> str:
    """Return the pattern of any long key after a short prefix, but for prefixes of what is no key, those of one length
    together, as a look-behind of Python has one length; and of keys with a mark inside."""
    no_keys = "".join(rf"(?<!\b{_group(prefixes)}[_-])" for prefixes in not_keys)
    mixed, lower = rf"(?=[\w-]{{{MIXED_LENGTH}}}){MIXED}", rf"(?<=_)(?=[0-9a-z]{{{LOWER_LENGTH}}})"
    key = rf"[_-](?<=[0-9A-Za-z].){no_keys}(?:{mixed}|{lower})[\w+/=-]+"
    return "|".join((key, *marks_inside))


def vendor_pattern(keys: Iterable[VendorKey]) -> str:
    """Return a pattern that matches every key."""
    prefixes: dict[str, list[str]] = {}
    for key in keys:
        listed = key.broad or key.prefixes.replace(".", r"\.").replace("$", r"\$")
        prefixes.setdefault(key.tail, []).extend(listed.split(" "))
    return "|".join(f"{_alternatives(set(listed))}{tail}" for tail, listed in sorted(prefixes.items()))


def _alternatives(patterns: set[str]) -> str:
    return _group(sorted(patterns))


def _group(patterns: Sequence[str]) -> str:
    return f"(?:{'|'.join(patterns)})" if len(patterns) > 1 else patterns[0]
