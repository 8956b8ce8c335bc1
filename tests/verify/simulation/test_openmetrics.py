"""OpenMetrics text of a few events: series starts, buckets, gaps, counter resets, special characters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from contract.api import LATENCY, REQUESTS
from generator.dsl.metrics import Counter, Histogram
from generator.dsl.platform import Platform
from generator.verify.simulation.clock import MONDAY, Clock
from generator.verify.simulation.incident import Incident, IncidentKind
from generator.verify.simulation.measurements import Measurements
from generator.verify.simulation.openmetrics import file_ranges, openmetrics
from generator.verify.simulation.simulation import Simulation, SimulationPlan

LABELS = {"tenant_id": "a", "route": "/chat", "service": "worker-api"}
SERIES = 'requests_total{platform="production",tenant_id="a",route="/chat",service="worker-api"}'


def _lines(
    platform: Platform,
    metric: Counter | Histogram,
    amounts: dict[int, int],
    *incidents: Incident,
    labels: dict[str, str] = LABELS,
) -> list[str]:
    """The lines of a simulation of 90 seconds, in one file; `amounts` are by step."""
    measurements = Measurements(metric, labels, np.array(list(amounts)), np.array(list(amounts.values())))
    plan = SimulationPlan(platform, clock=Clock(length=90), incidents=incidents)
    simulation = Simulation(plan, (measurements,))
    (step_range,) = file_ranges(simulation)
    return "".join(openmetrics(simulation, step_range)).splitlines()


def _values(lines: list[str], series: str) -> dict[int, str]:
    """The values of a series by step."""
    samples = [line.removeprefix(series).split() for line in lines if line.startswith(f"{series} ")]
    return {(int(time) - MONDAY) // 15: value for value, time in samples}


def test_a_series_starts_at_zero(platform: Platform) -> None:
    """A counter whose first event is at step 3 is 0 at step 2 and absent before."""
    lines = _lines(platform, REQUESTS, {3: 2, 5: 1})
    assert _values(lines, SERIES) == {2: "0", 3: "2", 4: "2", 5: "3", 6: "3"}


def test_types_follow_the_rules_of_openmetrics(platform: Platform) -> None:
    """A counter is declared without _total, one whose name has no _total is unknown, and the file ends with # EOF."""
    lines = _lines(platform, REQUESTS, {1: 1})
    assert {"# TYPE requests counter", "# TYPE ai_tokens_input unknown", "# TYPE latency_ms histogram"} <= set(lines)
    assert lines[-1] == "# EOF"


def test_series_have_the_prefix_of_the_platform(platform: Platform) -> None:
    """The type and the samples of every metric begin with the prefix."""
    with_prefix = replace(platform, metric_prefix="acme_")
    lines = _lines(with_prefix, REQUESTS, {3: 2})
    assert _values(lines, f"acme_{SERIES}")[3] == "2"
    assert "# TYPE acme_requests counter" in lines
    lines = [*lines, *_lines(with_prefix, LATENCY, {1: 50})]
    assert [line for line in lines if not line.startswith(("acme_", "# TYPE acme_", "# EOF"))] == []


def test_a_bucket_counts_values_up_to_its_bound(platform: Platform) -> None:
    """50 is in the bucket 50.0, 51 is not, 40,000 is only in +Inf; sum and count include all three."""
    lines = _lines(platform, LATENCY, {1: 50, 2: 51, 3: 40_000})
    labels = SERIES.removeprefix("requests_total").removesuffix("}")
    last = {
        bound: _values(lines, f'latency_ms_bucket{labels},le="{bound}"}}')[6]
        for bound in ("25.0", "50.0", "100.0", "30000.0", "+Inf")
    }
    assert last == {"25.0": "0", "50.0": "1", "100.0": "2", "30000.0": "2", "+Inf": "3"}
    assert _values(lines, f"latency_ms_sum{labels}}}")[6] == "40101"
    assert _values(lines, f"latency_ms_count{labels}}}")[6] == "3"


def test_a_reset_counter_starts_at_zero(platform: Platform) -> None:
    """Counters that reset at 45 s are 0 there and count later events; those of another service continue."""
    reset = Incident(IncidentKind.COUNTERS_RESET, 45, matchers={"service": "worker-api"})
    other_reset = Incident(IncidentKind.COUNTERS_RESET, 45, matchers={"service": "ingest-worker"})
    amounts = {1: 1, 2: 1, 4: 1}
    assert _values(_lines(platform, REQUESTS, amounts, reset), SERIES) == {
        0: "0",
        1: "1",
        2: "2",
        3: "0",
        4: "1",
        5: "1",
        6: "1",
    }
    assert _values(_lines(platform, REQUESTS, amounts, other_reset), SERIES)[6] == "3"


def test_a_gap_has_no_samples_but_events_are_counted(platform: Platform) -> None:
    """From 15 s there are no samples and no heartbeats for 30 s; the next sample includes all events."""
    lines = _lines(platform, REQUESTS, {1: 1, 2: 1, 3: 1}, Incident(IncidentKind.SAMPLES_MISSING, 15, 30))
    assert _values(lines, SERIES) == {0: "0", 1: "1", 4: "3", 5: "3", 6: "3"}
    heartbeat = 'telemetry_heartbeat_timestamp_seconds{platform="production",service="worker-api"}'
    assert set(_values(lines, heartbeat)) == {0, 1, 4, 5, 6}


def test_a_heartbeat_is_its_own_time(platform: Platform) -> None:
    """At every step each service's heartbeat is the time in seconds since 1970; a silent service has no heartbeat."""
    silent = Incident(IncidentKind.SERVICE_SILENT, 0, 60, matchers={"service": "worker-api"})
    lines = _lines(platform, REQUESTS, {1: 1}, silent)
    other = _values(lines, 'telemetry_heartbeat_timestamp_seconds{platform="production",service="ingest-worker"}')
    assert other == {step: str(MONDAY + 15 * step) for step in range(7)}
    assert set(_values(lines, 'telemetry_heartbeat_timestamp_seconds{platform="production",service="worker-api"}')) == {
        0,
        5,
        6,
    }


def test_special_characters_are_escaped(platform: Platform) -> None:
    """Quotes, backslashes and percent signs in a tenant's name are preserved."""
    lines = _lines(platform, REQUESTS, {1: 1}, labels={"tenant_id": '50%d "\\'})
    assert 'requests_total{platform="production",tenant_id="50%d \\"\\\\"} 1 ' + str(MONDAY + 15) in lines


def test_a_file_contains_one_block(platform: Platform) -> None:
    """Prometheus blocks start at even hours: a simulation from 01:00 to 05:00 is split at 02:00 and 04:00."""
    clock = Clock(start=MONDAY + 3_600, length=4 * 3_600)
    ranges = file_ranges(Simulation(SimulationPlan(platform, clock=clock), ()))
    assert [(steps.first, steps.stop) for steps in ranges] == [(0, 240), (240, 720), (720, 961)]
