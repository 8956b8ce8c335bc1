"""The counters in Prometheus are exact, even if Prometheus is killed."""

from __future__ import annotations

import re
import time

from contract import CONTRACT
from generator.dsl.metrics import Gauge, Histogram
from generator.dsl.platform import PLAN_STORES
from tests.e2e.end_to_end_run import EndToEndRun
from tests.e2e.expected_counts import API, INGEST

EMITTED = CONTRACT.of_stores(PLAN_STORES).metrics
"""The metrics of a platform with the stores of the plan, as the example Workers have."""


def test_every_counter_is_exact(run: EndToEndRun) -> None:
    """After hundreds of requests of two tenants, 16 in parallel, with all types of errors, every series is exact."""
    assert run.counts.differences() == []


def test_a_killed_prometheus_loses_nothing(run: EndToEndRun) -> None:
    """After SIGKILL during traffic and a restart on the same data every series is exact, and earlier samples are
    unchanged."""
    assert run.counts_after_kill.differences() == []
    assert run.samples_before_kill
    assert run.samples_after_kill == run.samples_before_kill


def test_every_metric_is_compared(run: EndToEndRun) -> None:
    """Every metric that Workers emit has expected counts, and every query has an expected series."""
    queries = run.counts_after_kill.expected
    compared = {match[1] for query in queries if (match := re.search(r"\((\w+)\)$", query))}
    tested_elsewhere = {
        *("telemetry_heartbeat_timestamp_seconds", "telemetry_dropped_total"),
        *("telemetry_overflow_total", "telemetry_rows_written_total", "telemetry_object_requests_total"),
        "telemetry_export_failures_total",
        # the example neither lists nor deletes keys, and its object has no alarm and no SQL
        *("kv_lists_total", "kv_deletes_total", "do_alarms_total", "do_rows_read_total"),
        # the example has no such calls
        *("ai_retries_total", "ai_fallbacks_total", "ai_tool_calls_total", "ai_images_total"),
    }
    emitted = {
        f"{metric.name}_count" if isinstance(metric, Histogram) else metric.name
        for metric in EMITTED
        if not isinstance(metric, Gauge) or metric.recorded_from is None
    }
    assert emitted - tested_elsewhere <= compared
    assert all(run.counts.expected.values())


def test_each_service_has_one_heartbeat(run: EndToEndRun) -> None:
    """Each service has one heartbeat series with a recent value, and no telemetry was dropped."""
    prometheus = run.prometheus
    assert prometheus.values("count by (service) (telemetry_heartbeat_timestamp_seconds)") == {(API,): 1, (INGEST,): 1}
    assert prometheus.values("max(time() - telemetry_heartbeat_timestamp_seconds) < bool 30") == {(): 1}
    assert prometheus.values("sum by (service) (telemetry_dropped_total)") == {(API,): 0, (INGEST,): 0}


def test_exemplars_refer_to_log_lines(run: EndToEndRun) -> None:
    """Each histogram and the error counter have exemplars with request ids, and each id is in the log."""
    logged = {line["request_id"] for line in run.application.log_lines()}
    histograms = [f"{metric.name}_bucket" for metric in EMITTED if isinstance(metric, Histogram)]
    for metric in (*histograms, "errors_total"):
        result = run.prometheus.get("query_exemplars", query=metric, start=0, end=time.time())
        ids = {exemplar["labels"]["request_id"] for series in result for exemplar in series["exemplars"]}
        assert ids, metric
        assert ids <= logged, metric
