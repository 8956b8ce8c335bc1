"""A simulation's samples, made into a Prometheus' blocks by promtool: a file for each block, two at a time."""

from __future__ import annotations

import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from generator.errors import BuildError, Problem
from generator.external import find_promtool
from generator.external.process import run
from generator.verify.simulation.openmetrics import files, openmetrics
from generator.verify.simulation.progress import Progress
from generator.verify.simulation.samples import Window
from generator.verify.simulation.simulation import Simulation

AT_ONCE = 2
PATIENCE = 900.0
"""Seconds that one block may take."""


def write_blocks(simulation: Simulation, data: Path, progress: Progress) -> None:
    """Fill a data folder. Raises `Faults`: no promtool, or one that refuses; where one file fails, no more begin."""
    program, windows = find_promtool(), files(simulation)
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data.parent) as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        work = [pool.submit(_write, simulation, window, program, Path(folder), data) for window in windows]
        try:
            for done, one in enumerate(as_completed(work), start=1):
                one.result()
                progress("writing blocks", done, len(work))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _write(simulation: Simulation, window: Window, program: Path, folder: Path, data: Path) -> None:
    text = folder / f"{window.first}.om"
    with text.open("w", encoding="utf-8") as file:
        file.writelines(openmetrics(simulation, window))
    command = [str(program), "tsdb", "create-blocks-from", "openmetrics", "--quiet", str(text), str(data)]
    try:
        answer = run(command, seconds=PATIENCE)
    except subprocess.TimeoutExpired:
        raise BuildError([Problem("promtool", f"a block was not made in {PATIENCE:g} s", "simulate less")]) from None
    finally:
        text.unlink()
    if answer.status:
        raise BuildError(
            [Problem("promtool", f"it makes no block: {answer.excerpt()}", "make room on the disk, or $PROMTOOL")]
        )
