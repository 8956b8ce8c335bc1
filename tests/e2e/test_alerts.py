"""A model that breaks for one tenant is told of that tenant, and of no other, and until it is mended."""

from __future__ import annotations

from tests.e2e.drive import AlertTest
from tests.e2e.scenario import RUINED


def test_the_right_tenant_is_told(story: AlertTest) -> None:
    """Workers AI answers 3040 to one tenant's chats: TenantHighErrorRate fires for that tenant, route and service alone."""
    told = [(one["tenant_id"], one["route"], one["service"], one["severity"]) for one in story.fired]
    assert told == [(RUINED, "/chat", "worker-api", "ticket")]


def test_it_is_over_when_it_is_mended(story: AlertTest) -> None:
    """The model answers again, and the alert resolves."""
    assert story.fired
    assert not story.left
