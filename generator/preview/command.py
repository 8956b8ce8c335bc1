"""The commands: preview (serve, and redraw what is edited) and pictures."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.history import history
from generator.platform.load import load
from generator.preview.day import SHOWN, shown_day
from generator.preview.page import node, pictures, served
from generator.simulate.progress import on_terminal
from generator.simulate.simulation import simulate
from generator.tools.tool import ROOT

SOURCES = ("alerts", "catalogue", "dashboards", "generator", "tests/stories", "platform.yaml", "staging.yaml")
LOOK_EVERY = 0.5
"""Seconds between two looks at the sources: a change is drawn within three."""
RELATIVE = ("now-6h", "now")


@contextmanager
def asked(given: argparse.Namespace) -> Iterator[tuple[str, tuple[str, str]]]:
    """The Prometheus to ask, and the span to show: the user's own and the last hours, or a simulated day's end."""
    node()
    if given.prometheus:
        yield given.prometheus, RELATIVE
        return
    print("A day is simulated and replayed, once; later starts take it from .cache.", file=sys.stderr)
    plan = shown_day(load(given.platform))
    with history(simulate(plan, on_terminal), given.out, progress=on_terminal) as server:
        yield server.url, (str(1000 * (plan.clock.end - SHOWN)), str(1000 * plan.clock.end))


def preview(given: argparse.Namespace) -> int:
    """Serve the page until Ctrl-C, and build again whenever a source changes."""
    with asked(given) as (url, (start, end)), served(given.out, url, given.port) as page:
        uid = json.loads((given.out / "grafana/dashboards/overview.json").read_text(encoding="utf-8"))["uid"]
        print(f"{page}/d/{uid}?from={start}&to={end}\nCtrl-C ends it.", flush=True)
        before = newest()
        while True:
            time.sleep(LOOK_EVERY)
            if (now := newest()) != before:
                before = now
                _rebuild(given)


def take_pictures(given: argparse.Namespace) -> int:
    """Write a picture of each dashboard."""
    with asked(given) as (url, (start, end)):
        more = ["--theme", "light"] if given.light else []
        print(pictures(given.out, url, (start, end), given.into, more), end="")
    return 0


def newest() -> tuple[int, int]:
    """How many sources there are, and when the newest was changed, in nanoseconds since 1970."""
    files = [path for source in SOURCES for path in _files(ROOT / source)]
    return len(files), max(path.stat().st_mtime_ns for path in files)


def _files(source: Path) -> Iterator[Path]:
    if source.is_file():
        yield source
    else:
        yield from (path for path in source.rglob("*") if path.suffix in (".py", ".j2", ".json"))


def _rebuild(given: argparse.Namespace) -> None:
    command = [sys.executable, "-m", "generator", "build", "--platform", str(given.platform), "--out", str(given.out)]
    subprocess.run(command, check=False, cwd=ROOT)
