"""The queries of a Prometheus: a fixed list, whose length depends on the labels of the contract alone.

Each reads the newest samples of the platform's series, or a window that is stated here; none reads more than a day.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from contract.api import DROPPED, HEARTBEAT, OVERFLOW, REQUESTS
from contract.labels import TENANT
from generator.dsl.label_values import is_closed, values_of
from generator.dsl.labels import Label
from generator.frozen import frozen
from generator.verify.doctor.subject import Subject

HEARTBEAT_MINUTES = 60
"""How far back heartbeats are read."""
AHEAD = 600
"""Seconds by which a sample may be ahead of Prometheus' clock, which rejects what is further."""
NEW_MINUTES = 10
"""How long a series counts as new."""
SERVER_COUNTERS = (
    "prometheus_rule_group_iterations_missed_total",
    "prometheus_notifications_dropped_total",
    "alertmanager_notifications_failed_total",
)
"""Counters that servers write about themselves, and that rules read: those of Prometheus, then that of Alertmanager."""
FIRST_VALUES, UNLABELLED, SERIES, TENANTS, LARGEST_TENANTS = (
    "first values",
    "unlabelled",
    "series",
    "tenants",
    "largest",
)
AS_OTHER, LOST, SCRAPED, MISSED, NOT_NOTIFIED = "as other", "lost", "scraped", "missed", "not notified"


@frozen
class InstantQuery:
    """A query: its name among all, and its expression."""

    name: str
    expression: str


def selector(names: Iterable[str], matchers: Iterable[str]) -> str:
    """A selector of series by several names."""
    pattern = json.dumps("|".join(names), ensure_ascii=False)
    return f"{{{','.join((f'__name__=~{pattern}', *matchers))}}}"


def identity_matchers(subject: Subject) -> list[str]:
    """The matchers of the platform's own series."""
    return [f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in subject.identity.items()]


def heartbeat_query(subject: Subject) -> str:
    """All heartbeats of the last hour, evaluated `AHEAD` seconds later: those of a clock that is ahead are among
    them.
    """
    matchers = ",".join(identity_matchers(subject))
    return f"{subject.name(HEARTBEAT)}{{{matchers}}}[{HEARTBEAT_MINUTES * 60 + AHEAD}s]"


def label_query_name(label: Label) -> str:
    """The name of the query that finds series with a wrong label."""
    return f"label {label.name}"


def checked_labels(subject: Subject) -> list[Label]:
    """The labels of the Workers' metrics that each have a query."""
    return list(dict.fromkeys(label for metric in subject.metrics for label in metric.labels))


def instant_queries(subject: Subject) -> list[InstantQuery]:
    """All queries but that of the heartbeats, in the order in which they are sent."""
    of_labels = [
        InstantQuery(label_query_name(label), _wrong_label(subject, label)) for label in checked_labels(subject)
    ]
    return [*_queries_of_series(subject), *_queries_of_counts(subject), *of_labels]


def _queries_of_series(subject: Subject) -> Iterator[InstantQuery]:
    own = identity_matchers(subject)
    counted = [subject.counted_name(metric) for metric in subject.metrics]
    every = [name for metric in subject.metrics for name in subject.series_names(metric)]
    of_tenants = [name for metric in subject.metrics_with(TENANT) for name in subject.series_names(metric)]
    (identity, *_) = subject.identity
    without = selector(counted, [f'{identity}=""'])
    requests = f"{subject.name(REQUESTS)}{{{','.join(own)}}}"
    yield InstantQuery(UNLABELLED, f"count by (__name__) ({without})")
    yield InstantQuery(SERIES, f"count({selector(every, own)})")
    yield InstantQuery(TENANTS, f"count(count by (tenant_id) ({requests}))")
    yield InstantQuery(LARGEST_TENANTS, f"topk(5, count by (tenant_id) ({selector(of_tenants, own)}))")
    yield InstantQuery(
        FIRST_VALUES,
        f"topk(5, (min_over_time({requests}[{NEW_MINUTES}m]) > 0"
        f" unless present_over_time({requests}[1h] offset {NEW_MINUTES}m))"
        f" and on () group(present_over_time({requests}[5m] offset 20m)))",
    )


def _queries_of_counts(subject: Subject) -> Iterator[InstantQuery]:
    own = ",".join(identity_matchers(subject))
    for name, counter in ((AS_OTHER, OVERFLOW), (LOST, DROPPED)):
        increase = f"increase({subject.name(counter)}{{{own}}}[1d])"
        yield InstantQuery(name, f"sum by (service, reason) ({increase}) > 0")
    missed, _, failed = SERVER_COUNTERS
    groups = json.dumps(f"(.*;)?{re.escape(subject.group_prefix)}.*")
    yield InstantQuery(SCRAPED, f"group by (__name__) ({selector(SERVER_COUNTERS, ())})")
    yield InstantQuery(MISSED, f"sum by (rule_group) (increase({missed}{{rule_group=~{groups}}}[1h])) > 0")
    yield InstantQuery(NOT_NOTIFIED, f"sum by (integration) (increase({failed}[1h])) > 0")


def _wrong_label(subject: Subject, label: Label) -> str:
    """Series that lack a label of their metric or have a value that the platform does not know, by name and value; and
    those that have a label which their metric lacks, by name."""
    own = identity_matchers(subject)
    with_label = subject.metrics_with(label)
    names, others = (
        [subject.counted_name(metric) for metric in subject.metrics if (metric in with_label) is wanted]
        for wanted in (True, False)
    )
    known = "|".join(map(re.escape, values_of(label, subject.platform)))
    wrong = f"{label.name}!~{json.dumps(known, ensure_ascii=False)}" if is_closed(label) else f'{label.name}=""'
    query = f"count by (__name__, {label.name}) ({selector(names, [*own, wrong])})"
    if not others:
        return query
    extra = f'{label.name}!=""'
    return f"{query} or count by (__name__) ({selector(others, [*own, extra])})"
