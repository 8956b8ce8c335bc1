"""A real Prometheus on loopback: started on a data folder, asked, and ended by its process id."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from generator.errors import BuildError, Problem
from generator.external import find_prometheus

CONFIGURATION = """otlp: {translation_strategy: NoTranslation, promote_resource_attributes: []}
storage: {tsdb: {out_of_order_time_window: 400d}}
"""
PATIENCE = 120.0
"""Seconds that Prometheus has to be ready, and to end."""
ASKING = 300.0
"""Seconds that an answer may take."""

Series = Mapping[str, Any]
"""As Prometheus answers: `metric` maps labels to values; `value` is [seconds since 1970, text], `values` several."""


@dataclass(frozen=True)
class Server:
    """A Prometheus that answers at `url`, as http://127.0.0.1:1234; `data` is its folder, where `log.txt` is too."""

    url: str
    data: Path
    process: int

    def query(self, expression: str, time: float) -> list[Series]:
        """What an expression gives at a time in seconds since 1970. Raises `Faults`: refused, or no answer."""
        return self._ask("query", query=expression, time=time)

    def query_range(self, expression: str, start: float, end: float, step: float) -> list[Series]:
        """What an expression gives every `step` seconds, from start to end, both included. Raises `Faults`."""
        return self._ask("query_range", query=expression, start=start, end=end, step=step)

    def _ask(self, what: str, **parameters: Any) -> list[Series]:
        answer = self.post(f"/api/v1/{what}", urllib.parse.urlencode(parameters).encode(), None)
        return list(json.loads(answer)["data"]["result"])

    def post(self, path: str, body: bytes, content_type: str | None) -> bytes:
        """Send bytes; the answer's. Raises `Faults`."""
        headers = {"Content-Type": content_type} if content_type else {}
        request = urllib.request.Request(f"{self.url}{path}", data=body, headers=headers)
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=ASKING) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            said = error.read().decode(errors="replace").strip()
            raise BuildError(
                [Problem(f"{self.url}{path}", f"Prometheus refuses: {said}", "mend what was asked")]
            ) from None
        except OSError as error:
            hint = f"see {self.data / 'log.txt'}"
            raise BuildError([Problem(self.url, f"Prometheus does not answer ({error})", hint)]) from None


@contextmanager
def serving(data: Path, port: int = 0) -> Iterator[Server]:
    """A Prometheus on a data folder, at a port of 127.0.0.1 (0: a free one), for as long as the block runs.

    It ends with the block, however that ends. Raises `Faults`: no Prometheus, the port in use, or one that dies.
    """
    program, port = find_prometheus(), port or free_port()
    _demand_free(port)
    data.mkdir(parents=True, exist_ok=True)
    (data / "prometheus.yaml").write_text(CONFIGURATION, encoding="utf-8")
    with (data / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [str(program), *_flags(data, port)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            server = Server(f"http://127.0.0.1:{port}", data, process.pid)
            _await_ready(server, process)
            yield server
        finally:
            _end(process)


def _flags(data: Path, port: int) -> tuple[str, ...]:
    return (
        f"--config.file={data / 'prometheus.yaml'}",
        f"--storage.tsdb.path={data}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address=127.0.0.1:{port}",
        "--web.enable-remote-write-receiver",
        "--web.enable-otlp-receiver",
        "--enable-feature=memory-snapshot-on-shutdown",
        "--query.timeout=5m",
        "--log.level=warn",
    )


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listened at a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _demand_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            hint = "end what listens there, or name another port"
            raise BuildError(
                [Problem(f"127.0.0.1:{port}", f"the port cannot be had ({error.strerror})", hint)]
            ) from None


def _await_ready(server: Server, process: subprocess.Popen[bytes]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            _tell(server, f"Prometheus died at its start with status {process.returncode}")
        with contextlib.suppress(OSError), opener.open(f"{server.url}/-/ready", timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.05)
    _tell(server, f"Prometheus is not ready after {PATIENCE:g} s")


def _tell(server: Server, what: str) -> NoReturn:
    log = server.data / "log.txt"
    said = " / ".join(log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:])
    raise BuildError([Problem(str(log), f"{what}: {said}", "mend what it says, or remove the folder to make it anew")])


def _end(process: subprocess.Popen[bytes]) -> None:
    """Asks it to end, so that it writes down what it holds; kills it where it does not."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(PATIENCE)
    except BaseException:
        process.kill()
        process.wait()
        raise
