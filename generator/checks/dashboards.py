"""Checks of rendered dashboards: valid JSON of Grafana's model, unique ids, no overlaps, complete links.

All checks but the first one skip dashboards that violate the JSON Schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from generator.check import check
from generator.checks.parsed_output import Json, ParsedOutput
from generator.checks.stages import COMPILED
from generator.errors import Problem
from generator.ir.expression import GrafanaDuration
from generator.output import dashboard_path
from generator.rendering.grafana.defaults import as_saved, changes

COLUMNS = 24
STEPS = (GrafanaDuration.INTERVAL.value, GrafanaDuration.RATE_INTERVAL.value)
"""What Grafana fills in by the step of a graph."""


@check(
    "dashboard/schema",
    stage=COMPILED,
    language="json",
    bad='{"schemaVersion": 12}',
    good='{"schemaVersion": 41}',
    message="12 is less than the minimum of 41; use a greater number",
)
def dashboards_follow_the_schema(output: ParsedOutput) -> Iterator[Problem]:
    """Every dashboard is valid against generator/rendering/schemas/dashboard.schema.json, which allows no other keys.

    Grafana ignores what it does not know and silently migrates old models. The schema requires the current one, and of
    every panel a title, a description, a known unit and a text for no data.
    """
    yield from output.dashboard_problems


@check(
    "dashboard/changed-by-save",
    stage=COMPILED,
    language="json",
    bad='{"templating": {"list": [{"name": "datasource"}, {"name": "service", "current": {"text": "all"}}]}}',
    good='{"templating": {"list": [{"name": "datasource"}, {"name": "service", "current": {"text": "All"}}]}}',
    message="Grafana changes text when it saves it; write Grafana's default, or leave out what it removes",
)
def saving_changes_nothing(output: ParsedOutput) -> Iterator[Problem]:
    """Grafana saves every dashboard as it is written: with all defaults of its panels, and without what it removes.

    Otherwise a save in Grafana changes lines that nobody edited, and other versions of Grafana migrate the dashboard at
    each load: without a version, they cut off bars at 100 %.
    """
    hint = "write Grafana's default, or leave out what it removes"
    for name, board in output.valid_dashboards.items():
        saved = as_saved(board)
        for written, after in zip(board["templating"]["list"], saved["templating"]["list"], strict=True):
            for change in changes(written, after):
                yield Problem(dashboard_path(name), f"Grafana {change} when it saves it", hint)
        for written, after in zip(board["panels"], saved["panels"], strict=True):
            for change in changes(written, after):
                yield Problem(place_of_panel(name, written), f"Grafana {change} when it saves it", hint)


@check(
    "dashboard/value-depends-on-zoom",
    stage=COMPILED,
    language="json",
    bad="""
        {"panels": [{"title": "Errors", "targets": [{"instant": true, "expr": "rate(errors_total[$__interval])"}]}]}
    """,
    good="""
        {"panels": [{"title": "Errors", "targets": [{"instant": true, "expr": "rate(errors_total[5m])"}]}]}
    """,
    message="its value is over $__interval, which grows with the time range; give a window: "
    "REQUESTS.increase(minutes(5))",
)
def values_do_not_depend_on_the_zoom(output: ParsedOutput) -> Iterator[Problem]:
    """What a stat, a gauge, a bar or a cell shows does not depend on the step of a graph.

    The step is 20 seconds at one hour and an hour at seven days: the same panel would show another value after a zoom.
    A panel over the whole time range ($__range) says so.
    """
    for name, board in output.valid_dashboards.items():
        for panel in board["panels"]:
            for target in panel.get("targets", ()):
                steps = [each for each in STEPS if each in target["expr"]]
                if target["instant"] and steps:
                    what = f"its value is over {steps[0]}, which grows with the time range"
                    yield Problem(place_of_panel(name, panel), what, "give a window: REQUESTS.increase(minutes(5))")


@check(
    "dashboard/duplicate-uid-or-title",
    stage=COMPILED,
    language="json",
    bad='{"title": "Workers AI / Overview"}',
    good='{"title": "Workers AI / AI"}',
    message="its title 'Workers AI / Overview' is also that of overview; give each dashboard its own",
)
def uids_and_titles_are_unique(output: ParsedOutput) -> Iterator[Problem]:
    """No two dashboards have the same UID or the same title.

    Grafana keeps one dashboard of each UID, and readers find a dashboard by its title.
    """
    for key in ("uid", "title"):
        for (first_name, first), (name, board) in combinations(output.valid_dashboards.items(), 2):
            if first[key] == board[key]:
                what = f"its {key} {board[key]!r} is also that of {first_name}"
                yield Problem(dashboard_path(name), what, "give each dashboard its own")


@check(
    "dashboard/duplicate-panel-id",
    stage=COMPILED,
    language="json",
    bad='{"panels": [{"id": 7, "title": "Errors"}, {"id": 7, "title": "Latency"}]}',
    good='{"panels": [{"id": 7, "title": "Errors"}, {"id": 8, "title": "Latency"}]}',
    message="its id 7 is also that of 'Errors'; give the two panels different ids: @panel(…, id=…)",
)
def panel_ids_are_unique(output: ParsedOutput) -> Iterator[Problem]:
    """No two panels of a dashboard have the same id.

    Links of alerts open a panel by its id: one of the two could not be opened.
    """
    for name, board in output.valid_dashboards.items():
        for first, panel in combinations(board["panels"], 2):
            if first["id"] == panel["id"]:
                what = f"its id {panel['id']} is also that of {first['title']!r}"
                yield Problem(place_of_panel(name, panel), what, "give the two panels different ids: @panel(…, id=…)")


@check(
    "dashboard/overlapping-panels",
    stage=COMPILED,
    language="json",
    bad="""
        {"panels": [
          {"title": "Errors", "gridPos": {"x": 0, "y": 900, "w": 12, "h": 8}},
          {"title": "Latency", "gridPos": {"x": 11, "y": 900, "w": 12, "h": 8}}
        ]}
    """,
    good="""
        {"panels": [
          {"title": "Errors", "gridPos": {"x": 0, "y": 900, "w": 12, "h": 8}},
          {"title": "Latency", "gridPos": {"x": 12, "y": 900, "w": 12, "h": 8}}
        ]}
    """,
    message="it overlaps 'Errors'; move one of the two",
)
def panels_do_not_overlap(output: ParsedOutput) -> Iterator[Problem]:
    """No two panels of a dashboard share a cell of the grid.

    Grafana would move one of them, and the layout would differ from the one that was reviewed.
    """
    for name, board in output.valid_dashboards.items():
        for first, panel in combinations(board["panels"], 2):
            if overlap(first["gridPos"], panel["gridPos"]):
                yield Problem(place_of_panel(name, panel), f"it overlaps {first['title']!r}", "move one of the two")


@check(
    "dashboard/panel-outside-grid",
    stage=COMPILED,
    language="json",
    bad='{"panels": [{"title": "Errors", "gridPos": {"x": 16, "y": 900, "w": 12, "h": 8}}]}',
    good='{"panels": [{"title": "Errors", "gridPos": {"x": 12, "y": 900, "w": 12, "h": 8}}]}',
    message="it reaches beyond the 24 columns of the grid; let the widths of its row add up to 24",
)
def panels_are_inside_the_grid(output: ParsedOutput) -> Iterator[Problem]:
    """Every panel ends within the 24 columns of the grid.

    Grafana would shrink or move the panel.
    """
    for name, board in output.valid_dashboards.items():
        for panel in board["panels"]:
            if panel["gridPos"]["x"] + panel["gridPos"]["w"] > COLUMNS:
                what = f"it reaches beyond the {COLUMNS} columns of the grid"
                yield Problem(place_of_panel(name, panel), what, f"let the widths of its row add up to {COLUMNS}")


@check(
    "dashboard/missing-link",
    stage=COMPILED,
    language="json",
    bad="""
        {"links": [
          {"url": "/d/workers-ai-tenant"},
          {"url": "/d/workers-ai-tenant"},
          {"url": "/d/workers-ai-storage"}
        ]}
    """,
    good="""
        {"links": [
          {"url": "/d/workers-ai-overview"},
          {"url": "/d/workers-ai-tenant"},
          {"url": "/d/workers-ai-storage"}
        ]}
    """,
    message="it does not link to workers-ai-overview; link each dashboard to all others",
)
def dashboards_link_to_all_others(output: ParsedOutput) -> Iterator[Problem]:
    """Every dashboard links to all others.

    During an incident the next question is answered by another dashboard, for the same variables and time range.
    """
    boards = output.valid_dashboards
    uids = {board["uid"] for board in boards.values()}
    for name, board in boards.items():
        if missing := uids - _linked_uids(board) - {board["uid"]}:
            what = f"it does not link to {', '.join(sorted(missing))}"
            yield Problem(dashboard_path(name), what, "link each dashboard to all others")


@check(
    "dashboard/broken-link",
    stage=COMPILED,
    language="json",
    bad='{"links": [{"url": "/d/workers-ai-overwiew"}]}',
    good='{"links": [{"url": "/d/workers-ai-overview"}]}',
    message="it links to workers-ai-overwiew, which does not exist; link to a dashboard of this build",
)
def links_open_existing_dashboards(output: ParsedOutput) -> Iterator[Problem]:
    """Every link of a dashboard, and every link of a table's cells, opens a dashboard of this build.

    Grafana shows "Dashboard not found" for any other.
    """
    boards = output.valid_dashboards
    uids = {board["uid"] for board in boards.values()}
    for name, board in boards.items():
        in_cells = {url.split("?")[0].split("/")[2] for url in _cell_links(board)}
        if unknown := (_linked_uids(board) | in_cells) - uids:
            what = f"it links to {', '.join(sorted(unknown))}, which does not exist"
            yield Problem(dashboard_path(name), what, "link to a dashboard of this build")


def overlap(position: Mapping[str, int], other: Mapping[str, int]) -> bool:
    """Whether two positions on the grid share a cell."""
    return (
        position["x"] < other["x"] + other["w"]
        and other["x"] < position["x"] + position["w"]
        and position["y"] < other["y"] + other["h"]
        and other["y"] < position["y"] + position["h"]
    )


def _linked_uids(board: Json) -> set[str]:
    """The UIDs of the dashboards in the list of links."""
    return {link["url"].removeprefix("/d/") for link in board["links"]}


def _cell_links(board: Json) -> Iterator[str]:
    """The URLs that a click on a table's cell opens."""
    for panel in board["panels"]:
        for override in panel.get("fieldConfig", {}).get("overrides", ()):
            for option in override["properties"]:
                if option["id"] == "links":
                    yield from (link["url"] for link in option["value"])


def place_of_panel(name: str, panel: Json) -> str:
    """The place of a panel, by its title."""
    return f"{dashboard_path(name)} {panel['title']!r}"
