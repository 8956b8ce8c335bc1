"""The examples of the checks' pages, applied to a build: expressions, rules, parts of dashboards,
platforms and definitions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
import yaml

import contract.ai
import contract.api
import contract.conventions
import contract.labels
import contract.storage
import generator.dsl.alert
import generator.dsl.alert_test
import generator.dsl.conventions
import generator.dsl.dashboard
import generator.dsl.labels
import generator.dsl.log
import generator.dsl.metrics
import generator.dsl.panel_thresholds
import generator.dsl.platform
import generator.dsl.query
import generator.dsl.renames
import generator.dsl.slo
import generator.dsl.units
from contract import CONTRACT
from contract.logs import FIELDS
from generator.check import Check
from generator.checks.parsed_output import ParsedOutput
from generator.checks.promtool import WrittenOutput
from generator.checks.stages import COMPILED, COVERAGE
from generator.config.document import PlatformDocument
from generator.config.load import platform_of
from generator.config.loaded import LOADED, LoadedPlatform
from generator.config.overlays import merge as merge_trees
from generator.config.validation import schema_violations
from generator.config.yaml_tree import parse
from generator.dsl.alert import PAGE, Alert, kebab_case
from generator.dsl.alert_test import AlertTest, NotApplicable
from generator.dsl.contract import Contract, declarations
from generator.dsl.dashboard import Dashboard, Panel, Row
from generator.dsl.definitions import Definitions
from generator.dsl.log import LogField
from generator.errors import Problem
from generator.external.promtool import Promtool
from generator.ir.build import Compiled, Lowered
from generator.ir.rule_files import RenderedRule
from generator.lowering.lower import lower
from generator.output import ALERTMANAGER_CONFIG, runbook_path
from generator.output.write import write_files
from tests.checks.builds import build, with_dashboard, with_expression, with_rule
from tests.config.small_platform import SMALL_PLATFORM

DSL = (
    *(contract.conventions, contract.labels, contract.api, contract.ai, contract.storage),
    *(generator.dsl.alert, generator.dsl.alert_test, generator.dsl.conventions, generator.dsl.dashboard),
    generator.dsl.labels,
    *(generator.dsl.log, generator.dsl.metrics, generator.dsl.panel_thresholds),
    *(generator.dsl.platform, generator.dsl.query, generator.dsl.renames),
    *(generator.dsl.slo, generator.dsl.units),
)
WRITTEN_FILES = {"promtool/configuration": "prometheus/prometheus.yaml", "promtool/test-files": "tests/example.yaml"}
"""The files that are replaced by the examples of some checks."""
T = TypeVar("T")


def problems(check: Check[Any], text: str, built: Compiled, patch: pytest.MonkeyPatch) -> list[Problem]:
    """The violations of a check in a build with an example."""
    if check.area == "config":
        return check.problems(configured(check, text, built))
    match check.language:
        case "promql":
            return check.problems(ParsedOutput(with_expression(built, text)))
        case "yaml":
            return check.problems(ParsedOutput(with_yaml(built, text)))
        case "json":
            return check.problems(ParsedOutput(with_json(built, text)))
    values = defined(text)
    patch.setattr("generator.checks.contract.FIELDS", (*FIELDS, *of_type(values, LogField)))
    if check.stage is COMPILED and check.area == "contract":
        return check.problems(ParsedOutput(build(built.lowered.platform, with_definitions(built, values))))
    return check.problems(with_python(check, built, values))


def written_problems(
    check: Check[WrittenOutput], text: str, built: Compiled, tool: Promtool, out: Path
) -> list[Problem]:
    """The violations of a check by promtool in a folder with a build and an example."""
    write_files(out, built.texts)
    if check.id in WRITTEN_FILES:
        (out / "tests").mkdir(exist_ok=True)
        (out / WRITTEN_FILES[check.id]).write_text(text, encoding="utf-8")
    elif check.language == "yaml":
        rules = {"groups": [{"name": "example", "rules": yaml.safe_load(text)}]}
        (out / "prometheus/rules/example.yaml").write_text(yaml.safe_dump(rules), encoding="utf-8")
    else:
        built = with_expression(built, text)
    return check.problems(WrittenOutput(ParsedOutput(built), out, tool))


def configured(check: Check[Any], text: str, built: Compiled) -> PlatformDocument | LoadedPlatform:
    """The small platform with an example merged over it, as YAML or loaded with the definitions of the build."""
    (base, _), (overlay, _) = parse(SMALL_PLATFORM, "platform.yaml"), parse(text, "overlay.yaml")
    assert base is not None
    assert overlay is not None
    root, violations = merge_trees(base, overlay)
    assert not violations
    assert not list(schema_violations(root, root.plain()))
    if check.stage is LOADED:
        definitions = built.lowered.definitions
        platform = platform_of(root, root.plain())
        loaded = (definitions.families, definitions.alerts, definitions.contract, definitions.routing)
        return LoadedPlatform(platform, *loaded)
    return PlatformDocument(root, root.plain())


def with_alert(built: Compiled, name: str) -> Compiled:
    """The build with an alert of this name, which the examples use whatever the project calls its own alerts."""
    lowered = built.lowered
    if any(rule.alert.name == name for rule in lowered.alerts):
        return built
    page = next(rule for rule in lowered.alerts if rule.alert.severity is PAGE)
    copy = replace(page, alert=replace(page.alert, name=name, runbook=kebab_case(name)))
    definitions = replace(lowered.definitions, alerts=(*lowered.definitions.alerts, copy.alert))
    lowered = replace(lowered, definitions=definitions, alerts=(*lowered.alerts, copy))
    texts = {**built.texts, runbook_path(copy.alert.runbook): ""}
    rendered_rules = (rule for file in built.files for group in file.groups for rule in group.rules)
    rendered = next(rule for rule in rendered_rules if rule.name == page.alert.name)
    return with_rule(replace(built, lowered=lowered, texts=texts), replace(rendered, name=name))


def with_yaml(built: Compiled, text: str) -> Compiled:
    """The build with rules, or with another configuration of Alertmanager."""
    document = yaml.safe_load(text)
    if isinstance(document, dict):
        return replace(built, texts={**built.texts, ALERTMANAGER_CONFIG: text})
    for rule in document:
        kind = "alert" if "alert" in rule else "record"
        labels, annotations = rule.get("labels", {}), rule.get("annotations", {})
        built = with_rule(built, RenderedRule(kind, rule[kind], rule["expr"], labels, annotations))
    return built


def with_json(built: Compiled, text: str) -> Compiled:
    """The build with a part of a dashboard changed; panels are those that follow the first row, in their order."""

    def change(board: dict[str, Any]) -> None:
        row, *panels = board["panels"]
        board["panels"] = panels
        merge(board, yaml.safe_load(text))
        board["panels"] = [row, *panels]

    return with_dashboard(built, "ai", change)


def merge(target: Any, part: Any) -> None:
    """Replace values in a document by those of a part of it; the items of lists correspond by position."""
    for key, value in part.items() if isinstance(part, dict) else enumerate(part):
        if isinstance(value, dict | list):
            merge(target[key], value)
        else:
            target[key] = value


def defined(text: str) -> dict[str, Any]:
    """The names that a definition defines, in a module with the DSL and the contract."""
    namespace: dict[str, Any] = {
        name: value for module in DSL for name, value in vars(module).items() if not name.startswith("__")
    }
    before = dict(namespace)
    namespace["__name__"] = "alerts.tests.errors"
    exec(compile(text, "example", "exec", dont_inherit=True), namespace)
    return {
        name: value for name, value in namespace.items() if not name.startswith("__") and before.get(name) is not value
    }


def of_type(values: dict[str, Any], kind: type[T]) -> Iterator[T]:
    """The definitions of a type."""
    return (value for value in values.values() if isinstance(value, kind))


def with_metrics(values: dict[str, Any]) -> Contract:
    """The contract, with an example's metrics in the area that their names begin with, else in storage."""
    areas = {area: list(declared) for area, declared in CONTRACT.areas.items()}
    for declared in declarations(values.values()):
        areas["ai" if declared.name.startswith("ai_") else "storage"].append(declared)
    return Contract({area: tuple(declared) for area, declared in areas.items()}, CONTRACT.labels)


def with_definitions(built: Compiled, values: dict[str, Any]) -> Definitions:
    """The definitions of the build, and those of an example."""
    definitions = built.lowered.definitions
    panels = tuple(of_type(values, Panel))
    dashboards = tuple(of_type(values, Dashboard))
    if panels and not dashboards:
        dashboards = (Dashboard("example", "Example", "Example.", (), (Row("Row", panels),), ()),)
    return Definitions(
        contract=with_metrics(values),
        alerts=(*definitions.alerts, *of_type(values, Alert)),
        dashboards=(*definitions.dashboards, *dashboards),
        alert_tests=tuple(of_type(values, AlertTest)),
        not_applicable=tuple(of_type(values, NotApplicable)),
        routing=definitions.routing,
    )


def with_python(check: Check[Any], built: Compiled, values: dict[str, Any]) -> Lowered:
    """The lowered build with definitions. A check of coverage sees one alert, Watchdog."""
    definitions = with_definitions(built, values)
    if any(of_type(values, Alert)):
        return lower(built.lowered.platform, definitions)
    lowered = replace(built.lowered, definitions=definitions)
    if check.stage is not COVERAGE:
        return lowered
    return replace(lowered, alerts=tuple(rule for rule in lowered.alerts if rule.alert.name == "Watchdog"))
