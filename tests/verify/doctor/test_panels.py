"""Panels that are empty, and the cause that is reported, in a real Prometheus."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.promql.empty_results import cause_of_no_result
from generator.verify.doctor.finding import Finding
from tests.verify.doctor.conftest import RunningSystem
from tests.verify.doctor.examined import Examined, evidence, own_platform


def of_panels(examined: Examined) -> list[Finding]:
    """The findings of empty panels."""
    return [finding for finding in examined.findings() if finding.check == "live/panel-empty"]


@pytest.fixture
def with_dashboards(system: RunningSystem) -> Examined:
    """A platform of its own, with the dashboards."""
    examined = own_platform(system.subject, system.prometheus.url)
    examined.subject = replace(examined.subject, dashboards=system.subject.dashboards)
    return examined


def cause(findings: list[Finding], text: str) -> Finding:
    """The finding whose cause this is."""
    (finding,) = (each for each in findings if each.what.partition(" empty: ")[2] == text)
    return finding


def test_a_rule_that_is_not_loaded(bare: Examined, system: RunningSystem) -> None:
    """Prometheus has none of the rules: a finding for each group names the panels and the series."""
    findings = of_panels(Examined(bare.url, replace(bare.subject, dashboards=system.subject.dashboards)))
    recorded = "route_service:errors_total:increase5m"
    finding = cause(findings, "rules of production:api-recorded are not loaded")
    assert f"Workers AI / Overview: Error rate by route: {recorded}" in evidence(finding)
    assert {finding.severity.value for finding in findings} == {"warning"}


def test_a_recorded_series_without_a_result(with_dashboards: Examined) -> None:
    """The rules are loaded, but select another platform's series: its panels have no result."""
    with_dashboards.push()
    recorded = "route_service:errors_total:increase5m"
    finding = cause(of_panels(with_dashboards), "rules of production:api-recorded record nothing")
    assert f"Workers AI / Overview: Error rate by route: {recorded}" in evidence(finding)


def test_inputs_of_a_series_that_several_rules_record(system: RunningSystem) -> None:
    """The cost of five minutes is recorded by a rule for each product: it has the counters of all of them."""
    inputs = system.subject.inputs("product:cost:dollars5m")
    assert {"ai_tokens_input", "requests_total", "kv_writes_total", "do_requests_total"} <= inputs


def test_a_label_that_is_missing(with_dashboards: Examined) -> None:
    """Requests lack the tenant: panels of one tenant, which read raw counters, are empty for that reason."""
    with_dashboards.push(lambda series: series.with_labels(tenant_id="") if series.name == "requests_total" else series)
    findings = of_panels(with_dashboards)
    assert any("lacks the label tenant_id" in finding.what for finding in findings)


def test_a_metric_that_counted_nothing(with_dashboards: Examined) -> None:
    """No image was ever sent to a model: an information only, with the panel."""
    with_dashboards.push(lambda series: None if series.name.startswith("ai_time_to_first_token") else series)
    finding = cause(of_panels(with_dashboards), "ai_time_to_first_token_ms_bucket has no series")
    assert finding.severity.value == "info"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("here", None),
        ("gone", "gone"),
        ("here / gone", "gone"),
        ("gone or here", None),
        ("gone or missing", "gone"),
        ("here unless gone", None),
        ("gone unless here", "gone"),
        ("gone or vector(0)", None),
        ("sum by (a) (rate(gone[5m])) > 1", "gone"),
        ("absent(gone)", None),
        ("label_replace(here, 'a', 'b', '', '')", None),
        ("1 + time()", None),
        ('here{a="1"}', "here without a"),
        ('here{a=~"x|"}', None),
        ('here{a=~"x.+"}', "here without a"),
    ],
)
def test_causes_of_expressions_without_a_result(expression: str, expected: str | None) -> None:
    """`gone` and `missing` have no series, `here` has no label `a`."""

    def cause_of(name: str, labels: frozenset[str]) -> str | None:
        return name if name != "here" else f"{name} without a" if "a" in labels else None

    assert cause_of_no_result(expression, cause_of) == expected
