"""An alert test as a timeline: what the input series do and which alerts fire, in the order of time."""

from __future__ import annotations

from alerts import errors, latency, telemetry
from contract.api import ERRORS, HEARTBEAT, LATENCY, REQUESTS
from contract.labels import ROUTE, SERVICE, TENANT
from generator.dsl.alert import NONE, PAGE, Alert
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
from generator.rendering.timeline import timeline

CHAT = {ROUTE: "/chat", SERVICE: "worker-api"}
FIRST, SECOND = {TENANT: "first", **CHAT}, {TENANT: "second", **CHAT}
Events = tuple[tuple[str, tuple[str, ...]], ...]


def events(platform: Platform, alert: Alert, *parts: InputSeries | Expectation) -> Events:
    """The events of the timeline of a test of one alert."""
    alert_test = AlertTest(
        id="some_test",
        module="alerts.tests.some",
        claim="A claim.",
        alert=alert.name,
        severities=(alert.severity,),
        covers=(),
        build=lambda _: scenario(*parts),
        where="some.py:1",
    )
    rule = lower_alert(QueryLowering(platform, RecordingRules()), alert)
    return timeline(alert_test, scenario(*parts), {alert.severity: rule}).events


def test_events_are_in_the_order_of_time(platform: Platform) -> None:
    """Changes of series come before the alerts of the same minute; labels are named where the series differ in them."""
    assert events(
        platform,
        errors.route_down,
        input_series(REQUESTS, FIRST, count(60, hours(1))),
        input_series(ERRORS, FIRST, count(0, minutes(10)), count(45, minutes(50))),
        input_series(REQUESTS, SECOND, count("2.5", hours(1))),
        expect_none(minutes(10)),
        expect_firing(minutes(14), firing(PAGE, 0.75, CHAT)),
    ) == (
        ("0 min", ("`requests_total` of `first`: 60 per minute", "`requests_total` of `second`: 2.5 per minute")),
        ("10 min", ("`errors_total` of `first`: 45 per minute", "no alert fires")),
        ("14 min", ("page fires: `/chat (worker-api) is down: 75% of requests fail.`",)),
    )


def test_a_changed_value_is_an_event(platform: Platform) -> None:
    """60 requests per minute become slow: only their latency changes."""
    assert events(
        platform,
        latency.route_high_latency,
        input_series(
            LATENCY, FIRST, observe(60, 200, minutes(10)), observe(60, 12000, minutes(10)), observe(0, 1, minutes(10))
        ),
    ) == (
        ("0 min", ("`latency_ms`: 60 per minute, each 200 ms",)),
        ("10 min", ("`latency_ms`: 60 per minute, each 12 s",)),
        ("20 min", ("`latency_ms`: 0 per minute",)),
    )


def test_restarts_and_missing_samples_are_events(platform: Platform) -> None:
    """The rate is not repeated after a restart, and it is repeated after missing samples."""
    assert events(
        platform,
        errors.route_down,
        input_series(
            REQUESTS,
            FIRST,
            count(6, minutes(5)),
            Restart(),
            count(6, minutes(5)),
            no_samples(minutes(5)),
            count(6, hours(1)),
        ),
    ) == (
        ("0 min", ("`requests_total`: 6 per minute",)),
        ("5 min", ("`requests_total` restarts at 0",)),
        ("10 min", ("`requests_total` has no samples",)),
        ("15 min", ("`requests_total`: 6 per minute",)),
    )


def test_a_heartbeat_is_the_current_time(platform: Platform) -> None:
    """A gauge that holds the time has no rate."""
    assert events(
        platform, telemetry.telemetry_missing, input_series(HEARTBEAT, {SERVICE: "worker-api"}, clock(minutes(30)))
    ) == (("0 min", ("`telemetry_heartbeat_timestamp_seconds` is the current time",)),)


def test_an_alert_of_no_severity_fires_too(platform: Platform) -> None:
    """Watchdog is neither a page nor a ticket."""
    assert events(platform, telemetry.watchdog, expect_firing(minutes(5), firing(NONE, 1))) == (
        ("5 min", ("alert fires: `Alerting works.`",)),
    )
