"""A changed platform builds and passes its alert tests without a change of any test."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.external.promtool import Promtool
from generator.pipeline import TEST_PLATFORM, BuildReport, build
from tests.alerts.alert_test_results import alert_test_results

ADDITIONS = {
    "worker-api: [/chat, /search]": "worker-api: [/chat, /search, /rerank]",
    "ingest-worker: [/ingest]": "ingest-worker: [/ingest]\n  eval-worker: [/eval]",
    "/ingest: 5000}": "/ingest: 5000, /eval: 10000, /rerank: 250}",
    '"@cf/baai/bge-m3": {input: 0.012}': '"@cf/baai/bge-m3": {input: 0.012}\n  "@cf/own/model": {input: 1, output: 2}',
}
OTHER_THRESHOLDS = {
    "com.rainbowsmokeofficial: {tokens_per_day: 5000000}": "com.rainbowsmokeofficial: {tokens_per_day: 8000000}",
    "dollars_per_day: 50": "dollars_per_day: 80",
}


def built(folder: Path, *changes: dict[str, str]) -> BuildReport:
    """Build the platform of the alert tests, with some of its text replaced, into a folder."""
    text = TEST_PLATFORM.read_text(encoding="utf-8")
    for old, new in (pair for change in changes for pair in change.items()):
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in the platform"
        text = text.replace(old, new)
    (folder / "platform.yaml").write_text(text, encoding="utf-8")
    return build(folder / "platform.yaml", folder / "out")


@pytest.mark.parametrize("family", ["telemetry-every-30s", "latency-every-1m"])
def test_alert_tests_pass_with_another_service_route_and_model(family: str, tmp_path: Path, promtool: Promtool) -> None:
    """No alert test is left out, and those of telemetry and latency pass on the rules of the changed platform."""
    report = built(tmp_path, ADDITIONS)
    assert report.left_out_tests == ()
    assert "service: eval-worker" in report.compiled.texts["prometheus/rules/recorded-limits.yaml"]
    verdicts = alert_test_results(tmp_path / "out", promtool, files=f"{family}.yaml")
    assert len(verdicts) >= 6
    assert [verdict.name for verdict in verdicts if verdict.failures] == []


@pytest.mark.parametrize("family", ["spend-every-5m", "cost-every-1m"])
def test_alert_tests_pass_with_other_thresholds(family: str, tmp_path: Path, promtool: Promtool) -> None:
    """Alert tests derive their numbers: those of cost pass on a platform with other dollars and another budget."""
    report = built(tmp_path, ADDITIONS, OTHER_THRESHOLDS)
    assert report.left_out_tests == ()
    verdicts = alert_test_results(tmp_path / "out", promtool, files=f"{family}.yaml")
    assert verdicts
    assert [verdict.name for verdict in verdicts if verdict.failures] == []
