"""Whether Workers push as often as planned, without gaps, by a right clock, and from the first increment on."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from contract.api import HEARTBEAT
from generator.dsl.backends import PROMETHEUS_VERSIONS
from generator.dsl.platform import MAX_SAMPLE_INTERVAL
from generator.rendering.prometheus_flags import ZERO_INGESTION
from generator.verify.doctor.finding import Evidence, FindingSeverity, Observation, live_check
from generator.verify.doctor.queries import FIRST_VALUES, HEARTBEAT_MINUTES
from generator.verify.doctor.subject import Subject
from generator.verify.doctor.system import Heartbeats, System
from generator.verify.drift.durations import seconds_of

LATE = 1.25
"""How many times the planned interval the usual one may be: a push takes time."""
GAP = 3
"""From how many intervals on the time between two heartbeats is a gap: a retry that succeeds takes less."""
MAX_SKEW = 5.0
"""Seconds by which two clocks may differ: requests take time, too."""
RATE_INTERVAL = "$__rate_interval"
RATE_STEPS = 4
"""Grafana's `$__rate_interval` is at least so many times the least step."""


def by_service(system: System) -> Mapping[str, Sequence[Heartbeats]]:
    """The heartbeats of each service, from all its shards."""
    result: dict[str, list[Heartbeats]] = defaultdict(list)
    for each in system.prometheus.heartbeats:
        result[each.service].append(each)
    return result


def _series(subject: Subject, service: str) -> str:
    return f'{subject.name(HEARTBEAT)}{{service="{service}"}}'


def usual_interval(system: System) -> float | None:
    """The median time in seconds between two heartbeats of a series; None without two."""
    intervals = [interval for each in system.prometheus.heartbeats for interval in each.intervals]
    return median(intervals) if intervals else None


@live_check(
    "heartbeat-missing",
    FindingSeverity.ERROR,
    reads=f"the heartbeats of the last {HEARTBEAT_MINUTES} minutes",
    example="service ingest-worker sends no telemetry",
    hint="send the service a request: if it answers, look at the shard's Durable Object and at what Prometheus' "
    "receiver rejects; if all services are silent, look at the receiver and its credentials first",
)
def heartbeat_missing(subject: Subject, system: System) -> Iterator[Observation]:
    """Every service of the platform has a heartbeat that is not stale.

    Without it, nobody knows whether the service works, and no other check of its series says anything.
    """
    stale = subject.platform.telemetry_stale_after.seconds
    beats = by_service(system)
    for service in subject.platform.services:
        newest = max((each.times[-1] for each in beats.get(service, ())), default=None)
        what, name = f"service {service} sends no telemetry", _series(subject, service)
        if newest is None:
            yield Observation(what, (Evidence(name, f"no heartbeat in the last {HEARTBEAT_MINUTES} minutes"),))
        elif (age := system.prometheus.time - newest) > stale:
            yield Observation(what, (Evidence(name, f"the last heartbeat is {age:.0f} s old, stale after {stale} s"),))


@live_check(
    "push-gap",
    FindingSeverity.WARNING,
    reads=f"the heartbeats of the last {HEARTBEAT_MINUTES} minutes",
    example="service worker-api: 2 gaps in its telemetry",
    hint="compare the times with deployments, restarts of Prometheus and its log; nothing is lost where counters are "
    "higher after the gap, but alerts were blind",
)
def push_gap(subject: Subject, system: System) -> Iterator[Observation]:
    """The time between two heartbeats is less than three push intervals.

    In a gap, rates and alerts have no samples: what happens then is seen late, or in no graph at all.
    """
    allowed = GAP * max(subject.platform.push_interval.seconds, usual_interval(system) or 0)
    for service, beats in by_service(system).items():
        gaps = [
            (at, interval)
            for each in beats
            for at, interval in zip(each.times, each.intervals, strict=False)
            if interval > allowed
        ]
        if gaps:
            count = f"{len(gaps)} gaps" if len(gaps) > 1 else "a gap"
            ago = system.prometheus.time
            evidence = [Evidence(_series(subject, service), f"{gap:.0f} s, {ago - at:.0f} s ago") for at, gap in gaps]
            yield Observation(f"service {service}: {count} in its telemetry", evidence)


@live_check(
    "push-interval",
    FindingSeverity.ERROR,
    reads=f"the heartbeats of the last {HEARTBEAT_MINUTES} minutes; the interval of Grafana's data source",
    example="telemetry arrives every 90 s, planned are 15 s",
    hint="set `prometheus.push_interval_seconds` in platform.yaml to what the Workers do (TELEMETRY_FULL_MS), or more "
    "shards where a full push takes longer; build, and deploy the data source",
)
def push_interval(subject: Subject, system: System) -> Iterator[Observation]:
    """Telemetry arrives as often as the platform plans, and twice in each `$__rate_interval` and each window of an
    alert.

    With fewer than two samples in its window, a rate has no value: graphs are empty, and alerts do not fire. Slower
    than planned, but often enough for every window, is a warning.
    """
    usual, planned = usual_interval(system), subject.platform.push_interval.seconds
    if usual is None:
        return
    evidence = [Evidence(subject.name(HEARTBEAT), f"{usual:.3g} s between two samples, as the median")]
    rate = least_rate_interval(subject, system)
    if usual > MAX_SAMPLE_INTERVAL.seconds or (rate is not None and rate < 2 * usual):
        if rate is not None:
            evidence.append(Evidence(RATE_INTERVAL, f"{rate:g} s at least"))
        evidence.append(Evidence("the shortest window of an alert", f"{2 * MAX_SAMPLE_INTERVAL.seconds} s"))
        yield Observation(f"telemetry arrives every {usual:.3g} s, too seldom for a rate", evidence)
    elif usual > LATE * planned:
        what = f"telemetry arrives every {usual:.3g} s, planned are {planned} s"
        yield Observation(what, evidence, severity=FindingSeverity.WARNING)


def least_rate_interval(subject: Subject, system: System) -> float | None:
    """The shortest `$__rate_interval` of a panel in seconds; None where no panel uses it, or the step is not known."""
    source = system.grafana.data_source_interval if system.grafana else None
    steps = [
        step
        for model in subject.dashboards.values()
        for panel in model["panels"]
        for target in panel.get("targets", ())
        if RATE_INTERVAL in target.get("expr", "")
        if (step := _step(target.get("interval") or panel.get("interval"), source)) is not None
    ]
    return RATE_STEPS * min(steps) if steps else None


def _step(text: str | None, source: float | None) -> float | None:
    """The least step of a query: its own, or else that of the data source."""
    try:
        return seconds_of(text) if text else source
    except ValueError:
        return source


@live_check(
    "clock-skew",
    FindingSeverity.ERROR,
    reads=f"the heartbeats of the last {HEARTBEAT_MINUTES} minutes, and Prometheus' clock",
    example="the clock of service worker-api is 45 s ahead",
    hint="compare the clocks of Prometheus and of what pushes (NTP); a relay that delays pushes looks like a clock "
    "that is behind",
)
def clock_skew(subject: Subject, system: System) -> Iterator[Observation]:
    """Heartbeats have the time at which Prometheus stores them.

    Samples ahead of Prometheus' clock are invisible until then, so that alerts are late; a heartbeat that is far
    ahead counts as missing. Samples that are behind make every graph and alert as late.
    """
    platform, now = subject.platform, system.prometheus.time
    usual = max(usual_interval(system) or 0, platform.push_interval.seconds)
    for service, beats in by_service(system).items():
        newest = max(beats, key=lambda each: each.times[-1])
        age, deviation = now - newest.times[-1], newest.values[-1] - newest.times[-1]
        name = _series(subject, service)
        if age < -MAX_SKEW:
            what = f"the clock of service {service} is {-age:.0f} s ahead"
            yield Observation(what, (Evidence(name, f"its newest sample is {-age:.0f} s after Prometheus' clock"),))
        elif abs(deviation) > usual + MAX_SKEW:
            side = "ahead" if deviation > 0 else "behind"
            what = f"the clock of service {service} is {abs(deviation):.0f} s {side}"
            yield Observation(what, (Evidence(name, f"its value is {deviation:+.0f} s from the time of its sample"),))
        elif 2 * usual + MAX_SKEW < age <= platform.telemetry_stale_after.seconds:
            what = f"telemetry of service {service} is {age:.0f} s late, or its clock is behind"
            yield Observation(
                what, (Evidence(name, f"its newest sample is {age:.0f} s old"),), severity=FindingSeverity.WARNING
            )


@live_check(
    "first-increment-lost",
    FindingSeverity.ERROR,
    reads="the flags of Prometheus; the series of requests that began in the last 10 minutes",
    example="the first increment of new series is lost: Prometheus does not store their start",
    hint=f"start Prometheus with --enable-feature={ZERO_INGESTION}, {PROMETHEUS_VERSIONS.first} or newer; Mimir has "
    "the option of its own; VictoriaMetrics counts first increments without it",
)
def first_increment_lost(subject: Subject, system: System) -> Iterator[Observation]:
    """A series begins with 0 at its start time.

    Otherwise its first value is no increase: a tenant's first request, and the first error of a route, are counted
    nowhere. In a test, 125 of 2,000 requests were missing.
    """
    features = system.prometheus.features
    if features is not None and system.prometheus.version and ZERO_INGESTION not in features:
        what = "the first increment of new series is lost: Prometheus does not store their start"
        yield Observation(what, (Evidence("--enable-feature", ",".join(sorted(features)) or "none"),))
        return
    new = () if system.prometheus.has_metricsql else system.prometheus.vector(FIRST_VALUES)
    if new:
        evidence = [Evidence(_labels(sample.labels), f"begins with {sample.value:g}") for sample in new]
        yield Observation("the first increment of new series is lost: they do not begin with 0", evidence)


def _labels(labels: Mapping[str, str]) -> str:
    matchers = (f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in sorted(labels.items()))
    return f"requests_total{{{','.join(matchers)}}}"
