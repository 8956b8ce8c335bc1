"""A pair of Prometheus with the shipped configuration: one alert, whichever of the two sends it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.output import PROMETHEUS_CONFIG, RULES_FOLDER
from generator.output.write import write_files
from generator.pipeline import compile_all
from tests.e2e.prometheus import OPENER, TIMEOUT, DeployedPrometheus, deployed_prometheus
from tests.rendering.running_alertmanager import RunningAlertmanager, running_with

FACTOR = 15
"""Rules are evaluated every two seconds."""
SENT = "prometheus_notifications_sent_total"
REPLICAS = ("a", "b")


@pytest.fixture
def alertmanager(platform: Platform, alertmanager_path: Path, tmp_path: Path) -> Iterator[RunningAlertmanager]:
    """A running Alertmanager with the shipped configuration, and `out/prometheus` of the same build."""
    texts = compile_all(platform, load_definitions(), FACTOR).texts
    (tmp_path / "alertmanager").mkdir()
    write_files(tmp_path / "out", {path: text for path, text in texts.items() if path.startswith("prometheus/")})
    assert (tmp_path / "out" / RULES_FOLDER).is_dir()
    with running_with(alertmanager_path, texts, tmp_path / "alertmanager") as running_:
        configuration = tmp_path / "out" / PROMETHEUS_CONFIG
        address = running_.address.removeprefix("http://")
        text = configuration.read_text(encoding="utf-8").replace("alertmanager:9093", address)
        configuration.write_text(text, encoding="utf-8")
        yield running_


def sent(server: DeployedPrometheus) -> float:
    """How many alerts a Prometheus has sent, as it counts itself."""
    with OPENER.open(f"{server.url}/metrics", timeout=TIMEOUT) as response:
        lines = response.read().decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(SENT))


def test_a_pair_sends_one_alert(
    alertmanager: RunningAlertmanager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both of a pair, whose external label `replica` differs, send Watchdog: Alertmanager knows one, without it."""
    folder = (tmp_path / "out" / PROMETHEUS_CONFIG).parent
    with ExitStack() as stack:
        servers = []
        for replica in REPLICAS:
            monkeypatch.setenv("PROMETHEUS_REPLICA", replica)
            servers.append(stack.enter_context(deployed_prometheus(folder, tmp_path / replica)))
        configurations = [server.get("status/config")["yaml"] for server in servers]
        assert [f"replica: {replica}" in text for replica, text in zip(REPLICAS, configurations, strict=True)] == [
            True,
            True,
        ]
        deadline = time.monotonic() + TIMEOUT
        while not all(sent(server) for server in servers):
            assert time.monotonic() < deadline, "one of the pair sends no alert"
            time.sleep(0.1)
        alerts = [alert["labels"] for alert in alertmanager.alerts()]
    watchdogs = [labels for labels in alerts if labels["alertname"] == "Watchdog"]
    assert len(watchdogs) == 1, json.dumps(alerts)
    assert not any("replica" in labels for labels in alerts)
