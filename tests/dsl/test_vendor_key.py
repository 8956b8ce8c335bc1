"""The pattern of vendors' keys, on two made-up kinds."""

from __future__ import annotations

import re
from dataclasses import replace

from generator.dsl.vendor_key import Alphabet, VendorKey, prefixed_key_pattern, vendor_key_pattern, vendor_pattern

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


def test_prefixes_are_listed_only_where_a_long_key_would_be_missed() -> None:
    """33 hexadecimal characters after an underscore are found without the list, after a dot or a hyphen they are not;
    nor are 12 characters of any alphabet. A kind may ask to be listed."""
    underscore = VendorKey("One", "one_", Alphabet.HEX, 33, "documentation of One")
    assert [each.needs_listing for each in (underscore, replace(underscore, is_listed=True))] == [False, True]
    assert [replace(underscore, prefixes=prefix).needs_listing for prefix in ("one.", "one-")] == [True, True]
    assert URL_KEY.needs_listing
    pattern = re.compile(vendor_key_pattern([underscore, URL_KEY]))
    assert pattern.search("use two$a-0123456789 now")
    assert not pattern.search("use one_" + "a" * 40)


def test_a_long_key_after_any_short_prefix_is_found() -> None:
    """Thirty characters of all kinds after a hyphen, or 32 small letters and digits after an underscore; but not after
    what is no key, and not one character less."""
    pattern = re.compile(prefixed_key_pattern([("id",), ("span", "sha1")], [r"Q~\w{5,}"]), re.ASCII)
    keys = ["key-" + "aB3" * 10, "key_" + "a" * 32, "12Q~abcde"]
    assert [text for text in keys if not pattern.search(text)] == []
    missed = ["id-" + "aB3" * 10, "sha1_" + "a" * 32, "key_" + "a" * 31, "key-" + "a" * 40, "Q~abcd"]
    assert [text for text in missed if pattern.search(text)] == []
