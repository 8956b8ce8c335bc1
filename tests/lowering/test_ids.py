"""Identities come from names: they stay when others are added, and no two are the same."""

from __future__ import annotations

import hashlib
import re

import pytest

from generator.lowering.ids import panel_id, uid


def test_a_panel_id_is_the_hash_of_its_names() -> None:
    """The first 32 bits of SHA-256 of `overview/latency`, brought into 1 to 2^31 - 1: links to it never go stale."""
    first = int(hashlib.sha256(b"overview/latency").hexdigest()[:8], 16)
    assert panel_id("overview", "latency") == first % 2147483647 + 1


def test_panel_ids_fit_and_differ() -> None:
    """The ids of a hundred panels of a dashboard are positive, fit into 31 bits, and differ."""
    for board in range(10):
        ids = [panel_id(f"board{board}", f"panel{each}") for each in range(100)]
        assert len(set(ids)) == 100
        assert all(1 <= each < 2**31 for each in ids)


def test_productions_uids_are_short() -> None:
    """Production's dashboards have UIDs that a person can type."""
    assert uid("production", "overview") == "workers-ai-overview"


def test_another_platforms_uids_bear_its_name() -> None:
    """Staging's dashboards can live beside production's."""
    assert uid("staging", "overview") == "workers-ai-staging-overview"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Staging", "ai"), ("staging", "ai")),
        (("eu_west", "ai"), ("eu-west", "ai")),
        (("a" * 60, "ai"), ("a" * 61, "ai")),
        (("a" * 60, "ai"), ("a" * 60, "tenant")),
        (("東京", "ai"), ("大阪", "ai")),
    ],
)
def test_names_that_are_spelt_alike_have_uids_of_their_own(one: tuple[str, str], other: tuple[str, str]) -> None:
    """Names that Grafana's letters cannot tell apart, or that are too long, are told apart within 40 signs."""
    first, second = uid(*one), uid(*other)
    assert first != second
    assert all(re.fullmatch("[a-z0-9-]{1,40}", each) for each in (first, second))
