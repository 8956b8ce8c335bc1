"""Builds with native histograms, and a real Prometheus that converts what the Workers push."""

from __future__ import annotations

import json
import os
import re
import time
import urllib.request
from pathlib import Path

import pytest
import yaml

from generator.config.load import load
from generator.errors import BuildError
from generator.external.promtool import Promtool
from generator.output import LIMITS, PROMETHEUS_CONFIG, RULES_FOLDER
from generator.pipeline import build, compiled
from generator.verify.simulation.simulation import SimulationPlan
from tests.alerts.other_platforms import platform_file
from tests.e2e.prometheus import OPENER, TIMEOUT, DeployedPrometheus, deployed_prometheus

CUMULATIVE = 2
FACTOR = 30
"""What durations are divided by: increases of 5 minutes are of 10 seconds."""
BOUNDS = (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000)
IN_EACH = {100: 60, 2500: 40}
"""Observations a second by the bound of their bucket: 40 % of the requests to /search take longer than its SLO, 500."""
LABELS = {"platform": "production", "tenant_id": "a", "route": "/search", "service": "worker-api"}
READS_BUCKETS = re.compile(r"_ms_bucket|_ms_count\{|_ms_sum\{|retrieval_count_bucket|\ble\b")


def test_a_native_build_reads_no_buckets(tmp_path: Path, promtool: Promtool) -> None:
    """No rule and no panel reads a classic series; Prometheus is configured to convert, and promtool accepts rules and
    configuration."""
    out = tmp_path / "out"
    built = build(platform_file(tmp_path, "production", {"histograms": "native"}), out).compiled
    for path, text in built.texts.items():
        if path.startswith((RULES_FOLDER, "tests/")):
            assert READS_BUCKETS.search(re.sub("#.*", "", text)) is None, path
        if path.startswith("grafana/dashboards/"):
            assert "_bucket" not in text, path
    assert yaml.safe_load(built.texts[PROMETHEUS_CONFIG])["otlp"]["convert_histograms_to_nhcb"] is True
    assert promtool.check_rules(sorted((out / RULES_FOLDER).glob("*.yaml"))) == []
    assert promtool.check_config(out / PROMETHEUS_CONFIG) == []


def test_classic_is_the_default(tmp_path: Path) -> None:
    """Without the key, and with `classic`, the build is the same."""
    default = compiled(platform_file(tmp_path, "production", {})).texts
    (tmp_path / "other").mkdir()
    assert compiled(platform_file(tmp_path / "other", "production", {"histograms": "classic"})).texts == default
    assert "nhcb" not in default[PROMETHEUS_CONFIG]


def test_mimir_gets_the_limits_that_native_histograms_need(tmp_path: Path) -> None:
    """Without them it drops histograms and answers 200."""
    native = platform_file(tmp_path, "production", {"histograms": "native", "backend": "mimir"})
    limits = yaml.safe_load(compiled(native).texts[LIMITS])
    assert limits["native_histograms_ingestion_enabled"] is True
    assert limits["otel_convert_histograms_to_nhcb"] is True


def test_the_simulation_refuses_native_histograms(tmp_path: Path) -> None:
    """It writes classic ones: rules of native histograms would show nothing."""
    platform = load(platform_file(tmp_path, "production", {"histograms": "native"}))
    with pytest.raises(BuildError, match="classic histograms"):
        SimulationPlan(platform)


def push(prometheus: DeployedPrometheus, start: int, seconds: int) -> None:
    """Push the histogram as the Workers do, with what was observed in so many seconds."""
    attributes = [{"key": name, "value": {"stringValue": text}} for name, text in LABELS.items()]
    counts = [*(IN_EACH.get(bound, 0) * seconds for bound in BOUNDS), 0]
    point = {
        "attributes": attributes,
        "startTimeUnixNano": str(start * 10**9),
        "timeUnixNano": str(time.time_ns()),
        "count": sum(counts),
        "sum": 0,
        "bucketCounts": counts,
        "explicitBounds": BOUNDS,
    }
    metric = {"name": "latency_ms", "histogram": {"aggregationTemporality": CUMULATIVE, "dataPoints": [point]}}
    document = {"resourceMetrics": [{"resource": {}, "scopeMetrics": [{"metrics": [metric]}]}]}
    address, headers = f"{prometheus.url}/api/v1/otlp/v1/metrics", {"Content-Type": "application/json"}
    OPENER.open(urllib.request.Request(address, json.dumps(document).encode(), headers), timeout=TIMEOUT).close()


def test_a_real_prometheus_converts_and_its_rules_record_slow_requests(tmp_path: Path) -> None:
    """The push stores one series and no bucket. 40 of 100 requests are slower than the SLO: the rules record that
    share, and a p95 in the bucket up to 2,500 ms."""
    out, start = tmp_path / "out", int(time.time())
    changes = {
        "histograms": "native",
        "prometheus": {"push_interval_seconds": FACTOR, "scrape_interval_seconds": FACTOR},
        "notifications": {"page": {"group_wait": f"{FACTOR}s"}},
    }
    build(platform_file(tmp_path, "production", changes), out, time_lapse=FACTOR)
    os.environ.setdefault("PROMETHEUS_REPLICA", "a")
    with deployed_prometheus((out / PROMETHEUS_CONFIG).parent, tmp_path / "data") as prometheus:
        for second in range(1, 16):
            push(prometheus, start, second)
            time.sleep(1)
        assert prometheus.values("count(latency_ms)") == {(): 1}
        assert not prometheus.values('{__name__=~"latency_ms_(bucket|count|sum)"}')
        level = "tenant_id_route_service:latency_ms"
        (share,) = prometheus.values(f"{level}_above_route_limit:increase5m / {level}_count:increase5m").values()
        assert share == pytest.approx(0.4, abs=0.001)
        (p95,) = prometheus.values("tenant_id:latency_ms:p95_5m").values()
        assert 1000 < p95 <= 2500
