"""Default definitions that a project does not want."""

from __future__ import annotations

from typing import TypeAlias

from generator.dsl.alert import Alert
from generator.dsl.arguments import require
from generator.dsl.dashboard import Dashboard, Panel
from generator.dsl.metrics import CombinedCounter, Metric
from generator.frozen import frozen

CanBeDisabled: TypeAlias = Alert | Dashboard | Panel | Metric | CombinedCounter


@frozen
class Disabled:
    """Definitions that are left out of a build."""

    definitions: tuple[CanBeDisabled, ...]


def disabled(*definitions: CanBeDisabled) -> Disabled:
    """Leave default definitions out: alerts, dashboards, panels (of every dashboard), metrics and combined counters.

    A disabled alert takes its alert tests, inhibitions and thresholds on panels along, as with `enabled: false` in the
    platform file. Assign the result, as NOT_WANTED = disabled(ALERT).
    """
    kinds = (Alert, Dashboard, Panel, Metric, CombinedCounter)
    hint = "import the definition and pass it, as disabled(storage_errors_page)"
    require(definitions, kinds, "disabled(…)", "alerts, dashboards, panels and metrics", hint)
    return Disabled(definitions)
