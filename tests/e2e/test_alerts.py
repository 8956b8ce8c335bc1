"""A model that fails for one tenant makes the alert fire for that tenant alone, until the model recovers."""

from __future__ import annotations

from tests.e2e.end_to_end_run import EndToEndRun
from tests.e2e.workload import FAILING_TENANT


def test_the_alert_fires_for_the_failing_tenant_alone(run: EndToEndRun) -> None:
    """Workers AI answers 3040 to one tenant's chats: TenantHighErrorRate fires for that tenant, route and service
    alone, with the platform's name of a ticket.
    """
    firing = [(labels["tenant_id"], labels["route"], labels["service"], labels["severity"]) for labels in run.firing]
    assert firing == [(FAILING_TENANT, "/chat", "worker-api", "warning")]


def test_the_alert_resolves_after_recovery(run: EndToEndRun) -> None:
    """Once the model answers again, the alert resolves."""
    assert run.firing
    assert not run.unresolved
