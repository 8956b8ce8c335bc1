"""The default definitions of a version, reduced to what an upgrade compares.

A released version has its record in the package, `python -m generator.adopt.record` writes it."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from contract.labels import STORE
from generator import __version__
from generator.config.load import load
from generator.definitions import load_default_definitions
from generator.dsl.definitions import Definitions
from generator.errors import BuildError, Problem, nearest_name
from generator.ir.build import Compiled
from generator.lowering.ids import panel_id
from generator.output import ALERT_TESTS_FOLDER, METRICS_JSON, dashboard_path
from generator.pipeline import compile_all
from generator.project import ROOT, TEST_PLATFORM_NAME

Record: TypeAlias = Mapping[str, Mapping[str, str]]
"""What each default definition is made of: its parts by their names, by its kind and key."""
RECORDS = Path(__file__).parent / "defaults"
LONGEST_TEXT = 120
"""Longer parts are hashed: a record says that they changed, not how."""
PANEL_PARTS = ("title", "description", "type", "targets", "fieldConfig", "options")


def record_of_version(version: str) -> Record:
    """The record of a released version. Raises BuildError for a version that has none."""
    file = RECORDS / f"{version}.json"
    if not file.is_file():
        known = [path.stem for path in RECORDS.glob("*.json")]
        raise BuildError([Problem(version, "there is no record of this version", nearest_name(version, known))])
    record: Record = json.loads(file.read_text(encoding="utf-8"))
    return record


def current_record() -> Record:
    """The record of the installed default definitions, on the platform of their alert tests, and beside it what only a
    platform with every store has."""
    definitions, platform = load_default_definitions(), load(ROOT / TEST_PLATFORM_NAME)
    platforms = (replace(platform, stores=STORE.listed), platform)
    everything, usual = (record(compile_all(each, definitions), definitions) for each in platforms)
    return {**everything, **usual}


def record(compiled: Compiled, definitions: Definitions) -> Record:
    """The record of a build of the definitions."""
    parts = (*_metrics(compiled), *_dashboards(compiled, definitions), *_alerts(compiled), *_tests(compiled))
    return {key: {name: _text(value) for name, value in of_key.items()} for key, of_key in parts}


def _metrics(compiled: Compiled) -> Iterator[tuple[str, dict[str, Any]]]:
    for metric in json.loads(compiled.texts[METRICS_JSON])["metrics"]:
        parts = {name: metric[name] for name in ("type", "unit", "labels", "buckets", "help") if name in metric}
        yield f"metric {metric['name']}", parts


def _dashboards(compiled: Compiled, definitions: Definitions) -> Iterator[tuple[str, dict[str, Any]]]:
    for dashboard in definitions.dashboards:
        document = json.loads(compiled.texts[dashboard_path(dashboard.id)])
        panels = {panel["id"]: panel for panel in document["panels"]}
        rows = ", ".join(row.key for row in dashboard.rows)
        variables = ", ".join(variable.label.name for variable in dashboard.variables)
        yield f"dashboard {dashboard.id}", {"title": dashboard.title, "rows": rows, "variables": variables}
        for panel in (panel for row in dashboard.rows for panel in row.panels):
            if drawn := panels.get(panel_id(dashboard.id, panel.id)):
                yield f"panel {dashboard.id}/{panel.id}", {name: drawn.get(name, "") for name in PANEL_PARTS}


def _alerts(compiled: Compiled) -> Iterator[tuple[str, dict[str, Any]]]:
    for rule in (rule for file in compiled.files for group in file.groups for rule in group.rules):
        if rule.kind == "alert":
            parts = {"expression": rule.expression, "for": rule.for_, "keep_firing_for": rule.keep_firing_for}
            texts = {name: rule.annotations.get(name, "") for name in ("summary", "description")}
            yield f"alert {rule.name} ({rule.labels['severity']})", {**parts, **texts}


def _tests(compiled: Compiled) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, text in compiled.texts.items():
        if path.startswith(ALERT_TESTS_FOLDER):
            module = Path(path).stem.rpartition("-every-")[0]
            for test in yaml.safe_load(text)["tests"]:
                parts = {"input series": test["input_series"], "expectations": test["alert_rule_test"]}
                yield f"alert test {module}/{test['name']}", parts


def _text(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    return text if len(text) <= LONGEST_TEXT else f"sha256:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def write() -> Path:
    """Write the record of this version, and return its file."""
    file = RECORDS / f"{__version__}.json"
    file.write_text(json.dumps(current_record(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return file


if __name__ == "__main__":
    print(write(), file=sys.stderr)
