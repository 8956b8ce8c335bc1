"""The platform: its routes are those of its services."""

from __future__ import annotations

from dataclasses import replace

from generator.dsl.platform import Platform


def test_routes_keep_the_order_of_the_services(platform: Platform) -> None:
    """A route that two services answer is one route, where it came first."""
    services = {"b": ("/two", "/one"), "a": ("/one", "/three")}
    assert replace(platform, services=services).routes == ("/two", "/one", "/three")
