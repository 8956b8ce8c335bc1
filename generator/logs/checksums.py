"""What a redaction rule finds in a text: its pattern, and the arithmetic that what it matched must pass."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from generator.dsl.log import Checksum

FIRST_GROUP = re.compile("[^ -]+")


def found(pattern: re.Pattern[str], proof: Checksum, text: str) -> Iterator[str]:
    """All that a rule finds in a text, as `Checksum` says it."""
    if proof is Checksum.NONE:
        yield from (match.group() for match in pattern.finditer(text))
        return
    place = 0
    while match := pattern.search(text, place):
        passed = proved(pattern, proof, match.group())
        group = FIRST_GROUP.match(match.group())
        place = match.start() + len(passed or (group.group() if group else match.group()))
        if passed:
            yield passed


def proved(pattern: re.Pattern[str], proof: Checksum, hit: str) -> str:
    """What of a hit passes the proof: the whole, or else that without its last groups; nothing where none does."""
    while hit and not (pattern.fullmatch(hit) and PROOFS[proof](hit)):
        hit = hit[: max(hit.rfind(" "), hit.rfind("-"), 0)]
    return hit


def luhn(text: str) -> bool:
    """Whether a text's digits end in their check digit by ISO/IEC 7812-1."""
    digits = [int(sign) for sign in reversed(text) if sign.isdecimal()]
    doubled = (digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(digits))
    return sum(doubled) % 10 == 0


def mod97(text: str) -> bool:
    """Whether a text's check digits, the third and fourth of its letters and digits, are right by ISO 13616."""
    signs = text.replace(" ", "")
    return int("".join(str(int(sign, 36)) for sign in signs[4:] + signs[:4])) % 97 == 1


PROOFS: Mapping[Checksum, Callable[[str], bool]] = {Checksum.LUHN: luhn, Checksum.IBAN: mod97}
