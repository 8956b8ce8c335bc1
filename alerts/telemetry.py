"""The telling itself: a service that is not heard of, and the proof that alerts arrive."""

from contract.api import HEARTBEAT
from contract.labels import SERVICE
from generator.dsl.alert import NONE, PAGE, alert
from generator.dsl.platform import Platform
from generator.dsl.query import Always, Condition
from generator.dsl.units import days


@alert("TelemetryMissing", PAGE, panel="overview/heartbeat_age")
def telemetry_missing(platform: Platform) -> Condition:
    """{service} is not heard of: its last heartbeat is {value} old.

    The last heartbeat of {service} came {value} ago (a {window} stands for longer, or never); it should come at least
    every minute, and {limit} is too long. Until it comes back, every other alert on this service is blind.

    Impact: Nobody knows how the service does: no metric of it can be believed.

    First steps:
    1. Send the service a request yourself: does it answer?
    2. If it does, its telemetry is broken: look at the Durable Object that keeps its counters, and in Prometheus' log
       for what its receiver (/api/v1/otlp/v1/metrics) refused.
    3. If it does not, treat it as an outage.
    4. If the other service is silent too, look at Prometheus' receiver first.
    """
    return HEARTBEAT.age(lookback=days(1), expected=SERVICE).by(SERVICE).above(platform.telemetry_stale_after)


@alert("Watchdog", NONE, panel="overview/pages")
def watchdog(platform: Platform) -> Condition:
    """Alerting works.

    This alert fires always, and goes to a receiver that raises the alarm when it stops coming.

    Impact: None while it fires. When it stops, no alert reaches anybody.

    First steps:
    1. See that Prometheus runs and evaluates its rules: its page /rules says when it last did.
    2. See that Alertmanager runs and that Prometheus reaches it: /status on the one, /alerts on the other.
    3. See that the receiver of the dead man's URL still knows that URL.
    """
    return Always()
