"""Screenshots of panels: both builds replay the same simulated day, each with its own rules."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from time import gmtime, strftime
from typing import Any

from generator.dsl.platform import Platform
from generator.errors import BuildError, Problem
from generator.external.process import run
from generator.frozen import frozen
from generator.output import DASHBOARDS_FOLDER, OVERRIDES_FOLDER, RULES_FOLDER
from generator.verify.replay import PrometheusServer, history
from generator.verify.simulation.clock import Clock
from generator.verify.simulation.progress import reported_progress
from generator.verify.simulation.simulation import Simulation, SimulationPlan, sample_note, simulate
from generator.view.diff.panel_pairs import PanelScreenshot
from generator.view.diff.snapshot import ComparedBuild, PanelKey, dashboard_name
from generator.view.preview.page import PREVIEW_FOLDER, find_node
from generator.view.preview.simulated_day import VISIBLE_SECONDS, day_resolution, simulated_day

TIMEOUT = 900.0
"""Seconds that the screenshots of one build may take."""
END_MARGIN = 60
"""Seconds before the end of the day at which the graphs end: the label of a full hour at the edge would be cut off."""


@frozen
class DayScreenshots:
    """The incidents of a simulated day, and the panels of both builds over its last hours."""

    incidents: str
    before: Mapping[PanelKey, PanelScreenshot]
    after: Mapping[PanelKey, PanelScreenshot]


def take_screenshots(
    panels: Collection[PanelKey], before: ComparedBuild, after: ComparedBuild, platform: Platform
) -> DayScreenshots:
    """Take screenshots of the panels of both builds over the same simulated day.

    Raises `BuildError`, with the name of the build, if its rules cannot be replayed or if a tool is missing or fails.
    """
    plan = simulated_day(platform)
    if note := sample_note(plan):
        print(f"The platform is large: comparing {note}.", file=sys.stderr)
    with reported_progress("diff") as progress:
        simulation = simulate(plan, progress)
    return DayScreenshots(
        describe_incidents(plan),
        build_screenshots(before, panels, simulation),
        build_screenshots(after, panels, simulation),
    )


def describe_incidents(plan: SimulationPlan) -> str:
    """The incidents of a simulation, each with its subject and its times (UTC)."""
    incidents = []
    for incident in plan.incidents:
        start = plan.clock.start + incident.start
        times = (strftime("%H:%M", gmtime(time)) for time in (start, start + incident.duration))
        incidents.append(f"{incident.kind.value} ({', '.join(incident.matchers.values())}) {'–'.join(times)}")
    return "; ".join(incidents)


def build_screenshots(
    build: ComparedBuild, panels: Collection[PanelKey], simulation: Simulation
) -> Mapping[PanelKey, PanelScreenshot]:
    """Take screenshots of those panels that a build has; without any, no process starts. Raises `BuildError`."""
    existing = [key for key in panels if key in build.snapshot.panels]
    if not existing:
        return {}
    try:
        with tempfile.TemporaryDirectory(prefix="diff-") as folder:
            out = Path(folder)
            _write_files(out, build.files, existing)
            with ExitStack() as stack:
                with reported_progress(f"diff of {build.name}") as progress:
                    resolution = day_resolution(simulation)
                    server = stack.enter_context(history(simulation, out, progress=progress, resolution=resolution))
                screenshots = _run_browser(out, server.url, simulation.plan.clock)
                if any(screenshot.state == "failed" for screenshot in screenshots.values()):
                    _check_alive(server)
                return screenshots
    except BuildError as error:
        raise BuildError(
            replace(problem, where=f"{build.name}: {problem.where}") for problem in error.problems
        ) from None


def _check_alive(server: PrometheusServer) -> None:
    """Tell a panel whose own query fails from panels that fail because Prometheus stopped."""
    try:
        server.query("1", 0)
    except BuildError:
        hint = "try again; if it stops again, check that memory and disk are not full"
        raise BuildError([Problem(server.url, "the Prometheus that the panels query has stopped", hint)]) from None


def _write_files(out: Path, files: Mapping[str, str], panels: Collection[PanelKey]) -> None:
    """Write a build's rules, and its dashboards reduced to the panels."""
    for path, text in _reduced_files(files, panels):
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text(text, encoding="utf-8")


def _reduced_files(files: Mapping[str, str], panels: Collection[PanelKey]) -> Iterator[tuple[str, str]]:
    yield from ((path, text) for path, text in files.items() if path.startswith((RULES_FOLDER, OVERRIDES_FOLDER)))
    for path, text in files.items():
        if not path.startswith(DASHBOARDS_FOLDER):
            continue
        dashboard = json.loads(text)
        name = dashboard_name(dashboard)
        kept = [panel for panel in dashboard["panels"] if (name, panel["id"]) in panels]
        if kept:
            yield path, json.dumps({**dashboard, "title": name, "panels": kept})


def _run_browser(out: Path, prometheus: str, clock: Clock) -> dict[PanelKey, PanelScreenshot]:
    end = clock.end - END_MARGIN
    command = [find_node(), str(PREVIEW_FOLDER / "panels.mjs"), "--out", str(out), "--prometheus", prometheus]
    command += ["--from", str(1000 * (end - VISIBLE_SECONDS)), "--to", str(1000 * end)]
    try:
        result = run(command, seconds=TIMEOUT)
    except subprocess.TimeoutExpired:
        hint = "stop other programs that keep this machine busy"
        raise BuildError([Problem("panels", f"no screenshots within {TIMEOUT:g} s", hint)]) from None
    if result.status:
        what = result.excerpt(lines=1).removeprefix("panels: ")
        raise BuildError([Problem("panels", what, "fix the cause, and try again")])
    return dict(map(_screenshot, json.loads(result.output)))


def _screenshot(panel: Mapping[str, Any]) -> tuple[PanelKey, PanelScreenshot]:
    """Read a panel as the browser's script prints it."""
    screenshot = PanelScreenshot(
        panel["light"], panel["dark"], panel["width"], panel["height"], panel["state"], panel["error"]
    )
    return PanelKey(panel["dashboard"], panel["panel"]), screenshot
