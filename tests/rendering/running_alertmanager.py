"""An Alertmanager that runs for the length of a test, on loopback, and tells nobody outside."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

Labels: TypeAlias = Mapping[str, str]

PATIENCE = 30.0
"""Seconds after which waiting for it is given up."""
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Whatever proxy the environment names, loopback is not behind it."""
SENTINEL = tuple({"alertname": "StorageErrors", "store": "sentinel", "severity": word} for word in ("page", "ticket"))
"""Posted last, and inhibition takes alerts in turn: once this ticket is hidden, all before it have been looked at."""


@dataclass(frozen=True)
class RunningAlertmanager:
    """One that is ready, at `address`."""

    address: str

    def hidden(self, alerts: Sequence[Labels]) -> list[bool]:
        """Which of these alerts, when all of them fire at once, are inhibited."""
        self._post([*alerts, *SENTINEL])
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            inhibited = [one["labels"] for one in self._alerts() if one["status"]["inhibitedBy"]]
            if SENTINEL[1] in inhibited:
                return [labels in inhibited for labels in alerts]
            time.sleep(0.02)
        raise TimeoutError("the sentinel's ticket was never hidden")

    def _post(self, alerts: Sequence[Labels]) -> None:
        body = json.dumps([{"labels": labels} for labels in alerts]).encode()
        request = urllib.request.Request(f"{self.address}/api/v2/alerts", body, {"Content-Type": "application/json"})
        OPENER.open(request, timeout=PATIENCE).close()

    def _alerts(self) -> list[dict[str, Any]]:
        with OPENER.open(f"{self.address}/api/v2/alerts", timeout=PATIENCE) as answer:
            found: list[dict[str, Any]] = json.load(answer)
        return found


@contextmanager
def running(program: Path, configuration: Path, storage: Path) -> Iterator[RunningAlertmanager]:
    """Starts one on a free port, waits until it is ready, and ends it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        listens = f"127.0.0.1:{probe.getsockname()[1]}"
    flags = (f"--storage.path={storage}", f"--web.listen-address={listens}", "--cluster.listen-address=")
    with (storage / "log").open("w") as log:
        process = subprocess.Popen([str(program), f"--config.file={configuration}", *flags], stderr=log)
        try:
            _await_ready(process, f"http://{listens}", storage / "log")
            yield RunningAlertmanager(f"http://{listens}")
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _await_ready(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            OPENER.open(f"{address}/-/ready", timeout=PATIENCE).close()
            return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(f"Alertmanager is not ready: {log.read_text(encoding='utf-8')}")
