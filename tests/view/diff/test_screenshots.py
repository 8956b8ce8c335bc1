"""A build's panels drawn: what is laid out for it, and what is said when something fails; no browser is started."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from generator.dsl.platform import Platform
from generator.errors import BuildError, Problem
from generator.verify.simulation.simulation import Simulation
from generator.view.diff import screenshots as shots
from generator.view.preview.day import shown_day
from tests.view.diff.builds import FIRING, REQUESTS, TENANTS, build, side

NOTHING: Any = None


class Alive:
    """A Prometheus that answers."""

    url = "http://127.0.0.1:1"

    def query(self, expression: str, time: float) -> list[object]:
        """Nothing, but an answer."""
        return []


class Dead(Alive):
    """A Prometheus that has died."""

    def query(self, expression: str, time: float) -> list[object]:
        """No answer."""
        raise BuildError([Problem(self.url, "Prometheus does not answer", "see its log")])


@pytest.fixture
def simulation(platform: Platform) -> Simulation:
    """A day of which nobody asks what happened in it."""
    return Simulation(shown_day(platform), NOTHING)


def drawing(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str, server: Alive) -> list[dict[str, str]]:
    """Let a shell script stand for Node, and a fake for Prometheus; the list gets the files that are drawn from."""
    laid: list[dict[str, str]] = []

    @contextmanager
    def past(_: Simulation, out: Path, **__: object) -> Iterator[Alive]:
        laid.append({path.relative_to(out).as_posix(): path.read_text() for path in out.rglob("*") if path.is_file()})
        yield server

    program = folder / "node"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(shots, "history", past)
    monkeypatch.setattr(shots, "node", lambda: str(program))
    return laid


def taken(state: str) -> str:
    """The script that hands over one picture."""
    picture = {"dashboard": "Overview", "panel": 7, "state": state, "said": "", "width": 5, "height": 3}
    return f"echo '{json.dumps([{**picture, 'light': 'bGlnaHQ=', 'dark': 'ZGFyaw=='}])}'"


def test_nothing_but_the_panels_and_their_own_rules_is_laid_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, simulation: Simulation
) -> None:
    """Two of three panels; the rules are the build's own, to the letter; a panel that it has not is left out."""
    laid = drawing(monkeypatch, tmp_path, taken("drawn"), Alive())
    files = build()
    found = shots.shots(side("old", files), [REQUESTS, TENANTS, ("Nowhere", 1)], simulation)
    assert found[REQUESTS].light == "bGlnaHQ="
    assert laid[0]["prometheus/rules/errors.yaml"] == files["prometheus/rules/errors.yaml"]
    board = json.loads(laid[0]["grafana/dashboards/overview.json"])
    assert [panel["id"] for panel in board["panels"]] == [REQUESTS[1], TENANTS[1]]


def test_where_a_build_has_none_of_the_panels_nothing_is_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, simulation: Simulation
) -> None:
    """An added panel has no past: the old build's rules are not replayed for it."""
    laid = drawing(monkeypatch, tmp_path, "exit 2", Dead())
    assert shots.shots(side("old", build(panel8="")), [FIRING], simulation) == {}
    assert laid == []


@pytest.mark.parametrize(
    ("script", "server", "expected"),
    [
        ("echo 'panels: no Chromium on PATH' >&2; exit 2", Alive(), "old: panels: no Chromium on PATH; mend that"),
        (
            taken("failed"),
            Dead(),
            "old: http://127.0.0.1:1: the Prometheus that the panels are drawn from has died; try again",
        ),
    ],
)
def test_what_fails_is_one_fault_with_whose_build_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, simulation: Simulation, script: str, server: Alive, expected: str
) -> None:
    """A browser that is missing, and a Prometheus that died while the panels were drawn."""
    drawing(monkeypatch, tmp_path, script, server)
    with pytest.raises(BuildError) as told:
        shots.shots(side("old", build()), [REQUESTS], simulation)
    (problem,) = told.value.problems
    assert str(problem).startswith(expected)


def test_a_panel_that_fails_while_prometheus_lives_is_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, simulation: Simulation
) -> None:
    """A query that is refused is the panel's own fault, and a reviewer wants to see it."""
    drawing(monkeypatch, tmp_path, taken("failed"), Alive())
    assert shots.shots(side("old", build()), [REQUESTS], simulation)[REQUESTS].state == "failed"


def test_the_day_is_told_by_its_incidents(platform: Platform) -> None:
    """The first begins five hours before midnight and lasts for forty minutes."""
    assert shots.day_of(shown_day(platform)).startswith("a store fails (kv) 19:00–19:40; ")
