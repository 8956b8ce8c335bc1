"""Prometheus as a user deploys it: the built configuration, the flags that its header names, an OTLP receiver."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.external import find_prometheus
from generator.verify.replay.server import free_port

TIMEOUT = 60.0
"""Seconds that Prometheus has to become ready, to answer and to stop."""
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Ignores proxies of the environment, which do not apply to loopback addresses."""


@dataclass
class DeployedPrometheus:
    """A Prometheus on 127.0.0.1: `folder` is `out/prometheus` of a build; `data` is kept when the process stops."""

    folder: Path
    data: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Such as http://127.0.0.1:1234."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, possibly again, and wait until it is ready."""
        configuration = self.folder / "prometheus.yaml"
        command = [
            str(find_prometheus()),
            f"--config.file={configuration}",
            *flags(configuration.read_text(encoding="utf-8")),
            f"--storage.tsdb.path={self.data}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--log.level=warn",
        ]
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data / "log.txt").open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._wait_until_ready(self.process)

    def stop(self, stop_signal: signal.Signals) -> None:
        """Send it a signal, and wait until it has stopped."""
        if self.process is not None:
            self.process.send_signal(stop_signal)
            self.process.wait(TIMEOUT)
            self.process = None

    def get(self, endpoint: str, **parameters: str | float) -> Any:
        """Return the `data` of a response of its API; endpoints are `query`, `alerts` or `query_exemplars`."""
        query = urllib.parse.urlencode(parameters)
        with OPENER.open(f"{self.url}/api/v1/{endpoint}?{query}", timeout=TIMEOUT) as response:
            return json.load(response)["data"]

    def values(self, expression: str, at: float | None = None) -> dict[tuple[str, ...], float]:
        """Evaluate an expression at a time in seconds since 1970 (None: now).

        The keys of the result are the values of the labels, sorted by label name.
        """
        parameters: Mapping[str, str | float] = (
            {"query": expression} if at is None else {"query": expression, "time": at}
        )
        values = {}
        for series in self.get("query", **parameters)["result"]:
            labels = series["metric"]
            values[tuple(labels[name] for name in sorted(labels))] = float(series["value"][1])
        return values

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline and process.poll() is None:
            try:
                OPENER.open(f"{self.url}/-/ready", timeout=TIMEOUT).close()
                return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(f"Prometheus is not ready: {(self.data / 'log.txt').read_text(encoding='utf-8')}")


def flags(configuration: str) -> list[str]:
    """Return the flags that the header of a configuration names."""
    return re.findall(r"^#\s+(--\S+)", configuration, re.MULTILINE)


@contextmanager
def deployed_prometheus(folder: Path, data: Path) -> Iterator[DeployedPrometheus]:
    """Run a Prometheus until the block ends."""
    server = DeployedPrometheus(folder, data)
    try:
        server.start()
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            server.stop(signal.SIGKILL)
