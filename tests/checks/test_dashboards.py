"""Checks of rendered dashboards, each with one value of the JSON changed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from generator.checks.dashboard_schema import schema, schema_problems
from generator.dsl import units
from generator.errors import DefinitionError
from generator.ir.build import Compiled
from tests.checks.builds import violations

Json = dict[str, Any]
Change = Callable[[dict[str, Json]], None]
MISSING = object()


def dashboards(built: Compiled) -> dict[str, Json]:
    """The JSON of the four dashboards, by their ids."""
    return {
        name: json.loads(built.texts[f"grafana/dashboards/{name}.json"])
        for name in ("overview", "tenant", "ai", "storage")
    }


def with_dashboards(built: Compiled, boards: dict[str, Json]) -> Compiled:
    """The build with other dashboards."""
    changed = {f"grafana/dashboards/{name}.json": json.dumps(board) for name, board in boards.items()}
    return replace(built, texts={**built.texts, **changed})


def with_panel_types(built: Compiled) -> Json:
    """A dashboard with one panel of every type, each with its type as its title."""
    boards = dashboards(built)
    board = boards["overview"]
    panels = {panel["type"]: panel for each in boards.values() for panel in each["panels"]}
    board["panels"] = [{**panel, "title": type_} for type_, panel in panels.items()]
    return board


def changed(board: Json, pointer: str, value: object) -> Json:
    """A dashboard with one value replaced, added or removed. Panels are found by their titles."""
    *steps, last = [int(step) if step.isdigit() else step for step in pointer.split("/")]
    node: Any = board
    for step in steps:
        by_title = isinstance(node, list) and isinstance(step, str)
        node = next(panel for panel in node if panel["title"] == step) if by_title else node[step]
    if value is MISSING:
        del node[last]
    else:
        node[last] = value
    return board


def test_the_shipped_dashboards_pass(built: Compiled) -> None:
    """The dashboards of the build have no violations."""
    assert (
        violations(built, "dashboard/schema", "dashboard/duplicate-uid-or-title", "dashboard/duplicate-panel-id") == []
    )
    assert violations(built, "dashboard/overlapping-panels", "dashboard/panel-outside-grid") == []
    assert violations(built, "dashboard/missing-link", "dashboard/broken-link") == []


def test_a_panel_of_every_type_passes(built: Compiled) -> None:
    """The schema accepts every type of panel that is shipped."""
    board = with_panel_types(built)
    assert {"timeseries", "stat", "gauge", "bargauge", "heatmap", "table"} <= {
        panel["type"] for panel in board["panels"]
    }
    assert schema_problems("overview", json.dumps(board)) == []


DEFAULTS = "panels/stat/fieldConfig/defaults"
VIOLATIONS = [
    ("schemaVersion", 12, "/schemaVersion", "12 is less than the minimum of 41", "use a greater number"),
    ("uid", None, "/uid", "None is not of type 'string'", "use a value of that type"),
    ("uid", "u" * 41, "/uid", "does not match", "follow the pattern"),
    ("rows", [], "/", "'rows' was unexpected", "remove it"),
    ("panels/stat/type", "singlestat", "(stat)", "'singlestat' is not one of", "use one of the listed values"),
    ("panels/stat/type", "graph", "(stat)", "'graph' is not one of", "use one of the listed values"),
    ("panels/stat/description", MISSING, "(stat)", "'description' is a required property", "add it"),
    ("panels/stat/title", " ", "/title", "does not match", "follow the pattern"),
    (f"{DEFAULTS}/unit", "sceonds", "/unit (stat)", "'sceonds' is not one of", "use one of the listed values"),
    (f"{DEFAULTS}/unit", MISSING, "/defaults (stat)", "'unit' is a required", "add it"),
    (f"{DEFAULTS}/noValue", "", "/noValue (stat)", "", "write a text"),
    (f"{DEFAULTS}/max", None, "/max (stat)", "None is not of type", "of that type"),
    (f"{DEFAULTS}/thresholds/steps/0/value", None, "/steps/0/value", "0 was expected", "only allowed value"),
    (f"{DEFAULTS}/thresholds/steps", [], "/steps (stat)", "[]", "add an item"),
    ("panels/stat/options/colourMode", "value", "/options (stat)", "'colourMode' was unexpected", "remove it"),
    (
        "panels/stat/targets/0/datasource/uid",
        "prometheus",
        "/datasource/uid (stat)",
        "was expected",
        "use the only allowed value",
    ),
    ("panels/stat/targets/0/intervalFactor", 2, "/targets/0 (stat)", "'intervalFactor'", "remove it"),
    *(
        (f"panels/{kind}/targets/0/instant", False, f"/instant ({kind}", "True was expected", "only allowed value")
        for kind in ("stat", "gauge", "bargauge", "table")
    ),
    ("panels/gauge/fieldConfig/defaults/min", MISSING, "(gauge)", "'min' is a required", "add it"),
    ("panels/table/transformations", MISSING, "(table)", "'transformations' is a", "add it"),
    (
        "panels/heatmap/options/calculate",
        True,
        "/calculate (heatmap",
        "False was expected",
        "use the only allowed value",
    ),
    ("templating/list/0/type", "query", "/templating/list/0/type", "'datasource' was expected", "only allowed value"),
    ("templating/list/2/allValue", MISSING, "/templating/list/2", "'allValue' is a required", "add it"),
    ("links/0/keepTime", False, "/links/0/keepTime", "True was expected", "use the only allowed value"),
    ("annotations/list/1/expr", "", "/annotations/list/1/expr", "", "write a text"),
]


@pytest.mark.parametrize(("pointer", "value", "where", "what", "hint"), VIOLATIONS)
def test_a_violation_of_the_schema_is_reported(
    built: Compiled, pointer: str, value: object, where: str, what: str, hint: str
) -> None:
    """What a current Grafana cannot read, or a reader would miss, is reported with its place and a hint."""
    problems = schema_problems("overview", json.dumps(changed(with_panel_types(built), pointer, value)))
    assert [each for each in problems if where in each.where and what in each.what and hint in each.hint], problems
    assert all(problem.where.startswith("grafana/dashboards/overview.json ") for problem in problems)


@pytest.mark.parametrize("kind", ["stat", "gauge", "bargauge"])
def test_a_second_query_of_a_number_is_reported(built: Compiled, kind: str) -> None:
    """What such a panel shows is the result of one query at the end of the range."""
    board = with_panel_types(built)
    (panel,) = (each for each in board["panels"] if each["type"] == kind)
    panel["targets"].append({**panel["targets"][0], "refId": "B"})
    (problem,) = schema_problems("overview", json.dumps(board))
    assert problem.where.endswith(f"/targets ({kind})")
    assert problem.what.endswith("is too long")


def test_all_violations_of_the_schema_are_reported(built: Compiled) -> None:
    """Two violations are two problems."""
    board = changed(changed(with_panel_types(built), "editable", True), "graphTooltip", 0)
    assert len(schema_problems("overview", json.dumps(board))) == 2


def test_invalid_json_is_reported(built: Compiled) -> None:
    """A truncated text is a problem, not a traceback, and the other checks skip the dashboard."""
    truncated = replace(built, texts={**built.texts, "grafana/dashboards/overview.json": "{"})
    (problem,) = violations(truncated, "dashboard/schema", "dashboard/duplicate", "promql/")
    assert problem.startswith("grafana/dashboards/overview.json: not valid JSON: ")
    assert problem.endswith("[dashboard/schema]")


def test_an_invalid_dashboard_is_skipped_by_the_other_checks(built: Compiled) -> None:
    """A dashboard without panels violates the schema, and no other check fails for it."""
    boards = dashboards(built)
    del boards["ai"]["panels"]
    problems = violations(with_dashboards(built, boards), "dashboard/", "promql/")
    assert [problem for problem in problems if problem.startswith("grafana/dashboards/ai.json")] == [
        "grafana/dashboards/ai.json /: 'panels' is a required property; add it. [dashboard/schema]"
    ]


def same_uid(boards: dict[str, Json]) -> None:
    boards["ai"]["uid"] = boards["storage"]["uid"]


def same_title(boards: dict[str, Json]) -> None:
    boards["ai"]["title"] = boards["tenant"]["title"]


def same_panel_id(boards: dict[str, Json]) -> None:
    boards["ai"]["panels"][2]["id"] = boards["ai"]["panels"][1]["id"]


def overlapping(boards: dict[str, Json]) -> None:
    boards["ai"]["panels"][2]["gridPos"]["x"] -= 1


def outside_the_grid(boards: dict[str, Json]) -> None:
    boards["ai"]["panels"][2]["gridPos"]["w"] = 24


def without_a_link(boards: dict[str, Json]) -> None:
    del boards["ai"]["links"][0]


def with_a_broken_link(boards: dict[str, Json]) -> None:
    boards["ai"]["links"][0]["url"] = "/d/workers-ai-nowhere"


def with_a_broken_link_in_a_table(boards: dict[str, Json]) -> None:
    tables = (panel for panel in boards["overview"]["panels"] if panel["type"] == "table")
    overrides = (each for table in tables for each in table["fieldConfig"]["overrides"])
    links = [option for each in overrides for option in each["properties"] if option["id"] == "links"]
    links[0]["value"][0]["url"] = links[0]["value"][0]["url"].replace("workers-ai-tenant", "workers-ai-nowhere")


@pytest.mark.parametrize(
    ("change", "message", "id"),
    [
        (same_uid, "storage.json: its uid 'workers-ai-storage' is also that of ai", "duplicate-uid-or-title"),
        (same_title, "ai.json: its title 'Workers AI / Tenant' is also that of tenant", "duplicate-uid-or-title"),
        (same_panel_id, "ai.json 'Second': its id 1 is also that of 'First'", "duplicate-panel-id"),
        (overlapping, "ai.json 'Second': it overlaps 'First'", "overlapping-panels"),
        (outside_the_grid, "ai.json 'Second': it reaches beyond the 24 columns of the grid", "panel-outside-grid"),
        (without_a_link, "ai.json: it does not link to workers-ai-overview", "missing-link"),
        (with_a_broken_link, "ai.json: it links to workers-ai-nowhere, which does not exist", "broken-link"),
        (
            with_a_broken_link_in_a_table,
            "overview.json: it links to workers-ai-nowhere, which does not exist",
            "broken-link",
        ),
    ],
)
def test_a_conflict_between_valid_panels_or_dashboards_is_reported(
    built: Compiled, change: Change, message: str, id: str
) -> None:
    """Panels and dashboards that are valid by themselves, and conflict with each other, are reported."""
    boards = copy.deepcopy(dashboards(built))
    first, second = boards["ai"]["panels"][1:3]
    first |= {"title": "First", "id": 1}
    second |= {"title": "Second", "id": 2}
    change(boards)
    problems = violations(with_dashboards(built, boards), f"dashboard/{id}")
    assert any(
        problem.startswith(f"grafana/dashboards/{message}") and problem.endswith(f"[dashboard/{id}]")
        for problem in problems
    ), problems


def objects(node: Any) -> Iterator[Json]:
    """All objects of a document."""
    if isinstance(node, dict):
        yield node
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(value)


def test_the_schema_allows_no_other_keys() -> None:
    """The schema is valid JSON Schema 2020-12, and no object with named properties takes any others."""
    Draft202012Validator.check_schema(schema())
    named = [node for node in objects(schema()) if node.get("type") == "object" and "properties" in node]
    assert len(named) > 30
    assert all(node["additionalProperties"] is False for node in named)


def test_the_schema_lists_the_units_of_the_dsl() -> None:
    """A panel can have the units of a metric and of its rate, and no others."""
    known: set[str] = set()
    for unit in vars(units).values():
        if isinstance(unit, units.Unit):
            known.add(unit.grafana)
            try:
                known.add(unit.rate().grafana)
            except DefinitionError:
                continue
    assert set(schema()["$defs"]["unit"]["enum"]) == known
