"""An Alertmanager that runs on loopback for the duration of a test and sends only to loopback."""

from __future__ import annotations

import json
import re
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

TIMEOUT = 30.0
"""Seconds."""
SECRETS = "/etc/alertmanager/secrets"
"""The folder of the secrets of the tests' platform."""
CLOSED_PORT = "http://127.0.0.1:9/"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Without the proxies of the environment, which do not reach loopback."""
SENTINEL = {"alertname": "StorageErrors", "store": "sentinel"}
"""Posted last, as a page and a ticket. Alertmanager learns sources in order: once this ticket is inhibited, it knows
those of all alerts before it."""


@dataclass(frozen=True)
class RunningAlertmanager:
    """An Alertmanager that is ready at `address`. `page` and `ticket` are the names of these severities in its
    configuration."""

    address: str
    page: str = "page"
    ticket: str = "ticket"

    def inhibited(self, alerts: Sequence[Labels]) -> list[bool]:
        """Whether each of these alerts is inhibited while all of them fire."""
        sentinel = [{**SENTINEL, "severity": severity} for severity in (self.page, self.ticket)]
        self.post([{"labels": labels} for labels in (*alerts, *sentinel)])
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            if sentinel[1] in self.inhibited_now():
                # The answer before may have listed an alert whose source was not known yet before the sentinel's.
                inhibited = self.inhibited_now()
                return [labels in inhibited for labels in alerts]
            time.sleep(0.02)
        raise TimeoutError("the sentinel's ticket was never inhibited")

    def post(self, alerts: Sequence[Mapping[str, Any]]) -> None:
        """Send alerts, as Prometheus does."""
        body = json.dumps(alerts).encode()
        request = urllib.request.Request(f"{self.address}/api/v2/alerts", body, {"Content-Type": "application/json"})
        OPENER.open(request, timeout=TIMEOUT).close()

    def inhibited_now(self) -> list[Labels]:
        """The labels of the alerts that it knows to be inhibited."""
        return [alert["labels"] for alert in self.alerts() if alert["status"]["inhibitedBy"]]

    def alerts(self) -> list[dict[str, Any]]:
        """All alerts that it knows, each with its labels and its status."""
        with OPENER.open(f"{self.address}/api/v2/alerts", timeout=TIMEOUT) as response:
            alerts: list[dict[str, Any]] = json.load(response)
        return alerts


@contextmanager
def running_with(program: Path, texts: Mapping[str, str], folder: Path) -> Iterator[RunningAlertmanager]:
    """Start an Alertmanager with the configuration and the templates of a build, whose receivers are closed ports."""
    for path, text in texts.items():
        if path.startswith("alertmanager/"):
            (folder / Path(path).name).write_text(text.replace(SECRETS, str(folder)), encoding="utf-8")
    configuration = folder / "alertmanager.yaml"
    text = configuration.read_text(encoding="utf-8")
    for secret in re.findall(rf"{re.escape(str(folder))}/[\w-]+", text):
        Path(secret).write_text(CLOSED_PORT, encoding="utf-8")
    configuration.write_text(f"global: {{pagerduty_url: '{CLOSED_PORT}'}}\n{text}", encoding="utf-8")
    with running(program, configuration, folder) as alertmanager:
        yield alertmanager


@contextmanager
def running(program: Path, configuration: Path, storage: Path) -> Iterator[RunningAlertmanager]:
    """Start an Alertmanager on a free port, wait until it is ready, and stop it at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    flags = (f"--storage.path={storage}", f"--web.listen-address={address}", "--cluster.listen-address=")
    with (storage / "log").open("w") as log:
        process = subprocess.Popen([str(program), f"--config.file={configuration}", *flags], stderr=log)
        try:
            _await_ready(process, f"http://{address}", storage / "log")
            yield RunningAlertmanager(f"http://{address}")
        finally:
            process.terminate()
            process.wait(TIMEOUT)


def _await_ready(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        try:
            OPENER.open(f"{address}/-/ready", timeout=TIMEOUT).close()
            return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(f"Alertmanager is not ready: {log.read_text(encoding='utf-8')}")
