"""The work of routes follows from their SLOs, their names and their order, on any platform."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.dsl.platform import Platform
from generator.dsl.units import MILLISECONDS, quantity
from generator.verify.simulation.route_profile import CHAT, INGEST, OTHER, SEARCH, route_profiles


def with_routes(platform: Platform, **slos: int) -> Platform:
    """The platform with these routes, a slash before each, and their latency SLOs in milliseconds."""
    overrides = {f"/{route}": quantity(slo, MILLISECONDS) for route, slo in slos.items()}
    latency = replace(platform.latency, route=replace(platform.latency.route, overrides=overrides))
    return replace(platform, services={"api": tuple(overrides)}, latency=latency)


@pytest.mark.parametrize(
    ("slos", "expected"),
    [
        ({"chat": 10_000, "search": 500, "ingest": 5_000}, [CHAT, SEARCH, INGEST]),
        # Words, in any order.
        ({"upload": 5_000, "health": 5_000, "lookup": 5_000, "ask": 5_000}, [INGEST, OTHER, SEARCH, CHAT]),
        # No words: by the order.
        ({"a": 5_000, "b": 5_000, "c": 5_000, "d": 5_000}, [CHAT, SEARCH, OTHER, INGEST]),
        # Only what the SLO allows: "chat" in 100 ms is no chat with a model.
        ({"chat": 100, "b": 500, "c": 10_000, "d": 2_500}, [OTHER, SEARCH, CHAT, INGEST]),
        # Something must call a model, or the dashboards of models are empty.
        ({"a": 100, "b": 250}, [OTHER, CHAT]),
        ({"only": 5}, [CHAT]),
    ],
)
def test_a_route_does_what_its_slo_and_its_name_allow(
    platform: Platform, slos: dict[str, int], expected: list[object]
) -> None:
    """Each route has the expected work."""
    assert [*route_profiles(with_routes(platform, **slos)).values()] == expected
