"""An outage through a real Prometheus and a real Alertmanager into receivers, with all durations divided by 30.

For 20 minutes 60 % of the requests to one route fail for every tenant, and 30 % of one tenant's requests to another
route. What counts are the notifications that the receivers get.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contract.api import HEARTBEAT
from generator.config.load import load
from generator.dsl.platform import Platform
from generator.external import find_alertmanager, find_promtool
from generator.output import ALERTMANAGER_CONFIG, PROMETHEUS_CONFIG
from generator.pipeline import build
from tests.alerts.other_platforms import platform_file
from tests.e2e.prometheus import DeployedPrometheus, deployed_prometheus
from tests.outage.workers import REQUESTS_PER_PUSH, Workers, pushing
from tests.rendering.fake_receivers import Inbox, inbox
from tests.rendering.running_alertmanager import running

FACTOR = 30
MINUTE = 60 / FACTOR
"""A minute of the outage, in seconds."""
WARM_UP, OUTAGE, LONGEST, AFTERWARDS = 10 * MINUTE, 20 * MINUTE, 75 * MINUTE, 15 * MINUTE
"""Of ordinary traffic, of failures, until everything is resolved, and what is waited for nothing more to come."""
HISTORY_STEPS = 3 * 24 * 12 + 12
"""Steps of five minutes: the error budget's longest window is three days."""
DOWN, OTHER = "/chat", "/search"
FAILING_TENANT = "tenant-0"
RECEIVERS = ("page", "ticket")


@dataclass(frozen=True)
class Notification:
    """What a receiver got: whether it fires, and the labels that all of its alerts have."""

    receiver: str
    firing: bool
    labels: Mapping[str, str]
    alerts: int

    @property
    def route(self) -> str:
        """The route that it is about."""
        return self.labels.get("route", "")


@dataclass(frozen=True)
class Outcome:
    """What the receivers got, and how many tickets of tenants on the route that was down fired after its pages had
    ended."""

    received: Sequence[Notification]
    held_back: int


LATE = (
    f'count(ALERTS{{alertname=~"Tenant.*",route="{DOWN}",alertstate="firing"}} unless on (route) '
    'ALERTS{severity="page",alertstate="firing"})'
)
"""The tickets of tenants that fire on the route that was down, and that no page explains any more."""


def platform_of(folder: Path, received: Inbox) -> Path:
    """A platform file whose teams are notified by webhooks of the inbox."""
    for name in (*RECEIVERS, "dead-man"):
        (folder / f"{name}-url").write_text(received.url(name), encoding="utf-8")
    # Each team has objects of its own: YAML would write an alias of what is there twice.
    teams = {
        team: {name: [{"webhook": {"url_file": str(folder / f"{name}-url")}}] for name in RECEIVERS}
        for team in ("platform", "finance")
    }
    changes = {
        "teams": teams,
        "dead_man_url_file": str(folder / "dead-man-url"),
        "prometheus": {"push_interval_seconds": FACTOR, "scrape_interval_seconds": FACTOR},
        "notifications": {"page": {"group_wait": f"{FACTOR}s"}},
    }
    return platform_file(folder, "production", changes)


def write_history(platform: Platform, data: Path) -> None:
    """Write three days of recorded requests without errors, which windows of days read, and the last heartbeats."""
    now, step, lines = int(time.time()), 5 * MINUTE, list[str]()
    for name, value in (("requests_total", 60_000.0), ("errors_total", 0.0)):
        series = f"route_service:{name}:increase5m"
        lines.append(f"# TYPE {series} gauge")
        for service, routes in platform.services.items():
            for route in routes:
                labels = f'platform="{platform.name}",route="{route}",service="{service}"'
                times = (now - (number + 1) * step for number in reversed(range(HISTORY_STEPS)))
                lines += [f"{series}{{{labels}}} {value} {at}" for at in times]
    lines.append(f"# TYPE {HEARTBEAT.name} gauge")
    for service in platform.services:
        lines.append(f'{HEARTBEAT.name}{{platform="{platform.name}",service="{service}"}} {now} {now}')
    file = data.with_name("history.txt")
    file.write_text("\n".join([*lines, "# EOF", ""]), encoding="utf-8")
    command = [str(find_promtool()), "tsdb", "create-blocks-from", "openmetrics", str(file), str(data)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)


@contextmanager
def deployed(folder: Path, received: Inbox) -> Iterator[tuple[Platform, DeployedPrometheus]]:
    """Build a platform with shorter durations, and run its Prometheus and its Alertmanager until the block ends."""
    file, out = platform_of(folder, received), folder / "out"
    build(file, out, time_lapse=FACTOR)
    platform = load(file)
    write_history(platform, folder / "data")
    with running(find_alertmanager(), out / ALERTMANAGER_CONFIG, folder) as alertmanager:
        configuration = out / PROMETHEUS_CONFIG
        text = configuration.read_text(encoding="utf-8")
        address = alertmanager.address.removeprefix("http://")
        configuration.write_text(text.replace("alertmanager:9093", address), encoding="utf-8")
        os.environ.setdefault("PROMETHEUS_REPLICA", "a")
        with deployed_prometheus(configuration.parent, folder / "data") as prometheus:
            yield platform, prometheus


def notifications(received: Inbox) -> list[Notification]:
    """What the receivers got."""
    return [_notification(request.channel, request.document) for name in RECEIVERS for request in received.of(name)]


def _notification(receiver: str, document: Any) -> Notification:
    labels, alerts = document["commonLabels"], document["alerts"]
    return Notification(receiver, document["status"] == "firing", labels, len(alerts))


def run(folder: Path, tenants: int) -> Outcome:
    """What comes of an outage for so many tenants, until all of its alerts are resolved and a while longer."""
    with inbox() as received, deployed(folder, received) as (platform, prometheus):
        workers = Workers(platform, [f"tenant-{number}" for number in range(tenants)])
        with pushing(workers, prometheus.url):
            time.sleep(WARM_UP)
            workers.failing = failing
            time.sleep(OUTAGE)
            workers.failing = lambda tenant, route: 0
            deadline, held_back = time.monotonic() + LONGEST, 0
            while time.monotonic() < deadline and prometheus.values('ALERTS{severity=~"page|ticket"}'):
                held_back = max(held_back, *(int(count) for count in prometheus.values(LATE).values()), 0)
                time.sleep(MINUTE)
            time.sleep(AFTERWARDS)
            return Outcome(notifications(received), held_back)


def failing(tenant: str, route: str) -> int:
    """How many of a push's requests fail during the outage."""
    if route == DOWN:
        return REQUESTS_PER_PUSH * 60 // 100
    return REQUESTS_PER_PUSH * 30 // 100 if (tenant, route) == (FAILING_TENANT, OTHER) else 0
