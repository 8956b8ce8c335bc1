"""How fast `trace` and `logs check` read: a million lines made by a seed, in a file that is removed afterwards."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from contract.labels import STORE
from generator.config.load import load
from generator.dsl.platform import Platform

SEED = 1
STEPS = ("arrival", "call", "call", "call", "answer")
BEGAN = datetime(2026, 11, 24, tzinfo=UTC)
STACK = "\n".join(f"    at step{depth} (worker.js:{depth}:17)" for depth in range(12))


def bench(platform_file: Path, count: int) -> int:
    """Print seconds, MB/s and the memory of the largest process of each command, in one run; the exit status is 0."""
    platform = load(platform_file)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "made.ndjson")
        line = ""
        with file.open("w", encoding="utf-8") as stream:
            for line in made(platform, count):
                stream.write(line)
        last = json.loads(line)["request_id"]
        size = file.stat().st_size / 1e6
        print(f"{count:,} lines, {size:,.0f} MB; on {os.cpu_count()} cores:")
        own = ["--platform", str(platform_file)]
        for name, command in (
            ("trace", ["trace", last, str(file), *own]),
            ("logs check", ["logs", "check", str(file), *own]),
        ):
            took, worked, peak = _measured(command)
            print(
                f"  {name}: {took:.1f} s ({worked:.1f} s of all cores), {size / took:,.0f} MB/s, {peak:,.0f} MB at most"
            )
    return 0


def made(platform: Platform, count: int, seed: int = SEED) -> Iterator[str]:
    """Log lines as Workers write them, with their line ends: requests of five lines; one in a hundred fails."""
    dice = random.Random(seed)
    service, routes = next(iter(platform.services.items()))
    for number in range(count):
        step = STEPS[number % len(STEPS)]
        if step == STEPS[0]:
            request, ray = _uuid(dice), f"{dice.getrandbits(64):016x}-SJC"
            tenant, failed = f"tenant-{dice.randrange(1_000):03}", dice.random() < 0.01
        metadata = {"step": step, "cf_ray": ray} | (_call(dice) if step == "call" else {})
        line: dict[str, Any] = {
            "timestamp": f"{(BEGAN + timedelta(milliseconds=7 * number)).isoformat(timespec='milliseconds')[:-6]}Z",
            "level": "error" if failed and step == "answer" else "info",
            "message": "answered" if step == "answer" else f"{step} of {routes[0]}",
            "service": service, "tenant_id": tenant, "request_id": request, "route": routes[0],
        }  # fmt: skip
        yield (
            json.dumps(line | _ending(step, failed, number, dice) | {"metadata": metadata}, separators=(",", ":"))
            + "\n"
        )


def _ending(step: str, failed: bool, number: int, dice: random.Random) -> dict[str, Any]:
    if step == "arrival":
        return {}
    took = {"latency_ms": dice.randrange(2_000)}
    if step == "call":
        return took
    message = f"AiError: 3040: out of capacity ({number})"
    error = {"error": {"message": message, "stack": f"{message}\n{STACK}"}} if failed else {}
    return took | {"status_code": 500 if failed else 200} | error


def _call(dice: random.Random) -> dict[str, Any]:
    return {"binding": "CACHE", "store": dice.choice(STORE.listed), "operation": "read"}


def _uuid(dice: random.Random) -> str:
    digits = f"{dice.getrandbits(128):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _measured(command: Sequence[str]) -> tuple[float, float, float]:
    """Seconds on the wall and of all cores, and the peak memory (MB) of the largest process. Raises where it fails."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "generator", *command], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{command[0]} failed on lines that it should take")
    unit = 1 if sys.platform == "darwin" else 1024
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6
