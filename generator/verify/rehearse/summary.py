"""What a rehearsal means for people: firings of each alert, notifications of each receiver and day, nights woken."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from contract.labels import OWNER, SEVERITY, TENANT
from generator.dsl.platform import Platform
from generator.dsl.routing import Routing
from generator.dsl.severity import NONE, PAGE
from generator.frozen import frozen
from generator.verify.notified.inhibitors import inhibitor_intervals
from generator.verify.notified.notifications import AlertInterval, notifications, without_inhibited
from generator.verify.rehearse.firing import ALERTNAME
from generator.verify.rehearse.plan import Place, RehearsalPlan
from generator.verify.rehearse.rehearsal import AlertFirings

NIGHT_START, NIGHT_END = 22, 7
"""The hours in which a page wakes somebody, in the time zone of the report."""
TOP_TENANTS = 10


@frozen
class AlertSummary:
    """The firings of an alert, by its title, that did not end before the start; `sent` are the parts of them that are
    not inhibited, and `notified` the times of its notifications without repeats. Times are in seconds since 1970."""

    title: str
    severity: str
    firings: tuple[AlertInterval, ...]
    sent: tuple[AlertInterval, ...]
    notified: tuple[float, ...]
    interval: float

    @property
    def durations(self) -> tuple[float, float] | None:
        """The seconds of the shortest and the longest firing, each until the evaluation that resolves it."""
        lengths = [each.end - each.start + self.interval for each in self.firings]
        return (min(lengths), max(lengths)) if lengths else None

    @property
    def tenants(self) -> list[tuple[str, int]]:
        """The tenants of the firings, with how many each has, the most first."""
        counts = Counter(each.labels[TENANT.name] for each in self.firings if TENANT.name in each.labels)
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


@frozen
class ReceiverSummary:
    """How many notifications a receiver gets on each day (YYYY-MM-DD), and the nights in which a page wakes it, by the
    day on which they begin."""

    receiver: str
    days: Mapping[str, int]
    nights: tuple[str, ...]

    @property
    def count(self) -> int:
        """All of its notifications."""
        return sum(self.days.values())


@frozen
class Summary:
    """All alerts of a build that were rehearsed, those that were not with the reason, and the receivers."""

    alerts: tuple[AlertSummary, ...]
    not_rehearsed: Mapping[str, str]
    receivers: tuple[ReceiverSummary, ...]

    @property
    def nights(self) -> tuple[str, ...]:
        """The nights in which a page wakes anybody."""
        return tuple(sorted({night for each in self.receivers for night in each.nights}))

    @property
    def notifying(self) -> tuple[AlertSummary, ...]:
        """The alerts that notify somebody."""
        return tuple(each for each in self.alerts if each.severity != NONE.value)


def summarize(
    firings: Iterable[AlertFirings],
    plan: RehearsalPlan,
    platform: Platform,
    routing: Routing,
    start: float,
    zone: tzinfo,
) -> Summary:
    """Return what alerts do from `start`, in seconds since 1970, as the platform's Alertmanager notifies of them."""
    ours = {name: severity.value for severity, name in platform.severity_names.items()}
    intervals: dict[str, list[AlertInterval]] = {
        each.title: [] for each in plan.alerts if each.place is not Place.NOWHERE
    }
    for each in firings:
        intervals[each.title] += [_interval(firing.labels, firing.first, firing.last, ours) for firing in each.firings]
    followed = [interval for own in intervals.values() for interval in own]
    following = {each.title: str(each.rule.body["alert"]) for each in plan.alerts if each.place is Place.FOLLOWS}
    for interval in inhibitor_intervals(followed, routing, platform) if following else ():
        for title, name in following.items():
            if interval.labels[ALERTNAME] == name:
                intervals[title].append(interval)
    all_alerts = [each for own in intervals.values() for each in own]
    sent = [each for each in without_inhibited(all_alerts, routing) if each.end >= start]
    rules = {each.title: each.rule for each in plan.alerts}
    alerts = []
    for title, own in intervals.items():
        severity = str(rules[title].body.get("labels", {}).get(SEVERITY.name, ""))
        severity, name = ours.get(severity, severity), rules[title].body["alert"]
        of_alert = [each for each in sent if _is(each, str(name), severity)]
        lasting = tuple(sorted((each for each in own if each.end >= start), key=lambda each: (each.start, each.end)))
        notified = _notified(of_alert, routing, start)
        alerts.append(AlertSummary(title, severity, lasting, tuple(of_alert), notified, rules[title].interval))
    receivers = _receivers(sent, routing, start, zone)
    return Summary(tuple(sorted(alerts, key=lambda each: each.title)), plan.not_rehearsed, receivers)


def _interval(labels: Iterable[tuple[str, str]], first: int, last: int, ours: Mapping[str, str]) -> AlertInterval:
    values = dict(labels)
    if severity := ours.get(values.get(SEVERITY.name, "")):
        values[SEVERITY.name] = severity
    return AlertInterval(values, first / 1000, last / 1000)


def _is(interval: AlertInterval, name: str, severity: str) -> bool:
    return (interval.labels[ALERTNAME], interval.labels.get(SEVERITY.name, "")) == (name, severity)


def _notified(alerts: Sequence[AlertInterval], routing: Routing, start: float) -> tuple[float, ...]:
    """When the alerts began of which Alertmanager notifies, from the start on."""
    times: list[float] = []
    for page, route in ((True, routing.page), (False, routing.ticket)):
        times += notifications([each for each in alerts if each.is_page is page], route, routing.group_by)
    return tuple(sorted(each for each in times if each >= start))


def _receivers(
    sent: Iterable[AlertInterval], routing: Routing, start: float, zone: tzinfo
) -> tuple[ReceiverSummary, ...]:
    by_receiver: dict[tuple[str, str], list[AlertInterval]] = defaultdict(list)
    for each in sent:
        by_receiver[each.labels.get(SEVERITY.name, ""), each.labels.get(OWNER.name, "")].append(each)
    summaries = []
    for (severity, owner), alerts in sorted(by_receiver.items()):
        times = [datetime.fromtimestamp(at, zone) for at in _notified(alerts, routing, start)]
        days = Counter(at.strftime("%Y-%m-%d") for at in times)
        nights = _nights(times) if severity == PAGE.value else ()
        summaries.append(ReceiverSummary(f"{severity} {owner}".strip(), dict(sorted(days.items())), nights))
    return tuple(summaries)


def _nights(times: Iterable[datetime]) -> tuple[str, ...]:
    awake = (at for at in times if at.hour >= NIGHT_START or at.hour < NIGHT_END)
    return tuple(sorted({(at - timedelta(hours=NIGHT_END)).strftime("%Y-%m-%d") for at in awake}))


def by_title(summary: Summary) -> Callable[[str], AlertSummary | None]:
    """Look an alert up by its title."""
    return {each.title: each for each in summary.alerts}.get
