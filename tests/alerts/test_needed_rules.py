"""Alert tests on the rules that they need alone find what the shipped rule files have."""

from __future__ import annotations

from pathlib import Path

from generator.external.promtool import Promtool
from generator.pipeline import TEST_PLATFORM, build
from tests.alerts.needed_rules import run_alert_tests


def test_a_wrong_rule_of_out_fails(tmp_path: Path, promtool: Promtool) -> None:
    """The test of AIModelWithoutPrice passes, and fails where out/ has another threshold in its rule."""
    lowered = build(TEST_PLATFORM, tmp_path / "out").compiled.lowered
    pattern = "^(model_without_price)$"
    (passed,) = run_alert_tests(lowered, tmp_path / "out", promtool, only=pattern)
    assert not passed.failures
    file = tmp_path / "out/prometheus/rules/cost.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("> 0\n", "> 1e12\n"), encoding="utf-8")
    (failed,) = run_alert_tests(lowered, tmp_path / "out", promtool, only=pattern)
    assert failed.failures
