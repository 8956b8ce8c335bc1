"""The routing as a platform changes it: the labels by which alerts are grouped, and when notifications are sent."""

from __future__ import annotations

from dataclasses import replace

from contract.labels import ORDER
from generator.dsl.platform import Platform
from generator.dsl.receivers import Notifications
from generator.dsl.routing import Routing


def routing_on(platform: Platform, routing: Routing) -> Routing:
    """Return the routing with the platform's `notifications`."""
    settings = platform.notifications
    if settings == Notifications():
        return routing
    labels = {label.name: label for label in ORDER}
    return replace(
        routing,
        group_by=tuple(labels[name] for name in settings.group_by) or routing.group_by,
        page=routing.page.timed(settings.page),
        ticket=routing.ticket.timed(settings.ticket),
    )
