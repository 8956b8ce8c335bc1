"""The formats of vendors' keys, and the one pattern that finds them all."""

from __future__ import annotations

from collections.abc import Iterable
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


SIMILAR = {Alphabet.HEX: Alphabet.UUID, Alphabet.LOWER: Alphabet.ALNUM, Alphabet.BASE64: Alphabet.ANY}
"""The alphabets in place of which the pattern has a larger one."""


@frozen
class VendorKey:
    """A kind of key: one of the `prefixes`, separated by spaces, then at least `length` characters of the alphabet.

    A prefix may have classes of characters in brackets, as a regular expression has. Where `broad` is not empty, the
    pattern has it in place of the prefixes: a shorter pattern that all of them match.

    `source` names the public documentation of the format.
    """

    kind: str
    prefixes: str
    alphabet: Alphabet
    length: int
    source: str
    broad: str = ""

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def tail(self) -> str:
        """What follows a prefix, as a regular expression, in which similar alphabets and lengths are the same. A longer
        text of the alphabet belongs to the key."""
        length = max(step for step in LENGTHS if step <= self.length)
        return f"{self._characters.value}{{{length},}}"

    @property
    def _characters(self) -> Alphabet:
        return SIMILAR.get(self.alphabet, self.alphabet)


def vendor_pattern(keys: Iterable[VendorKey]) -> str:
    """Return a pattern that matches every key."""
    prefixes: dict[str, list[str]] = {}
    for key in keys:
        listed = key.broad or key.prefixes.replace(".", r"\.").replace("$", r"\$")
        prefixes.setdefault(key.tail, []).extend(listed.split(" "))
    return "|".join(f"{_alternatives(set(listed))}{tail}" for tail, listed in sorted(prefixes.items()))


def _alternatives(patterns: set[str]) -> str:
    return f"(?:{'|'.join(sorted(patterns))})" if len(patterns) > 1 else patterns.pop()
