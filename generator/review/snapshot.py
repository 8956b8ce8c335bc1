"""A build as a reviewer sees it: alerts, recorded series, panels, metrics and stories, read from its files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Panel:
    """A panel: what it asks, and how it looks."""

    dashboard: str
    id: int
    title: str
    queries: tuple[str, ...]
    looks: Mapping[str, Any]

    @property
    def place(self) -> str:
        """Where a reader finds it."""
        return f"{self.dashboard} / {self.title}"


@dataclass(frozen=True)
class Rule:
    """A rule: its expression, and all else that it says."""

    name: str
    expression: str
    says: Mapping[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """All that a build says, each by what names it."""

    alerts: Mapping[str, Rule]
    recorded: Mapping[str, Rule]
    panels: Mapping[tuple[str, int], Panel]
    metrics: Mapping[str, Mapping[str, Any]]
    stories: Mapping[str, Mapping[str, Any]]


def snapshot(texts: Mapping[str, str]) -> Snapshot:
    """A build's snapshot from its files by their paths in `out/`; what is not there is empty."""
    rules = [rule for path, text in texts.items() if path.startswith("prometheus/rules/") for rule in _rules(text)]
    boards = [json.loads(text) for path, text in sorted(texts.items()) if path.startswith("grafana/dashboards/")]
    metrics = json.loads(texts.get("contract/metrics.json", '{"metrics": []}'))["metrics"]
    return Snapshot(
        alerts={_alert_key(rule): _rule(rule, "alert") for rule in rules if "alert" in rule},
        recorded={_record_key(rule): _rule(rule, "record") for rule in rules if "record" in rule},
        panels={(panel.dashboard, panel.id): panel for board in boards for panel in _panels(board)},
        metrics={metric["name"]: metric for metric in metrics},
        stories={
            name: test for path, text in texts.items() if path.startswith("tests/") for name, test in _tests(path, text)
        },
    )


def _rules(text: str) -> Iterator[dict[str, Any]]:
    for group in yaml.load(text, LOADER)["groups"]:
        yield from group["rules"]


def _alert_key(rule: Mapping[str, Any]) -> str:
    return f"{rule['alert']} ({rule.get('labels', {}).get('severity', '')})"


def _record_key(rule: Mapping[str, Any]) -> str:
    labels = ",".join(f'{name}="{value}"' for name, value in sorted(rule.get("labels", {}).items()))
    return f"{rule['record']}{{{labels}}}" if labels else str(rule["record"])


def _rule(rule: Mapping[str, Any], kind: str) -> Rule:
    return Rule(rule[kind], rule["expr"], {key: value for key, value in rule.items() if key not in ("expr", kind)})


def _panels(board: Mapping[str, Any]) -> Iterator[Panel]:
    for panel in board["panels"]:
        if panel["type"] == "row":
            continue
        queries = tuple(target["expr"] for target in panel.get("targets", ()))
        looks = {key: value for key, value in panel.items() if key not in ("targets", "gridPos", "id")}
        yield Panel(board["title"], panel["id"], panel["title"], queries, looks)


def _tests(path: str, text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    family = path.rpartition("/")[2].partition("-every-")[0]
    for test in yaml.load(text, LOADER)["tests"]:
        yield f"{family}.{test['name']}", test
