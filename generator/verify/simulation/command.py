"""`python -m generator simulate`: export a simulation as OpenMetrics, with its expected values in truth.json."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from generator.config.load import load
from generator.dsl.metrics import P95, Histogram
from generator.dsl.platform import Platform
from generator.errors import BuildError, Problem, nearest_name
from generator.reporting import Outcome
from generator.verify.simulation.bench import bench
from generator.verify.simulation.clock import DAY, Clock
from generator.verify.simulation.disk_space import require_space
from generator.verify.simulation.incident_library import incident_library
from generator.verify.simulation.measurements import Measurements
from generator.verify.simulation.openmetrics import file_ranges, openmetrics
from generator.verify.simulation.progress import Progress, reported_progress
from generator.verify.simulation.resolution import series_count
from generator.verify.simulation.simulation import Simulation, SimulationPlan, sample_note, simulate

BYTES_PER_LINE = 130
"""About what a sample of OpenMetrics text has: names, labels, value and time."""
QUANTILES = (0.5, P95, 0.99)


def command(arguments: argparse.Namespace) -> Outcome:
    """Run the command. Raises `BuildError` for arguments that cannot be simulated."""
    platform = load(arguments.platform)
    if arguments.bench:
        return Outcome(result={"measurements": bench(platform)})
    problems = list(_argument_problems(arguments, platform))
    if problems:
        raise BuildError(problems)
    start = time.monotonic()
    library = incident_library(platform)
    incidents = tuple(incident for name in arguments.incident for incident in library[name])
    clock = Clock(length=round(arguments.days * DAY), step=arguments.step)
    plan = SimulationPlan(platform, arguments.seed, arguments.tenants, clock, incidents, sample=arguments.sample)
    if note := sample_note(plan):
        print(f"simulate: {note}", file=sys.stderr)
    with reported_progress("simulate") as progress:
        simulation = simulate(plan, progress)
        needed = BYTES_PER_LINE * series_count(simulation) * clock.steps
        require_space(
            (arguments.to,), needed, "free disk space, or give a smaller --days or --sample, or a longer --step"
        )
        _write(simulation, arguments.to, progress)
    seconds = time.monotonic() - start
    count = len(file_ranges(simulation))
    print(f"{arguments.to}: {count} OpenMetrics files and truth.json, in {seconds:.1f} s")
    return Outcome(result={"folder": str(arguments.to), "openmetrics_files": count})


def _argument_problems(arguments: argparse.Namespace, platform: Platform) -> Iterator[Problem]:
    folder, step, days = arguments.to, arguments.step, arguments.days
    if folder is None:
        yield Problem("--to", "the output folder is missing", "add --to FOLDER")
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        yield Problem(f"--to {folder}", "it exists and is not an empty folder", "name a new folder")
    if not 1 <= step <= 60:
        yield Problem(f"--step {step}", "it is not between 1 and 60 seconds", "give a number from 1 to 60")
    elif not step <= days * DAY < 4_000 * DAY:
        hint = "give a number above 0 and below 4000"
        yield Problem(f"--days {days:g}", "it is shorter than one step, or too long", hint)
    if arguments.seed < 0:
        yield Problem(f"--seed {arguments.seed}", "it is negative", "give a whole number from 0")
    if arguments.sample is not None and arguments.sample < 1:
        yield Problem(f"--sample {arguments.sample}", "a simulation needs a tenant", "give 1 or more")
    if arguments.tenants < 1:
        yield Problem(f"--tenants {arguments.tenants}", "a simulation needs a tenant", "give 1 or more")
    library = incident_library(platform)
    for name in arguments.incident:
        if name not in library:
            yield Problem(f'--incident "{name}"', "there is no such incident", nearest_name(name, library))


def _write(simulation: Simulation, folder: Path, progress: Progress) -> None:
    ranges, clock = file_ranges(simulation), simulation.plan.clock
    progress("writing", 0, len(ranges))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, step_range in enumerate(ranges, start=1):
            start = datetime.fromtimestamp(clock.start + step_range.first * clock.step, UTC)
            with (folder / f"{start:%Y-%m-%dT%H%M%SZ}.om").open("w", encoding="utf-8") as file:
                file.writelines(openmetrics(simulation, step_range))
            progress("writing", number, len(ranges))
        expected = [_expected_values(measurements) for measurements in simulation.measurements]
        text = json.dumps(expected, indent=1, ensure_ascii=False) + "\n"
        (folder / "truth.json").write_text(text, encoding="utf-8")
    except OSError as error:
        what = f"it cannot be written ({error.strerror})"
        raise BuildError([Problem(str(folder), what, "name another folder")]) from None


def _expected_values(measurements: Measurements) -> dict[str, object]:
    """Return the exact values of a metric and label set over the whole simulation, as truth.json has them."""
    values: dict[str, object] = {
        "metric": measurements.metric.name,
        "labels": dict(measurements.labels),
        "total": int(measurements.amounts.sum()),
    }
    if isinstance(measurements.metric, Histogram):
        exact = np.quantile(measurements.amounts, QUANTILES, method="inverted_cdf")
        values["count"] = int(measurements.steps.size)
        values["quantiles"] = {str(q): float(value) for q, value in zip(QUANTILES, exact, strict=True)}
    return values
