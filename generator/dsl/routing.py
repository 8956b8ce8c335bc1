"""Routing of alerts in Alertmanager's terms: grouping, timing, urgency and inhibition."""

from __future__ import annotations

from dataclasses import replace

from generator.dsl.alert import Alert
from generator.dsl.arguments import require_one_of, require_text, require_tuple
from generator.dsl.fields import check_fields
from generator.dsl.labels import Label
from generator.dsl.receivers import Timing
from generator.dsl.text import require_no_templates
from generator.dsl.units import Duration
from generator.frozen import frozen

PAGERDUTY_SEVERITIES = ("critical", "error", "warning", "info")
OPSGENIE_PRIORITIES = ("P1", "P2", "P3", "P4", "P5")


@frozen
class Route:
    """When the receivers of a kind of alerts are notified, and how urgent it is for those that know urgencies.

    A notification of a new group waits for `group_wait` (None: it does not wait), one of a changed group for
    `group_interval`; it is repeated after `repeat_interval`, at the end of a `group_interval`. A platform can change
    all three.
    """

    group_wait: Duration | None
    group_interval: Duration
    repeat_interval: Duration
    pagerduty_severity: str = "error"
    opsgenie_priority: str = "P3"

    def __post_init__(self) -> None:
        check_fields(self)
        require_one_of(self.pagerduty_severity, PAGERDUTY_SEVERITIES, "Route(pagerduty_severity=…)")
        require_one_of(self.opsgenie_priority, OPSGENIE_PRIORITIES, "Route(opsgenie_priority=…)")

    @property
    def wait_text(self) -> str:
        """The group wait as Alertmanager reads it."""
        return "0s" if self.group_wait is None else str(self.group_wait)

    def timed(self, timing: Timing) -> Route:
        """Return the route with what a platform changes about its timing."""
        changed = {name: getattr(timing, name) for name in ("group_wait", "group_interval", "repeat_interval")}
        return replace(self, **{name: value for name, value in changed.items() if value is not None})


@frozen
class Inhibition:
    """While an alert of `source` fires, alerts of `target` that have the same values of the labels `equal` send no
    notifications, because of `reason`. All of these alerts must be grouped by those labels, because Alertmanager
    considers a label equal that both alerts lack."""

    source: tuple[Alert, ...]
    target: tuple[Alert, ...]
    equal: tuple[Label, ...]
    reason: str

    def __post_init__(self) -> None:
        hint = "name the functions that @alert(…) decorates, as (errors.route_down,)"
        require_tuple(self.source, Alert, "Inhibition(source=…)", "alerts", hint)
        require_tuple(self.target, Alert, "Inhibition(target=…)", "alerts", hint)
        check_fields(self)
        require_text(self.reason, "Inhibition(reason=…)")
        require_no_templates("Inhibition", reason=self.reason)


@frozen
class Routing:
    """How Alertmanager routes alerts: each to its owner, by its severity.

    Alerts that share the values of the labels `group_by` are one notification. The owner of `default_family` also gets
    the alerts that no team of the platform owns. `watchdog` is the route of the alert that always fires.
    """

    group_by: tuple[Label, ...]
    page: Route
    ticket: Route
    watchdog: Route
    default_family: str
    inhibitions: tuple[Inhibition, ...] = ()

    def __post_init__(self) -> None:
        check_fields(self)
