"""The stage of checks that need a platform and the definitions."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from contract import CONTRACT
from contract.labels import ORDER
from generator.check import Stage
from generator.dsl.alert import Alert
from generator.dsl.contract import Contract
from generator.dsl.labels import Label
from generator.dsl.platform import Platform
from generator.dsl.routing import Routing
from generator.frozen import frozen


@frozen
class LoadedPlatform:
    """A platform, the alerts that are defined, with their families and routing, and the contract with a project's own
    metrics."""

    platform: Platform
    families: Collection[str]
    alerts: tuple[Alert, ...] = ()
    contract: Contract = CONTRACT
    routing: Routing | None = None

    @property
    def alerts_by_name(self) -> Mapping[str, tuple[Alert, ...]]:
        """The alerts of each name, one for each severity."""
        names = dict.fromkeys(alert.name for alert in self.alerts)
        return {name: tuple(alert for alert in self.alerts if alert.name == name) for name in names}

    @property
    def default_labels(self) -> tuple[Label, ...]:
        """The labels of the default contract, which a check of the platform file alone reserves."""
        return ORDER

    @property
    def reserved_labels(self) -> Collection[str]:
        """The labels of the contract, and those that the platform adds to metrics: alerts cannot get them."""
        return {
            label.name for label in (*self.default_labels, *self.contract.labels)
        } | self.platform.metric_labels.keys()


LOADED: Stage[LoadedPlatform] = Stage(
    "loaded", "by every build, after the platform and the definitions are loaded and before anything is lowered"
)
