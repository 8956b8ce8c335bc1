"""Grafana's ids: functions of the definitions' ids, unique, and within Grafana's limits."""

from __future__ import annotations

import hashlib
import re

import pytest

from generator.lowering.ids import panel_id, row_id, uid


def test_the_id_of_a_panel_is_a_hash_of_ids() -> None:
    """The first 32 bits of the SHA-256 of `overview/latency`, reduced to 1 to 2^31 - 1: links to a panel stay valid."""
    first_bits = int(hashlib.sha256(b"overview/latency").hexdigest()[:8], 16)
    assert panel_id("overview", "latency") == first_bits % 2147483647 + 1


def test_the_id_of_a_row_is_a_hash_of_ids() -> None:
    """A row is hashed as `row ID`, so that a row and a panel of one id have different ids."""
    assert row_id("overview", "latency") == panel_id("overview", "row latency") != panel_id("overview", "latency")


def test_panel_ids_are_unique_and_positive() -> None:
    """The ids of the hundred panels of a dashboard are unique, positive and below 2^31."""
    for dashboard in range(10):
        ids = [panel_id(f"dashboard{dashboard}", f"panel{panel}") for panel in range(100)]
        assert len(set(ids)) == 100
        assert all(1 <= id < 2**31 for id in ids)


def test_uids_of_production_are_short() -> None:
    """The UIDs of production's dashboards have no platform name."""
    assert uid("production", "overview") == "workers-ai-overview"


def test_uids_of_other_platforms_contain_the_name_of_the_platform() -> None:
    """Staging's and production's dashboards can be in one Grafana."""
    assert uid("staging", "overview") == "workers-ai-staging-overview"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("Staging", "ai"), ("staging", "ai")),
        (("eu_west", "ai"), ("eu-west", "ai")),
        (("a" * 60, "ai"), ("a" * 61, "ai")),
        (("a" * 60, "ai"), ("a" * 60, "tenant")),
        (("東京", "ai"), ("大阪", "ai")),
    ],
    ids=["case", "underscore", "long platforms", "long platform", "other script"],
)
def test_similar_names_have_different_uids(first: tuple[str, str], second: tuple[str, str]) -> None:
    """Names that differ in characters that a UID cannot have, or that are too long, have different UIDs of at most 40
    characters."""
    uids = uid(*first), uid(*second)
    assert uids[0] != uids[1]
    assert all(re.fullmatch("[a-z0-9-]{1,40}", each) for each in uids)
