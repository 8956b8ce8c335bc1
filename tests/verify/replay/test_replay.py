"""Errors of vmalert, Prometheus and the cache; test_history tests the results of a replay."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.dsl.platform import Platform
from generator.errors import BuildError
from generator.verify.replay import history
from generator.verify.replay.replay import replay
from generator.verify.replay.server import PrometheusServer
from generator.verify.replay.stages import ReplayRule
from generator.verify.simulation.clock import Clock
from generator.verify.simulation.progress import no_progress
from generator.verify.simulation.resolution import EvaluatedSpan
from generator.verify.simulation.simulation import SimulationPlan, simulate
from tests.external.programs import program

VERSION = 'if [ "$1" = --version ]; then echo "vmalert-20260901-120000-tags-v1.151.0-0-g0123456789"; exit; fi'
UNREACHABLE = PrometheusServer("http://127.0.0.1:9", Path("data"), 0)


@pytest.mark.parametrize(
    ("script", "output"),
    [
        ("echo 'cannot parse rules' >&2; exit 1", "cannot parse rules"),
        (r"printf 'now\terror\tdropping 12 time series\n' >&2", "now\terror\tdropping 12 time series"),
    ],
    ids=["exit status 1", "an error in the log and exit status 0"],
)
def test_an_error_of_vmalert_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, output: str
) -> None:
    """The error contains vmalert's last output, also if it dropped samples and exited with status 0."""
    monkeypatch.setenv("VMALERT", str(program(tmp_path / "vmalert", f"{VERSION}\n{script}")))
    with pytest.raises(BuildError, match=f"vmalert: the rules cannot be replayed: {output}"):
        replay(
            UNREACHABLE,
            [[ReplayRule({"record": "s", "expr": "x"}, 30)]],
            [EvaluatedSpan(0, 60)],
            no_progress,
        )


@pytest.mark.parametrize("points", [900, 10_000])
def test_a_request_to_prometheus_stays_below_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, points: int
) -> None:
    """Prometheus refuses more than 32 MB; a sample has up to 18 bytes, and a series as many as a query has points."""
    monkeypatch.setenv("VMALERT", str(program(tmp_path / "vmalert", f'{VERSION}\necho "$@" > {tmp_path}/arguments')))
    rules, span = [[ReplayRule({"record": "s", "expr": "x"}, 30)]], EvaluatedSpan(0, 60, points_per_query=points)
    with pytest.raises(BuildError, match="Prometheus does not answer"):
        replay(UNREACHABLE, rules, [span], no_progress)
    (batch,) = re.findall(r"-remoteWrite.maxBatchSize=(\d+)", (tmp_path / "arguments").read_text(encoding="utf-8"))
    assert int(batch) >= 80
    assert int(batch) * points * 18 < 32_000_000


def test_a_missing_prometheus_is_reported(
    platform: Platform, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the variable, and the cache keeps no incomplete history."""
    monkeypatch.setenv("PROMETHEUS", str(tmp_path / "missing"))
    simulation = simulate(SimulationPlan(platform, tenants=2, clock=Clock(length=900)))
    with (
        pytest.raises(BuildError, match=r"\$PROMETHEUS: there is no "),
        history(simulation, root / "out", cache=tmp_path / "cache"),
    ):
        pass
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_cache_that_is_not_writable_is_reported(platform: Platform, root: Path, tmp_path: Path) -> None:
    """The error names a file in the place of the cache folder."""
    (tmp_path / "cache").write_text("", encoding="utf-8")
    simulation = simulate(SimulationPlan(platform, tenants=2, clock=Clock(length=900)))
    with (
        pytest.raises(BuildError, match=r"cache: it cannot be written"),
        history(simulation, root / "out", cache=tmp_path / "cache"),
    ):
        pass
