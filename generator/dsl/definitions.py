"""Everything that the definitions define."""

from __future__ import annotations

from generator.dsl.alert import Alert
from generator.dsl.alert_test import AlertTest, NotApplicable
from generator.dsl.contract import Contract
from generator.dsl.dashboard import Dashboard
from generator.dsl.routing import Routing
from generator.frozen import frozen


@frozen
class Definitions:
    """The contract; all alerts, dashboards and alert tests, in the order in which `out/` presents them; and how alerts
    are routed. `disabled_alerts` are those that a project's own modules disable; `replaced_alerts` are the default ones
    that its own replace, and whose tests may not fit."""

    contract: Contract
    alerts: tuple[Alert, ...]
    dashboards: tuple[Dashboard, ...]
    alert_tests: tuple[AlertTest, ...]
    not_applicable: tuple[NotApplicable, ...]
    routing: Routing
    disabled_alerts: tuple[Alert, ...] = ()
    replaced_alerts: tuple[Alert, ...] = ()

    @property
    def families(self) -> tuple[str, ...]:
        """The families of alerts, each once."""
        return tuple(dict.fromkeys(alert.family for alert in self.alerts))
