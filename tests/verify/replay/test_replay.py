"""What is told when vmalert or the cache fail; what a replay gives is tested on a whole past."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.dsl.platform import Platform
from generator.errors import BuildError
from generator.verify.replay import history
from generator.verify.replay.replay import replay
from generator.verify.replay.server import Server
from generator.verify.replay.stages import Rule
from generator.verify.simulation.clock import Clock
from generator.verify.simulation.progress import silence
from generator.verify.simulation.simulation import Plan, simulate
from tests.external.programs import program

TELLS = 'if [ "$1" = --version ]; then echo "vmalert-20260901-120000-tags-v1.151.0-0-g0123456789"; exit; fi'
NOWHERE = Server("http://127.0.0.1:9", Path("data"), 0)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'cannot parse rules' >&2; exit 1", "cannot parse rules"),
        (r"printf 'now\terror\tdropping 12 time series\n' >&2", "now\terror\tdropping 12 time series"),
    ],
    ids=["it leaves with a status", "it says so and leaves with none"],
)
def test_a_vmalert_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str) -> None:
    """Its last words are told, also where it could not write and left as if all were well."""
    monkeypatch.setenv("VMALERT", str(program(tmp_path / "vmalert", f"{TELLS}\n{script}")))
    with pytest.raises(BuildError, match=f"vmalert: the rules cannot be replayed: {said}"):
        replay(NOWHERE, [[Rule({"record": "s", "expr": "x"}, 30)]], Clock(length=60), silence)


def test_a_missing_promtool_is_told(
    platform: Platform, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable that names what is not there is told, and no half a past is kept."""
    monkeypatch.setenv("PROMTOOL", str(tmp_path / "missing"))
    simulation = simulate(Plan(platform, tenants=2, clock=Clock(length=900)))
    with (
        pytest.raises(BuildError, match=r"\$PROMTOOL: there is no "),
        history(simulation, root / "out", cache=tmp_path / "cache"),
    ):
        pass
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_cache_that_cannot_be_written_is_told(platform: Platform, root: Path, tmp_path: Path) -> None:
    """A file where the cache should be is named."""
    (tmp_path / "cache").write_text("", encoding="utf-8")
    simulation = simulate(Plan(platform, tenants=2, clock=Clock(length=900)))
    with (
        pytest.raises(BuildError, match=r"cache: it cannot be written"),
        history(simulation, root / "out", cache=tmp_path / "cache"),
    ):
        pass
