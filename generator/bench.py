"""Measure how long a build takes, for this platform and for one with 10,000 tenants that have a token budget each."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from generator.config.load import load
from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.dsl.units import TOKENS_UNIT, quantity
from generator.ir.build import Compiled
from generator.output import dashboard_path
from generator.output.write import write_files
from generator.pipeline import compile_all

MANY_TENANTS = 10_000
ROUNDS = 5
DASHBOARD_SCRIPT = """import json
class StoredDashboard:
    def to_json_data(self):
        return json.loads({text!r})
dashboard = StoredDashboard()
"""
T = TypeVar("T")


def bench(platform_file: Path) -> None:
    """Print the seconds and the size of builds. The numbers are of one run on one machine: compare ratios."""
    definitions = load_definitions()
    platform = load(platform_file)
    _bench_build(platform.name, lambda: compile_all(platform, definitions), compare_with_grafanalib=True)
    large = with_many_tenants(platform)
    _bench_build(f"{MANY_TENANTS:,} tenants", lambda: compile_all(large, definitions))


def with_many_tenants(platform: Platform) -> Platform:
    """Return the platform with 10,000 tenants, each with a token budget of its own."""
    tenants = tuple(f"tenant-{number:05}" for number in range(MANY_TENANTS))
    budgets = {tenant: quantity(1_000_000 + number, TOKENS_UNIT) for number, tenant in enumerate(tenants)}
    cost = replace(platform.cost, tokens_per_day=replace(platform.cost.tokens_per_day, overrides=budgets))
    return replace(platform, tenants=tenants, cost=cost)


def _bench_build(name: str, compile_platform: Callable[[], Compiled], compare_with_grafanalib: bool = False) -> None:
    compile_seconds, compiled = _median_seconds(compile_platform)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out")
        write_seconds, _ = _median_seconds(lambda: write_files(out, compiled.texts), rounds=1)
    alerting, recording, largest = _sizes(compiled)
    print(f"{name}: compiled in {compile_seconds:.2f} s, written in {write_seconds:.2f} s; "
          f"{len(compiled.texts)} files,")  # fmt: skip
    print(f"  {alerting} alerting and {recording:,} recording rules, the largest file {largest / 1e6:.2f} MB")
    if compare_with_grafanalib:
        _bench_grafanalib(compiled)


def _bench_grafanalib(compiled: Compiled) -> None:
    """Measure grafanalib's command on the same dashboards: it only writes their JSON, in one process for each."""
    dashboards = compiled.lowered.dashboards
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        for dashboard in dashboards:
            name = dashboard.id
            source, target = Path(folder, f"{name}.dashboard.py"), Path(folder, f"{name}.json")
            text = compiled.texts[dashboard_path(name)]
            source.write_text(DASHBOARD_SCRIPT.format(text=text), encoding="utf-8")
            command = "from grafanalib._gen import generate_dashboard_script as run; run()"
            subprocess.run([sys.executable, "-c", command, "-o", target, source], check=True)
            json.loads(target.read_text(encoding="utf-8"))
        seconds = time.perf_counter() - start
        print(f"  grafanalib's command, writing the same {len(dashboards)} dashboards: {seconds:.2f} s")


def _median_seconds(work: Callable[[], T], rounds: int = ROUNDS) -> tuple[float, T]:
    """Return the median duration of a function over several rounds, and its last result."""
    runs = [_seconds(work) for _ in range(rounds)]
    return statistics.median(seconds for seconds, _ in runs), runs[-1][1]


def _seconds(work: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def _sizes(compiled: Compiled) -> tuple[int, int, int]:
    """Return the number of alerting rules, of recording rules, and the bytes of the largest file."""
    rules = [rule for file in compiled.files for group in file.groups for rule in group.rules]
    alerting = sum(rule.kind == "alert" for rule in rules)
    return alerting, len(rules) - alerting, max(len(text.encode()) for text in compiled.texts.values())
