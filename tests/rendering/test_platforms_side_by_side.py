"""Two platforms, and two clusters of one, behind one Prometheus, one Alertmanager, one Grafana and in one namespace."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.config.load import load
from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.external.promtool import Promtool
from generator.output import ALERTMANAGER_CONFIG
from generator.pipeline import compile_all
from tests.rendering.kubernetes.parsed_objects import objects_in
from tests.rendering.running_alertmanager import Labels, RunningAlertmanager, running

SECRETS = "/etc/alertmanager/secrets"
IDENTITIES = {
    "production": {"platform": "production"},
    "staging": {"platform": "staging"},
    "eu": {"platform": "production", "cluster": "eu"},
    "us": {"platform": "production", "cluster": "us"},
}
CHAT = {"route": "/chat", "service": "worker-api"}
DOWN = {"alertname": "RouteDown", "severity": "page", "owner": "platform", **CHAT}
HIGH = {"alertname": "RouteHighErrorRate", "severity": "page", "owner": "platform", **CHAT}
PAIRS = [("production", "staging"), ("eu", "us")]


@pytest.fixture(scope="module")
def builds(platform: Platform) -> Mapping[str, Mapping[str, str]]:
    """The files of each platform, by its name here; all have the routes and thresholds of the tests' platform."""
    platforms = {
        name: replace(platform, name=own["platform"], cluster=own.get("cluster", ""))
        for name, own in IDENTITIES.items()
    }
    return {name: compile_all(each, load_definitions()).texts for name, each in platforms.items()}


def series(name: str, of: Mapping[str, str], per_minute: int) -> dict[str, str]:
    """A counter of the requests to /chat of a platform, for an hour."""
    labels = ",".join(f'{label}="{value}"' for label, value in {**of, **CHAT, "tenant_id": "a"}.items())
    return {"series": f"{name}{{{labels}}}", "values": f"0+{per_minute}x60"}


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_each_platform_alerts_on_its_own_series(
    first: str, second: str, builds: Mapping[str, Mapping[str, str]], promtool: Promtool, tmp_path: Path
) -> None:
    """In one Prometheus with the rules of both, all of 100 requests a minute to /chat fail on the one platform, 3 % on
    the other: the route of the one is down, and the other has a high error rate. The sum of both, 51.5 %, would be
    down, and recorded series without the platform would be two of the same labels, an error of the rule."""
    files = []
    for name in (first, second):
        for path in ("recorded-api", "errors"):
            file = tmp_path / name / f"{path}.yaml"
            file.parent.mkdir(exist_ok=True)
            file.write_text(builds[name][f"prometheus/rules/{path}.yaml"], encoding="utf-8")
            files.append(str(file))
    failing, erring = IDENTITIES[first], IDENTITIES[second]
    input_series = [
        *(series("requests_total", of, 100) for of in (failing, erring)),
        series("errors_total", failing, 100),
        series("errors_total", erring, 3),
    ]
    recorded = "route_service:errors_total:increase5m"
    shown = [{"labels": f"{recorded}{text(CHAT | of)}", "value": value} for of, value in ((failing, 500), (erring, 15))]
    firing = "max by (alertname, platform, cluster) (ALERTS{alertstate='firing',severity='page',alertname=~'Route.*'})"
    alerts = [
        {"labels": text({"alertname": name} | of), "value": 1}
        for name, of in (("RouteDown", failing), ("RouteHighErrorRate", failing), ("RouteHighErrorRate", erring))
    ]
    checked = [(recorded, shown), (firing, alerts)]
    test = {
        "name": "two platforms",
        "interval": "1m",
        "input_series": input_series,
        "promql_expr_test": [
            {"expr": expression, "eval_time": "30m", "exp_samples": samples} for expression, samples in checked
        ],
    }
    file = tmp_path / "test.yaml"
    document = {"rule_files": files, "evaluation_interval": "1m", "fuzzy_compare": True, "tests": [test]}
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    (result,) = promtool.test_rules([file]).results
    assert result.failures == ()


def text(labels: Mapping[str, str]) -> str:
    """Labels as promtool reads them."""
    return f"{{{','.join(f'{name}={json.dumps(value)}' for name, value in labels.items())}}}"


@pytest.fixture
def alertmanager(
    builds: Mapping[str, Mapping[str, str]], alertmanager_path: Path, tmp_path: Path
) -> Iterator[RunningAlertmanager]:
    """A running Alertmanager with production's configuration; its receivers are closed ports."""
    for path, content in builds["production"].items():
        if path.startswith("alertmanager/"):
            (tmp_path / Path(path).name).write_text(content.replace(SECRETS, str(tmp_path)), encoding="utf-8")
    for name in ("dead-man-url", "platform-page-key", "platform-ticket-url", "finance-page-key", "finance-ticket-url"):
        (tmp_path / name).write_text("http://127.0.0.1:9/", encoding="utf-8")
    configuration = tmp_path / "alertmanager.yaml"
    closed_port = "global: {pagerduty_url: 'http://127.0.0.1:9/'}\n"
    configuration.write_text(closed_port + configuration.read_text(encoding="utf-8"), encoding="utf-8")
    with running(alertmanager_path, configuration, tmp_path) as running_:
        yield running_


def test_no_page_inhibits_one_of_another_platform(alertmanager: RunningAlertmanager) -> None:
    """While a route is down on one platform or cluster, its own error rate is inhibited, and that of the same route on
    every other one is not."""
    sources: list[Labels] = [{**DOWN, **IDENTITIES[name]} for name in ("staging", "eu")]
    targets: list[Labels] = [{**HIGH, **of} for of in IDENTITIES.values()]
    inhibited = alertmanager.inhibited([*sources, *targets])
    assert dict(zip(IDENTITIES, inhibited[len(sources) :], strict=True)) == {
        "production": False,
        "staging": True,
        "eu": True,
        "us": False,
    }


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_no_alert_of_two_platforms_has_the_same_labels(
    first: str, second: str, builds: Mapping[str, Mapping[str, str]]
) -> None:
    """Every alert has the labels of its platform, and notifications are grouped by them."""
    for name in (first, second):
        labels = [rule["labels"] for rule in rules_of(builds[name]) if "alert" in rule]
        assert len(labels) > 15
        assert all(IDENTITIES[name].items() <= each.items() for each in labels)
        group_by = yaml.safe_load(builds[name][ALERTMANAGER_CONFIG])["route"]["group_by"]
        assert group_by[:2] == ["platform", "cluster"]


def rules_of(texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """All rules of a build."""
    files = (yaml.safe_load(each) for path, each in texts.items() if path.startswith("prometheus/rules/"))
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_no_dashboard_overwrites_one_of_another_platform(
    first: str, second: str, builds: Mapping[str, Mapping[str, str]]
) -> None:
    """UIDs and titles differ, and so do the files that Grafana's sidecar writes, and the providers with their folders
    of files."""
    uids, titles, keys, providers = [], [], [], []
    for name in (first, second):
        boards = [json.loads(each) for path, each in builds[name].items() if path.startswith("grafana/dashboards/")]
        uids.append({board["uid"] for board in boards})
        titles.append({board["title"] for board in boards})
        keys.append(sidecar_files(builds[name]))
        path = "grafana/provisioning/dashboards/"
        (provider,) = (yaml.safe_load(each) for file, each in builds[name].items() if file.startswith(path))
        providers.append({provider["providers"][0]["name"], provider["providers"][0]["options"]["path"]})
    for names in (uids, titles, keys, providers):
        assert names[0]
        assert not names[0] & names[1]


def sidecar_files(texts: Mapping[str, str]) -> set[str]:
    """The files that Grafana's sidecar writes."""
    items = objects_in(texts).values()
    wanted = [item for item in items if any(label.startswith("grafana_") for label in item["metadata"]["labels"])]
    return {key for item in wanted for key in item["data"]}


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_no_kubernetes_object_overwrites_one_of_another_platform(
    first: str, second: str, builds: Mapping[str, Mapping[str, str]]
) -> None:
    """All objects can be in one namespace."""
    of_first, of_second = (
        {(item["kind"], item["metadata"]["name"]) for item in objects_in(builds[name]).values()}
        for name in (first, second)
    )
    assert len(of_first) > 8
    assert not of_first & of_second


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_servers_of_a_platform_select_its_own_objects(
    first: str, second: str, builds: Mapping[str, Mapping[str, str]]
) -> None:
    """In one namespace, Prometheus takes its platform's rules and targets, and the Services its platform's pods."""
    label = "app.kubernetes.io/instance"
    of_all = [*objects_in(builds[first]).values(), *objects_in(builds[second]).values()]
    for name in (first, second):
        own = objects_in(builds[name])
        prometheus = own["kubernetes/servers/prometheus.yaml"]
        wanted = prometheus["spec"]["ruleSelector"]["matchLabels"]
        assert prometheus["spec"]["scrapeConfigSelector"]["matchLabels"] == wanted
        selected = [item for item in of_all if item["metadata"]["labels"][label] == wanted[label]]
        assert selected == list(own.values())
        # The operator labels pods with the name of their Prometheus or Alertmanager.
        services = [item["spec"]["selector"][label] for item in own.values() if item["kind"] == "Service"]
        assert set(services) == {prometheus["metadata"]["name"]}


def test_an_alert_links_to_the_dashboard_of_its_platform(builds: Mapping[str, Mapping[str, str]]) -> None:
    """The link of RouteDown opens the Overview dashboard of the platform, by its UID."""
    for texts in builds.values():
        uid = json.loads(texts["grafana/dashboards/overview.json"])["uid"]
        (down,) = (rule for rule in rules_of(texts) if rule.get("alert") == "RouteDown")
        assert f"/d/{uid}?" in down["annotations"]["dashboard_url"]


def test_the_first_platform_keeps_its_uids_and_names(builds: Mapping[str, Mapping[str, str]]) -> None:
    """The dashboards, objects and files of production are those of the version before platforms had labels."""
    texts = builds["production"]
    boards = [json.loads(each) for path, each in texts.items() if path.startswith("grafana/dashboards/")]
    assert {"workers-ai-overview", "workers-ai-tenant"} <= {board["uid"] for board in boards}
    names = {item["metadata"]["name"] for item in objects_in(texts).values()}
    assert {"workers-ai-dashboard-overview", "workers-ai-rules-errors"} <= names
    assert "overview.json" in sidecar_files(texts)
    assert "grafana/provisioning/dashboards/workers-ai.yaml" in texts


def test_a_folder_that_is_not_named_is_that_of_the_platform(tmp_path: Path) -> None:
    """The folders of dashboards differ by platform and cluster; a folder that the file names stays as it is."""
    base = Path(__file__).parents[2] / "alerts/tests/platform.yaml"
    folders = {}
    for number, added in enumerate(
        ("platform: staging", "cluster: eu", "platform: staging\ncluster: eu", "grafana: {folder: Ours}")
    ):
        file = tmp_path / f"{number}.yaml"
        file.write_text(f"extends: {base}\n{added}\n", encoding="utf-8")
        folders[added] = load(file).grafana.folder
    assert list(folders.values()) == ["Workers AI staging", "Workers AI eu", "Workers AI staging eu", "Ours"]
