"""The example application in workerd during a test, with fakes of Workers AI and Vectorize."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.prometheus import OPENER, TIMEOUT
from tests.optional_tools import skip_or_fail

RUN_SCRIPT = Path(__file__).resolve().parents[2] / "worker" / "example" / "run.mjs"


@dataclass(frozen=True)
class Application:
    """The URLs of both Workers and of the fakes, such as http://127.0.0.1:1234, and the file of their log lines."""

    api: str
    ingest: str
    fakes: str
    log: Path

    def inject_failures(self, *failures: Mapping[str, Any]) -> None:
        """Make calls to the fakes fail; replaces the failures injected before."""
        OPENER.open(f"{self.fakes}/control/failures", json.dumps(failures).encode(), TIMEOUT).close()

    def call_counts(self) -> Sequence[Mapping[str, Any]]:
        """Return the fakes' own counts of the calls that reached them."""
        with OPENER.open(f"{self.fakes}/control/calls", timeout=TIMEOUT) as response:
            return list(json.load(response))

    def output(self) -> list[str]:
        """Return all lines written so far: the Workers' log lines, and messages of the runtime."""
        return self.log.read_text(encoding="utf-8").splitlines()

    def log_lines(self) -> list[dict[str, Any]]:
        """Return the Workers' log lines, parsed."""
        return [json.loads(line) for line in self.output() if line.startswith("{")]


def find_node() -> str:
    """Return the path of Node.js. Skips the tests if it or the packages of `make worker` are missing."""
    node = shutil.which("node")
    if node is None:
        skip_or_fail("there is no Node.js to run the Workers")
    if not (RUN_SCRIPT.parents[1] / "node_modules").is_dir():
        skip_or_fail("the packages of worker/ are missing, which make worker installs")
    return node


@contextmanager
def running_application(node: str, log: Path, variables: Mapping[str, str]) -> Iterator[Application]:
    """Run the application until the block ends. `variables` are environment variables of both Workers."""
    error_file = log.with_suffix(".errors")
    with error_file.open("wb") as errors:
        process = subprocess.Popen(
            [node, str(RUN_SCRIPT)],
            cwd=RUN_SCRIPT.parent,
            env={**os.environ, **variables, "LOG_FILE": str(log)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
    try:
        assert process.stdout is not None
        first_line = process.stdout.readline()
        assert first_line, f"the example did not start: {error_file.read_text(encoding='utf-8')}"
        urls = json.loads(first_line)
        yield Application(urls["worker-api"], urls["ingest-worker"], urls["fakes"], log)
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Close standard input, which stops the application; kill it and its children if it does not stop in time."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(TIMEOUT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
