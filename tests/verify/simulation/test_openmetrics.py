"""The text of happenings written down by hand: births, buckets, gaps, resets, and names that hurt."""

from __future__ import annotations

import numpy as np

from contract.api import LATENCY, REQUESTS
from generator.dsl.metrics import Counter, Histogram
from generator.dsl.platform import Platform
from generator.verify.simulation.clock import MONDAY, Clock
from generator.verify.simulation.counting import Told
from generator.verify.simulation.incident import Incident, Kind
from generator.verify.simulation.openmetrics import files, openmetrics
from generator.verify.simulation.simulation import Plan, Simulation

LABELS = {"tenant_id": "a", "route": "/chat", "service": "worker-api"}
SERIES = 'requests_total{tenant_id="a",route="/chat",service="worker-api"}'


def _lines(
    platform: Platform,
    metric: Counter | Histogram,
    happenings: dict[int, int],
    *incidents: Incident,
    labels: dict[str, str] = LABELS,
) -> list[str]:
    """The lines of a minute and a half, in one file."""
    told = Told(metric, labels, np.array(list(happenings)), np.array(list(happenings.values())))
    simulation = Simulation(Plan(platform, clock=Clock(length=90), incidents=incidents), (told,))
    (window,) = files(simulation)
    return "".join(openmetrics(simulation, window)).splitlines()


def _values(lines: list[str], series: str) -> dict[int, str]:
    """A series' values by step."""
    found = [line.removeprefix(series).split() for line in lines if line.startswith(f"{series} ")]
    return {(int(time) - MONDAY) // 15: value for value, time in found}


def test_a_series_begins_with_nothing(platform: Platform) -> None:
    """A counter that first counts at step 3 is 0 at step 2 and not there before."""
    lines = _lines(platform, REQUESTS, {3: 2, 5: 1})
    assert _values(lines, SERIES) == {2: "0", 3: "2", 4: "2", 5: "3", 6: "3"}


def test_types_are_declared_so_that_openmetrics_takes_them(platform: Platform) -> None:
    """A counter is named without _total; one that has none is unknown; the file ends with its mark."""
    lines = _lines(platform, REQUESTS, {1: 1})
    assert {"# TYPE requests counter", "# TYPE ai_tokens_input unknown", "# TYPE latency_ms histogram"} <= set(lines)
    assert lines[-1] == "# EOF"


def test_buckets_hold_what_is_at_most_their_bound(platform: Platform) -> None:
    """50 is in the bucket to 50.0, 51 is not; 40,000 is beyond all bounds; sum and count are of all three."""
    lines = _lines(platform, LATENCY, {1: 50, 2: 51, 3: 40_000})
    labels = SERIES.removeprefix("requests_total").removesuffix("}")
    last = {
        bound: _values(lines, f'latency_ms_bucket{labels},le="{bound}"}}')[6]
        for bound in ("25.0", "50.0", "100.0", "30000.0", "+Inf")
    }
    assert last == {"25.0": "0", "50.0": "1", "100.0": "2", "30000.0": "2", "+Inf": "3"}
    assert _values(lines, f"latency_ms_sum{labels}}}")[6] == "40101"
    assert _values(lines, f"latency_ms_count{labels}}}")[6] == "3"


def test_a_reset_starts_from_nothing(platform: Platform) -> None:
    """Counters that start anew at 45 s say 0 there, and then what came since; another service's go on."""
    anew = Incident(Kind.COUNTERS_RESET, 45, subject={"service": "worker-api"})
    other = Incident(Kind.COUNTERS_RESET, 45, subject={"service": "ingest-worker"})
    happenings = {1: 1, 2: 1, 4: 1}
    assert _values(_lines(platform, REQUESTS, happenings, anew), SERIES) == {
        0: "0",
        1: "1",
        2: "2",
        3: "0",
        4: "1",
        5: "1",
        6: "1",
    }
    assert _values(_lines(platform, REQUESTS, happenings, other), SERIES)[6] == "3"


def test_in_a_gap_it_is_counted_but_not_told(platform: Platform) -> None:
    """Of the samples from 15 s on for half a minute none is there, nor a heartbeat; the next has all."""
    lines = _lines(platform, REQUESTS, {1: 1, 2: 1, 3: 1}, Incident(Kind.SAMPLES_MISSING, 15, 30))
    assert _values(lines, SERIES) == {0: "0", 1: "1", 4: "3", 5: "3", 6: "3"}
    heartbeat = 'telemetry_heartbeat_timestamp_seconds{service="worker-api"}'
    assert set(_values(lines, heartbeat)) == {0, 1, 4, 5, 6}


def test_a_heartbeat_says_its_own_time(platform: Platform) -> None:
    """At every step each service's heartbeat is the seconds since 1970 of that step; in its silence there is none."""
    lines = _lines(platform, REQUESTS, {1: 1}, Incident(Kind.SERVICE_SILENT, 0, 60, subject={"service": "worker-api"}))
    other = _values(lines, 'telemetry_heartbeat_timestamp_seconds{service="ingest-worker"}')
    assert other == {step: str(MONDAY + 15 * step) for step in range(7)}
    assert set(_values(lines, 'telemetry_heartbeat_timestamp_seconds{service="worker-api"}')) == {0, 5, 6}


def test_names_that_hurt(platform: Platform) -> None:
    """Quotes, backslashes and per cent signs of a tenant's name stay what they are."""
    lines = _lines(platform, REQUESTS, {1: 1}, labels={"tenant_id": '50%d "\\'})
    assert 'requests_total{tenant_id="50%d \\"\\\\"} 1 ' + str(MONDAY + 15) in lines


def test_a_file_holds_a_block(platform: Platform) -> None:
    """Blocks of Prometheus begin at even hours: a simulation from 01:00 to 05:00 is cut at 02:00 and 04:00."""
    clock = Clock(start=MONDAY + 3_600, length=4 * 3_600)
    cuts = [(window.first, window.beyond) for window in files(Simulation(Plan(platform, clock=clock), ()))]
    assert cuts == [(0, 240), (240, 720), (720, 961)]
