"""Metrics and labels that are missing, renamed, of another type or not of the contract, in a real Prometheus."""

from __future__ import annotations

from dataclasses import replace

from contract.api import HEARTBEAT
from generator.verify.doctor.command import diagnose
from tests.verify.doctor.examined import Examined, apis, evidence, texts
from tests.verify.doctor.recording_proxy import recording
from tests.verify.doctor.telemetry import Series


def test_a_platform_that_keeps_the_contract_has_no_finding(examined: Examined) -> None:
    """Every metric, with every label, pushed on time: nothing is reported."""
    examined.push()
    assert texts(examined.findings()) == []


def test_a_metric_that_does_not_arrive_beside_another_is_missing(examined: Examined) -> None:
    """Requests are counted and their latency is not: an error. Images are not counted at all: an information."""
    examined.push(lambda series: None if series.name in ("latency_ms", "ai_images_total") else series)
    missing, unused = examined.findings()
    assert texts([missing, unused]) == [
        "metric-missing: latency_ms is missing, although requests_total is counted",
        "metric-unused: 1 metric of the contract has no series",
    ]
    assert (missing.severity.value, unused.severity.value) == ("error", "info")
    assert evidence(unused) == ["ai_images_total: no series in the last hour"]


def test_suffixes_of_a_backend_are_a_rename(examined: Examined) -> None:
    """The names that Cortex and a collector with suffixes give to a counter and a histogram."""
    names = {"ai_tokens_input": "ai_tokens_input_total", "latency_ms": "latency_ms_milliseconds"}
    examined.push(lambda series: replace(series, name=names.get(series.name, series.name)))
    tokens, latency = sorted(examined.findings(), key=lambda finding: finding.what)
    assert texts([tokens, latency]) == [
        "metric-renamed: ai_tokens_input is stored under another name",
        "metric-renamed: latency_ms is stored under another name",
    ]
    assert evidence(tokens) == ["ai_tokens_input_total: instead of ai_tokens_input"]
    assert "latency_ms_milliseconds_bucket: instead of latency_ms" in evidence(latency)


def test_a_histogram_and_a_counter_of_another_type(examined: Examined) -> None:
    """`latency_ms` arrives as a counter, and `requests_total` as a histogram beside the counter."""
    counter = next(each.metric for each in examined.series() if each.name == "requests_total")
    histogram = next(each.metric for each in examined.series() if each.name == "latency_ms")
    examined.push(lambda series: replace(series, metric=counter) if series.name == "latency_ms" else series)
    examined.send([replace(each, metric=histogram) for each in examined.series() if each.name == "requests_total"])
    reported = texts(examined.findings())
    assert "metric-type: latency_ms is a histogram in the contract, and is stored without buckets" in reported
    assert "metric-type: requests_total is a counter in the contract, and is stored as a histogram" in reported


def test_a_type_that_a_source_declares(examined: Examined) -> None:
    """What scrapes a collector declares `requests_total` as a gauge."""
    examined.push()
    declared = {"requests_total": [{"type": "gauge"}], "errors_total": [{"type": "counter"}]}
    with recording(examined.url, {"/api/v1/metadata": {"status": "success", "data": declared}}) as proxy:
        findings = diagnose(examined.subject, apis(proxy.url)).findings
    types = [finding for finding in findings if finding.check == "live/metric-type"]
    assert texts(types) == ["metric-type: requests_total is a counter in the contract, and its source declares a gauge"]


def test_recorded_series_of_an_earlier_build_are_no_rename(examined: Examined) -> None:
    """No call to KV failed, and the index still has a recorded series whose name begins with that metric's."""
    name = "kv_errors_total"
    renamed = replace(next(each for each in examined.series() if each.name == name), name=f"{name}:rate5m")
    examined.push(lambda series: None if series.name == name else series)
    examined.send([renamed])
    assert texts(examined.findings()) == ["metric-unused: 1 metric of the contract has no series"]


def test_a_label_that_was_dropped(examined: Examined) -> None:
    """Both counters of tokens lack the tenant: one finding with both."""
    tokens = ("ai_tokens_input", "ai_tokens_output")
    examined.push(lambda series: series.with_labels(tenant_id="") if series.name in tokens else series)
    (finding,) = examined.findings()
    assert texts([finding]) == ["label-missing: series of 2 metrics lack the label tenant_id"]
    assert evidence(finding)[0] == 'ai_tokens_input{tenant_id=""}: 3 series'


def test_labels_that_the_contract_does_not_give(examined: Examined) -> None:
    """A collector adds `pod` to requests, and the heartbeat has a tenant."""
    added = {"requests_total": {"pod": "a"}, HEARTBEAT.name: {"tenant_id": "t"}}
    examined.push(lambda series: series.with_labels(**added.get(series.name, {})))
    assert texts(examined.findings()) == [
        "label-unknown: the label pod is none of the contract's",
        f"label-unknown: {HEARTBEAT.name} has the label tenant_id, which the contract does not give it",
    ]


def test_a_value_that_the_platform_does_not_know(examined: Examined) -> None:
    """A route that nobody added to platform.yaml."""

    def moved(series: Series) -> Series:
        is_search = series.name == "requests_total" and series.labels["route"] == "/search"
        return series.with_labels(route="/v2/search") if is_search else series

    examined.push(moved)
    (finding,) = examined.findings()
    assert texts([finding]) == ['value-unknown: the label route has the unknown value "/v2/search"']
    assert evidence(finding) == ['requests_total{route="/v2/search"}: 2 series']


def test_series_without_their_platform(bare: Examined) -> None:
    """Vectorize's queries lose the label of the platform."""
    (finding,) = (each for each in bare.findings() if each.check == "live/series-without-platform")
    assert finding.what == "vectorize_queries_total has 6 series without the label platform"
