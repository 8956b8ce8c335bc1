"""The commands: preview (serve, and redraw what is edited) and pictures."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from generator.config.load import load
from generator.errors import BuildError, Problem
from generator.verify.replay import PrometheusServer, history
from generator.verify.simulation.progress import terminal_progress
from generator.verify.simulation.simulation import simulate
from generator.view.preview.day import SHOWN, shown_day
from generator.view.preview.page import node, pictures, served
from generator.view.preview.queries import demand_prometheus
from generator.view.preview.rebuilding import looks, rebuild

LOOK_EVERY = 0.3
"""Seconds between two looks at the sources: a change is drawn within three."""


@dataclass(frozen=True)
class Asked:
    """The Prometheus that is asked, and the span to show, as Grafana's URLs give it."""

    url: str
    span: tuple[str, str]
    own: PrometheusServer | None = None
    """The one that was started here."""

    def demand_alive(self) -> None:
        """Raises `Faults` where the one that was started here has died; of a user's own the page says it, and waits."""
        if self.own is None:
            return
        try:
            self.own.query("1", 0)
        except BuildError:
            hint = "start the preview again; where it dies again, see whether memory and disk are full"
            raise BuildError([Problem(self.url, "the preview's Prometheus has died", hint)]) from None


@contextmanager
def asked(given: argparse.Namespace) -> Iterator[Asked]:
    """The user's own Prometheus and the last hours, or a simulated day and its end. Raises `Faults`."""
    node()
    if given.prometheus:
        demand_prometheus(given.prometheus)
        yield Asked(given.prometheus, ("now-6h", "now"))
        return
    print("A day is simulated and replayed, once; later starts take it from .cache.", file=sys.stderr)
    plan = shown_day(load(given.platform))
    with history(simulate(plan, terminal_progress), given.out, progress=terminal_progress) as server:
        yield Asked(server.url, (str(1000 * (plan.clock.end - SHOWN)), str(1000 * plan.clock.end)), server)


def preview(given: argparse.Namespace) -> int:
    """Serve the page until Ctrl-C, and build again whenever a source changes."""
    with tempfile.TemporaryDirectory(prefix="preview-") as place, asked(given) as prometheus:
        problems = Path(place) / "faults.txt"
        with served(given.out, prometheus.url, given.port, problems) as page:
            start, end = prometheus.span
            print(f"{page.url}/?from={start}&to={end}\nCtrl-C ends it.", flush=True)
            _watch(given, problems, (page.demand_served, prometheus.demand_alive))
    return 0


def _watch(given: argparse.Namespace, problems: Path, demands: tuple[Callable[[], None], ...]) -> None:
    """Build again for ever, and keep what a build complains of in a file. Raises `Faults` where a demand is not met."""
    before = looks(given.platform)
    while True:
        time.sleep(LOOK_EVERY)
        for demand in demands:
            demand()
        if (now := looks(given.platform)) != before:
            before = now
            complaint = rebuild(given.platform, given.out)
            problems.write_text(complaint, encoding="utf-8")
            print(complaint, end="", file=sys.stderr)


def take_pictures(given: argparse.Namespace) -> int:
    """Write a picture of each dashboard."""
    with asked(given) as prometheus:
        more = ["--theme", "light"] if given.light else []
        print(pictures(given.out, prometheus.url, prometheus.span, given.into, more), end="")
    return 0
