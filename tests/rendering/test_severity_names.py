"""The organisation's names of severities: in rules, alert tests, dashboards, routes, inhibition and runbooks alike."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from generator.checks.registry import build_problems
from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.dsl.severity import NONE, PAGE, TICKET
from generator.external.amtool import Amtool, routes_of
from generator.ir.build import Compiled
from generator.output import ALERTMANAGER_CONFIG, DASHBOARDS_FOLDER, METRICS_JSON, RULES_FOLDER
from generator.pipeline import compile_all
from tests.rendering.running_alertmanager import running_with

NAMES = {PAGE: "critical", TICKET: "warning", NONE: "info"}
OURS = re.compile(r"""severity["']?(?:=~?|!=|: )"?'?(?:page|ticket|none)\b""")


@pytest.fixture(scope="module")
def compiled(platform: Platform) -> Compiled:
    """The build of a platform whose organisation calls severities critical, warning and info."""
    return compile_all(replace(platform, severity_names=NAMES), load_definitions())


@pytest.fixture(scope="module")
def texts(compiled: Compiled) -> Mapping[str, str]:
    """Its files."""
    return compiled.texts


def has_our_names(text: str) -> bool:
    """Whether a file selects or sets one of our names, also in a text of JSON."""
    return OURS.search(text.replace('\\"', '"')) is not None


def test_no_file_selects_or_sets_our_names(texts: Mapping[str, str], platform: Platform) -> None:
    """No rule, alert test, dashboard, route or inhibition has the label severity with one of our names; without names
    of an organisation, each of these kinds of files has some."""
    described = (METRICS_JSON, "contract/platform.schema.json")
    assert {path for path, text in texts.items() if has_our_names(text) and path not in described} == set()
    ours = compile_all(platform, load_definitions()).texts
    kinds = {path.partition("/")[0] for path, text in ours.items() if has_our_names(text)}
    assert {"prometheus", "alertmanager", "tests", "grafana", "kubernetes"} <= kinds


def test_the_build_passes_all_checks(compiled: Compiled) -> None:
    """The checks of severities, matchers and links know the names of the platform."""
    assert build_problems(compiled) == []


def test_rules_set_the_names_of_their_severities(texts: Mapping[str, str]) -> None:
    """RouteDown is critical, TelemetryDropped a warning, and Watchdog, which notifies nobody, info."""
    severities = {
        rule["alert"]: rule["labels"]["severity"]
        for path, text in texts.items()
        if path.startswith(RULES_FOLDER)
        for group in yaml.safe_load(text)["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }
    assert (severities["RouteDown"], severities["TelemetryDropped"], severities["Watchdog"]) == (
        "critical",
        "warning",
        "info",
    )


def test_dashboards_count_and_mark_them(texts: Mapping[str, str]) -> None:
    """The Overview counts critical alerts as pages and warnings as tickets; annotations and the table select them."""
    board = texts[f"{DASHBOARDS_FOLDER}overview.json"].replace('\\"', '"')
    assert 'severity="critical"' in board
    assert 'severity="warning"' in board
    assert 'severity!="info"' in board


def test_alertmanager_routes_and_inhibits_by_them(texts: Mapping[str, str]) -> None:
    """Pages are routed by critical; what a page inhibits among tickets of one name is selected by warning."""
    configuration = yaml.safe_load(texts[ALERTMANAGER_CONFIG])
    routes = configuration["route"]["routes"]
    assert routes[0]["matchers"] == ['severity="info"']
    assert routes[-1]["matchers"] == ['severity="critical"']
    storage = next(
        rule for rule in configuration["inhibit_rules"] if 'alertname="StorageErrors"' in rule["source_matchers"]
    )
    assert storage["source_matchers"][1] == 'severity="critical"'
    assert storage["target_matchers"][1] == 'severity="warning"'


def test_amtool_routes_every_alert_by_them(texts: Mapping[str, str], amtool_path: Path, tmp_path: Path) -> None:
    """Every alert reaches the receiver of its severity under the organisation's name, as amtool routes it."""
    for path in ("alertmanager/alertmanager.yaml", "alertmanager/routes.json", "alertmanager/notifications.tmpl"):
        (tmp_path / Path(path).name).write_text(texts[path], encoding="utf-8")
    results = routes_of(Amtool(amtool_path), tmp_path / "alertmanager.yaml", tmp_path / "routes.json")
    assert len(results) > 20
    assert [result for result in results if not result["passed"]] == []
    listed = json.loads(texts["alertmanager/routes.json"])["routes"]
    down = next(entry for entry in listed if entry["labels"]["alertname"] == "RouteDown")
    assert (down["labels"]["severity"], down["receiver"]) == ("critical", "page platform")


def test_a_running_alertmanager_inhibits_by_them(
    texts: Mapping[str, str], alertmanager_path: Path, tmp_path: Path
) -> None:
    """A store's critical alert inhibits its own warning; under our names nothing is inhibited."""
    critical, warning, page, ticket = (
        {"alertname": "StorageErrors", "severity": severity, "store": store}
        for severity, store in (("critical", "kv"), ("warning", "kv"), ("page", "d1"), ("ticket", "d1"))
    )
    with running_with(alertmanager_path, texts, tmp_path) as alertmanager:
        named = replace(alertmanager, page="critical", ticket="warning")
        assert named.inhibited([critical, warning, page, ticket]) == [False, True, False, False]


def test_runbooks_name_the_label(texts: Mapping[str, str]) -> None:
    """A runbook has the value of the label, which the notification has."""
    assert "| critical | platform |" in texts["runbooks/route-down.md"]
