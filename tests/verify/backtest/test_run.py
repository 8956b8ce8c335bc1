"""Incidents replayed over the rules that the sources give now: the quick part of `make backtest`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from generator.build import PLAN, build
from generator.cli import main
from generator.dsl.platform import Platform
from generator.verify.backtest.case import HOUR, MINUTE, Case
from generator.verify.backtest.cases import cases
from generator.verify.backtest.run import run
from generator.verify.backtest.verdict import Verdict, judged
from generator.verify.replay.stages import load_rules


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rules."""
    out = tmp_path_factory.mktemp("out") / "out"
    build(PLAN, out)
    return out / "prometheus" / "rules"


def _judged(platform: Platform, folder: Path, name: str, after: int) -> Verdict:
    """A case with an hour of warm-up and two tenants: what looks back further is not tried."""
    case = next(one for one in cases(platform) if one.name == name)
    sooner = tuple(replace(one, start=HOUR) for one in case.incidents)
    short: Case = replace(case, incidents=sooner, warm_up=HOUR, after=after)
    return judged(run(platform, short, load_rules(folder), (), tenants=2))


def test_an_outage_is_paged_within_three_minutes_and_by_no_other(platform: Platform, folder: Path) -> None:
    """RouteDown tells both routes in time, nothing tells of /ingest, and static thresholds take longer."""
    verdict = _judged(platform, folder, "total outage", 20 * MINUTE)
    assert verdict.passed, verdict.misses
    assert len(verdict.told) == 2
    assert verdict.static.first_page is not None
    assert all(told.after is not None and told.after < verdict.static.first_page for told in verdict.told)


def test_a_service_gone_quiet_is_told_and_a_curve_shows_it(platform: Platform, folder: Path) -> None:
    """TelemetryMissing alone; the heartbeat's age grows to the hour's end: an hour, but for the step of its plot."""
    verdict = _judged(platform, folder, "a service gone quiet", 10 * MINUTE)
    assert verdict.passed, verdict.misses
    assert verdict.shipped.pages == 1
    assert max(value for _, value in verdict.run.curve) == pytest.approx(3_600, abs=60)


def test_an_unknown_case_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """The command names the case that is nearest, and leaves with 2."""
    assert main(["backtest", "--platform", str(PLAN), "--case", "total outrage"]) == 2
    assert 'there is no such case; did you mean "total outage"?' in capsys.readouterr().err
