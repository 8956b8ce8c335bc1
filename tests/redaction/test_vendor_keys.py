"""Keys of vendors are found by the table of their formats, and ordinary lines have none."""

from __future__ import annotations

import random
from collections.abc import Iterable

from contract.redaction import REDACTION
from contract.vendor_keys import VENDOR_KEYS
from generator.dsl.vendor_key import VendorKey
from generator.logs.redactor import redact
from tests.redaction.generated_keys import TEXTS, body_of, prefix_of
from tests.redaction.ordinary_lines import ORDINARY

SEED, KEYS_OF_A_KIND = 7, 20
MIN_RECALL, MIN_RECALL_OF_A_KIND = 0.98, 0.9
PIECE = 6
KEY_RULES = [rule for rule in REDACTION.rules if rule.name in ("api_key", "prefixed_key")]


def recall(kinds: Iterable[VendorKey], texts: Iterable[str]) -> float:
    """Return the share of the kinds' random keys of which no text has a piece of six characters left."""
    source = random.Random(SEED)
    results = []
    for kind in kinds:
        for _ in range(KEYS_OF_A_KIND):
            prefix, body = prefix_of(kind, source), body_of(kind, source, kind.length)
            pieces = [body[start : start + PIECE] for start in range(len(body) - PIECE + 1)]
            written = [redact(text.format(prefix + body)) for text in texts]
            results.append(not any(piece in text for piece in pieces for text in written))
    return sum(results) / len(results)


def test_the_table_has_120_kinds_with_a_source_each() -> None:
    """Each kind of at least 120 names the public documentation of its format."""
    assert len({key.kind for key in VENDOR_KEYS}) == len(VENDOR_KEYS) >= 120
    assert all(key.source for key in VENDOR_KEYS)


def test_keys_are_found_bare_and_in_assignments() -> None:
    """At least 98 % of all random keys, in every text."""
    assert recall(VENDOR_KEYS, TEXTS) >= MIN_RECALL


def test_keys_of_every_kind_are_found() -> None:
    """At least nine of ten random keys of each kind: those that are random enough or have a listed prefix."""
    missed = {kind.kind for kind in VENDOR_KEYS if recall([kind], TEXTS[:1]) < MIN_RECALL_OF_A_KIND}
    assert missed == set()


def test_near_misses_are_not_keys() -> None:
    """A vendor's prefix with four characters is no key."""
    source = random.Random(SEED)
    texts = [
        f"use {prefix_of(kind, source)}{body_of(kind, source, 4)} now"
        for kind in VENDOR_KEYS
        if "eyJ" not in kind.prefixes
    ]
    assert [text for text in texts if redact(text) != text] == []


def test_ordinary_lines_have_no_keys() -> None:
    """Ids, checksums, names of models and packages, and stack frames are not taken for keys."""
    assert [line for line in ORDINARY for rule in KEY_RULES if rule.compiled.search(line)] == []
