"""The example application in workerd, with the fakes of Workers AI and Vectorize, for the length of a test."""

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

from tests.e2e.prometheus import OPENER, PATIENCE
from tests.leaving_out import leave_out

RUNNER = Path(__file__).resolve().parents[2] / "worker" / "example" / "run.mjs"


@dataclass(frozen=True)
class Application:
    """Where the Workers and the fakes answer, as http://127.0.0.1:1234; `log` is the file of what they write."""

    api: str
    ingest: str
    fakes: str
    log: Path

    def order(self, *orders: Mapping[str, Any]) -> None:
        """Tell the fakes what to do wrong from now on, and nothing of what they were told before."""
        OPENER.open(f"{self.fakes}/control/failures", json.dumps(orders).encode(), PATIENCE).close()

    def books(self) -> Sequence[Mapping[str, Any]]:
        """The fakes' own account of the calls that reached them."""
        with OPENER.open(f"{self.fakes}/control/calls", timeout=PATIENCE) as answer:
            return list(json.load(answer))

    def said(self) -> list[str]:
        """All that was written so far: the Workers' lines, and what the runtime says of its own."""
        return self.log.read_text(encoding="utf-8").splitlines()

    def lines(self) -> list[dict[str, Any]]:
        """The Workers' lines, read."""
        return [json.loads(line) for line in self.said() if line.startswith("{")]


def node() -> str:
    """Where Node.js is. Left out where it, or what `make worker` installs, is not there."""
    found = shutil.which("node")
    if found is None:
        leave_out("there is no Node.js to run the Workers")
    if not (RUNNER.parents[1] / "node_modules").is_dir():
        leave_out("the packages of worker/ are missing, which make worker installs")
    return found


@contextmanager
def application(node: str, log: Path, settings: Mapping[str, str]) -> Iterator[Application]:
    """One that runs for as long as the block, however that ends. `settings` are variables of both Workers."""
    with log.with_suffix(".errors").open("wb") as errors:
        process = subprocess.Popen(
            [node, str(RUNNER)],
            cwd=RUNNER.parent,
            env={**os.environ, **settings, "LOG_FILE": str(log)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
    try:
        assert process.stdout is not None
        told = process.stdout.readline()
        assert told, f"the example did not start: {log.with_suffix('.errors').read_text(encoding='utf-8')}"
        urls = json.loads(told)
        yield Application(urls["worker-api"], urls["ingest-worker"], urls["fakes"], log)
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Its input ends, and it ends itself; where it does not, it and its own children are killed."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
