"""Routing of alerts in Alertmanager's terms: receivers, grouping, timing and inhibition."""

from __future__ import annotations

from typing import TypeAlias

from generator.dsl.alert import Alert
from generator.dsl.arguments import require_count, require_text, require_tuple
from generator.dsl.fields import check_fields
from generator.dsl.labels import Label
from generator.dsl.text import require_no_templates
from generator.dsl.units import Duration
from generator.frozen import frozen


@frozen
class PagerDuty:
    """A receiver that opens an incident of this severity at PagerDuty."""

    severity: str = "critical"

    def __post_init__(self) -> None:
        check_fields(self)
        require_no_templates("PagerDuty", severity=self.severity)


@frozen
class Webhook:
    """A receiver that gets the alerts of a group as JSON, at most `max_alerts` of them (0: all)."""

    max_alerts: int = 0
    send_resolved: bool = True

    def __post_init__(self) -> None:
        check_fields(self)
        require_count(self.max_alerts, "Webhook(max_alerts=…)", minimum=0)


Receiver: TypeAlias = PagerDuty | Webhook


@frozen
class Route:
    """The receiver of a kind of alerts, and when it is notified.

    A notification of a new group waits for `group_wait` (None: it does not wait), one of a changed group for
    `group_interval`; it is repeated after `repeat_interval`, at the end of a `group_interval`.
    """

    receiver: Receiver
    group_wait: Duration | None
    group_interval: Duration
    repeat_interval: Duration

    def __post_init__(self) -> None:
        check_fields(self)


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
