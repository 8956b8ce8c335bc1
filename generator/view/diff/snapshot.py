"""A build read back from its files: metrics, rules, panels, dashboards and alert tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Any, NamedTuple, TypeVar

import yaml

from generator.errors import BuildError, Problem
from generator.frozen import frozen
from generator.output import (
    ALERT_TESTS_FOLDER,
    COMPOSE,
    DASHBOARDS_FOLDER,
    GATEWAY_FOLDER,
    METRICS_JSON,
    PROMETHEUS_CONFIG,
    RULES_FOLDER,
)

FILES_COMPARED_BY_LINE = (
    "alertmanager/",
    "grafana/provisioning/",
    PROMETHEUS_CONFIG,
    "kubernetes/kustomization.yaml",
    *(
        "kubernetes/servers/",
        "kubernetes/gateway/",
        "kubernetes/templates/",
        "kubernetes/Chart.yaml",
        "kubernetes/values.yaml",
    ),
    "kubernetes/folder.yaml",
    *(COMPOSE, GATEWAY_FOLDER),
)
"""Deployed files whose content is not modelled here. All other files follow from what is."""
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

T = TypeVar("T")


class PanelKey(NamedTuple):
    """Identifies a panel: the title of its dashboard and its id in Grafana."""

    dashboard: str
    id: int


@frozen
class PanelSnapshot:
    """A panel's queries, and its other options (with its row, width and height, but not its position)."""

    dashboard: str
    id: int
    title: str
    queries: tuple[str, ...]
    options: Mapping[str, Any]

    @property
    def key(self) -> PanelKey:
        """What identifies the panel in both builds."""
        return PanelKey(self.dashboard, self.id)

    @property
    def place(self) -> str:
        """The dashboard and the title, as a reader looks for them."""
        return f"{self.dashboard} / {self.title}"


@frozen
class RuleSnapshot:
    """A rule's name, its expression, and its other fields, such as `for`, `labels` and `annotations`."""

    name: str
    expression: str
    fields: Mapping[str, Any]


@frozen
class DashboardSnapshot:
    """A dashboard without its panels: the names of its template variables, and its other options (with its rows)."""

    variables: tuple[str, ...]
    options: Mapping[str, Any]


@frozen
class BuildSnapshot:
    """The content of a build: metrics, rules, panels, dashboards (by title), alert tests, and files by path."""

    metrics: Mapping[str, Mapping[str, Any]]
    alerts: Mapping[str, RuleSnapshot]
    recording_rules: Mapping[str, RuleSnapshot]
    panels: Mapping[PanelKey, PanelSnapshot]
    dashboards: Mapping[str, DashboardSnapshot]
    alert_tests: Mapping[str, Mapping[str, Any]]
    files: Mapping[str, str]


@frozen
class ComparedBuild:
    """One of the two builds: its name for the reader, its files by their paths in `out/`, and its snapshot."""

    name: str
    files: Mapping[str, str]
    snapshot: BuildSnapshot


def read_snapshot(files: Mapping[str, str], folder: str = "out") -> BuildSnapshot:
    """Read a build from its files by their paths in `out/`; a missing file leaves its part empty.

    Raises `BuildError` with every file that a build would not write; `folder` precedes its path in the message.
    """
    reader = _FileReader(files, folder)
    snapshot = BuildSnapshot(
        metrics={metric["name"]: metric for metric in reader.read(METRICS_JSON, _metrics)},
        alerts=dict(reader.read(RULES_FOLDER, _alerts)),
        recording_rules=dict(reader.read(RULES_FOLDER, _recording_rules)),
        panels={panel.key: panel for panel in reader.read(DASHBOARDS_FOLDER, _panels)},
        dashboards=dict(reader.read(DASHBOARDS_FOLDER, _dashboard)),
        alert_tests=dict(reader.read(ALERT_TESTS_FOLDER, _alert_tests)),
        files={path: text for path, text in files.items() if path.startswith(FILES_COMPARED_BY_LINE)},
    )
    if reader.problems:
        raise BuildError(reader.problems)
    return snapshot


@frozen
class _FileReader:
    files: Mapping[str, str]
    folder: str
    problems: list[Problem] = field(default_factory=list)

    def read(self, prefix: str, parse: Callable[[str, str], Iterator[T]]) -> Iterator[T]:
        """Yield what `parse` reads from each file below a path; a file that it cannot read becomes a problem."""
        for path in sorted(self.files):
            if path.startswith(prefix):
                try:
                    yield from list(parse(path, self.files[path]))
                except (LookupError, TypeError, ValueError, AttributeError, yaml.YAMLError) as error:
                    what = f"cannot read the file ({type(error).__name__}: {' '.join(str(error).split())})"
                    hint = "name a revision whose out/ was written by a build"
                    self.problems.append(Problem(f"{self.folder}/{path}", what, hint))


def _rules(text: str, kind: str) -> Iterator[tuple[Mapping[str, Any], RuleSnapshot]]:
    """Yield the labels of each rule of a kind ("alert" or "record"), and the rule."""
    for group in yaml.load(text, LOADER)["groups"]:
        for rule in group["rules"]:
            if kind in rule:
                fields = {key: value for key, value in rule.items() if key not in ("expr", kind)}
                yield rule.get("labels", {}), RuleSnapshot(rule[kind], rule["expr"], fields)


def _alerts(_: str, text: str) -> Iterator[tuple[str, RuleSnapshot]]:
    for labels, rule in _rules(text, "alert"):
        yield f"{rule.name} ({labels.get('severity', '')})", rule


def _recording_rules(_: str, text: str) -> Iterator[tuple[str, RuleSnapshot]]:
    for labels, rule in _rules(text, "record"):
        pairs = ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
        yield f"{rule.name}{{{pairs}}}" if pairs else rule.name, rule


def _metrics(_: str, text: str) -> Iterator[Mapping[str, Any]]:
    yield from json.loads(text)["metrics"]


def dashboard_name(dashboard: Mapping[str, Any]) -> str:
    """The title of a dashboard without whose it is, which older builds and other platforms do not share."""
    name: str = dashboard["title"].rpartition(" / ")[2]
    return name


def _panels(_: str, text: str) -> Iterator[PanelSnapshot]:
    dashboard, row = json.loads(text), ""
    name = dashboard_name(dashboard)
    for panel in dashboard["panels"]:
        if panel["type"] == "row":
            row = panel["title"]
            continue
        queries = tuple(target["expr"] for target in panel.get("targets", ()))
        options = {key: value for key, value in panel.items() if key not in ("targets", "gridPos", "id")}
        position = panel.get("gridPos", {})
        options |= {"row": row, "width": position.get("w"), "height": position.get("h")}
        yield PanelSnapshot(name, panel["id"], panel["title"], queries, options)


def _dashboard(_: str, text: str) -> Iterator[tuple[str, DashboardSnapshot]]:
    dashboard = json.loads(text)
    rows = [panel["title"] for panel in dashboard["panels"] if panel["type"] == "row"]
    variables = tuple(variable["name"] for variable in dashboard.get("templating", {}).get("list", ()))
    options = {**{key: value for key, value in dashboard.items() if key != "panels"}, "rows": rows}
    yield dashboard_name(dashboard), DashboardSnapshot(variables, options)


def _alert_tests(path: str, text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    family = path.rpartition("/")[2].partition("-every-")[0]
    for test in yaml.load(text, LOADER)["tests"]:
        yield f"{family}.{test['name']}", test
