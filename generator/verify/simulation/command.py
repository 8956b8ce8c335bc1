"""`python -m generator simulate`: a simulation written down, as OpenMetrics and as truth."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from generator.config.load import load
from generator.dsl.metrics import Histogram
from generator.dsl.platform import Platform
from generator.errors import BuildError, Problem, did_you_mean
from generator.verify.simulation.bench import bench
from generator.verify.simulation.clock import DAY, Clock
from generator.verify.simulation.counting import Told
from generator.verify.simulation.incident import Incident
from generator.verify.simulation.openmetrics import files, openmetrics
from generator.verify.simulation.progress import on_terminal
from generator.verify.simulation.scenarios import library
from generator.verify.simulation.simulation import Plan, Simulation, simulate

QUANTILES = (0.5, 0.95, 0.99)


def command(given: argparse.Namespace) -> int:
    """Simulate what was asked for; the exit status. Raises `Faults`."""
    platform = load(given.platform)
    if given.bench:
        bench(platform)
        return 0
    problems = list(_faults(given, platform))
    if problems:
        raise BuildError(problems)
    start = time.monotonic()
    incidents = tuple(_named(platform, given.incident))
    clock = Clock(length=round(given.days * DAY), step=given.step)
    simulation = simulate(Plan(platform, given.seed, given.tenants, clock, incidents), on_terminal)
    _write(simulation, given.to)
    print(f"{given.to}: {len(files(simulation))} files of OpenMetrics, and truth.json, "
          f"in {time.monotonic() - start:.1f} s")  # fmt: skip
    return 0


def _faults(given: argparse.Namespace, platform: Platform) -> Iterator[Problem]:
    if given.to is None:
        yield Problem("--to", "no folder is named", "name the folder to write into")
    elif given.to.exists() and (not given.to.is_dir() or any(given.to.iterdir())):
        yield Problem(f"--to {given.to}", "it is there and not an empty folder", "name a new folder")
    if not 1 <= given.step <= 60:
        yield Problem(f"--step {given.step}", "a sample is due every 1 to 60 seconds", "give such a number")
    elif not given.step <= given.days * DAY < 4_000 * DAY:
        yield Problem(f"--days {given.days:g}", "it has no step, or too many", "give a number above 0 and below 4000")
    if given.seed < 0:
        yield Problem(f"--seed {given.seed}", "it is below 0", "give a whole number from 0 on")
    if given.tenants < 1:
        yield Problem(f"--tenants {given.tenants}", "a platform without tenants does nothing", "give 1 or more")
    known = library(platform)
    for name in given.incident:
        if name not in known:
            yield Problem(f'--incident "{name}"', "there is no such incident", did_you_mean(name, known))


def _named(platform: Platform, names: list[str]) -> Iterator[Incident]:
    for name in names:
        yield from library(platform)[name]


def _write(simulation: Simulation, folder: Path) -> None:
    windows, clock = files(simulation), simulation.plan.clock
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, window in enumerate(windows, start=1):
            begins = datetime.fromtimestamp(clock.start + window.first * clock.step, UTC)
            with (folder / f"{begins:%Y-%m-%dT%H%M%SZ}.om").open("w", encoding="utf-8") as file:
                file.writelines(openmetrics(simulation, window))
            on_terminal("writing", number, len(windows))
        truth = [_truth(told) for told in simulation.told]
        (folder / "truth.json").write_text(json.dumps(truth, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise BuildError(
            [Problem(str(folder), f"it cannot be written ({error.strerror})", "name another folder")]
        ) from None


def _truth(told: Told) -> dict[str, object]:
    """What really happened of a metric under its labels, from start to end."""
    truth: dict[str, object] = {
        "metric": told.metric.name,
        "labels": dict(told.labels),
        "total": int(told.amount.sum()),
    }
    if isinstance(told.metric, Histogram):
        exact = np.quantile(told.amount, QUANTILES, method="inverted_cdf")
        truth["count"] = int(told.at.size)
        truth["quantiles"] = {str(q): float(value) for q, value in zip(QUANTILES, exact, strict=True)}
    return truth
