"""Everything that the definitions define."""

from __future__ import annotations

from dataclasses import dataclass

from generator.dsl.alert import Alert
from generator.dsl.alert_test import AlertTest, NotApplicable
from generator.dsl.dashboard import Dashboard
from generator.dsl.routing import Routing


@dataclass(frozen=True)
class Definitions:
    """All alerts, dashboards and alert tests, in the order in which `out/` presents them, and how alerts are routed."""

    alerts: tuple[Alert, ...]
    dashboards: tuple[Dashboard, ...]
    alert_tests: tuple[AlertTest, ...]
    not_applicable: tuple[NotApplicable, ...]
    routing: Routing

    @property
    def families(self) -> tuple[str, ...]:
        """The families of alerts, each once."""
        return tuple(dict.fromkeys(alert.family for alert in self.alerts))
