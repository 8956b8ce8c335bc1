"""The platform: its routes, its teams and the owners of its families of alerts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.dsl.platform import Platform
from generator.dsl.receivers import Owner
from generator.errors import DefinitionError

OPS, FINANCE = Owner("ops", (), ()), Owner("finance", (), ())


def test_routes_keep_the_order_of_the_services(platform: Platform) -> None:
    """A route of two services is listed once, at its first place."""
    services = {"b": ("/two", "/one"), "a": ("/one", "/three")}
    assert replace(platform, services=services).routes == ("/two", "/one", "/three")


def test_a_family_has_its_owner_or_the_default(platform: Platform) -> None:
    """A listed family has its own owner, any other one the default."""
    platform = replace(platform, owners={"cost": FINANCE}, default_owner=OPS)
    assert (platform.owner_of("cost"), platform.owner_of("quota")) == (FINANCE, OPS)


def test_a_family_without_an_owner_is_an_error(platform: Platform) -> None:
    """Without a default, a family that is not listed has no owner, and the message names both keys to add."""
    platform = replace(platform, owners={"cost": FINANCE}, default_owner=None)
    with pytest.raises(DefinitionError) as caught:
        platform.owner_of("quota")
    assert caught.value.what == 'no team owns the alerts of the family "quota"'
    assert caught.value.hint == "add `quota` or `default` to `owners` in platform.yaml"


def test_teams_are_all_owners_once_by_name(platform: Platform) -> None:
    """A team that owns two families is listed once, and the default is listed too."""
    platform = replace(platform, owners={"errors": OPS, "latency": OPS}, default_owner=FINANCE)
    assert platform.teams == (FINANCE, OPS)
    assert replace(platform, default_owner=None).teams == (OPS,)
