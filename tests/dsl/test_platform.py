"""The platform: its routes are those of its services."""

from __future__ import annotations

from dataclasses import replace

from generator.dsl.platform import Platform


def test_routes_are_in_the_order_of_the_services(platform: Platform) -> None:
    """A route of two services is listed once, where the first service has it."""
    services = {"b": ("/two", "/one"), "a": ("/one", "/three")}
    assert replace(platform, services=services).routes == ("/two", "/one", "/three")
