"""The alert tests of each backend's build, by the unit tests of its own rule engine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from generator.external.find import find_tool
from generator.external.promtool import Promtool, RuleTestResult
from generator.external.tool import PROMTOOL, PROMTOOL_3_10, VMALERT_TOOL, Tool
from generator.pipeline import build
from tests.alerts.alert_test_results import alert_test_results
from tests.alerts.other_platforms import platform_file
from tests.alerts.vmalert_tool import Change, alert_test_id, vmalert_tool_results
from tests.backends import cortex, prometheus, thanos, victoriametrics
from tests.backends.deployed import TriedBackend
from tests.backends.measured import note
from tests.backends.prometheus_increase import extrapolated, from_the_first_sample

TESTED_BY: Mapping[str, Tool] = {
    prometheus.NEWEST.name: PROMTOOL,
    prometheus.OLDEST.name: PROMTOOL_3_10,
    victoriametrics.TRIED.name: VMALERT_TOOL,
    thanos.TRIED.name: PROMTOOL,
    cortex.TRIED.name: PROMTOOL,
}
"""Thanos and Cortex have no unit tests of their own: they evaluate rules with Prometheus' engine."""
EARLIER_SAMPLE, EXTRAPOLATION = "earlier sample", "extrapolation"
FAILING_IN_VICTORIAMETRICS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "alerting.two_notifications_fail",
            "dependency_latency.model_is_slow",
            "dependency_latency.vectorize_is_slow",
            "latency.one_route_is_slow",
            "outages.route_at_then_above_outage",
            "recorded_series.model_calls_are_not_recorded",
            "recorded_series.requests_are_not_recorded",
            "recorded_series.store_calls_are_not_recorded",
        ),
        EARLIER_SAMPLE,
    ),
    **dict.fromkeys(
        (
            "cost.budget_used_at_once",
            "cost.rate_triples_in_the_last_hour",
            "daily_cost_forecast.new_level_of_cost",
            "lost_telemetry.collector_is_down",
            "lost_telemetry.latency_is_renamed",
            "lost_telemetry.telemetry_is_lost",
            "lost_telemetry.too_many_tenants",
            "small_tenants.three_requests_an_hour_fail",
            "small_tenants_models.few_calls_to_a_model_fail",
            "runaway.young_product_has_no_history",
            "slow_tenants.three_slow_requests_an_hour",
            "spend.model_without_price",
            "storage.kv_above_page_threshold",
            "tenant_cost_forecast.cost_triples_in_the_last_hour",
        ),
        EXTRAPOLATION,
    ),
}
"""The tests that do not pass, and why, by a word that docs/backends.md explains."""


def test_alert_tests_pass_but_those_that_are_listed(tried: TriedBackend, tmp_path: Path) -> None:
    """Every test of the build passes in the rule engine of the backend, or is listed with its cause."""
    tool = TESTED_BY[tried.name]
    results = _results(tool, _built(tried, tmp_path), tmp_path / "tests")
    failed = {alert_test_id(Path(each.file), each.name): each.failures for each in results if each.failures}
    listed = FAILING_IN_VICTORIAMETRICS if tool is VMALERT_TOOL else {}
    failing = {test: listed.get(test, "unknown") for test in failed}
    note(
        tried,
        alert_tests={
            "tool": f"{tool.name.partition('_')[0]} {tool.version.rpartition('v')[2]}",
            "tests": len(results),
            "passed": len(results) - len(failed),
            "failing": failing,
        },
    )
    assert len(results) > 200
    assert {test: failed[test] for test in failing.keys() - listed.keys()} == {}
    assert failing == listed


def _built(tried: TriedBackend, folder: Path) -> Path:
    """A build of the alert tests' platform for a backend."""
    build(platform_file(folder, "production", {"backend": tried.backend}), folder / "out")
    return folder / "out"


def _results(tool: Tool, out: Path, folder: Path) -> list[RuleTestResult]:
    if tool is VMALERT_TOOL:
        return vmalert_tool_results(find_tool(tool), out, folder)
    return alert_test_results(out, Promtool(find_tool(tool)))


def test_an_earlier_sample_is_the_cause_where_it_is_listed(tmp_path: Path) -> None:
    """MetricsQL's `increase_prometheus` leaves out the sample before the window, as Prometheus does, and does not
    extrapolate: with it, the tests of that cause pass, and those of the other one do not."""
    passing = _passing_in_victoriametrics(tmp_path, from_the_first_sample)
    assert passing == {test for test, cause in FAILING_IN_VICTORIAMETRICS.items() if cause == EARLIER_SAMPLE}


def test_extrapolation_is_the_cause_of_the_others(tmp_path: Path) -> None:
    """With increases that begin with the first sample and are extrapolated as in Prometheus, all of them pass."""
    assert _passing_in_victoriametrics(tmp_path, extrapolated) == set(FAILING_IN_VICTORIAMETRICS)


def _passing_in_victoriametrics(folder: Path, change: Change) -> set[str]:
    """Which of the listed tests pass with other expressions of rules."""
    out = _built(victoriametrics.TRIED, folder)
    results = vmalert_tool_results(find_tool(VMALERT_TOOL), out, folder / "tests", FAILING_IN_VICTORIAMETRICS, change)
    return {alert_test_id(Path(each.file), each.name) for each in results if not each.failures}
