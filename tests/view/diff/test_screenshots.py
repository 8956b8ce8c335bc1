"""Screenshots of a build: the files they are taken from, and the errors; no browser is started."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generator.dsl.platform import Platform
from generator.errors import BuildError, Problem
from generator.verify.simulation.simulation import Simulation
from generator.view.diff import screenshots
from generator.view.diff.snapshot import PanelKey
from generator.view.preview.simulated_day import simulated_day
from tests.view.diff.builds import FIRING, REQUESTS, TENANTS, build, compared_build


class RunningPrometheus:
    """A Prometheus that answers."""

    url = "http://127.0.0.1:1"

    def query(self, expression: str, time: float) -> list[object]:
        """An empty answer."""
        return []


class StoppedPrometheus(RunningPrometheus):
    """A Prometheus that has stopped."""

    def query(self, expression: str, time: float) -> list[object]:
        """No answer."""
        raise BuildError([Problem(self.url, "Prometheus does not answer", "see its log")])


@pytest.fixture
def simulation(platform: Platform) -> Simulation:
    """A day without events: no test reads them."""
    return Simulation(simulated_day(platform), ())


def fake_tools(
    monkeypatch: pytest.MonkeyPatch, folder: Path, script: str, server: RunningPrometheus
) -> list[dict[str, str]]:
    """Replace Node.js with a shell script, and Prometheus with a fake; the list gets the files of each replay."""
    replayed: list[dict[str, str]] = []

    @contextmanager
    def replay(_: Simulation, out: Path, **__: object) -> Iterator[RunningPrometheus]:
        files = [path for path in out.rglob("*") if path.is_file()]
        replayed.append({path.relative_to(out).as_posix(): path.read_text() for path in files})
        yield server

    program = folder / "node"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(screenshots, "history", replay)
    monkeypatch.setattr(screenshots, "find_node", lambda: str(program))
    return replayed


def print_panel(state: str) -> str:
    """A script that prints one panel."""
    panel = {"dashboard": "Overview", "panel": 7, "state": state, "error": "", "width": 5, "height": 3}
    return f"echo '{json.dumps([{**panel, 'light': 'bGlnaHQ=', 'dark': 'ZGFyaw=='}])}'"


def test_a_build_is_reduced_to_the_panels_and_its_own_rules(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, simulation: Simulation
) -> None:
    """Two of three panels; the rules are the build's own; a panel that it does not have is ignored."""
    replayed = fake_tools(monkeypatch, tmp_path, print_panel("drawn"), RunningPrometheus())
    files = build()
    panels = [REQUESTS, TENANTS, PanelKey("Nowhere", 1)]
    taken = screenshots.build_screenshots(compared_build("old", files), panels, simulation)
    assert taken[REQUESTS].light == "bGlnaHQ="
    assert replayed[0]["prometheus/rules/errors.yaml"] == files["prometheus/rules/errors.yaml"]
    dashboard = json.loads(replayed[0]["grafana/dashboards/overview.json"])
    assert [panel["id"] for panel in dashboard["panels"]] == [REQUESTS.id, TENANTS.id]


def test_a_build_without_any_of_the_panels_starts_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, simulation: Simulation
) -> None:
    """An added panel is not in the old build, whose rules are not replayed for it."""
    replayed = fake_tools(monkeypatch, tmp_path, "exit 2", StoppedPrometheus())
    assert screenshots.build_screenshots(compared_build("old", build(panel8="")), [FIRING], simulation) == {}
    assert replayed == []


@pytest.mark.parametrize(
    ("script", "server", "expected"),
    [
        (
            "echo 'panels: no Chromium on PATH' >&2; exit 2",
            RunningPrometheus(),
            "old: panels: no Chromium on PATH; fix the cause, and try again",
        ),
        (
            print_panel("failed"),
            StoppedPrometheus(),
            "old: http://127.0.0.1:1: the Prometheus that the panels query has stopped; try again",
        ),
    ],
)
def test_a_failure_is_one_problem_with_the_name_of_the_build(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    simulation: Simulation,
    script: str,
    server: RunningPrometheus,
    expected: str,
) -> None:
    """A missing browser, and a Prometheus that stopped while the panels were drawn."""
    fake_tools(monkeypatch, tmp_path, script, server)
    with pytest.raises(BuildError) as error:
        screenshots.build_screenshots(compared_build("old", build()), [REQUESTS], simulation)
    (problem,) = error.value.problems
    assert str(problem).startswith(expected)


def test_a_panel_that_fails_while_prometheus_runs_is_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, simulation: Simulation
) -> None:
    """Prometheus rejects the panel's own query, and a reviewer wants to see that."""
    fake_tools(monkeypatch, tmp_path, print_panel("failed"), RunningPrometheus())
    taken = screenshots.build_screenshots(compared_build("old", build()), [REQUESTS], simulation)
    assert taken[REQUESTS].state == "failed"


def test_the_day_is_described_by_its_incidents(platform: Platform) -> None:
    """The first incident begins five hours before the day ends at 00:30 and lasts for forty minutes."""
    description = screenshots.describe_incidents(simulated_day(platform))
    assert description.startswith("a store fails (kv) 19:30–20:10; ")
