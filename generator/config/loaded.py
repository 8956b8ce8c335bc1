"""The stage of checks that need a platform and the definitions."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from contract.labels import ORDER
from generator.check import Stage
from generator.dsl.alert import Alert
from generator.dsl.platform import Platform
from generator.frozen import frozen


@frozen
class LoadedPlatform:
    """A platform, and the alerts that are defined, with their families."""

    platform: Platform
    families: Collection[str]
    alerts: tuple[Alert, ...] = ()

    @property
    def alerts_by_name(self) -> Mapping[str, tuple[Alert, ...]]:
        """The alerts of each name, one for each severity."""
        names = dict.fromkeys(alert.name for alert in self.alerts)
        return {name: tuple(alert for alert in self.alerts if alert.name == name) for name in names}

    @property
    def reserved_labels(self) -> Collection[str]:
        """The labels of the contract, which no platform can set."""
        return {label.name for label in ORDER}


LOADED: Stage[LoadedPlatform] = Stage(
    "loaded", "by every build, after the platform and the definitions are loaded and before anything is lowered"
)
