"""The Workers' own push: a Worker in workerd counts requests, and its shards push them to a backend."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.backends.deployed import Deployed
from tests.optional_tools import skip_or_fail

REQUESTS, TENANTS, SHARDS = 2_000, 20, 2
SCRIPT = Path(__file__).with_name("workers_push.ts")
TIMEOUT = 180.0
"""Seconds."""


def push_requests(deployed: Deployed, protocol: str, folder: Path, root: Path) -> list[str]:
    """Count the requests, and push them by a protocol of OpenTelemetry. Return the errors that the Worker logged."""
    node, worker = shutil.which("node"), root / "worker"
    if node is None or not (worker / "node_modules").exists():
        skip_or_fail("there is no Node.js with the packages of worker/")
    script = folder / "push.cjs"
    address = json.dumps((worker / "tests" / "workerd.ts").as_uri())
    bundle = [worker / "node_modules/.bin/esbuild", SCRIPT, "--bundle", "--packages=external", "--platform=node"]
    command = [*map(str, bundle), f"--define:import.meta.url={address}", f"--outfile={script}", "--log-level=error"]
    subprocess.run(command, cwd=worker, check=True)
    push = {"requests": REQUESTS, "tenants": TENANTS, "shards": SHARDS, "bindings": bindings(deployed, protocol)}
    variables = {**os.environ, "PUSH": json.dumps(push), "NODE_PATH": str(worker / "node_modules")}
    done = subprocess.run([node, str(script)], env=variables, capture_output=True, text=True, timeout=TIMEOUT)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout.splitlines()[-1]))


def bindings(deployed: Deployed, protocol: str) -> Mapping[str, str]:
    """The Worker's variables."""
    headers = ",".join(f"{name}={value}" for name, value in deployed.headers.items())
    return {
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": deployed.otlp,
        "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
        **({"OTEL_EXPORTER_OTLP_HEADERS": headers} if headers else {}),
    }
