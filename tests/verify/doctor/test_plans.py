"""Series, models and tenants that are not as planned, in a real Prometheus."""

from __future__ import annotations

from dataclasses import replace

from contract.ai import AI_ERRORS_BY_CLASS, AI_REQUESTS
from contract.api import DROPPED, HEARTBEAT, LATENCY, OVERFLOW, REQUESTS
from generator.dsl.contract import Contract
from generator.verify.doctor.series_checks import planned_series
from tests.verify.doctor.conftest import RunningSystem
from tests.verify.doctor.examined import Examined, evidence, own_platform, texts
from tests.verify.doctor.telemetry import Series


def test_a_model_without_a_price(examined: Examined) -> None:
    """Calls to a model that platform.yaml does not list."""
    called = AI_REQUESTS.name
    examined.push(lambda series: series.with_labels(model="@cf/new/model") if series.name == called else series)
    (finding,) = examined.findings()
    assert texts([finding]) == ["price-missing: 1 model in use has no price"]
    assert evidence(finding) == ['ai_requests_total{model="@cf/new/model"}: called in the last 24 h']


def test_a_tenant_that_is_spelt_otherwise(system: RunningSystem) -> None:
    """platform.yaml has a budget of "com.mrrainbowsmoke", and requests come from "com-mrrainbowsmoke"."""
    tenants = ("com.rainbowsmokeofficial", "com.mrrainbowsmoke")
    examined = own_platform(system.subject, system.prometheus.url, tenants=tenants)
    examined.push(
        lambda series: (
            series.with_labels(tenant_id="com-mrrainbowsmoke")
            if series.labels.get("tenant_id") == "com.mrrainbowsmoke"
            else series
        )
    )
    (finding,) = examined.findings()
    assert texts([finding]) == ['override-unused: tenant "com.mrrainbowsmoke" of platform.yaml has sent no request']
    assert finding.hint.startswith('is it "com-mrrainbowsmoke"?')


def test_tenants_as_other_and_lost_telemetry(examined: Examined) -> None:
    """Both counters of lost labels and lost observations of one service grew by 3, which Prometheus extrapolates."""

    def grown(series: Series) -> Series:
        is_one = series.name in (OVERFLOW.name, DROPPED.name) and series.labels["service"] == "worker-api"
        values = [(at, float(index)) for index, (at, _) in enumerate(series.values)]
        return replace(series.with_labels(reason="shard_full"), values=values) if is_one else series

    examined.push(grown)
    findings = examined.findings()
    assert texts(findings) == [
        "tenants-as-other: service worker-api counted 3 observations without their tenant (shard_full)",
        "telemetry-lost: service worker-api lost 3 observations (shard_full)",
    ]
    assert evidence(findings[0]) == ['telemetry_overflow_total{service="worker-api",reason="shard_full"}: +3 in 24 h']


def test_a_tenant_with_more_series_than_planned(examined: Examined) -> None:
    """Each isolate writes series of its own: twelve writers of everything exceed the plan of one model."""
    for number in range(12):
        examined.send(examined.series(minutes=1), instance=f"isolate-{number}")
    findings = [each for each in examined.findings() if each.check == "live/series-per-tenant"]
    planned = planned_series(examined.subject, 1)
    assert len(findings) == len(examined.subject.platform.tenants)
    assert all(f"planned are at most {planned:,}" in finding.what for finding in findings)


def test_the_plan_of_a_tenant_is_worked_out_by_hand(system: RunningSystem) -> None:
    """Five pairs of route and service (three routes, and the fallback of both services), and two models.

    A counter is 1 series a pair, a histogram of 12 bounds 15 (the bucket without bound, the sum and the count beside
    them), and a counter of 8 classes for 2 models 16: 32 a pair.
    """
    metrics = (REQUESTS, LATENCY, HEARTBEAT, AI_ERRORS_BY_CLASS)
    contract = Contract({"api": metrics}, system.subject.contract.labels)
    assert planned_series(replace(system.subject, contract=contract), 2) == 5 * 32
