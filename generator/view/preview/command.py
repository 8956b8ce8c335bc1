"""The `preview` command, which serves the page and rebuilds changed sources, and the `pictures` command."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from generator.config.load import load
from generator.dsl.platform import CLASSIC
from generator.errors import BuildError, Problem
from generator.frozen import frozen
from generator.reporting import Outcome, problem_data
from generator.verify.replay import PrometheusServer, history
from generator.verify.simulation.progress import reported_progress
from generator.verify.simulation.simulation import sample_note, simulate
from generator.view.preview.page import find_node, serve_page, take_pictures
from generator.view.preview.prometheus import check_prometheus
from generator.view.preview.rebuild import rebuild, source_state
from generator.view.preview.simulated_day import VISIBLE_SECONDS, day_resolution, simulated_day

POLL_SECONDS = 0.3
"""Seconds between two checks of the sources; a change is visible within three seconds."""


@frozen
class PreviewPrometheus:
    """The Prometheus that the panels query, and the visible span (from and to, as in Grafana's URLs)."""

    url: str
    span: tuple[str, str]
    server: PrometheusServer | None = None
    """The process, if the command started it."""

    def check_alive(self) -> None:
        """Raises `BuildError` if the process has ended. The page itself reports errors of a user's own Prometheus."""
        if self.server is None:
            return
        try:
            self.server.query("1", 0)
        except BuildError:
            hint = "start the preview again; if it stops again, check that memory and disk are not full"
            raise BuildError([Problem(self.url, "the Prometheus of the preview has stopped", hint)]) from None


@contextmanager
def preview_prometheus(arguments: argparse.Namespace) -> Iterator[PreviewPrometheus]:
    """The user's own Prometheus with the last hours, or a new one with the end of a simulated day.

    Raises `BuildError` if one is missing or does not answer.
    """
    find_node()
    if arguments.prometheus:
        check_prometheus(arguments.prometheus)
        yield PreviewPrometheus(arguments.prometheus, ("now-6h", "now"))
        return
    print("Simulating and replaying a day; later starts read it from .cache.", file=sys.stderr)
    platform = load(arguments.platform)
    if CLASSIC not in platform.grafana.formats:
        hint = f"add {CLASSIC} to grafana.formats"
        raise BuildError([Problem(str(arguments.platform), f"the preview draws the format {CLASSIC} alone", hint)])
    plan = simulated_day(platform)
    if note := sample_note(plan):
        print(f"The platform is large: showing {note}.", file=sys.stderr)
    with ExitStack() as stack:
        with reported_progress("preview") as progress:
            simulation = simulate(plan, progress)
            created = history(simulation, arguments.out, progress=progress, resolution=day_resolution(simulation))
            server = stack.enter_context(created)
        span = (str(1000 * (plan.clock.end - VISIBLE_SECONDS)), str(1000 * plan.clock.end))
        yield PreviewPrometheus(server.url, span, server)


def preview(arguments: argparse.Namespace) -> Outcome:
    """Serve the page until Ctrl-C, and build again whenever a source changes."""
    with tempfile.TemporaryDirectory(prefix="preview-") as folder, preview_prometheus(arguments) as prometheus:
        problems = Path(folder) / "problems.txt"
        with serve_page(arguments.out, prometheus.url, arguments.port, problems) as page:
            start, end = prometheus.span
            url = f"{page.url}/?from={start}&to={end}"
            print(f"{url}\nPress Ctrl-C to stop.", flush=True)
            arguments.print_event("serving", url=url)
            _watch(arguments, problems, (page.check_running, prometheus.check_alive))
    return Outcome()


def _watch(arguments: argparse.Namespace, problems: Path, checks: tuple[Callable[[], None], ...]) -> None:
    """Build again after every change, and write the errors of a build to a file. Runs until a check raises
    `BuildError`."""
    previous = source_state(arguments.platform)
    while True:
        time.sleep(POLL_SECONDS)
        for check in checks:
            check()
        if (current := source_state(arguments.platform)) != previous:
            previous = current
            rebuilt = rebuild(arguments.platform, arguments.out)
            problems.write_text(rebuilt.errors, encoding="utf-8")
            print(rebuilt.errors, end="", file=sys.stderr)
            arguments.print_event("built", problems=[*map(problem_data, rebuilt.problems)])


def pictures(arguments: argparse.Namespace) -> Outcome:
    """Take two pictures of each dashboard, dark and light."""
    with preview_prometheus(arguments) as prometheus:
        paths = take_pictures(arguments.out, prometheus.url, prometheus.span, arguments.into)
    print(paths, end="")
    return Outcome(result={"pictures": paths.splitlines()})
