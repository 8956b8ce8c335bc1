"""Convert the samples of a simulation to Prometheus blocks with promtool, two files at a time."""

from __future__ import annotations

import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from generator.errors import BuildError, Problem
from generator.external import find_promtool
from generator.external.process import run
from generator.verify.simulation.openmetrics import file_ranges, openmetrics
from generator.verify.simulation.progress import Progress
from generator.verify.simulation.samples import StepRange
from generator.verify.simulation.simulation import Simulation

PARALLEL = 2
BLOCK_TIMEOUT = 900.0
"""Seconds that promtool may take for one file."""


def write_blocks(simulation: Simulation, data: Path, progress: Progress) -> None:
    """Write the blocks of a simulation to a data folder.

    Raises `BuildError` if promtool is missing or fails; after the first failure no further file is started.
    """
    promtool, ranges = find_promtool(), file_ranges(simulation)
    data.mkdir(parents=True, exist_ok=True)
    progress("writing blocks", 0, len(ranges))
    with tempfile.TemporaryDirectory(dir=data.parent) as folder, ThreadPoolExecutor(PARALLEL) as pool:
        futures = [pool.submit(_write, simulation, steps, promtool, Path(folder), data) for steps in ranges]
        try:
            for done, future in enumerate(as_completed(futures), start=1):
                future.result()
                progress("writing blocks", done, len(futures))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _write(simulation: Simulation, step_range: StepRange, promtool: Path, folder: Path, data: Path) -> None:
    path = folder / f"{step_range.first}.om"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(openmetrics(simulation, step_range))
    command = [str(promtool), "tsdb", "create-blocks-from", "openmetrics", "--quiet", str(path), str(data)]
    try:
        answer = run(command, seconds=BLOCK_TIMEOUT)
    except subprocess.TimeoutExpired:
        what = f"it took longer than {BLOCK_TIMEOUT:g} s to create a block"
        raise BuildError([Problem("promtool", what, "simulate a shorter time or fewer tenants")]) from None
    finally:
        path.unlink()
    if answer.status:
        what = f"it cannot create a block: {answer.excerpt()}"
        raise BuildError([Problem("promtool", what, "free disk space, or set $PROMTOOL to another promtool")])
