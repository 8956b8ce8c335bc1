"""Services that are silent, gaps, seldom pushes, wrong clocks and lost first increments, in a real Prometheus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from contract.api import HEARTBEAT, REQUESTS
from generator.dsl.units import seconds
from generator.verify.doctor.command import diagnose
from tests.verify.doctor.conftest import RunningSystem
from tests.verify.doctor.examined import Examined, apis, evidence, own_platform, seconds_in, texts
from tests.verify.doctor.telemetry import Series
from tests.verify.drift.answers import serving

MINUTE = 60


def heartbeats(series: Series, changed: Callable[[float, float], tuple[float, float] | None]) -> Series:
    """The series with other heartbeats; another metric stays."""
    if series.name != HEARTBEAT.name:
        return series
    pairs = (changed(at, value) for at, value in series.values)
    return replace(series, values=[pair for pair in pairs if pair is not None])


def test_a_service_that_is_silent_and_one_that_stopped(examined: Examined) -> None:
    """One service never sent a heartbeat; the last of the other one is four minutes old, stale after three."""
    now = examined.now

    def broken(series: Series) -> Series | None:
        if series.name == HEARTBEAT.name and series.labels["service"] == "ingest-worker":
            return None
        return heartbeats(series, lambda at, value: (at, value) if at < now - 4 * MINUTE + 15 else None)

    examined.push(broken)
    stopped, silent = examined.findings()
    assert texts([stopped, silent]) == [
        "heartbeat-missing: service worker-api sends no telemetry",
        "heartbeat-missing: service ingest-worker sends no telemetry",
    ]
    name = HEARTBEAT.name
    assert evidence(silent) == [f'{name}{{service="ingest-worker"}}: no heartbeat in the last 60 minutes']
    assert 4 * MINUTE <= seconds_in(evidence(stopped)[0], "the last heartbeat is") <= 4 * MINUTE + examined.elapsed


def test_gaps(examined: Examined) -> None:
    """Two gaps of five minutes, of a service that pushes each 30 s."""
    gaps = ((10 * MINUTE, 15 * MINUTE), (20 * MINUTE, 25 * MINUTE))
    now = examined.now

    def in_gap(at: float) -> bool:
        return any(start - 15 < now - at < end - 45 for start, end in gaps)

    examined.push(lambda series: heartbeats(series, lambda at, value: None if in_gap(at) else (at, value)), minutes=30)
    findings = examined.findings()
    services = ("ingest-worker", "worker-api")
    assert texts(findings) == [f"push-gap: service {name}: 2 gaps in its telemetry" for name in services]
    assert evidence(findings[0])[0].partition(": ")[2].startswith("300 s, ")


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        (45, "push-interval: telemetry arrives every 45 s, planned are 30 s"),
        (90, "push-interval: telemetry arrives every 90 s, too seldom for a rate"),
    ],
)
def test_pushes_that_are_seldom(examined: Examined, interval: float, text: str) -> None:
    """Every 45 s is a warning where 30 s are planned; every 90 s, a window of two minutes has one sample: an error."""
    examined.push(step=interval)
    (finding,) = examined.findings()
    assert texts([finding]) == [text]
    assert finding.severity.value == ("warning" if interval == 45 else "error")


@pytest.mark.parametrize(
    ("sample", "value", "state", "aging"),
    [(45, 45, " s ahead", -1), (0, -120, " s behind", 0), (-100, -100, " s late, or its clock is behind", 1)],
)
def test_clocks(examined: Examined, sample: float, value: float, state: str, aging: int) -> None:
    """A clock that stamps samples 45 s ahead, one that is behind the sample's time, and one that is behind in both.

    Until the examination, samples that are ahead are so by less, and those that are late by more."""

    def skewed(series: Series) -> Series:
        if series.labels["service"] != "worker-api":
            return series
        return heartbeats(series, lambda at, _: (at + sample, at + value))

    examined.push(skewed)
    (finding,) = examined.findings()
    (what,), seconds = texts([finding]), max(abs(sample), abs(value))
    assert what.startswith("clock-skew: ")
    assert what.endswith(state)
    reported = seconds_in(what, "service worker-api is")
    assert 0 <= (reported - seconds) * (aging or 1) <= abs(aging) * examined.elapsed


def test_a_series_that_does_not_begin_with_zero(examined: Examined) -> None:
    """A tenant's first requests come without a start time, on a platform that has counted for half an hour."""
    examined.push(minutes=30)
    new = next(each for each in examined.series(minutes=2) if each.name == REQUESTS.name)
    examined.send([replace(new.with_labels(tenant_id="new"), start=None)])
    (finding,) = examined.findings()
    text = "first-increment-lost: the first increment of new series is lost: they do not begin with 0"
    assert texts([finding]) == [text]
    assert 'tenant_id="new"' in evidence(finding)[0]
    assert evidence(finding)[0].endswith("begins with 0.1")


def test_a_prometheus_without_zero_ingestion_and_with_a_short_retention(bare: Examined) -> None:
    """Its flags lack the feature, and it stores 15 days of the 30 that an SLO reads: two errors."""
    checks = ("live/first-increment-lost", "live/retention")
    assert texts(each for each in bare.findings() if each.check in checks) == [
        "first-increment-lost: the first increment of new series is lost: Prometheus does not store their start",
        "retention: samples are stored for 15 days, and rules read 30 days",
    ]


def test_a_retention_below_the_planned_one(system: RunningSystem) -> None:
    """The shared Prometheus stores 35 days: a platform that plans 40 gets a warning."""
    examined = own_platform(system.subject, system.prometheus.url, retention=seconds(40 * 86_400))
    examined.push()
    (finding,) = examined.findings()
    assert texts([finding]) == ["retention: samples are stored for 35 days, planned are 40 days"]
    assert finding.severity.value == "warning"


def test_a_rate_interval_with_a_single_sample(examined: Examined) -> None:
    """A panel has no step of its own, and the data source 10 s: `$__rate_interval` is 40 s, with samples each 30 s."""
    examined.push()
    panel = {"id": 1, "title": "Rate", "targets": [{"expr": "rate(requests_total[$__rate_interval])"}]}
    with_panel = replace(examined.subject, dashboards={"d": {"title": "D", "panels": [panel]}})
    grafana = {"/api/health": {"database": "ok", "version": "12.3.0"}, "/api/search": []}
    grafana["/api/datasources/uid/prometheus"] = {"name": "Prometheus", "jsonData": {"timeInterval": "10s"}}
    with serving(grafana) as url:
        findings = diagnose(with_panel, apis(examined.url, grafana=url)).findings
    (finding,) = (each for each in findings if each.check == "live/push-interval")
    assert texts([finding]) == ["push-interval: telemetry arrives every 30 s, too seldom for a rate"]
    assert "$__rate_interval: 40 s at least" in evidence(finding)
