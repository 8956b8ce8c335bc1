"""A database with its ruler on 127.0.0.1, as its page in docs/backends tells to start it."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tests.backends.day_before import DayBefore
from tests.e2e.prometheus import OPENER

TIMEOUT = 60.0
"""Seconds that a program has to become ready, to answer and to stop."""
PROTOBUF = "application/x-protobuf"


@dataclass(frozen=True)
class Deployed:
    """The addresses of a database and of its ruler: `otlp` takes pushes; `/api/v1/query` follows `queries`, and
    `/api/v1/rules` follows `ruler`. Every request has the headers."""

    otlp: str
    queries: str
    ruler: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def push(self, body: bytes, content_type: str = PROTOBUF) -> int:
        """Send an OTLP request, and return the status of the answer."""
        request = urllib.request.Request(self.otlp, body, {"Content-Type": content_type, **self.headers})
        try:
            with OPENER.open(request, timeout=TIMEOUT) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def query(self, expression: str, at: float | None = None) -> list[Any]:
        """The series of an expression now, or at a time in seconds since 1970."""
        parameters = {"query": expression, "nocache": "1", **({} if at is None else {"time": f"{at:.3f}"})}
        return list(self._json(f"{self.queries}/api/v1/query?{urllib.parse.urlencode(parameters)}")["data"]["result"])

    def value(self, expression: str, at: float | None = None) -> float:
        """The value of the only series of an expression now, or at a time in seconds since 1970."""
        (series,) = self.query(expression, at)
        return float(series["value"][1])

    def eventually(self, expression: str, expected: float, seconds: float = 30) -> float:
        """The value of an expression as soon as it is the expected one; after the time, what it is instead."""
        deadline = time.monotonic() + seconds
        while [float(series["value"][1]) for series in self.query(expression)] != [expected]:
            if time.monotonic() > deadline:
                break
            time.sleep(0.5)
        return self.value(expression)

    def rules(self) -> list[Any]:
        """The rules that the ruler evaluates, with their last errors."""
        return [rule for group in self._json(f"{self.ruler}/api/v1/rules")["data"]["groups"] for rule in group["rules"]]

    def _json(self, address: str) -> Any:
        with OPENER.open(urllib.request.Request(address, headers=dict(self.headers)), timeout=TIMEOUT) as answer:
            return json.load(answer)


class Start(Protocol):
    """Run a backend on a folder of its own and the `out/` of a build: in a time lapse, or on the day before."""

    def __call__(self, folder: Path, out: Path, before: DayBefore | None) -> AbstractContextManager[Deployed]: ...


@dataclass(frozen=True)
class TriedBackend:
    """A backend that the tests `start`: `backend` is its name in a platform file, `version` that of its programs.

    `counter` is the name under which it stores a
    counter of the Workers that does not end in `_total`, `shard_label` the label of the shard that pushed it, as
    queries name it; `json_status` is its answer to a push in JSON. `counted` is
    the expression by which it says how much a selector's counters counted in an hour, first increments too where
    `keeps_first_increments`.
    """

    name: str
    backend: str
    version: str
    start: Start
    counter: str = "{name}"
    shard_label: str = "instance"
    json_status: int = 200
    counted: str = "{selector} - min_over_time({selector}[1h])"
    keeps_first_increments: bool = True

    def stored(self, name: str) -> str:
        """The name under which a counter that does not end in `_total` is stored."""
        return self.counter.format(name=name)


def post(address: str, bodies: Iterable[bytes], headers: Mapping[str, str]) -> None:
    """Send the requests of remote write."""
    for body in bodies:
        request = urllib.request.Request(address, body, {"Content-Type": PROTOBUF, "Content-Encoding": "snappy"})
        request.headers.update(headers)
        try:
            OPENER.open(request, timeout=TIMEOUT).close()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{address}: {error.code} {error.read().decode(errors='replace')}") from None


def flags_of(file: Path, mounted: Mapping[str, str]) -> list[str]:
    """The flags in a file of `out/backend`, with the paths and addresses that a deployment has in place of the
    generated ones."""
    lines = file.read_text(encoding="utf-8").splitlines()
    flags = [line for line in lines if line.startswith("-")]
    for generated, own in mounted.items():
        assert any(generated in flag for flag in flags), f"{file} has no {generated}"
        flags = [flag.replace(generated, own) for flag in flags]
    return flags


@contextmanager
def running(folder: Path, name: str, command: Sequence[str], ready: str) -> Iterator[None]:
    """A program, from the time that an address answers with 200 to the end of the block. Its log is a file of the
    folder."""
    file = folder / f"{name}.log"
    with file.open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder)
    try:
        deadline = time.monotonic() + TIMEOUT
        while not _answers(ready):
            assert process.poll() is None, file.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, f"{ready} does not answer: {file.read_text(encoding='utf-8')}"
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(address: str) -> bool:
    try:
        with OPENER.open(address, timeout=TIMEOUT):
            return True
    except OSError:
        return False
