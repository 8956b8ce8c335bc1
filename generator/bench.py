"""How long a build takes: for this platform, and for one of 10,000 tenants with a budget override each."""

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

from generator.config.load import load
from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.dsl.units import TOKENS_UNIT, quantity
from generator.output import replace_folder
from generator.pipeline import Compiled, compile_all

MANY = 10_000
ROUNDS = 5
REPLAY = """import json
class Replayed:
    def to_json_data(self):
        return json.loads({text!r})
dashboard = Replayed()
"""


def bench(platform_file: Path) -> None:
    """Print what builds take, in seconds, and what they make. Figures are of one run on one machine: compare ratios."""
    definitions = load_definitions()
    few = load(platform_file)
    many = crowded(few)
    for name, platform in ((few.name, few), (f"{MANY:,} tenants", many)):
        took, built = _timed(lambda platform=platform: compile_all(platform, definitions))  # type: ignore[misc]
        with tempfile.TemporaryDirectory() as folder:
            wrote, _ = _timed(lambda built=built, folder=folder: replace_folder(Path(folder, "out"), built.texts), 1)  # type: ignore[misc]
        alerting, recording, largest = _sizes(built)
        print(f"{name}: compiled in {took:.2f} s, written in {wrote:.2f} s; {len(built.texts)} files,")
        print(f"  {alerting} alerting and {recording:,} recording rules, the largest file {largest / 1e6:.2f} MB")
        if platform is few:
            _beside(built)


def crowded(platform: Platform) -> Platform:
    """The platform with a budget of its own for each of 10,000 tenants."""
    tenants = tuple(f"tenant-{number:05}" for number in range(MANY))
    budgets = {tenant: quantity(1_000_000 + number, TOKENS_UNIT) for number, tenant in enumerate(tenants)}
    cost = replace(platform.cost, tokens_per_day=replace(platform.cost.tokens_per_day, overrides=budgets))
    return replace(platform, tenants=tenants, cost=cost)


def _beside(built: Compiled) -> None:
    """grafanalib's own command, replaying the same dashboards: it only writes JSON, one process for each."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        for board in built.lowered.drawn:
            source, target = Path(folder, f"{board.name}.dashboard.py"), Path(folder, f"{board.name}.json")
            source.write_text(
                REPLAY.format(text=built.texts[f"grafana/dashboards/{board.name}.json"]), encoding="utf-8"
            )
            command = "from grafanalib._gen import generate_dashboard_script as run; run()"
            subprocess.run([sys.executable, "-c", command, "-o", target, source], check=True)
            json.loads(target.read_text(encoding="utf-8"))
        print(f"  grafanalib's command, replaying the same {len(built.lowered.drawn)} dashboards: "
              f"{time.perf_counter() - start:.2f} s")  # fmt: skip


def _timed(work: Callable[[], Compiled | None], rounds: int = ROUNDS) -> tuple[float, Compiled]:
    times, result = [], None
    for _ in range(rounds):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    return statistics.median(times), result  # type: ignore[return-value]


def _sizes(built: Compiled) -> tuple[int, int, int]:
    rules = [rule for file in built.files for group in file.groups for rule in group.rules]
    alerting = sum(rule.kind == "alert" for rule in rules)
    return alerting, len(rules) - alerting, max(len(text.encode()) for text in built.texts.values())
