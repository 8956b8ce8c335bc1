"""A story as a timeline: what happens, and what is heard, moment by moment."""

from __future__ import annotations

import pytest

from alerts import errors, latency, telemetry
from contract.api import ERRORS, HEARTBEAT, LATENCY, REQUESTS
from contract.labels import ROUTE, SERVICE, TENANT
from generator.dsl.alert import NONE, PAGE, Alert, Severity
from generator.dsl.alert_test import (
    AlertTest,
    Expectation,
    InputSeries,
    Restart,
    clock,
    count,
    expect_firing,
    expect_none,
    firing,
    input_series,
    no_samples,
    observe,
    scenario,
)
from generator.dsl.platform import Platform
from generator.dsl.units import hours, minutes
from generator.lowering.alerts import lower_alert
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from generator.rendering.timeline import clock, timeline

CHAT = {ROUTE: "/chat", SERVICE: "worker-api"}
ONE, OTHER = {TENANT: "one", **CHAT}, {TENANT: "other", **CHAT}
Moments = tuple[tuple[str, tuple[str, ...]], ...]


def moments(platform: Platform, alert: Alert, *parts: InputSeries | Expectation) -> Moments:
    """The timeline of a story of one alert."""
    severity: Severity = alert.severity
    alert_test = AlertTest(
        "some", "tests.some", "A claim.", alert.name, (severity,), (), lambda _: scenario(*parts), "some.py:1"
    )
    return timeline(
        alert_test, platform, {severity: lower_alert(QueryLowering(platform, RecordingRules()), alert)}
    ).moments


def test_a_story_is_told_in_the_order_of_time(platform: Platform) -> None:
    """What happens in a minute comes before what is heard in it; who is named where two do the same."""
    assert moments(
        platform,
        errors.route_down,
        input_series(REQUESTS, ONE, count(60, hours(1))),
        input_series(ERRORS, ONE, count(0, minutes(10)), count(45, minutes(50))),
        input_series(REQUESTS, OTHER, count("2.5", hours(1))),
        expect_none(minutes(10)),
        expect_firing(minutes(14), firing(PAGE, 0.75, CHAT)),
    ) == (
        ("0 min", ("`requests_total` of `one`: 60 a minute", "`requests_total` of `other`: 2.5 a minute")),
        ("10 min", ("`errors_total` of `one`: 45 a minute", "quiet")),
        ("14 min", ("page `/chat (worker-api) is down: 75% of its requests fail.`",)),
    )


def test_a_value_that_changes_is_told_although_the_pace_does_not(platform: Platform) -> None:
    """Sixty requests a minute become slow: nothing but their size changes, and that is the story."""
    assert moments(
        platform,
        latency.high_latency_of_route,
        input_series(
            LATENCY, ONE, observe(60, 200, minutes(10)), observe(60, 12000, minutes(10)), observe(0, 1, minutes(10))
        ),
    ) == (
        ("0 min", ("`latency_ms`: 60 a minute, each 200 ms",)),
        ("10 min", ("`latency_ms`: 60 a minute, each 12 s",)),
        ("20 min", ("`latency_ms`: none",)),
    )


def test_restarts_and_silences_are_told(platform: Platform) -> None:
    """A counter that begins anew goes on at its pace; after a silence, the pace is said again."""
    assert moments(
        platform,
        errors.route_down,
        input_series(
            REQUESTS,
            ONE,
            count(6, minutes(5)),
            Restart(),
            count(6, minutes(5)),
            no_samples(minutes(5)),
            count(6, hours(1)),
        ),
    ) == (
        ("0 min", ("`requests_total`: 6 a minute",)),
        ("5 min", ("`requests_total` starts anew at 0",)),
        ("10 min", ("`requests_total` is not reported",)),
        ("15 min", ("`requests_total`: 6 a minute",)),
    )


def test_a_heartbeat_goes_with_the_clock(platform: Platform) -> None:
    """It has no pace a minute: it holds the time."""
    assert moments(
        platform, telemetry.telemetry_missing, input_series(HEARTBEAT, {SERVICE: "worker-api"}, clock(minutes(30)))
    ) == (("0 min", ("`telemetry_heartbeat_timestamp_seconds` goes with the clock",)),)


def test_what_tells_nobody_still_fires(platform: Platform) -> None:
    """The watchdog is neither a page nor a ticket."""
    assert moments(platform, telemetry.watchdog, expect_firing(minutes(5), firing(NONE, 1))) == (
        ("5 min", ("fires `Alerting works.`",)),
    )


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 min"),
        (30, "30 s"),
        (2010, "33 min 30 s"),
        (7140, "119 min"),
        (7200, "2 h"),
        (9000, "2 h 30 min"),
        (86400, "1 d"),
        (280800, "3 d 6 h"),
    ],
)
def test_a_moment_is_said_shortly(seconds: int, said: str) -> None:
    """Minutes up to two hours, then hours, then days."""
    assert clock(seconds) == said
