"""All that is asked of Prometheus by what lies in `out/`: rules, annotations, panels, variables and marks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from promql_parser import Expr

from generator.dsl.label_values import values_of
from generator.errors import DefinitionError, Problem
from generator.ir.build import Compiled
from generator.ir.rule_files import RenderedRule
from generator.promql.grafana_variables import filled
from generator.promql.parser import parsed

QUERY = re.compile(r'query "((?:[^"\\]|\\.)*)"|printf "((?:[^"\\]|\\.)*)" [^|}]*\| query')
LISTED = re.compile(r"label_values\((?P<selector>.*), *(?P<label>\w+)\)", re.DOTALL)
DASHBOARDS = "grafana/dashboards/"
ANYBODY = ("anybody",)
"""What is picked of a label whose values nobody lists."""


@dataclass(frozen=True)
class Asked:
    """An expression where it stands. `values` are picked for Grafana's variables; a rule has none."""

    where: str
    query: str
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What Prometheus gets. Refuses a variable that nothing fills."""
        return filled(self.query, self.values) if self.values else self.query


@dataclass(frozen=True)
class Placed:
    """A rule, and where it comes from."""

    where: str
    rule: RenderedRule


def rules(compiled: Compiled) -> Iterator[Placed]:
    """All rules but the constants, which read nothing. An alert's place is that of its definition."""
    defined = {
        (one.alert.family, one.alert.name, one.alert.severity.value): one.alert.where for one in compiled.lowered.alerts
    }
    for file in compiled.files:
        for rule in (rule for group in file.groups for rule in group.rules if not rule.is_constant):
            severity = rule.labels.get("severity", "")
            position = f"prometheus/rules/{file.name}.yaml {rule.name}"
            yield Placed(defined.get((file.name, rule.name, severity), position), rule)


def asked(compiled: Compiled) -> Iterator[Asked]:
    """Every expression of `out/`, the queries in annotations' templates included."""
    for placed in rules(compiled):
        yield Asked(placed.where, placed.rule.expression)
        for name, text in placed.rule.annotations.items():
            yield from (Asked(f"{placed.where} {name}", query) for query in queries(text))
    for name, board in boards(compiled).items():
        yield from _panels(compiled, name, board)
        yield from _frame(compiled, name, board)


def understood(compiled: Compiled) -> Iterator[tuple[str, Expr]]:
    """Every expression that parses, with its place; the others are told by the law that all do."""
    return _understood(asked(compiled))


def drawn(compiled: Compiled) -> Iterator[Expr]:
    """Every query of a panel that parses."""
    for name, board in boards(compiled).items():
        yield from (expression for _, expression in _understood(_panels(compiled, name, board)))


def _understood(multi: Iterable[Asked]) -> Iterator[tuple[str, Expr]]:
    for one in multi:
        try:
            yield one.where, parsed(one.text)
        except DefinitionError:
            continue


def every_expression_parses(compiled: Compiled) -> list[Problem]:
    """Every expression is PromQL, with Grafana's variables filled in, each of them escaped."""
    problems = []
    for one in asked(compiled):
        try:
            parsed(one.text)
        except DefinitionError as refusal:
            problems.append(refusal.at(one.where))
    return problems


def queries(template: str) -> Iterator[str]:
    """The expressions that an annotation's template asks; where it fills one in, a value that no label has."""
    for plain, printed in QUERY.findall(template):
        yield json.loads(f'"{plain or printed}"').replace("%q", '""')


def boards(compiled: Compiled) -> dict[str, dict[str, Any]]:
    """The dashboards as they are read back, by their names; what is no JSON is told by the dashboards' own laws."""
    found = {}
    for path, text in compiled.texts.items():
        if path.startswith(DASHBOARDS):
            try:
                found[path.removeprefix(DASHBOARDS).removesuffix(".json")] = json.loads(text)
            except ValueError:
                continue
    return found


def _panels(compiled: Compiled, name: str, board: dict[str, Any]) -> Iterator[Asked]:
    values = _picks(compiled, name)
    defined = {
        panel.title: panel.where
        for one in compiled.lowered.definitions.dashboards
        if one.id == name
        for row in one.rows
        for panel in row.panels
    }
    for panel in board["panels"]:
        where = defined.get(panel["title"], f"{DASHBOARDS}{name}.json {panel['title']!r}")
        yield from (Asked(where, target["expr"], values) for target in panel.get("targets", ()))


def _frame(compiled: Compiled, name: str, board: dict[str, Any]) -> Iterator[Asked]:
    """What a dashboard asks beside its panels: its marks, and the values of its variables."""
    path, values = f"{DASHBOARDS}{name}.json", _picks(compiled, name)
    for mark in board["annotations"]["list"]:
        if "expr" in mark:
            yield Asked(f"{path} {mark['name']!r}", mark["expr"], values)
    for variable in board["templating"]["list"]:
        asks = variable["query"]["query"] if isinstance(variable["query"], dict) else ""
        if found := LISTED.fullmatch(asks):
            query = f"group by ({found['label']}) ({found['selector']})"
            yield Asked(f"{path} ${variable['name']}", query, values)


def _picks(compiled: Compiled, name: str) -> dict[str, tuple[str, ...]]:
    platform = compiled.lowered.platform
    variables = (variable for board in compiled.lowered.dashboards if board.id == name for variable in board.variables)
    return {variable.name: values_of(variable.label, platform)[:1] or ANYBODY for variable in variables}
