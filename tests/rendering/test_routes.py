"""The receiver of every alert: amtool's routing tests, and that every route has one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.definitions import load_definitions
from generator.dsl.platform import AlertSettings, Platform
from generator.dsl.receivers import Owner, PagerDuty, Webhook
from generator.external.amtool import Amtool, routes_of
from generator.ir.build import Lowered
from generator.lowering.alert_settings import with_alert_settings
from generator.lowering.lower import lower
from generator.rendering.alertmanager import alertmanager
from generator.rendering.routes import routes

MATCHER = re.compile(r'(?P<name>\w+)(?P<operator>=~|!=|=)"?(?P<value>[^"]*)"?')
SRE = Owner("sre", (PagerDuty("/secrets/sre"),), (Webhook("/secrets/sre-url"),))


def lowered_on(platform: Platform) -> Lowered:
    """The alerts of a platform with its settings."""
    return lower(platform, with_alert_settings(platform, load_definitions()))


@pytest.fixture(scope="module")
def lowered(platform: Platform) -> Lowered:
    """The alerts of the tests' platform, of which a third team owns one alert."""
    return lowered_on(replace(platform, alerts={("RouteDown", None): AlertSettings(owner=SRE)}))


def listed(lowered: Lowered) -> list[dict[str, Any]]:
    """The entries of the file of routes."""
    entries: list[dict[str, Any]] = json.loads(routes(lowered)["alertmanager/routes.json"])["routes"]
    return entries


def test_every_alert_reaches_its_receiver(lowered: Lowered, amtool_path: Path, tmp_path: Path) -> None:
    """amtool routes each alert and each example to the receiver that follows from owners and severities."""
    for path, text in {**alertmanager(lowered), **routes(lowered)}.items():
        (tmp_path / Path(path).name).write_text(text, encoding="utf-8")
    results = routes_of(Amtool(amtool_path), tmp_path / "alertmanager.yaml", tmp_path / "routes.json")
    assert [result for result in results if not result["passed"]] == []
    tested = [(entry["labels"]["alertname"], entry["labels"].get("severity")) for entry in listed(lowered)]
    assert {(rule.alert.name, rule.alert.severity.value) for rule in lowered.alerts} <= set(tested)


def test_owners_and_severities_decide(lowered: Lowered) -> None:
    """The owner of an alert goes before that of its family; a team without tickets has an example with the reason."""
    of_alerts = {
        (entry["labels"]["alertname"], entry["labels"]["severity"]): entry["receiver"]
        for entry in listed(lowered)
        if "reason" not in entry
    }
    assert of_alerts["RouteDown", "page"] == "page sre"
    assert of_alerts["HighAICosts", "ticket"] == "ticket finance"
    assert of_alerts["StorageErrors", "page"] == "page platform"
    assert of_alerts["Watchdog", "none"] == "dead man"
    reasons = {entry["receiver"]: entry["reason"] for entry in listed(lowered) if "reason" in entry}
    assert reasons["ticket sre"] == "the team owns no alert with severity ticket"


def matches(labels: Mapping[str, str], matchers: list[str]) -> bool:
    """Whether labels match all matchers of a route."""
    for text in matchers:
        match = MATCHER.fullmatch(text)
        assert match is not None
        value = labels.get(match["name"], "")
        equal = re.fullmatch(match["value"], value) if match["operator"] == "=~" else value == match["value"]
        if bool(equal) is (match["operator"] == "!="):
            return False
    return True


def path_to(route: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """The place of the innermost route that an alert reaches: the first child that matches, as Alertmanager does it."""
    for number, child in enumerate(route.get("routes", ())):
        if matches(labels, child["matchers"]):
            return f"/{number}{path_to(child, labels)}"
    return ""


def paths(route: Mapping[str, Any]) -> Iterator[str]:
    """The places of a route and of all below it."""
    yield ""
    for number, child in enumerate(route.get("routes", ())):
        yield from (f"/{number}{path}" for path in paths(child))


def test_every_route_is_reached(lowered: Lowered) -> None:
    """Route coverage is 100 %: each route of the configuration is the end of an alert or of an example."""
    route = yaml.safe_load(alertmanager(lowered)["alertmanager/alertmanager.yaml"])["route"]
    reached = {path_to(route, entry["labels"]) for entry in listed(lowered)}
    assert set(paths(route)) - reached == set()
