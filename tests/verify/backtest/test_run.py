"""Cases replayed over freshly built rules: the quick part of `make backtest`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from backtests.cases import cases
from generator.cli import main
from generator.config.load import load
from generator.dsl.platform import Platform
from generator.pipeline import TEST_PLATFORM, build
from generator.verify.backtest.case import HOUR, MINUTE, Case
from generator.verify.backtest.result import CaseResult, evaluate
from generator.verify.backtest.rule_sets import baseline_rules
from generator.verify.backtest.run import run
from generator.verify.replay.stages import load_rules
from tests.alerts.other_platforms import platform_file


@pytest.fixture(scope="module")
def rules_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of the built rule files."""
    out = tmp_path_factory.mktemp("out") / "out"
    build(TEST_PLATFORM, out)
    return out / "prometheus" / "rules"


def _evaluate(platform: Platform, rules_directory: Path, name: str, cool_down: int) -> CaseResult:
    """Run a case with two tenants and a warm-up of one hour, which leaves out alerts with longer windows."""
    case = next(case for case in cases(platform) if case.name == name)
    incidents = tuple(replace(incident, start=HOUR) for incident in case.incidents)
    short: Case = replace(case, incidents=incidents, warm_up=HOUR, cool_down=cool_down)
    return evaluate(run(platform, short, load_rules(rules_directory), baseline_rules(platform), tenants=2))


def test_an_outage_pages_within_three_minutes_and_before_the_baseline(
    platform: Platform, rules_directory: Path
) -> None:
    """RouteDown fires for both routes in time, no alert fires for /ingest, and the baseline pages later."""
    result = _evaluate(platform, rules_directory, "total outage", 20 * MINUTE)
    assert result.passed, result.failures
    assert len(result.detections) == 2
    first_page = result.baseline.first_page
    assert first_page is not None
    assert all(item.detected is not None and item.detected < first_page for item in result.detections)


def test_an_outage_of_a_platform_with_other_names_pages(tmp_path: Path) -> None:
    """Another service, route, tenant, model and prefix: the outage pages in time, and the curves have values."""
    changes = {
        "services": {"gateway": ["/v1/ask", "/v1/find"], "loader": ["/v1/load"]},
        "tenants": {"acme": {"tokens_per_day": 50_000_000}, "globex": {"tokens_per_day": 20_000_000}},
        "slos.latency_p95_ms.routes": {"/v1/ask": 10_000, "/v1/find": 500, "/v1/load": 5_000},
        "metrics": {"prefix": "acme_"},
    }
    file = platform_file(tmp_path, "acme", changes)
    build(file, tmp_path / "out")
    platform = load(file)
    result = _evaluate(platform, tmp_path / "out/prometheus/rules", "total outage", 20 * MINUTE)
    assert result.passed, result.failures
    assert [item.expected.alert.labels["route"] for item in result.detections] == ["/v1/ask", "/v1/find"]
    assert max(value for _, value in result.run.traffic) > 0
    # Two of a thousand requests are rate-limited, which is no error.
    assert max(value for _, value in result.run.symptom) == pytest.approx(100, abs=0.5)


def test_a_silent_service_pages_and_its_curve_shows_the_heartbeat(platform: Platform, rules_directory: Path) -> None:
    """TelemetryMissing is the only page, and the time since the last heartbeat rises to an hour, within one step."""
    result = _evaluate(platform, rules_directory, "a service gone quiet", 10 * MINUTE)
    assert result.passed, result.failures
    assert result.shipped.pages == 1
    assert max(value for _, value in result.run.symptom) == pytest.approx(3_600, abs=60)


def test_an_unknown_case_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    """The error suggests the nearest case name, and the exit status is 2."""
    assert main(["backtest", "--platform", str(TEST_PLATFORM), "--case", "total outrage"]) == 2
    assert 'there is no such case; did you mean "total outage"?' in capsys.readouterr().err
