"""Which receiver gets each alert, as a file that amtool's routing tests are made of.

It follows from the owners and severities of a platform, not from the rendered configuration, which it tests. Routes
that no alert of the build reaches have an example, and the reason why they are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract import WATCHDOG
from contract.labels import ALERTNAME, OWNER, SEVERITY
from generator.dsl.severity import NONE, PAGE, TICKET
from generator.frozen import frozen
from generator.ir.build import Lowered
from generator.lowering.identity import identity_names
from generator.output import ROUTES
from generator.rendering.json_text import json_text

OTHER_ALERT = "AlertOfAnotherPrometheus"


@frozen
class RouteTest:
    """Labels of an alert and the receiver that gets it; `reason` is why the route is there without such an alert."""

    labels: Mapping[str, str]
    receiver: str
    reason: str = ""

    def data(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {"labels": dict(self.labels), "receiver": self.receiver} | (
            {"reason": self.reason} if self.reason else {}
        )


def routes(lowered: Lowered) -> dict[str, str]:
    """The file with the receiver of every alert, and of an example for each other route."""
    tests = [test.data() for test in (*_of_alerts(lowered), *_of_other_routes(lowered))]
    return {ROUTES: json_text({"routes": tests}) + "\n"}


def _of_alerts(lowered: Lowered) -> Iterator[RouteTest]:
    for alert in sorted((rule.alert for rule in lowered.alerts), key=lambda alert: alert.key):
        owner = alert.settings(lowered.platform).owner or lowered.platform.owner_of(alert.family)
        receiver = f"{alert.severity.value} {owner.name}"
        if alert.severity is NONE:
            receiver = "dead man" if alert.name == WATCHDOG else "nobody"
        labels = _labels(alert.name, lowered.platform.severity_name(alert.severity), owner.name)
        yield RouteTest({**labels, **identity_names(lowered.platform)}, receiver)


def _of_other_routes(lowered: Lowered) -> Iterator[RouteTest]:
    platform = lowered.platform
    default = platform.owner_of(lowered.definitions.routing.default_family).name
    owned = {(rule.owner, rule.alert.severity) for rule in lowered.alerts}
    for team in platform.teams:
        for severity in (PAGE, TICKET):
            if (team.name, severity) not in owned:
                labels = _labels(OTHER_ALERT, platform.severity_name(severity), team.name)
                yield RouteTest(
                    labels, f"{severity.value} {team.name}", f"the team owns no alert with severity {severity.value}"
                )
    reason = "an alert without an owner, of another Prometheus"
    page, ticket, none = map(platform.severity_name, (PAGE, TICKET, NONE))
    yield RouteTest(_labels(OTHER_ALERT, page), f"page {default}", reason)
    yield RouteTest(_labels(OTHER_ALERT, ticket), f"ticket {default}", reason)
    yield RouteTest(
        {ALERTNAME.name: OTHER_ALERT}, f"ticket {default}", "an alert without labels, of another Prometheus"
    )
    yield RouteTest(_labels(WATCHDOG, none), "nobody", "the Watchdog of another Prometheus")


def _labels(name: str, severity: str, owner: str = "") -> dict[str, str]:
    return {ALERTNAME.name: name, SEVERITY.name: severity} | ({OWNER.name: owner} if owner else {})
