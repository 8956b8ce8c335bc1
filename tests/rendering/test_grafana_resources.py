"""Dashboards as resources of Grafana's API: v1beta1 wraps the classic model, v2beta1 and v2 have their own."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.checks.dashboard_schema import schema_problems
from generator.dsl.platform import GrafanaSettings
from generator.pipeline import TEST_PLATFORM, build
from generator.rendering.grafana import dashboard
from generator.rendering.grafana.resources import resources
from tests.rendering.dashboard_samples import OVERVIEW
from tests.rendering.shipped_dashboards import sample, shipped

VERSIONS = ("v1beta1", "v2beta1", "v2")
TEXTS = {OVERVIEW.id: dashboard(replace(OVERVIEW, title="</script><!--"))}


def resource(version: str) -> dict[str, Any]:
    """The sample dashboard as a resource of a version."""
    files = resources({OVERVIEW.id: dashboard(OVERVIEW)}, GrafanaSettings("Équipe AI", formats=(version,)))
    parsed: dict[str, Any] = json.loads(files[f"grafana/{version}/overview.json"])
    return parsed


def only(nodes: list[dict[str, Any]], title: str) -> dict[str, Any]:
    """The spec of the node that has a title."""
    match: dict[str, Any]
    (match,) = (node["spec"] for node in nodes if node["spec"]["title"] == title)
    return match


@pytest.mark.parametrize("version", VERSIONS)
def test_a_resource_is_in_the_folder_of_its_format(version: str) -> None:
    """The UID is the resource's name, and the folder of `_folder.json` is the resource's."""
    files = resources(TEXTS, GrafanaSettings("Équipe AI", formats=("classic", version)))
    assert sorted(files) == [f"grafana/{version}/_folder.json", f"grafana/{version}/overview.json"]
    folder, board = (json.loads(files[path]) for path in sorted(files))
    assert (folder["apiVersion"], folder["kind"]) == ("folder.grafana.app/v1beta1", "Folder")
    assert folder["spec"] == {"title": "Équipe AI"}
    assert (board["apiVersion"], board["kind"]) == (f"dashboard.grafana.app/{version}", "Dashboard")
    assert board["metadata"]["name"] == "workers-ai-overview"
    assert board["metadata"]["annotations"] == {"grafana.app/folder": folder["metadata"]["name"]}
    assert "</script>" not in files[f"grafana/{version}/overview.json"]


def test_no_resource_is_written_by_default() -> None:
    """The default format is the classic one alone."""
    assert resources(TEXTS, GrafanaSettings()) == {}


@pytest.mark.parametrize("id_", shipped())
def test_v1beta1_has_the_classic_model(id_: str) -> None:
    """The spec with its UID is valid against the closed schema of the classic model."""
    files = resources({id_: shipped()[id_]}, GrafanaSettings(formats=("v1beta1",)))
    board = json.loads(files[f"grafana/v1beta1/{id_}.json"])
    classic = {**board["spec"], "uid": board["metadata"]["name"]}
    assert "uid" not in board["spec"]
    assert schema_problems(id_, json.dumps(classic)) == []


def test_v2_lays_panels_out_below_their_row() -> None:
    """Every panel is an element, and its position counts from below the title of its row."""
    spec = resource("v2")["spec"]
    classic = [node for node in sample()["panels"] if node["type"] != "row"]
    assert sorted(spec["elements"]) == sorted(f"panel-{node['id']}" for node in classic)
    rows = spec["layout"]["spec"]["rows"]
    assert [row["spec"]["title"] for row in rows] == ["Current state", "Details"]
    items = [row["spec"]["layout"]["spec"]["items"] for row in rows]
    assert sum(map(len, items)) == len(classic)
    assert all(min(item["spec"]["y"] for item in row) == 0 for row in items)


def test_v2_has_the_query_of_annotations_as_a_query() -> None:
    """The expression is the query's own, not an option of old versions."""
    _, firing = resource("v2beta1")["spec"]["annotations"]
    assert firing["spec"]["query"]["spec"] == {"expr": "ALERTS", "interval": "60s", "refId": "Anno"}
    assert firing["spec"]["query"]["datasource"] == {"name": "${datasource}"}
    assert set(firing["spec"]["legacyOptions"]) == {"tagKeys", "textFormat", "titleFormat"}


def test_the_second_versions_differ_in_transformations() -> None:
    """v2beta1 has the transformation's id as its kind, v2 as its group."""
    beta, stable = (
        only(list(resource(version)["spec"]["elements"].values()), "One column")["data"]["spec"]["transformations"][0]
        for version in ("v2beta1", "v2")
    )
    assert (beta["kind"], beta["spec"]["id"]) == ("joinByField", "joinByField")
    assert (stable["kind"], stable["group"]) == ("Transformation", "joinByField")
    assert beta["spec"]["options"] == stable["spec"]["options"] == {"byField": "tenant_id", "mode": "outer"}


def test_v2_variables_keep_their_values() -> None:
    """The data source comes first with its current value; a variable of several values starts with All."""
    source, tenant, route, _ = resource("v2")["spec"]["variables"]
    assert (source["kind"], source["spec"]["current"]["value"]) == ("DatasourceVariable", "prometheus")
    assert (tenant["spec"]["multi"], tenant["spec"]["current"]["value"]) == (False, "com.rainbowsmokeofficial")
    assert (route["spec"]["allValue"], route["spec"]["refresh"]) == (".*", "onTimeRangeChanged")
    assert route["spec"]["query"]["spec"]["query"].endswith(", route)")


def test_only_the_listed_formats_are_written(tmp_path: Path) -> None:
    """Without the classic format there are no classic files, no provider for them, and no ConfigMaps with them."""
    file = tmp_path / "platform.yaml"
    file.write_text(yaml.safe_dump({"extends": str(TEST_PLATFORM), "grafana": {"formats": ["v2"]}}), encoding="utf-8")
    build(file, tmp_path / "out")
    written = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*")}
    files = {path for path in written if path.startswith("grafana/") and path.endswith((".json", ".yaml"))}
    other = {path for path in files if not path.startswith("grafana/v2/")}
    assert other == {"grafana/provisioning/datasources/prometheus.yaml"}
    assert files >= {f"grafana/v2/{name}.json" for name in ("_folder", "ai", "overview", "storage", "tenant")}
    assert not [path for path in written if path.startswith("kubernetes/dashboard-")]
