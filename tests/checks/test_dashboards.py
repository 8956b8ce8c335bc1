"""The laws on dashboards' text: each is broken once, and its message seen."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from generator.checks.dashboards import broken_laws, valid_dashboard, validator
from generator.dsl import units
from generator.errors import DefinitionError
from tests.rendering.shipped_dashboards import sample, shipped

Json = dict[str, Any]
MISSING = object()


def four() -> dict[str, Json]:
    """Four dashboards that link to each other."""
    names = ("overview", "tenant", "ai", "storage")
    boards = {name: copy.deepcopy(sample()) for name in names}
    for name, board in boards.items():
        others = [other for other in names if other != name]
        link = board["links"][0]
        board |= {"uid": f"workers-ai-{name}", "title": name}
        board["links"] = [{**link, "title": other, "url": f"/d/workers-ai-{other}"} for other in others]
    return boards


def problems(boards: dict[str, Json]) -> list[str]:
    """What the laws say of the dashboards, as a person reads it."""
    return [str(problem) for problem in broken_laws({name: json.dumps(board) for name, board in boards.items()})]


def changed(board: Json, pointer: str, value: object) -> Json:
    """A dashboard with one value replaced, added or taken away. Panels are found by their titles."""
    *steps, last = [int(step) if step.isdigit() else step for step in pointer.split("/")]
    node: Any = board
    for step in steps:
        node = (
            next(one for one in node if one["title"] == step)
            if isinstance(node, list) and isinstance(step, str)
            else node[step]
        )
    if value is MISSING:
        del node[last]
    else:
        node[last] = value
    return board


def test_whole_dashboards_break_no_law() -> None:
    """Four dashboards with every kind of panel, linked to each other, are lawful."""
    assert problems(four()) == []


@pytest.mark.parametrize("name", shipped())
def test_what_is_shipped_breaks_no_law(name: str) -> None:
    """A dashboard in `out/` is valid against the schema."""
    assert valid_dashboard(name, shipped()[name]) == []


BREACHES = [
    ("schemaVersion", 12, "/schemaVersion", "12 is less than the minimum of 41", "give a greater number"),
    ("uid", None, "/uid", "None is not of type 'string'", "give a value of that type"),
    ("uid", "u" * 41, "/uid", "does not match", "write it in that form"),
    ("rows", [], "/", "'rows' was unexpected", "take it away"),
    ("panels/Requests/type", "singlestat", "(Requests)", "'singlestat' is not one of", "use one of those"),
    ("panels/Requests/type", "graph", "(Requests)", "'graph' is not one of", "use one of those"),
    ("panels/Requests/description", MISSING, "(Requests)", "'description' is a required property", "give it"),
    ("panels/Requests/title", " ", "/title", "does not match", "write it in that form"),
    ("panels/Requests/fieldConfig/defaults/unit", "sceonds", "/unit (Requests)", "'sceonds' is not one of", "use one"),
    ("panels/Requests/fieldConfig/defaults/unit", MISSING, "/defaults (Requests)", "'unit' is a required", "give it"),
    ("panels/Requests/fieldConfig/defaults/noValue", "", "/noValue (Requests)", "", "say something"),
    ("panels/Requests/fieldConfig/defaults/max", None, "/max (Requests)", "None is not of type", "of that type"),
    ("panels/Requests/fieldConfig/defaults/thresholds/steps/0/value", "null", "/steps/0/value", "'null'", "that type"),
    ("panels/Requests/fieldConfig/defaults/thresholds/steps", [], "/steps (Requests)", "[]", "give more of them"),
    (
        "panels/Requests/options/colourMode",
        "value",
        "/options (Requests)",
        "'colourMode' was unexpected",
        "take it away",
    ),
    (
        "panels/Requests/targets/0/datasource/uid",
        "prometheus",
        "/datasource/uid (Requests)",
        "was expected",
        "one value",
    ),
    ("panels/Requests/targets/0/intervalFactor", 2, "/targets/0 (Requests)", "'intervalFactor'", "take it away"),
    ("panels/Budget used/fieldConfig/defaults/min", MISSING, "(Budget used)", "'min' is a required", "give it"),
    (
        "panels/Tenants by error rate/transformations",
        MISSING,
        "(Tenants by error rate)",
        "'transformations' is a",
        "give it",
    ),
    ("panels/Latency distribution/options/calculate", True, "/calculate (Latency", "False was expected", "one value"),
    ("templating/list/0/type", "query", "/templating/list/0/type", "'datasource' was expected", "one value"),
    ("templating/list/2/allValue", MISSING, "/templating/list/2", "'allValue' is a required", "give it"),
    ("links/0/keepTime", False, "/links/0/keepTime", "True was expected", "one value"),
    ("annotations/list/1/expr", "", "/annotations/list/1/expr", "", "say something"),
]


@pytest.mark.parametrize(("pointer", "value", "where", "what", "hint"), BREACHES)
def test_the_schema_says_where_what_and_cure(pointer: str, value: object, where: str, what: str, hint: str) -> None:
    """What a current Grafana would not read, or a reader would miss, is told with its place and its cure."""
    found = valid_dashboard("overview", json.dumps(changed(sample(), pointer, value)))
    said = [problem for problem in found if where in problem.where and what in problem.what and hint in problem.hint]
    assert said, found
    assert all(problem.where.startswith("grafana/dashboards/overview.json ") for problem in found)


def test_the_schema_tells_all_faults_at_once() -> None:
    """Two breaches are two faults."""
    board = changed(changed(sample(), "editable", True), "graphTooltip", 0)
    assert len(valid_dashboard("overview", json.dumps(board))) == 2


def test_what_is_no_json_is_said() -> None:
    """A text that is cut short is a fault, not a traceback."""
    (problem,) = valid_dashboard("overview", "{")
    assert (problem.where, problem.what.startswith("it is not JSON")) == ("grafana/dashboards/overview.json", True)


def same_uid(boards: dict[str, Json]) -> None:
    boards["ai"]["uid"] = boards["storage"]["uid"]


def same_title(boards: dict[str, Json]) -> None:
    boards["ai"]["title"] = boards["tenant"]["title"]


def same_panel_id(boards: dict[str, Json]) -> None:
    boards["ai"]["panels"][2]["id"] = boards["ai"]["panels"][1]["id"]


def covered(boards: dict[str, Json]) -> None:
    boards["ai"]["panels"][2]["gridPos"]["x"] = 11


def over_the_edge(boards: dict[str, Json]) -> None:
    boards["ai"]["panels"][2]["gridPos"]["w"] = 13


def unlinked(boards: dict[str, Json]) -> None:
    del boards["ai"]["links"][0]


def astray(boards: dict[str, Json]) -> None:
    boards["ai"]["links"][0]["url"] = "/d/workers-ai-nowhere"


@pytest.mark.parametrize(
    ("breach", "said"),
    [
        (same_uid, "storage.json: it has the uid of ai, 'workers-ai-storage'"),
        (same_title, "ai.json: it has the title of tenant, 'tenant'"),
        (same_panel_id, "ai.json 'Error ratio': it has the id of 'Latency by route, p95', 11"),
        (covered, "ai.json 'Error ratio': it covers a part of 'Latency by route, p95'"),
        (over_the_edge, "ai.json 'Error ratio': it stands over the edge of the 24 columns"),
        (unlinked, "ai.json: it does not link to workers-ai-overview"),
        (astray, "ai.json: it links to workers-ai-nowhere"),
    ],
)
def test_what_spoils_a_wall_is_told(breach: Callable[[dict[str, Json]], None], said: str) -> None:
    """Dashboards that are valid each for itself, and do not go together, are told."""
    boards = four()
    breach(boards)
    assert any(f"grafana/dashboards/{said}" in problem for problem in problems(boards)), problems(boards)


def objects(node: Any) -> Iterator[Json]:
    """All objects of a document."""
    if isinstance(node, dict):
        yield node
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(value)


def test_the_schema_is_one() -> None:
    """The schema is valid JSON Schema 2020-12, and closed: no object that it names properties of takes any others."""
    schema: Any = validator().schema
    Draft202012Validator.check_schema(schema)
    named = [node for node in objects(schema) if node.get("type") == "object" and "properties" in node]
    assert len(named) > 30
    assert all(node["additionalProperties"] is False for node in named)


def test_the_schema_knows_the_units_of_the_words_and_no_others() -> None:
    """Units that a panel may have are those that a metric can have, or its rate."""
    known: set[str] = set()
    for unit in vars(units).values():
        if isinstance(unit, units.Unit):
            known.add(unit.grafana)
            try:
                known.add(unit.rate().grafana)
            except DefinitionError:
                continue
    schema: Any = validator().schema
    assert set(schema["$defs"]["unit"]["enum"]) == known
