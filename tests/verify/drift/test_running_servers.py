"""A real Prometheus and a real Alertmanager that have loaded the output, and others that have loaded an edited one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.external import find_alertmanager
from tests.e2e.prometheus import deployed_prometheus
from tests.rendering.running_alertmanager import running_with
from tests.verify.drift.conftest import Drift, lines


def edited(file: Path, before: str, after: str) -> None:
    """Replace the first of some texts."""
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")


@pytest.fixture
def loaded(root: Path, tmp_path: Path) -> Path:
    """A copy of the output's files for Prometheus."""
    return Path(shutil.copytree(root / "out/prometheus", tmp_path / "prometheus"))


def test_a_prometheus_with_the_output_is_as_built(drift: Drift, loaded: Path, tmp_path: Path) -> None:
    """Prometheus writes its own text of every expression, and durations as numbers: none is a difference."""
    with deployed_prometheus(loaded, tmp_path / "data") as server:
        status, document = drift("--prometheus", server.url)
    assert (status, document["differences"]) == (0, [])
    assert document["servers"][0]["server_version"].startswith("3.")


def test_each_edit_of_a_rule_is_a_difference(drift: Drift, loaded: Path, tmp_path: Path) -> None:
    """A threshold, a `for`, an interval, a severity, a removed rule and a rule of nobody are six differences."""
    cost, storage = loaded / "rules/cost.yaml", loaded / "rules/storage.yaml"
    edited(cost, "> 0.8", "> 0.9")
    edited(cost, 'for: "5m"', 'for: "7m"')
    edited(cost, "severity: page", "severity: ticket2")
    edited(storage, 'interval: "30s"', 'interval: "1m"')
    edited(loaded / "rules/telemetry.yaml", "- alert: Watchdog", "- alert: Watchdogs")
    with deployed_prometheus(loaded, tmp_path / "data") as server:
        status, document = drift("--prometheus", server.url)
    assert status == 1
    assert lines(document) == [
        'group production:cost, alert HighAICosts (ticket): expr is "…it{platform="production"} > 0.9", '
        'not "…it{platform="production"} > 0.8"',
        'group production:cost, alert HighAICosts (page): label severity is "ticket2", not "page"',
        'group production:cost, alert AICostForecast (ticket): for is "420s", not "300s"',
        'group production:storage: interval is "60s", not "30s"',
        "group production:telemetry: alert Watchdog (none) is missing",
        "group production:telemetry: alert Watchdogs (none) is there; no build wrote it",
    ]


def test_an_alertmanager_is_compared_route_by_route(drift: Drift, root: Path, tmp_path: Path) -> None:
    """The test's own Alertmanager has other places of secrets; beside them an edited wait and an inhibition differ."""
    texts = {
        f"alertmanager/{path.name}": path.read_text(encoding="utf-8") for path in (root / "out/alertmanager").iterdir()
    }
    name = "alertmanager/alertmanager.yaml"
    texts[name] = texts[name].replace("group_wait: 15s", "group_wait: 20s", 1)
    texts[name] = texts[name].replace('[alertname="HighAIErrorRate"]', '[alertname="HighAIErrors"]', 1)
    with running_with(find_alertmanager(), texts, tmp_path) as server:
        status, document = drift("--alertmanager", server.address)
    differences = [line for line in lines(document) if str(tmp_path) not in line]
    assert status == 1
    assert differences == [
        'route to "page finance" of severity="page": group_wait is "20s", not "15s"',
        'inhibitions: alertname="TenantHighAIErrorRate" by alertname="HighAIErrorRate" with equal cluster, model, '
        "platform is missing",
        'inhibitions: alertname="TenantHighAIErrorRate" by alertname="HighAIErrors" with equal cluster, model, '
        "platform is there; no build wrote it",
    ]
    assert all("_file" in line for line in lines(document) if line not in differences)
