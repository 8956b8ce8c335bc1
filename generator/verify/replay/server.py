"""A real Prometheus on a loopback address: start it on a data folder, query it, stop it by its process id."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NoReturn

from generator.errors import BuildError, Problem
from generator.external import find_prometheus
from generator.frozen import frozen

CONFIGURATION = """storage: {tsdb: {out_of_order_time_window: 400d}}
"""
LITTLE_MEMORY = {"GOMEMLIMIT": "200MiB"}
"""Above it, Go collects its garbage more often."""
MUCH_MEMORY = {"GOMEMLIMIT": "6GiB", "GOGC": "300"}
"""With little memory, a replay of 200 tenants spends more than a third of its CPU time on collecting garbage."""
START_STOP_TIMEOUT = 120.0
"""Seconds that Prometheus has to become ready, and to stop."""
REQUEST_TIMEOUT = 300.0
"""Seconds that a response may take."""

Series = Mapping[str, Any]
"""A series of a query result: `metric` maps labels to values; `value` is [seconds since 1970, text], `values` a list of
those."""


@frozen
class PrometheusServer:
    """A running Prometheus at `url`, such as http://127.0.0.1:1234; `data` is its folder, which also has `log.txt`."""

    url: str
    data: Path
    process: int

    def query(self, expression: str, time: float) -> list[Series]:
        """Evaluate an expression at a time in seconds since 1970. Raises `BuildError` if it fails."""
        return self._query("query", query=expression, time=time)

    def query_range(self, expression: str, start: float, end: float, step: float) -> list[Series]:
        """Evaluate an expression every `step` seconds, from start to end inclusive. Raises `BuildError` if it fails."""
        return self._query("query_range", query=expression, start=start, end=end, step=step)

    def _query(self, endpoint: str, **parameters: Any) -> list[Series]:
        response = self.post(f"/api/v1/{endpoint}", urllib.parse.urlencode(parameters).encode(), None)
        return list(json.loads(response)["data"]["result"])

    def post(self, path: str, body: bytes, content_type: str | None) -> bytes:
        """Send a POST request and return the body of the response. Raises `BuildError` if it fails."""
        headers = {"Content-Type": content_type} if content_type else {}
        request = urllib.request.Request(f"{self.url}{path}", data=body, headers=headers)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=REQUEST_TIMEOUT) as response:
                return bytes(response.read())
        except urllib.error.HTTPError as error:
            what = f"Prometheus rejects the request: {error.read().decode(errors='replace').strip()}"
            raise BuildError([Problem(f"{self.url}{path}", what, "correct the request")]) from None
        except OSError as error:
            hint = f"see {self.data / 'log.txt'}"
            raise BuildError([Problem(self.url, f"Prometheus does not answer ({error})", hint)]) from None


@contextmanager
def running_prometheus(
    data: Path, port: int = 0, memory: Mapping[str, str] = LITTLE_MEMORY
) -> Iterator[PrometheusServer]:
    """Run a Prometheus on a data folder, at a port of 127.0.0.1 (0: any free port), until the block ends; `memory` is
    what Go reads from its environment.

    Raises `BuildError` if Prometheus is missing or exits, or if the port is in use.
    """
    program, port = find_prometheus(), port or free_port()
    _require_free_port(port)
    data.mkdir(parents=True, exist_ok=True)
    (data / "prometheus.yaml").write_text(CONFIGURATION, encoding="utf-8")
    with (data / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [str(program), *_flags(data, port)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **memory},
            start_new_session=True,
        )
        try:
            server = PrometheusServer(f"http://127.0.0.1:{port}", data, process.pid)
            _wait_until_ready(server, process)
            yield server
        finally:
            _stop(process)


def large_prometheus(data: Path) -> AbstractContextManager[PrometheusServer]:
    """Run a Prometheus, as `running_prometheus` does, with memory for the series of many tenants over weeks."""
    return running_prometheus(data, memory=MUCH_MEMORY)


def _flags(data: Path, port: int) -> tuple[str, ...]:
    return (
        f"--config.file={data / 'prometheus.yaml'}",
        f"--storage.tsdb.path={data}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address=127.0.0.1:{port}",
        "--web.enable-remote-write-receiver",
        "--enable-feature=memory-snapshot-on-shutdown",
        "--query.timeout=5m",
        "--log.level=warn",
    )


def free_port() -> int:
    """Return a port of 127.0.0.1 that is free at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _require_free_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            what, hint = f"the port is not available ({error.strerror})", "free the port, or use another one"
            raise BuildError([Problem(f"127.0.0.1:{port}", what, hint)]) from None


def _wait_until_ready(server: PrometheusServer, process: subprocess.Popen[bytes]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_STOP_TIMEOUT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            _raise_with_log(server, f"Prometheus exited at startup with status {process.returncode}")
        with contextlib.suppress(OSError), opener.open(f"{server.url}/-/ready", timeout=5) as response:
            if response.status == 200:
                return
        time.sleep(0.05)
    _raise_with_log(server, f"Prometheus is not ready after {START_STOP_TIMEOUT:g} s")


def _raise_with_log(server: PrometheusServer, what: str) -> NoReturn:
    log = server.data / "log.txt"
    last_lines = " / ".join(log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:])
    hint = "fix the cause in the log, or remove the data folder so that it is created again"
    raise BuildError([Problem(str(log), f"{what}: {last_lines}", hint)])


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Terminate Prometheus, so that it writes its samples to disk; kill it if it does not stop in time."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(START_STOP_TIMEOUT)
    except BaseException:
        process.kill()
        process.wait()
        raise
