"""The pattern of vendors' keys, on two made-up kinds."""

from __future__ import annotations

import re

from generator.dsl.vendor_key import Alphabet, VendorKey, vendor_pattern

HEX_KEY = VendorKey("One", "one_ uno.", Alphabet.HEX, 33, "documentation of One")
URL_KEY = VendorKey("Two", "two$a- two$b-", Alphabet.URL, 12, "documentation of Two", broad=r"two\$[ab]-")


def test_a_pattern_finds_every_prefix_with_a_long_enough_body() -> None:
    """33 is rounded down to 32 and 12 to 10; dots and dollar signs of prefixes are characters."""
    pattern = re.compile(vendor_pattern([HEX_KEY, URL_KEY]))
    matching = ["one_" + "a" * 32, "uno." + "0" * 40, "two$a-" + "Z_" * 5, "two$b-" + "z" * 10]
    assert [text for text in matching if not pattern.fullmatch(text)] == []
    different = ["one_" + "a" * 31, "unox" + "0" * 40, "one_" + "Z" * 40, "two$c-" + "z" * 10, "two$a-" + "z" * 9]
    assert [text for text in different if pattern.search(text)] == []


def test_similar_kinds_share_an_alternative() -> None:
    """Kinds of similar alphabets and lengths have one alternative, with their prefixes in order."""
    other = VendorKey("Three", "abc-", Alphabet.UUID, 36, "documentation of Three")
    assert vendor_pattern([HEX_KEY, other]) == r"(?:abc-|one_|uno\.)[0-9a-f-]{32,}"
