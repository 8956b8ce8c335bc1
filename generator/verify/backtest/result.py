"""The result of a case: which expected alerts fired in time, which alerts were unexpected, and how often people were
notified."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.dsl.routing import Routing
from generator.frozen import frozen
from generator.verify.backtest.case import MINUTE, ExpectedAlert
from generator.verify.backtest.run import BacktestRun
from generator.verify.notified.notifications import AlertInterval, notifications, without_inhibited


@frozen
class Detection:
    """When an expected alert first fired, in seconds after the incident's start, or None where it did not fire.

    `resolved` is the time from the incident's end to the alert's end, in seconds, or None where the alert still fires
    at the run's end.
    """

    expected: ExpectedAlert
    detected: float | None
    resolved: float | None

    @property
    def in_time(self) -> bool:
        """Whether the alert fired no later than its deadline."""
        return self.detected is not None and self.detected <= self.expected.deadline


@frozen
class NotificationSummary:
    """When the first alert of a page and of a ticket started, in seconds after the incident's start or None; how many
    notifications Alertmanager sent (`pages`, `tickets`); the number of alerts that fired."""

    first_page: float | None
    first_ticket: float | None
    pages: int
    tickets: int
    alerts: int

    @property
    def first(self) -> float | None:
        """The time of the first notification, page or ticket."""
        return min((time for time in (self.first_page, self.first_ticket) if time is not None), default=None)


@frozen
class CaseResult:
    """A run compared with the expectations of its case, and the notifications of the three rule sets."""

    run: BacktestRun
    detections: tuple[Detection, ...]
    unexpected: tuple[AlertInterval, ...]
    shipped: NotificationSummary
    baseline: NotificationSummary
    sloth: NotificationSummary

    @property
    def meets_page_target(self) -> bool:
        """Whether the shipped rules page less often than the baseline, or once, or the baseline does not page."""
        return self.shipped.pages < max(self.baseline.pages, 2) or not self.baseline.pages

    @property
    def passed(self) -> bool:
        """Whether all expected alerts fired in time, no other alert fired but for tolerated tickets, and sloth did not
        notify earlier."""
        return not self.failures

    @property
    def failures(self) -> tuple[str, ...]:
        """The reasons why the case fails, as texts."""
        late = (f"{detection.expected.alert}: {_lateness(detection)}"
                for detection in self.detections if not detection.in_time)  # fmt: skip
        tolerated = 0 < self.run.case.tolerated_tickets >= self.shipped.tickets
        names = [alert_text(alert) for alert in self.unexpected if alert.is_page or not tolerated]
        unexpected = (f"{name}: fired {_times(names.count(name))}, not expected" for name in sorted(set(names)))
        return (*late, *unexpected, *self._later_than_sloth())

    @property
    def later_than_sloth(self) -> tuple[bool, bool]:
        """Whether the first page came later than sloth's, and the first notification later than sloth's ticket. Both
        are false where no alert is expected."""
        shipped, sloth = self.shipped, self.sloth
        return (
            bool(self.detections) and _is_later(shipped.first_page, sloth.first_page),
            bool(self.detections) and _is_later(shipped.first, sloth.first_ticket),
        )

    def _later_than_sloth(self) -> Iterator[str]:
        page_is_later, ticket_is_later = self.later_than_sloth
        if page_is_later:
            yield f"first page {_after(self.shipped.first_page)}, sloth's {_after(self.sloth.first_page)}"
        if ticket_is_later:
            yield f"first notification {_after(self.shipped.first)}, sloth's ticket {_after(self.sloth.first_ticket)}"


def evaluate(run: BacktestRun) -> CaseResult:
    """Compare the alerts of a run, as Alertmanager routes them, with the expectations of its case."""
    alerts = without_inhibited(run.shipped, run.routing)
    return CaseResult(
        run=run,
        detections=tuple(_detect(run, expected) for expected in run.case.expected),
        unexpected=tuple(alert for alert in alerts if not run.case.permits(alert.labels)),
        shipped=_summarize(alerts, run.routing),
        baseline=_summarize(run.baseline, run.routing),
        sloth=_summarize(run.sloth, run.routing),
    )


def _summarize(alerts: Sequence[AlertInterval], routing: Routing) -> NotificationSummary:
    alerts_by_page = {page: [alert for alert in alerts if alert.is_page is page] for page in (True, False)}
    pages = notifications(alerts_by_page[True], routing.page, routing.group_by)
    tickets = notifications(alerts_by_page[False], routing.ticket, routing.group_by)
    return NotificationSummary(
        first_page=min(pages, default=None),
        first_ticket=min(tickets, default=None),
        pages=len(pages),
        tickets=len(tickets),
        alerts=len(alerts),
    )


def _detect(run: BacktestRun, expected: ExpectedAlert) -> Detection:
    matching = [alert for alert in run.shipped if expected.alert.matches(alert.labels)]
    if not matching:
        return Detection(expected, None, None)
    start, end = min(alert.start for alert in matching), max(alert.end for alert in matching)
    ended = end < run.case.duration + run.case.cool_down - MINUTE
    return Detection(expected, start, max(end - run.case.duration, 0) if ended else None)


def _lateness(detection: Detection) -> str:
    if detection.detected is None:
        return "did not fire"
    return f"fired {_after(detection.detected)}, deadline {format_time(detection.expected.deadline)}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _is_later(time: float | None, other: float | None) -> bool:
    return other is not None and (time is None or time > other)


def _after(time: float | None) -> str:
    return "never" if time is None else f"after {format_time(time)}"


def alert_text(alert: AlertInterval) -> str:
    """Return an alert's name and severity, and what it is about."""
    labels = alert.labels
    values = (labels[name] for name in ("tenant_id", "route", "model", "store") if name in labels)
    return " ".join((f"{labels['alertname']} ({labels['severity']})", *values))


def format_time(seconds: float) -> str:
    """Return a time in minutes, or in hours from three hours on."""
    return f"{seconds / 3600:.1f} h" if seconds >= 3 * 3600 else f"{seconds / 60:g} min"
