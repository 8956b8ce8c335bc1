"""Measures `trace` and `logs lint` with generated lines, in a temporary file."""

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

from generator.config.load import load
from generator.dsl.platform import Platform
from generator.errors import BuildError, Problem
from generator.reporting import Outcome

SEED = 1
STEPS = ("arrival", "call", "call", "call", "answer")
START = datetime(2026, 11, 24, tzinfo=UTC)
STACK = "\n".join(f"    at step{depth} (worker.js:{depth}:17)" for depth in range(12))


def bench(platform_file: Path, count: int) -> Outcome:
    """Print seconds, MB/s and the peak memory of each command, measured once, and return them."""
    if count < len(STEPS):
        what = "a request has five lines"
        raise BuildError([Problem(f"--lines {count}", what, "give a whole number of at least 5")])
    measured: list[dict[str, object]] = []
    platform = load(platform_file)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "generated.ndjson")
        line = ""
        with file.open("w", encoding="utf-8") as stream:
            for line in generate_lines(platform, count):
                stream.write(line)
        last_request = json.loads(line)["request_id"]
        size = file.stat().st_size / 1e6
        print(f"{count:,} lines, {size:,.0f} MB; on {os.cpu_count()} cores:")
        options = ["--platform", str(platform_file)]
        for name, command in (
            ("trace", ["trace", last_request, str(file), *options]),
            ("logs lint", ["logs", "lint", str(file), *options]),
        ):
            seconds, cpu_seconds, peak = _resource_usage(command)
            speed = f"{size / seconds:,.0f} MB/s"
            print(f"  {name}: {seconds:.1f} s ({cpu_seconds:.1f} s of CPU time), {speed}, peak {peak:,.0f} MB")
            measured.append({"name": name, "seconds": seconds, "cpu_seconds": cpu_seconds, "peak_megabytes": peak})
    return Outcome(result={"lines": count, "megabytes": size, "measurements": measured})


def generate_lines(platform: Platform, count: int, seed: int = SEED) -> Iterator[str]:
    """Yield log lines with their newlines as Workers write them: five lines a request; one request in a hundred fails.

    The same seed gives the same lines.
    """
    random_source = random.Random(seed)
    service, routes = next(iter(platform.services.items()))
    for number in range(count):
        step = STEPS[number % len(STEPS)]
        if step == STEPS[0]:
            request, ray = _uuid(random_source), f"{random_source.getrandbits(64):016x}-SJC"
            tenant, failed = f"tenant-{random_source.randrange(1_000):03}", random_source.random() < 0.01
        metadata = {"step": step, "cf_ray": ray} | (_call(platform, random_source) if step == "call" else {})
        line: dict[str, Any] = {
            "timestamp": f"{(START + timedelta(milliseconds=7 * number)).isoformat(timespec='milliseconds')[:-6]}Z",
            "level": "error" if failed and step == "answer" else "info",
            "message": "answered" if step == "answer" else f"{step} of {routes[0]}",
            "service": service, "tenant_id": tenant, "request_id": request, "route": routes[0],
        }  # fmt: skip
        line |= _outcome(step, failed, number, random_source) | {"metadata": metadata}
        yield json.dumps(line, separators=(",", ":")) + "\n"


def _outcome(step: str, failed: bool, number: int, random_source: random.Random) -> dict[str, Any]:
    if step == "arrival":
        return {}
    latency = {"latency_ms": random_source.randrange(2_000)}
    if step == "call":
        return latency
    message = f"AiError: 3040: out of capacity ({number})"
    error = {"error": {"message": message, "stack": f"{message}\n{STACK}"}} if failed else {}
    return latency | {"status_code": 500 if failed else 200} | error


def _call(platform: Platform, random_source: random.Random) -> dict[str, Any]:
    return {"binding": "CACHE", "store": random_source.choice(platform.stores), "operation": "read"}


def _uuid(random_source: random.Random) -> str:
    digits = f"{random_source.getrandbits(128):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _resource_usage(command: Sequence[str]) -> tuple[float, float, float]:
    """Return a command's seconds of wall and CPU time and the peak memory in MB of its largest process.

    Raises `RuntimeError` if the command fails.
    """
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "generator", *command], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{command[0]} failed with valid lines")
    unit = 1 if sys.platform == "darwin" else 1024
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6
