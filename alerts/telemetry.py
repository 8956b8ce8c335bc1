"""Telemetry itself: a service that stops reporting, and the alert that always fires."""

from contract.api import HEARTBEAT
from contract.labels import SERVICE
from generator.dsl.alert import NONE, PAGE, alert
from generator.dsl.platform import Platform
from generator.dsl.query import Always, Condition
from generator.dsl.units import days


@alert("TelemetryMissing", PAGE, panel="overview/heartbeat_age")
def telemetry_missing(platform: Platform) -> Condition:
    """{service} reports no telemetry: its last heartbeat was {value} ago.

    The last heartbeat of {service} was {value} ago (threshold {threshold}). Only the last {window} are searched:
    {max_value} means longer ago, or never. Until it reports again, no other alert of this service is reliable.

    Impact: Nobody knows whether the service works: its metrics are missing or out of date.

    First steps:
    1. Send the service a request yourself: does it answer?
    2. If it answers, its telemetry is broken: check the Durable Object that stores its counters, and Prometheus' log
       for what the receiver (/api/v1/otlp/v1/metrics) rejected.
    3. If it does not answer, treat it as an outage.
    4. If other services stopped reporting at the same time, check Prometheus' receiver first.
    """
    return HEARTBEAT.age(lookback=days(1), expected=SERVICE).by(SERVICE).above(platform.telemetry_stale_after)


@alert("Watchdog", NONE, panel="overview/pages")
def watchdog(platform: Platform) -> Condition:
    """Alerting works.

    This alert always fires. Its receiver, a dead man's switch, notifies you when it stops.

    Impact: None while it fires. When it stops, no alert reaches anybody.

    First steps:
    1. Check that Prometheus runs and evaluates its rules: its page /rules shows the last evaluation.
    2. Check that Alertmanager runs and that Prometheus reaches it: /status of Alertmanager, /alerts of Prometheus.
    3. Check that the URL of the dead man's switch is still valid.
    """
    return Always()
