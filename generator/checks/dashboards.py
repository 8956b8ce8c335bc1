"""Laws on the dashboards' text: what Grafana is given is whole, current, and told apart.

Every law takes the dashboards' JSON texts by their names, and gives a fault for each breach.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import Any, TypeAlias

from jsonschema import Draft202012Validator, ValidationError

from generator.errors import Problem

Json: TypeAlias = dict[str, Any]
Texts: TypeAlias = Mapping[str, str]

LONGEST = 160
HINTS = {
    "additionalProperties": "take it away, or let generator/rendering/schemas/dashboard.schema.json know it",
    "const": "write the one value that it may have",
    "enum": "use one of those",
    "false schema": "take it away",
    "maximum": "give a smaller number",
    "minimum": "give a greater number",
    "minItems": "give more of them",
    "minLength": "say something",
    "not": "take it away",
    "pattern": "write it in that form",
    "required": "give it",
    "type": "give a value of that type",
}


def broken_laws(texts: Texts) -> list[Problem]:
    """All that is wrong with the dashboards. What cannot be read, or has another shape, is not looked at further."""
    problems = [problem for name, text in texts.items() for problem in valid_dashboard(name, text)]
    broken = {problem.where.split()[0] for problem in problems}
    whole = {name: json.loads(text) for name, text in texts.items() if path(name) not in broken}
    return problems + [problem for law in LAWS for problem in law(whole)]


def valid_dashboard(name: str, text: str) -> list[Problem]:
    """A dashboard is valid against our closed JSON Schema: a current version of the model, no old panels, no nulls but
    a threshold's base, every panel with a title, a description, a known unit and a text for no data."""
    try:
        read = json.loads(text)
    except ValueError as error:
        return [Problem(path(name), f"it is not JSON: {error}", "mend what writes it")]
    errors = sorted(validator().iter_errors(read), key=lambda error: list(map(str, error.absolute_path)))
    return [
        Problem(place(name, read, error), shortened(error.message), HINTS.get(str(error.validator), "mend it"))
        for error in errors
    ]


def distinguishing_labels(read: Mapping[str, Json]) -> list[Problem]:
    """No UID and no title is given to two dashboards: Grafana would keep one of them."""
    return [
        Problem(path(name), f"it has the {kind} of {other}, {one[kind]!r}", "give each dashboard its own")
        for kind in ("uid", "title")
        for (other, first), (name, one) in combinations(read.items(), 2)
        if first[kind] == one[kind]
    ]


def unique_panel_ids(read: Mapping[str, Json]) -> list[Problem]:
    """No id is given to two panels of a dashboard: a link would open either."""
    return [
        Problem(at(name, one), f"it has the id of {first['title']!r}, {one['id']}", "rename one of the two")
        for name, board in read.items()
        for first, one in combinations(board["panels"], 2)
        if first["id"] == one["id"]
    ]


def no_overlap(read: Mapping[str, Json]) -> list[Problem]:
    """No two panels share a cell of the grid, and none stands over its edge: Grafana would move them."""
    return [problem for name, board in read.items() for problem in misplaced(name, board["panels"])]


def misplaced(name: str, panels: list[Json]) -> Iterator[Problem]:
    """Panels of a dashboard that stand where they cannot."""
    for one in panels:
        if one["gridPos"]["x"] + one["gridPos"]["w"] > 24:
            yield Problem(
                at(name, one), "it stands over the edge of the 24 columns", "make its row's widths add up to 24"
            )
    for first, one in combinations(panels, 2):
        if overlap(first["gridPos"], one["gridPos"]):
            yield Problem(at(name, one), f"it covers a part of {first['title']!r}", "place one of the two elsewhere")


def overlap(one: Mapping[str, int], other: Mapping[str, int]) -> bool:
    """Whether two places on the grid share a cell."""
    return (
        one["x"] < other["x"] + other["w"]
        and other["x"] < one["x"] + one["w"]
        and one["y"] < other["y"] + other["h"]
        and other["y"] < one["y"] + one["h"]
    )


def linked(read: Mapping[str, Json]) -> list[Problem]:
    """Every dashboard links to all the others, and no link leads nowhere."""
    uids = {board["uid"] for board in read.values()}
    return [
        Problem(path(name), f"it {what} {', '.join(sorted(which))}", "link each dashboard to all the others")
        for name, board in read.items()
        for what, which in astray(board, uids)
        if which
    ]


def astray(board: Json, uids: set[str]) -> Iterable[tuple[str, set[str]]]:
    """The dashboards that one links to and that are not there, and those that it fails to link to."""
    targets = {link["url"].removeprefix("/d/") for link in board["links"]}
    opened = {url.split("?")[0].split("/")[2] for url in data_links(board)}
    return (("links to", (targets | opened) - uids), ("does not link to", uids - targets - {board["uid"]}))


def data_links(board: Json) -> Iterator[str]:
    """The URLs that a click on a table's cell opens."""
    for panel in board["panels"]:
        for one in panel.get("fieldConfig", {}).get("overrides", ()):
            yield from (link["url"] for held in one["properties"] if held["id"] == "links" for link in held["value"])


LAWS: tuple[Callable[[Mapping[str, Json]], list[Problem]], ...] = (
    distinguishing_labels,
    unique_panel_ids,
    no_overlap,
    linked,
)


@cache
def validator() -> Draft202012Validator:
    """The reader of our schema."""
    schema = files("generator.rendering").joinpath("schemas/dashboard.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(schema))


def path(name: str) -> str:
    """A dashboard's path in `out/`."""
    return f"grafana/dashboards/{name}.json"


def at(name: str, panel: Json) -> str:
    """Where a panel stands, by its title."""
    return f"{path(name)} {panel['title']!r}"


def place(name: str, read: Any, error: ValidationError) -> str:
    """Where an error stands: the file, the JSON pointer, and the title of the panel that it is in."""
    steps = list(error.absolute_path)
    pointer = "".join(f"/{step}" for step in steps) or "/"
    if len(steps) > 1 and steps[0] == "panels":
        panel = read["panels"][steps[1]]
        title = panel.get("title", "") if isinstance(panel, dict) else ""
        return f"{path(name)} {pointer} ({title})" if title else f"{path(name)} {pointer}"
    return f"{path(name)} {pointer}"


def shortened(message: str) -> str:
    """A message without the middle of what is too long to read."""
    return message if len(message) <= LONGEST else f"{message[: LONGEST // 2]} … {message[-LONGEST // 2 :]}"
