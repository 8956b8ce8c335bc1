"""The panels of one build as pictures: its own rules have made the past that they are drawn from."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import gmtime, strftime
from typing import Any

from generator.dsl.platform import Platform
from generator.errors import BuildError, Problem
from generator.external.process import run
from generator.verify.replay import PrometheusServer, history
from generator.verify.simulation.clock import Clock
from generator.verify.simulation.progress import terminal_progress
from generator.verify.simulation.simulation import Simulation, SimulationPlan, simulate
from generator.view.diff.pairs import Shot
from generator.view.diff.snapshot import BOARDS, RULES, Key, Side
from generator.view.preview.day import SHOWN, shown_day
from generator.view.preview.page import FOLDER, node

PATIENCE = 900.0
"""Seconds that the pictures of one build may take."""
EDGE = 60
"""Seconds before the day's end at which the pictures end: the label of a full hour at the edge would be cut off."""


@dataclass(frozen=True)
class Drawn:
    """What a simulated day is made of, and the pictures of some panels over its end: of the one build, of the other."""

    day: str
    before: Mapping[Key, Shot]
    after: Mapping[Key, Shot]


def drawn(panels: Collection[Key], before: Side, after: Side, platform: Platform) -> Drawn:
    """Draw the panels of both builds over the same simulated day, each over what its own rules made of it.

    Raises `Faults`, each with whose build it is: its rules cannot be replayed, a tool or a browser is missing or dies.
    """
    plan = shown_day(platform)
    simulation = simulate(plan, terminal_progress)
    return Drawn(day_of(plan), shots(before, panels, simulation), shots(after, panels, simulation))


def day_of(plan: SimulationPlan) -> str:
    """What goes wrong in a plan, each with its subject and its times (UTC)."""
    told = []
    for incident in plan.incidents:
        start = plan.clock.start + incident.start
        times = (strftime("%H:%M", gmtime(time)) for time in (start, start + incident.duration))
        told.append(f"{incident.kind.value} ({', '.join(incident.matchers.values())}) {'–'.join(times)}")
    return "; ".join(told)


def shots(side: Side, panels: Collection[Key], simulation: Simulation) -> Mapping[Key, Shot]:
    """Those of the panels that a build has; where it has none, nothing is started. Raises `Faults`, as above."""
    there = [key for key in panels if key in side.says.panels]
    if not there:
        return {}
    try:
        with tempfile.TemporaryDirectory(prefix="review-") as place:
            out = Path(place)
            _lay_out(out, side.texts, there)
            with history(simulation, out, progress=terminal_progress) as server:
                found = _drawn(out, server.url, simulation.plan.clock)
                if any(shot.state == "failed" for shot in found.values()):
                    _demand_alive(server)
                return found
    except BuildError as several:
        raise BuildError(
            replace(problem, where=f"{side.name}: {problem.where}") for problem in several.problems
        ) from None


def _demand_alive(server: PrometheusServer) -> None:
    """A panel may fail by its own query; where all failed, for Prometheus has died, no picture is true."""
    try:
        server.query("1", 0)
    except BuildError:
        hint = "try again; where it dies again, see whether memory and disk are full"
        raise BuildError(
            [Problem(server.url, "the Prometheus that the panels are drawn from has died", hint)]
        ) from None


def _lay_out(out: Path, texts: Mapping[str, str], panels: Collection[Key]) -> None:
    """Write a build's rules, and its dashboards with nothing but these panels on them."""
    for path, text in _laid_out(texts, panels):
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text(text, encoding="utf-8")


def _laid_out(texts: Mapping[str, str], panels: Collection[Key]) -> Iterator[tuple[str, str]]:
    yield from ((path, text) for path, text in texts.items() if path.startswith(RULES))
    for path, text in texts.items():
        board = json.loads(text) if path.startswith(BOARDS) else {"panels": []}
        wanted = [panel for panel in board["panels"] if (board["title"], panel["id"]) in panels]
        if wanted:
            yield path, json.dumps({**board, "panels": wanted})


def _drawn(out: Path, prometheus: str, clock: Clock) -> dict[Key, Shot]:
    end = clock.end - EDGE
    command = [node(), str(FOLDER / "panels.mjs"), "--out", str(out), "--prometheus", prometheus]
    try:
        answer = run([*command, "--from", str(1000 * (end - SHOWN)), "--to", str(1000 * end)], seconds=PATIENCE)
    except subprocess.TimeoutExpired:
        hint = "end what else keeps this machine busy"
        raise BuildError([Problem("panels", f"they were not drawn in {PATIENCE:g} s", hint)]) from None
    if answer.status:
        raise BuildError(
            [Problem("panels", answer.excerpt(lines=1).removeprefix("panels: "), "mend that, and try again")]
        )
    return dict(map(_shot, json.loads(answer.output)))


def _shot(told: Mapping[str, Any]) -> tuple[Key, Shot]:
    rest = {key: value for key, value in told.items() if key not in ("dashboard", "panel")}
    return (told["dashboard"], told["panel"]), Shot(**rest)
