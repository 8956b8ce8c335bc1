"""Prometheus as a user deploys it: the built configuration, the flags that its head names, an OTLP receiver."""

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

PATIENCE = 60.0
"""Seconds that it has to be ready, and to end."""
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Whatever proxy the environment names, loopback is not behind it."""


@dataclass
class Deployed:
    """A Prometheus on 127.0.0.1: `folder` is `out/prometheus` of a build, `data` outlives the process."""

    folder: Path
    data: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """As http://127.0.0.1:1234."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, or start it again, and wait until it answers."""
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
        self._await_ready(self.process)

    def stop(self, how: signal.Signals) -> None:
        """Send it a signal, and wait until it is gone."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(PATIENCE)
            self.process = None

    def ask(self, what: str, **parameters: str | float) -> Any:
        """The `data` of an answer of its API, as `query`, `alerts`, `query_exemplars`."""
        query = urllib.parse.urlencode(parameters)
        with OPENER.open(f"{self.url}/api/v1/{what}?{query}", timeout=PATIENCE) as answer:
            return json.load(answer)["data"]

    def values(self, expression: str, at: float | None = None) -> dict[tuple[str, ...], float]:
        """What an expression gives at a time in seconds since 1970 (None: now), by its labels' values, sorted by the
        labels' names."""
        parameters: Mapping[str, str | float] = (
            {"query": expression} if at is None else {"query": expression, "time": at}
        )
        found = self.ask("query", **parameters)["result"]
        return {tuple(one["metric"][name] for name in sorted(one["metric"])): float(one["value"][1]) for one in found}

    def _await_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and process.poll() is None:
            try:
                OPENER.open(f"{self.url}/-/ready", timeout=PATIENCE).close()
                return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(f"Prometheus is not ready: {(self.data / 'log.txt').read_text(encoding='utf-8')}")


def flags(configuration: str) -> list[str]:
    """The flags that the head of a configuration asks for."""
    return re.findall(r"^#\s+(--\S+)", configuration, re.MULTILINE)


@contextmanager
def deployed(folder: Path, data: Path) -> Iterator[Deployed]:
    """One that runs for as long as the block, however that ends."""
    server = Deployed(folder, data)
    try:
        server.start()
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            server.stop(signal.SIGKILL)
