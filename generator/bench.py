"""Measure what a build costs beside grafanalib's own command, in CPU seconds of whole processes."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from generator.config.load import load
from generator.dsl.platform import Platform
from generator.dsl.units import TOKENS_UNIT, quantity
from generator.frozen import frozen
from generator.project import ROOT

MANY_TENANTS = 10_000
ROUNDS = 7
"""Odd, so that the median is one of the measured values."""
REFERENCE = "grafanalib's generate-dashboards, 4 files of 20 panels"
REFERENCE_FILES = 4
REFERENCE_COMMAND = "from grafanalib._gen import generate_dashboards_script as run; run()"
DASHBOARDS_COMMAND = """import sys
from generator import garbage
garbage.search_rarely()
from pathlib import Path
from generator.dashboards_alone import dashboard_texts
dashboard_texts(Path(sys.argv[1]))
garbage.leave_to_the_system()
"""
"""In a process that is set up as the command's own is."""
REFERENCE_DASHBOARD = """from grafanalib.core import Dashboard, GridPos, Target, Threshold, TimeSeries

def panel(number):
    return TimeSeries(
        title=f"Panel {number}",
        description="Errors of each route, in percent of its requests.",
        dataSource="prometheus",
        unit="percentunit",
        thresholds=[Threshold("green", 0, 0.0), Threshold("red", 1, 0.05)],
        targets=[
            Target(expr=f'sum by (route) (rate(errors_total{{panel="{number}"}}[5m]))', legendFormat="{{route}}"),
            Target(expr=f'sum by (route) (rate(requests_total{{panel="{number}"}}[5m]))', legendFormat="all"),
        ],
        gridPos=GridPos(h=8, w=12, x=number % 2 * 12, y=number // 2 * 8),
    )

dashboard = Dashboard(title="Reference", panels=[panel(number) for number in range(20)]).auto_panel_ids()
"""


@frozen
class Measured:
    """What a process costs, and what is printed about it."""

    name: str
    command: Sequence[str | Path]


def bench(platform_file: Path) -> dict[str, float]:
    """Print the median CPU seconds of builds and of grafanalib's command, each a new process, and their ratios; return
    the seconds by name.

    The processes take turns, so that a change of the machine's speed does not change a ratio. Raises BuildError for
    problems of the platform file.
    """
    load(platform_file)  # its problems are those of a build
    with tempfile.TemporaryDirectory() as folder:
        measured = _processes(platform_file.resolve(), Path(folder))
        seconds = _median_cpu_seconds(measured)
    reference = seconds[REFERENCE]
    print(f"{REFERENCE}: {reference:.2f} s of CPU")
    for name in (process.name for process in measured if process.name != REFERENCE):
        print(f"{name}: {seconds[name]:.2f} s of CPU, {seconds[name] / reference:.1f} ×")
    return dict(seconds)


def with_many_tenants(platform: Platform) -> Platform:
    """Return the platform with 10,000 tenants, each with a token budget of its own."""
    tenants = tuple(f"tenant-{number:05}" for number in range(MANY_TENANTS))
    budgets = {tenant: quantity(1_000_000 + number, TOKENS_UNIT) for number, tenant in enumerate(tenants)}
    cost = replace(platform.cost, tokens_per_day=replace(platform.cost.tokens_per_day, overrides=budgets))
    return replace(platform, tenants=tenants, cost=cost)


def many_tenants_file(platform_file: Path) -> str:
    """The text of an overlay with 10,000 tenants, each with a token budget and an error threshold of its own."""
    tenants = "".join(
        f"  tenant-{number:05}: {{tokens_per_day: {1_000_000 + number}, error_percent: {1 + number % 30 / 10}}}\n"
        for number in range(MANY_TENANTS)
    )
    return f"extends: {platform_file}\ntenants:\n{tenants}"


def _processes(platform_file: Path, folder: Path) -> tuple[Measured, ...]:
    scripts = [folder / f"reference-{number}.dashboard.py" for number in range(REFERENCE_FILES)]
    for script in scripts:
        script.write_text(REFERENCE_DASHBOARD, encoding="utf-8")
    many_tenants = folder / "many_tenants.yaml"
    many_tenants.write_text(many_tenants_file(platform_file), encoding="utf-8")
    build = (sys.executable, "-m", "generator", "build")
    return (
        Measured(REFERENCE, (sys.executable, "-c", REFERENCE_COMMAND, *scripts)),
        Measured("the dashboards alone", (sys.executable, "-c", DASHBOARDS_COMMAND, platform_file)),
        Measured("build, all of out/", (*build, "--platform", platform_file, "--out", folder / "out")),
        Measured(
            f"build of {MANY_TENANTS:,} tenants, each with own thresholds",
            (*build, "--platform", many_tenants, "--out", folder / "many"),
        ),
    )


def _median_cpu_seconds(measured: Sequence[Measured]) -> Mapping[str, float]:
    """The median over all rounds by name. The first round is not counted: it fills the disk cache and `__pycache__`."""
    rounds = [{process.name: _cpu_seconds(process.command) for process in measured} for _ in range(1 + ROUNDS)][1:]
    return {process.name: statistics.median(each[process.name] for each in rounds) for process in measured}


def _cpu_seconds(command: Sequence[str | Path]) -> float:
    """User and system time of a process, from its start to its end. CalledProcessError: it failed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # grafanalib was compiled to bytecode when it was installed: so must the generator's modules be, by the first round.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
