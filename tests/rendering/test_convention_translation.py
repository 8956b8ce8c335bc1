"""What the rules record is what a real Prometheus makes of the conventional metrics, pushed by OTLP, by default."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract import CONTRACT
from contract.conventions import VERSIONS
from generator.dsl.conventions import ConventionAttribute, ConventionMetric, ConventionVersion
from generator.dsl.metrics import Histogram, Metric
from generator.lowering.convention_rules import convention_rules
from tests.e2e.prometheus import OPENER, TIMEOUT, DeployedPrometheus, deployed_prometheus

CONFIGURATION = "#   --web.enable-otlp-receiver\nglobal: {}\n"
"""The default translation of names, in a Prometheus with a receiver."""
CUMULATIVE = 2
MILLISECONDS = 1000
COUNTERPARTS = [metric for metric in CONTRACT.metrics if isinstance(metric.convention, ConventionMetric)]


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedPrometheus]:
    """A Prometheus whose configuration says nothing about OTLP."""
    folder = tmp_path_factory.mktemp("translation")
    (folder / "prometheus.yaml").write_text(CONFIGURATION, encoding="utf-8")
    with deployed_prometheus(folder, Path(folder / "data")) as server:
        yield server


def attribute(name: str, value: str) -> dict[str, Any]:
    """An attribute of OTLP."""
    return {"key": name, "value": {"stringValue": value}}


def pushed(metric: Metric, version: ConventionVersion) -> dict[str, Any]:
    """A metric as an instrumentation of OpenTelemetry pushes it: by its conventional name, unit and attributes."""
    convention = metric.convention
    assert isinstance(convention, ConventionMetric)
    names = (
        each.convention.name if isinstance(each.convention, ConventionAttribute) else each.name
        for each in metric.labels
    )
    now = time.time_ns()
    point = {
        "attributes": [attribute(name, f"{name} of {version.id}") for name in names],
        "startTimeUnixNano": str(now - 10**9),
        "timeUnixNano": str(now),
    }
    result: dict[str, Any] = {"name": convention.names[version], "unit": convention.unit}
    if isinstance(metric, Histogram):
        bounds = [bound / MILLISECONDS for bound in metric.buckets]
        counts = ["1"] * (len(bounds) + 1)
        points = [{**point, "count": str(len(counts)), "sum": 1.5, "bucketCounts": counts, "explicitBounds": bounds}]
        return {**result, "histogram": {"aggregationTemporality": CUMULATIVE, "dataPoints": points}}
    points = [{**point, "asInt": "5"}]
    return {**result, "sum": {"aggregationTemporality": CUMULATIVE, "isMonotonic": True, "dataPoints": points}}


def push(prometheus: DeployedPrometheus, metric: Metric, version: ConventionVersion) -> None:
    """Send a metric by OTLP."""
    document = {"resourceMetrics": [{"resource": {}, "scopeMetrics": [{"metrics": [pushed(metric, version)]}]}]}
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{prometheus.url}/api/v1/otlp/v1/metrics", json.dumps(document).encode(), headers)
    OPENER.open(request, timeout=TIMEOUT).close()


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.id)
@pytest.mark.parametrize("metric", COUNTERPARTS, ids=lambda metric: metric.name)
def test_recorded_names_are_those_of_the_default_translation(
    prometheus: DeployedPrometheus, metric: Metric, version: ConventionVersion
) -> None:
    """Each series that Prometheus stores has a rule of its name and bucket bound, with the same labels, and there is no
    other rule."""
    push(prometheus, metric, version)
    stored = set()
    for each in prometheus.get("query", query=f'{{http_route="http.route of {version.id}"}}')["result"]:
        labels = each["metric"]
        if any(labels["__name__"] == rule.name for rule in convention_rules(metric, version)):
            stored.add((labels.pop("__name__"), labels.pop("le", ""), frozenset(labels)))
    recorded = {
        (rule.name, "".join(text for _, text in rule.static_labels), frozenset(label.name for label in rule.labels))
        for rule in convention_rules(metric, version)
    }
    assert stored == recorded
