"""What Prometheus holds is what happened, to the unit, whatever happened to Prometheus."""

from __future__ import annotations

import re
import time

from contract import METRICS
from generator.dsl.metrics import Gauge, Histogram
from tests.e2e.drive import AlertTest
from tests.e2e.truth import API, INGEST


def test_every_counter_is_exact(story: AlertTest) -> None:
    """After hundreds of requests of two tenants, 16 at once, with errors of every kind, each series is right."""
    assert story.weighed.apart() == []


def test_prometheus_killed_loses_nothing(story: AlertTest) -> None:
    """Killed by SIGKILL while people ask on, and started on the same data: told again, each series is right,
    and the time before is as it was."""
    assert story.again.apart() == []
    before, after = story.past
    assert before
    assert after == before


def test_every_metric_is_weighed(story: AlertTest) -> None:
    """No metric that Workers emit is left out of the truth, and none is weighed against nothing."""
    weighed = {found[1] for query in story.again.expected if (found := re.search(r"\((\w+)\)$", query))}
    heard = {"telemetry_heartbeat_timestamp_seconds", "telemetry_dropped_total"}
    emitted = {
        f"{metric.name}_count" if isinstance(metric, Histogram) else metric.name
        for metric in METRICS
        if not isinstance(metric, Gauge) or metric.recording_rules is None
    }
    assert emitted - heard <= weighed
    assert all(story.weighed.expected.values())


def test_each_service_has_one_heart(story: AlertTest) -> None:
    """One series for each service, whose value is of the last seconds; nothing that was counted was lost on the way."""
    prometheus = story.prometheus
    assert prometheus.values("count by (service) (telemetry_heartbeat_timestamp_seconds)") == {(API,): 1, (INGEST,): 1}
    assert prometheus.values("max(time() - telemetry_heartbeat_timestamp_seconds) < bool 30") == {(): 1}
    assert prometheus.values("sum by (service) (telemetry_dropped_total)") == {(API,): 0, (INGEST,): 0}


def test_exemplars_lead_to_lines(story: AlertTest) -> None:
    """Each histogram and each count of errors bears ids of requests, and each id is on lines of the log."""
    logged = {line["request_id"] for line in story.application.lines()}
    for metric in (*(f"{one.name}_bucket" for one in METRICS if isinstance(one, Histogram)), "errors_total"):
        found = story.prometheus.ask("query_exemplars", query=metric, start=0, end=time.time())
        ids = {one["labels"]["request_id"] for series in found for one in series["exemplars"]}
        assert ids, metric
        assert ids <= logged, metric
