"""Which alert makes which other one needless, asked of a running Alertmanager that has the emitted configuration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from generator.dsl.platform import Platform
from generator.rendering.alertmanager import alertmanager
from tests.rendering.running_alertmanager import Labels, RunningAlertmanager, running

SECRETS = "/etc/alertmanager/secrets"
CHAT = {"route": "/chat", "service": "worker-api"}
SEARCH = {"route": "/search", "service": "worker-api"}
ACME, OTHER = {"tenant_id": "acme"}, {"tenant_id": "other"}


def page(name: str, **labels: str) -> Labels:
    return {"alertname": name, "severity": "page", **labels}


def ticket(name: str, **labels: str) -> Labels:
    return {"alertname": name, "severity": "ticket", **labels}


@pytest.fixture
def fired(platform: Platform, alertmanager_path: Path, tmp_path: Path) -> Iterator[RunningAlertmanager]:
    """A running Alertmanager with production's configuration; its secrets lead nowhere."""
    for path, text in alertmanager(platform).items():
        (tmp_path / Path(path).name).write_text(text.replace(SECRETS, str(tmp_path)), encoding="utf-8")
    for name in ("dead-man-url", "platform-page-key", "platform-ticket-url", "finance-page-key", "finance-ticket-url"):
        (tmp_path / name).write_text("http://127.0.0.1:9/", encoding="utf-8")
    configuration = tmp_path / "alertmanager.yaml"
    nowhere = "global: {pagerduty_url: 'http://127.0.0.1:9/'}\n"
    configuration.write_text(nowhere + configuration.read_text(encoding="utf-8"), encoding="utf-8")
    with running(alertmanager_path, configuration, tmp_path) as alive:
        yield alive


@dataclass(frozen=True)
class Scene:
    """While `source` fires, `hidden` are not told and `told` are, although all of them fire too."""

    source: Labels
    hidden: tuple[Labels, ...]
    firing: tuple[Labels, ...]


SCENES = {
    "a route that fails hides its tenants' tickets of errors and its budget, no other route's, latency or cost": Scene(
        page("HighErrorRate", **CHAT),
        (
            ticket("HighErrorRate", **ACME, **CHAT),
            ticket("HighErrorRate", **OTHER, **CHAT),
            page("ErrorBudgetBurn", **CHAT),
            ticket("ErrorBudgetBurn", **CHAT),
        ),
        (
            ticket("HighErrorRate", **ACME, **SEARCH),
            ticket("HighErrorRate", **ACME, route="/chat", service="ingest-worker"),
            ticket("HighLatency", **ACME, **CHAT),
            page("ErrorBudgetBurn", route="/ingest", service="ingest-worker"),
            ticket("HighAICosts", **ACME),
            ticket("AICostForecast", **ACME),
        ),
    ),
    "a route that burns its budget fast hides the slow burn and its tenants' tickets of errors": Scene(
        page("ErrorBudgetBurn", **CHAT),
        (ticket("ErrorBudgetBurn", **CHAT), ticket("HighErrorRate", **ACME, **CHAT)),
        (ticket("ErrorBudgetBurn", **SEARCH), page("HighLatency", **CHAT)),
    ),
    "a route that is slow hides its tenants' tickets of latency, and nobody's of errors": Scene(
        page("HighLatency", **CHAT),
        (ticket("HighLatency", **ACME, **CHAT),),
        (
            ticket("HighLatency", **ACME, **SEARCH),
            ticket("HighErrorRate", **ACME, **CHAT),
            ticket("HighAILatency", model="@cf/baai/bge-m3"),
            ticket("HighVectorizeLatency"),
        ),
    ),
    "a route that is down hides all that follows from it, and neither cost nor missing telemetry": Scene(
        page("RouteDown", **CHAT),
        (
            page("HighErrorRate", **CHAT),
            page("ErrorBudgetBurn", **CHAT),
            ticket("ErrorBudgetBurn", **CHAT),
            page("HighLatency", **CHAT),
        ),
        (
            page("HighErrorRate", **SEARCH),
            page("TelemetryMissing", service="worker-api"),
            page("HighAICosts", **ACME),
            ticket("HighAISpend"),
            page("HighAIErrorRate", model="@cf/baai/bge-m3"),
            page("StorageErrors", store="kv"),
        ),
    ),
    "a route that is down hides its tenants' tickets of errors and of latency, and no other route's": Scene(
        page("RouteDown", **CHAT),
        (ticket("HighErrorRate", **ACME, **CHAT), ticket("HighLatency", **ACME, **CHAT)),
        (ticket("HighErrorRate", **ACME, **SEARCH), ticket("HighAICosts", **ACME)),
    ),
    "a page of one tenant on a route does not hide another tenant's ticket, nor its own": Scene(
        page("HighErrorRate", **ACME, **CHAT),
        (),
        (ticket("HighErrorRate", **OTHER, **CHAT), ticket("HighErrorRate", **ACME, **CHAT)),
    ),
    "a page without a route does not hide tickets without one, although absent labels are equal": Scene(
        page("HighErrorRate"), (), (ticket("HighErrorRate", **ACME), ticket("HighErrorRate"))
    ),
    "a tenant over its budget hides its own warnings of cost, and no other tenant's": Scene(
        page("HighAICosts", **ACME),
        (ticket("HighAICosts", **ACME), ticket("AICostForecast", **ACME)),
        (
            ticket("HighAICosts", **OTHER),
            ticket("AICostForecast", **OTHER),
            ticket("HighErrorRate", **ACME, **CHAT),
            ticket("AIModelWithoutPrice", model="@cf/baai/bge-m3", direction="input"),
            ticket("HighAISpend"),
        ),
    ),
    "a store that fails badly hides its own ticket, and no other store's": Scene(
        page("StorageErrors", store="kv"),
        (ticket("StorageErrors", store="kv"),),
        (ticket("StorageErrors", store="vectorize"), ticket("StorageErrors")),
    ),
    "a page of a store that is not named does not hide a ticket that names none either": Scene(
        page("StorageErrors"), (), (ticket("StorageErrors"), ticket("StorageErrors", store="kv"))
    ),
    "a page of cost that names no tenant does not hide a ticket that names none either": Scene(
        page("HighAICosts"), (), (ticket("HighAICosts"), ticket("AICostForecast"))
    ),
    "missing telemetry hides nothing, for it proves nothing": Scene(
        page("TelemetryMissing", service="worker-api"),
        (),
        (page("HighErrorRate", **CHAT), ticket("HighErrorRate", **ACME, **SEARCH), ticket("HighAICosts", **ACME)),
    ),
}


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_only_what_follows_from_a_page_is_hidden(scene: Scene, fired: RunningAlertmanager) -> None:
    """What a page's cause explains is not told while it fires; all else is, whatever labels it shares or lacks."""
    hidden = fired.hidden([scene.source, *scene.hidden, *scene.firing])
    assert hidden == [False, *(True for _ in scene.hidden), *(False for _ in scene.firing)]
