"""A problem in a file of the output names the source that a person edits, in its hint."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.checks.registry import build_problems
from generator.checks.sources import source_of, with_source
from generator.dsl.contract import Contract
from generator.errors import Problem
from generator.ir.build import Compiled
from generator.ir.rule_files import RenderedGroup
from tests.checks.builds import panel_query, with_dashboard


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("grafana/dashboards/tenant.json 'Errors'", "dashboards/tenant.py"),
        ("prometheus/rules/errors.yaml RouteDown", "alerts/errors.py"),
        ("prometheus/rules/recorded-api.yaml route:requests_total:increase5m", "contract/api.py"),
        ("alertmanager/alertmanager.yaml route", "alerts/routing.py"),
        ("alertmanager/notifications.tmpl", "alerts/routing.py"),
        ("tests/errors-every-1m.yaml", "alerts/tests/"),
        ("prometheus/prometheus.yaml", "the platform file"),
        ("alerts/errors.py:17 route_down", ""),
        ("platform.yaml:3 tenants", ""),
    ],
)
def test_every_kind_of_file_has_a_source(place: str, source: str, built: Compiled) -> None:
    """Dashboards, rules, recorded series, tests and configuration; a place in a source is left as it is."""
    assert source_of(place, built.lowered) == source
    for problem in (Problem(place, "wrong", "fix it"), Problem(f"/x/out/{place}", "wrong", "fix it")):
        expected = f"fix it, in {source}" if source else "fix it"
        assert with_source(problem, built.lowered, "/x/out").hint == expected


def test_the_problems_of_a_build_name_their_sources(built: Compiled) -> None:
    """A wrong query of a recorded series and one of an annotation of a dashboard, in a build."""

    def break_annotation(board: dict[str, object]) -> None:
        annotations = board["annotations"]
        assert isinstance(annotations, dict)
        annotations["list"].append({"name": "New", "expr": "nowhere"})

    problems = build_problems(with_dashboard(built, "overview", break_annotation))
    places = {problem.where.partition(" ")[0]: problem.hint for problem in problems}
    assert places["grafana/dashboards/overview.json"].endswith(", in dashboards/overview.py")
    series = next(rule for rule in built.lowered.recording_rules if not rule.is_constant)
    recorded = with_changed_rule(built, series.name)
    hints = [problem.hint for problem in build_problems(recorded) if series.name in problem.where]
    assert hints
    assert all(hint.endswith(f", in contract/{series.area}.py") for hint in hints)


def with_changed_rule(built: Compiled, name: str) -> Compiled:
    """The build with a query that reads nothing in the rules of one name."""

    def changed(group: RenderedGroup) -> RenderedGroup:
        rules = (replace(rule, expression="nowhere") if rule.name == name else rule for rule in group.rules)
        return replace(group, rules=tuple(rules))

    files = (replace(file, groups=tuple(map(changed, file.groups))) for file in built.files)
    return replace(built, files=tuple(files))


def test_a_problem_at_a_definition_keeps_its_hint(built: Compiled) -> None:
    """The query of a panel is reported at the panel's function, which the hint need not repeat."""
    problems = build_problems(with_dashboard(built, "overview", panel_query("nowhere")))
    at_panel = [problem for problem in problems if problem.where.startswith("dashboards/overview.py:")]
    assert at_panel
    assert not any(", in " in problem.hint for problem in at_panel)


def test_the_sources_of_a_project_are_named_before_those_of_the_defaults(built: Compiled) -> None:
    """A dashboard that is derived from a default one, a family with another alert, and an area with another metric."""
    definitions = built.lowered.definitions
    board = next(each for each in definitions.dashboards if each.id == "tenant")
    first, *others = board.rows[0].panels
    panels = (replace(first, where="default dashboards/tenant.py:3 a"), *others)
    derived = replace(board, rows=(replace(board.rows[0], panels=panels, widths=()), *board.rows[1:]))
    another = replace(definitions.alerts[0], where="alerts/shop.py:5 orders", family="errors")
    metric = replace(definitions.contract.metrics[0], name="orders_total")
    areas = {**definitions.contract.areas, "api": (*definitions.contract.areas["api"], metric)}
    contract = Contract(areas, definitions.contract.labels, {metric.name: "contract/shop/api.py"})
    own = replace(definitions, dashboards=(derived,), alerts=(*definitions.alerts, another), contract=contract)
    lowered = replace(built.lowered, definitions=own)
    assert source_of("grafana/dashboards/tenant.json", lowered) == "dashboards/tenant.py"
    assert source_of("prometheus/rules/errors.yaml", lowered) == "alerts/shop.py"
    assert source_of("prometheus/rules/recorded-api.yaml", lowered) == "contract/shop/api.py"
