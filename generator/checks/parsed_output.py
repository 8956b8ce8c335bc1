"""The rendered files of a build, parsed: rules, dashboards, Alertmanager's configuration and all expressions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeAlias

import yaml
from promql_parser import Expr

from generator.checks.dashboard_schema import schema_problems, schema_violations
from generator.checks.go_template import queries
from generator.checks.series import KnownSeries, known_series
from generator.dsl.label_values import values_of
from generator.errors import DefinitionError, Problem
from generator.frozen import frozen
from generator.ir.build import Compiled
from generator.ir.rule_files import RenderedRule
from generator.lowering.ids import panel_id
from generator.output import ALERTMANAGER_CONFIG, DASHBOARDS_FOLDER, dashboard_path, rule_file_path
from generator.promql.grafana_variables import filled
from generator.promql.parser import parsed

Json: TypeAlias = dict[str, Any]

OPEN_LABEL_VALUE = "any-value"
"""The value of a template variable whose label has no list of values."""
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@frozen
class LocatedRule:
    """A rule and its place: that of its definition for an alert."""

    where: str
    rule: RenderedRule


@frozen
class LocatedExpression:
    """An expression and its place. `variables` has a value for each template variable of its dashboard; an expression
    of a rule has none, and Grafana replaces nothing in it."""

    where: str
    query: str
    variables: Mapping[str, tuple[str, ...]] | None = None

    @cached_property
    def text(self) -> str:
        """The expression as Prometheus gets it. Raises DefinitionError for a variable that the dashboard lacks."""
        return self.query if self.variables is None else filled(self.query, self.variables)


@frozen
class ParsedOutput:
    """A build with its rendered files parsed, each when it is first needed."""

    compiled: Compiled

    @cached_property
    def rules(self) -> tuple[LocatedRule, ...]:
        """All rules except constants, which read no series."""
        lowered = self.compiled.lowered
        defined = {
            (rule.alert.family, rule.alert.name, rule.severity_name): rule.alert.where for rule in lowered.alerts
        }
        return tuple(
            LocatedRule(
                defined.get((file.name, rule.name, rule.labels.get("severity", "")), rule_place(file.file_name, rule)),
                rule,
            )
            for file in self.compiled.files
            for group in file.groups
            for rule in group.rules
            if not rule.is_constant
        )

    @cached_property
    def alerts(self) -> tuple[LocatedRule, ...]:
        """All alerting rules."""
        return tuple(located for located in self.rules if located.rule.kind == "alert")

    @cached_property
    def series(self) -> KnownSeries:
        """The series that the build can read."""
        return known_series(self.compiled)

    @cached_property
    def dashboard_texts(self) -> dict[str, str]:
        """The text of every dashboard, by its id."""
        return {
            path.removeprefix(DASHBOARDS_FOLDER).removesuffix(".json"): text
            for path, text in self.compiled.texts.items()
            if path.startswith(DASHBOARDS_FOLDER)
        }

    @cached_property
    def dashboards(self) -> dict[str, Json]:
        """The dashboards that are JSON, by their ids."""
        result = {}
        for name, text in self.dashboard_texts.items():
            try:
                result[name] = json.loads(text)
            except ValueError:
                continue
        return result

    @cached_property
    def dashboard_problems(self) -> tuple[Problem, ...]:
        """The violations of the dashboards' JSON Schema."""
        boards = self.dashboards
        return tuple(
            problem
            for name, text in self.dashboard_texts.items()
            for problem in (schema_violations(name, boards[name]) if name in boards else schema_problems(name, text))
        )

    @cached_property
    def valid_dashboards(self) -> dict[str, Json]:
        """The dashboards without violations of the JSON Schema, by their ids."""
        invalid = {problem.where.split()[0] for problem in self.dashboard_problems}
        return {name: board for name, board in self.dashboards.items() if dashboard_path(name) not in invalid}

    @cached_property
    def alertmanager(self) -> Any:
        """Alertmanager's configuration."""
        return yaml.load(self.compiled.texts[ALERTMANAGER_CONFIG], LOADER)

    @cached_property
    def expressions(self) -> tuple[LocatedExpression, ...]:
        """Every expression of the rules, their annotations and the dashboards."""
        of_rules = (expression for located in self.rules for expression in _of_rule(located))
        of_dashboards = (
            expression
            for name, board in self.dashboards.items()
            for expression in (*self.panel_expressions[name], *self._beside_panels(name, board))
        )
        return (*of_rules, *of_dashboards)

    @cached_property
    def panel_expressions(self) -> dict[str, tuple[LocatedExpression, ...]]:
        """The queries of the panels of each dashboard, by its id."""
        return {name: tuple(self._of_panels(name, board)) for name, board in self.dashboards.items()}

    @cached_property
    def trees(self) -> tuple[tuple[str, Expr], ...]:
        """Every expression that parses, with its place; a check of its own reports the others."""
        return tuple(_trees(self.expressions))

    @cached_property
    def panel_trees(self) -> tuple[Expr, ...]:
        """Every query of a panel that parses."""
        return tuple(tree for each in self.panel_expressions.values() for _, tree in _trees(each))

    def tree_of(self, dashboard: str, query: str) -> Expr | None:
        """A query of a dashboard; None for one that does not parse, which a check of its own reports."""
        return next((tree for _, tree in _trees([LocatedExpression("", query, self._variables(dashboard))])), None)

    def _of_panels(self, name: str, board: Json) -> Iterator[LocatedExpression]:
        variables = self._variables(name)
        defined = {
            panel_id(dashboard.id, panel.id): panel.where
            for dashboard in self.compiled.lowered.definitions.dashboards
            if dashboard.id == name
            for row in dashboard.rows
            for panel in row.panels
        }
        for panel in board.get("panels", ()):
            where = defined.get(panel.get("id"), f"{dashboard_path(name)} {panel.get('title', '')!r}")
            yield from (LocatedExpression(where, target["expr"], variables) for target in panel.get("targets", ()))

    def _beside_panels(self, name: str, board: Json) -> Iterator[LocatedExpression]:
        """The expressions of a dashboard's annotations, and those that list the values of its template variables."""
        variables = self._variables(name)
        for annotation in board.get("annotations", {}).get("list", ()):
            if "expr" in annotation:
                yield LocatedExpression(f"{dashboard_path(name)} {annotation['name']!r}", annotation["expr"], variables)
        for variable in board.get("templating", {}).get("list", ()):
            if isinstance(variable["query"], dict):
                query = label_values_query(variable["query"]["query"])
                yield LocatedExpression(f"{dashboard_path(name)} ${variable['name']}", query, variables)

    def _variables(self, dashboard: str) -> dict[str, tuple[str, ...]]:
        platform = self.compiled.lowered.platform
        return {
            variable.name: values_of(variable.label, platform)[:1] or (OPEN_LABEL_VALUE,)
            for spec in self.compiled.lowered.dashboards
            if spec.id == dashboard
            for variable in spec.variables
        }


def rule_place(file: str, rule: RenderedRule) -> str:
    """The place of a rule in the output."""
    return f"{rule_file_path(file)} {rule.name}"


def label_values_query(query: str) -> str:
    """Grafana's `label_values(selector, label)` as PromQL with that selector and label; any other query as it is."""
    if not (query.startswith("label_values(") and query.endswith(")")):
        return query
    selector, _, label = query.removeprefix("label_values(").removesuffix(")").rpartition(",")
    return f"group by ({label.strip()}) ({selector})"


def _of_rule(located: LocatedRule) -> Iterator[LocatedExpression]:
    yield LocatedExpression(located.where, located.rule.expression)
    for name, text in located.rule.annotations.items():
        yield from (LocatedExpression(f"{located.where} {name}", query) for query in queries(text))


def _trees(expressions: Iterable[LocatedExpression]) -> Iterator[tuple[str, Expr]]:
    for expression in expressions:
        try:
            yield expression.where, parsed(expression.text)
        except DefinitionError:
            continue
