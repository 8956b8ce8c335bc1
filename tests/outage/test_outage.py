"""What counts as too many notifications of an outage; `make test-outage` counts those of a real Alertmanager."""

from __future__ import annotations

from collections.abc import Sequence

from tests.outage.__main__ import violations_of
from tests.outage.run import DOWN, OTHER, Notification, Outcome


def of(route: str, firing: bool, alert: str = "RouteDown", receiver: str = "page") -> Notification:
    """A notification of an alert."""
    return Notification(receiver, firing, {"alertname": alert, "route": route}, 1)


def violations(received: Sequence[Notification], held_back: int = 1) -> list[str]:
    """What is wrong with these notifications, while so many tickets were held back."""
    return [*violations_of(Outcome(received, held_back))]


INCIDENTS = [
    of(DOWN, True),
    of(DOWN, False),
    of(OTHER, True, "TenantHighErrorRate", "ticket"),
    of(OTHER, False, "TenantHighErrorRate", "ticket"),
]
"""What the incidents need: one page, one ticket, and the end of both."""


def test_a_page_and_a_ticket_are_enough() -> None:
    """One firing and one resolved notification of each incident are no violation, and neither is a second page."""
    assert violations(INCIDENTS) == []
    assert violations([*INCIDENTS, of(DOWN, True, "ErrorBudgetBurn"), of(DOWN, False, "ErrorBudgetBurn")]) == []


def test_a_second_ticket_of_a_tenant_is_too_much() -> None:
    """A tenant that fails on one route is one firing notification."""
    assert violations([*INCIDENTS, INCIDENTS[2], INCIDENTS[3]]) == [
        "ticket got 2 firing notifications of /search, and at most 1 are needed"
    ]


def test_a_third_page_of_a_route_is_too_much() -> None:
    """A route that is down is at most two firing notifications for a receiver."""
    pages = [of(DOWN, True, "RouteHighErrorRate"), of(DOWN, False, "RouteHighErrorRate")] * 2
    assert violations([*INCIDENTS, *pages]) == ["page got 3 firing notifications of /chat, and at most 2 are needed"]


def test_more_ends_than_beginnings_are_too_much() -> None:
    """A receiver gets at most as many resolved notifications as firing ones."""
    assert violations([*INCIDENTS, INCIDENTS[1]]) == ["page got 2 resolved notifications of /chat, and 1 firing ones"]


def test_silence_is_a_violation() -> None:
    """An outage of which nobody is notified, or of whose end nobody is, fails too."""
    assert violations(INCIDENTS[2:]) == ["nobody was notified of /chat"]
    assert violations([INCIDENTS[0], *INCIDENTS[2:]]) == ["page got no resolved notification of /chat"]


def test_a_notification_of_something_else_is_a_violation() -> None:
    """No alert but those of the incidents notifies anybody."""
    other = Notification("page", True, {"alertname": "TelemetryMissing"}, 2)
    assert violations([*INCIDENTS, other]) == ["page was notified of something else: {'alertname': 'TelemetryMissing'}"]


def test_a_late_ticket_is_too_much() -> None:
    """The tickets of tenants are not sent once the page of their route has ended."""
    late = [of(DOWN, firing, "TenantHighErrorRate", "ticket") for firing in (True, False)]
    assert violations([*INCIDENTS, *late]) == ["ticket got 1 firing notifications of /chat, and at most 0 are needed"]


def test_an_outage_without_late_tickets_shows_nothing() -> None:
    """Where no ticket lasts longer than the pages of its route, no inhibition was needed after these."""
    assert violations(INCIDENTS, held_back=0) == [
        "no ticket of a tenant on /chat lasted longer than its pages: none could be late"
    ]
