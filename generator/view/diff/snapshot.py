"""A build as a reviewer sees it: alerts, recorded series, panels, metrics and stories, read from its files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

import yaml

from generator.errors import BuildError, Problem

RULES, BOARDS = "prometheus/rules/", "grafana/dashboards/"
DEPLOYED = ("alertmanager/", "grafana/provisioning/", "prometheus/prometheus.yaml", "kubernetes/kustomization.yaml")
"""Files that are compared by their lines; those not named here follow from what is compared by its meaning."""
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Key: TypeAlias = tuple[str, int]
"""What names a panel: its dashboard's title and its own id."""
T = TypeVar("T")


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
    panels: Mapping[Key, Panel]
    metrics: Mapping[str, Mapping[str, Any]]
    stories: Mapping[str, Mapping[str, Any]]
    boards: Mapping[str, Mapping[str, Any]]
    files: Mapping[str, str]


@dataclass(frozen=True)
class Side:
    """One of the two builds: what a reader calls it, its files by their paths in `out/`, and what they say."""

    name: str
    texts: Mapping[str, str]
    says: Snapshot


def snapshot(texts: Mapping[str, str], whose: str = "out") -> Snapshot:
    """A build's snapshot from its files by their paths in `out/`; what is not there is empty.

    Faults: every file that is not what a build writes, after the name of whose it is.
    """
    files = _Files(texts, whose)
    found = Snapshot(
        alerts=dict(files.each(RULES, _alerts)),
        recorded=dict(files.each(RULES, _recorded)),
        panels={(panel.dashboard, panel.id): panel for panel in files.each(BOARDS, _panels)},
        metrics={metric["name"]: metric for metric in files.each("contract/metrics.json", _metrics)},
        stories=dict(files.each("tests/", _tests)),
        boards=dict(files.each(BOARDS, _board)),
        files={path: text for path, text in texts.items() if path.startswith(DEPLOYED)},
    )
    if files.problems:
        raise BuildError(files.problems)
    return found


@dataclass(frozen=True)
class _Files:
    texts: Mapping[str, str]
    whose: str
    problems: list[Problem] = field(default_factory=list)

    def each(self, prefix: str, read: Callable[[str, str], Iterator[T]]) -> Iterator[T]:
        """What is read of all files below a path; a file that cannot be read is a fault and no more."""
        for path in sorted(self.texts):
            if path.startswith(prefix):
                try:
                    yield from list(read(path, self.texts[path]))
                except (LookupError, TypeError, ValueError, AttributeError, yaml.YAMLError) as error:
                    said = f"it cannot be read ({type(error).__name__}: {' '.join(str(error).split())})"
                    hint = "name a revision whose out/ was written by a build"
                    self.problems.append(Problem(f"{self.whose}/{path}", said, hint))


def _rules(text: str, kind: str) -> Iterator[tuple[dict[str, Any], Rule]]:
    for group in yaml.load(text, LOADER)["groups"]:
        for rule in group["rules"]:
            if kind in rule:
                says = {key: value for key, value in rule.items() if key not in ("expr", kind)}
                yield rule, Rule(rule[kind], rule["expr"], says)


def _alerts(_: str, text: str) -> Iterator[tuple[str, Rule]]:
    for said, rule in _rules(text, "alert"):
        yield f"{rule.name} ({said.get('labels', {}).get('severity', '')})", rule


def _recorded(_: str, text: str) -> Iterator[tuple[str, Rule]]:
    for said, rule in _rules(text, "record"):
        labels = ",".join(f'{name}="{value}"' for name, value in sorted(said.get("labels", {}).items()))
        yield f"{rule.name}{{{labels}}}" if labels else rule.name, rule


def _metrics(_: str, text: str) -> Iterator[Mapping[str, Any]]:
    yield from json.loads(text)["metrics"]


def _panels(_: str, text: str) -> Iterator[Panel]:
    board, row = json.loads(text), ""
    for panel in board["panels"]:
        if panel["type"] == "row":
            row = panel["title"]
            continue
        queries = tuple(target["expr"] for target in panel.get("targets", ()))
        looks = {key: value for key, value in panel.items() if key not in ("targets", "gridPos", "id")}
        place = panel.get("gridPos", {})
        looks |= {"row": row, "width": place.get("w"), "height": place.get("h")}
        yield Panel(board["title"], panel["id"], panel["title"], queries, looks)


def _board(_: str, text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    board = json.loads(text)
    rows = [panel["title"] for panel in board["panels"] if panel["type"] == "row"]
    yield board["title"], {**{key: value for key, value in board.items() if key != "panels"}, "rows": rows}


def _tests(path: str, text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    family = path.rpartition("/")[2].partition("-every-")[0]
    for test in yaml.load(text, LOADER)["tests"]:
        yield f"{family}.{test['name']}", test
