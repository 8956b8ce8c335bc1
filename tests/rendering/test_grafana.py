"""Dashboards as JSON: what a current Grafana wants, and nothing of what grafanalib gets wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from generator.ir.dashboard import DashboardSpec
from generator.rendering.grafana import dashboard, dashboards
from tests.rendering.drawn_samples import ERRORS, FIRING, LATENCY, OVERVIEW, TENANTS, TOKENS, TRAFFIC
from tests.rendering.shipped_dashboards import panel, sample

LEFTOVERS = {
    *("__inputs", "cards", "columns", "dataFormat", "editable", "error", "fieldOptions", "fontSize", "gnetId"),
    *("hideControls", "highlightCards", "intervalFactor", "maxDataPoints", "metric", "minSpan", "rows", "rgba"),
    *("sharedCrosshair", "span", "step", "style", "target", "time_options", "useTags", "xBucketSize"),
}
"""What grafanalib writes that a current Grafana does not know: as Grafana's own JSON model lacks it."""


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """All objects of a document."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from nodes(value)


def drawn_with(*panels: Any) -> DashboardSpec:
    """The sample with these panels alone."""
    return replace(OVERVIEW, rows=(replace(OVERVIEW.rows[0], panels=panels),))


def written(drawn: Any) -> dict[str, Any]:
    """A panel as it is written."""
    read: dict[str, Any] = json.loads(dashboard(drawn_with(drawn)))["panels"][1]
    return read


def properties(read: dict[str, Any], wanted: str) -> dict[str, Any]:
    """The overrides of the fields that match."""
    found = [one for one in read["fieldConfig"]["overrides"] if one["matcher"]["options"] == wanted]
    return {held["id"]: held["value"] for one in found for held in one["properties"]}


def test_a_dashboard_lies_under_its_name() -> None:
    """Files are called by the dashboards' names, hold JSON, and end in one newline."""
    ((path, text),) = dashboards([OVERVIEW]).items()
    assert path == "grafana/dashboards/overview.json"
    assert text.endswith("}\n")
    assert json.loads(text)["uid"] == "workers-ai-overview"


def test_nothing_is_null_but_the_base_of_thresholds() -> None:
    """Grafana wants one null: the value of the lowest threshold."""
    nulls = [(name, node) for node in nodes(sample()) for name, value in node.items() if value is None]
    assert nulls
    assert all(name == "value" and set(node) == {"color", "value"} for name, node in nulls)


def test_no_leftover_of_grafanalib_leaves() -> None:
    """No name that only an old Grafana knows is anywhere in a panel, a query or the dashboard itself."""
    read = sample()
    grid_positions = [read, read["timepicker"], *read["templating"]["list"], *nodes(read["panels"])]
    assert {name for node in grid_positions for name in node} & LEFTOVERS == {"editable"}
    assert read["editable"] is False


def test_every_query_goes_to_the_data_source_that_is_picked() -> None:
    """Panels, queries, variables and annotations name the variable, and it stands before all that need it."""
    read = sample()
    sources = [node["datasource"] for node in nodes(read) if "datasource" in node]
    hand_set = {"type": "grafana", "uid": "-- Grafana --"}
    assert sources.count(hand_set) == 1
    assert all(one == {"type": "prometheus", "uid": "${datasource}"} for one in sources if one != hand_set)
    first = read["templating"]["list"][0]
    assert (first["name"], first["type"], first["query"]) == ("datasource", "datasource", "prometheus")
    asking = [one for one in read["panels"] if one["type"] != "row"]
    assert all("datasource" in one and all("datasource" in target for target in one["targets"]) for one in asking)


def test_variables_list_a_labels_values() -> None:
    """A variable for one value picks it by name; one for several starts with All, which matches whatever there is."""
    _, tenant, route = sample()["templating"]["list"]
    assert tenant["query"]["query"] == "label_values(requests_total, tenant_id)"
    assert (tenant["multi"], tenant["includeAll"], "allValue" in tenant) == (False, False, False)
    assert tenant["current"] == {"text": "com.rainbowsmokeofficial", "value": "com.rainbowsmokeofficial"}
    assert route["query"]["query"] == "label_values(requests_total{tenant_id=~`${tenant:regex}`}, route)"
    assert (route["multi"], route["includeAll"], route["allValue"]) == (True, True, ".*")
    assert route["current"] == {"text": ["All"], "value": ["$__all"]}
    assert (tenant["refresh"], route["refresh"]) == (2, 2)


def test_a_variable_without_a_first_value_leaves_the_choice_to_grafana() -> None:
    """A platform that lists no tenants has a variable with nothing picked: Grafana takes the first it finds."""
    nobody = replace(OVERVIEW.variables[0], current="")
    read = json.loads(dashboard(replace(OVERVIEW, variables=(nobody,))))
    assert "current" not in read["templating"]["list"][1]


def test_links_lead_to_the_others_and_keep_what_is_picked() -> None:
    """A dashboard links to each of the others by its UID, with the time and the variables."""
    links = sample()["links"]
    assert [(one["title"], one["url"]) for one in links] == [
        ("Tenant", "/d/workers-ai-tenant"),
        ("AI", "/d/workers-ai-ai"),
        ("Storage", "/d/workers-ai-storage"),
    ]
    assert all(one["keepTime"] and one["includeVars"] and one["type"] == "link" for one in links)


def test_firing_alerts_are_annotations() -> None:
    """Marks on the graphs come from the expression, in its colour, with its texts."""
    (mark,) = sample()["annotations"]["list"][1:]
    assert (mark["expr"], mark["iconColor"], mark["enable"]) == ("ALERTS", "red", True)
    assert (mark["titleFormat"], mark["textFormat"]) == ("{{alertname}}", "{{severity}} for {{owner}}")


def test_rows_stand_open_before_their_panels() -> None:
    """Each row is followed by its own panels, and holds none inside, as Grafana writes an open row."""
    read = sample()
    titles = [one["title"] for one in read["panels"]]
    assert titles.index("What is wrong now?") == 0
    assert titles.index("Who and why?") == titles.index("How latency spreads") - 1
    rows = [one for one in read["panels"] if one["type"] == "row"]
    assert [(one["panels"], one["collapsed"]) for one in rows] == [([], False)] * 2


def test_a_limit_is_a_thin_dashed_red_line() -> None:
    """A line that is a limit is red, dashed and thin, has no fill, and does not add up with the others."""
    looks = properties(written(replace(LATENCY, stacked=True)), "B")
    assert looks["color"] == {"fixedColor": "red", "mode": "fixed"}
    assert looks["custom.lineStyle"]["fill"] == "dash"
    assert (looks["custom.lineWidth"], looks["custom.fillOpacity"]) == (1, 0)
    assert looks["custom.stacking"]["mode"] == "none"


def test_lines_known_by_name_differ_in_colour_and_none_is_red() -> None:
    """Lines that are called by a name have a hue each, always the same one, and red is left to limits."""
    read = written(TOKENS)
    hues = [properties(read, ref)["color"]["fixedColor"] for ref in ("A", "B")]
    assert len(set(hues)) == 2
    assert "red" not in hues
    assert read["fieldConfig"]["defaults"]["custom"]["stacking"]["mode"] == "normal"


@pytest.mark.parametrize(("drawn", "shown"), [(LATENCY, True), (ERRORS, False), (TOKENS, True)])
def test_a_legend_is_shown_where_there_can_be_two_lines(drawn: Any, shown: bool) -> None:
    """One line is called by the panel's title; two need a legend, which holds names alone."""
    legend = written(drawn)["options"]["legend"]
    assert (legend["showLegend"], legend["calcs"]) == (shown, [])


def test_a_dashed_ceiling_stays_in_sight() -> None:
    """A bound that is drawn belongs to the picture even while the line is far below it."""
    custom = written(ERRORS)["fieldConfig"]["defaults"]["custom"]
    assert custom["thresholdsStyle"] == {"mode": "dashed"}
    assert (custom["axisSoftMin"], custom["axisSoftMax"]) == (0, 0.02)
    assert "axisSoftMax" not in written(LATENCY)["fieldConfig"]["defaults"]["custom"]


def test_values_say_what_they_are() -> None:
    """Unit, bounds, colours and the text for no data arrive as they were drawn; things come without decimals."""
    field = written(FIRING)["fieldConfig"]["defaults"]
    assert (field["unit"], field["decimals"], field["noValue"]) == ("none", 0, "0")
    assert field["thresholds"] == {
        "mode": "absolute",
        "steps": [
            {"color": "green", "value": None},
            {"color": "orange", "value": 0.8},
            {"color": "red", "value": 1.0},
        ],
    }
    bounds = written(ERRORS)["fieldConfig"]["defaults"]
    assert (bounds["min"], bounds["max"]) == (0, 1)


def test_a_trend_is_an_area_behind_the_number() -> None:
    """A number with a trend asks for a range and draws it; one without asks for the newest value alone."""
    with_trend, without = written(TRAFFIC), written(FIRING)
    assert (with_trend["options"]["graphMode"], without["options"]["graphMode"]) == ("area", "none")
    assert [(one["targets"][0]["instant"], one["targets"][0]["range"]) for one in (with_trend, without)] == [
        (False, True),
        (True, False),
    ]


def test_a_heatmap_reads_prometheus_own_buckets() -> None:
    """A heatmap takes the buckets as they are, its axis is in the histogram's unit, and its colours are no alarm."""
    read = panel("How latency spreads")
    assert read["options"]["calculate"] is False
    assert (read["targets"][0]["format"], read["targets"][0]["legendFormat"]) == ("heatmap", "{{le}}")
    assert (read["options"]["yAxis"]["unit"], read["options"]["color"]["scheme"]) == ("ms", "Blues")


def test_a_tables_answers_are_joined_and_named() -> None:
    """Grafana calls the values of two table queries `Value #A` and `Value #B`, their times `Time 1` and `Time 2`, and
    of one query `Value` and `Time`: these are shown under their headings; times, and the names that recorded series
    keep, are not."""
    join, organize = written(TENANTS)["transformations"]
    assert join["options"] == {"byField": "tenant_id", "mode": "outer"}
    names = {"tenant_id": "Tenant", "Value #A": "Error share", "Value #B": "Dollars"}
    assert organize["options"]["renameByName"] == names
    order = organize["options"]["indexByName"]
    assert sorted(order, key=order.__getitem__) == ["tenant_id", "Value #A", "Value #B"]
    assert set(organize["options"]["excludeByName"]) == {"Time", "Time 1", "Time 2", "__name__"}
    alone = panel("One column")["transformations"][1]["options"]
    assert alone["renameByName"] == {"tenant_id": "Tenant", "Value": "Error share"}


def test_a_tables_columns_look_as_their_values_do() -> None:
    """Each column has its own unit, decimals and colours, none has another's; the worst stand first."""
    read = written(replace(TENANTS, unit="none"))
    share, dollars = properties(read, "Error share"), properties(read, "Dollars")
    assert (share["unit"], share["custom.cellOptions"]["type"]) == ("percentunit", "color-text")
    assert [step["color"] for step in share["thresholds"]["steps"]] == ["green", "orange", "red"]
    assert (dollars["unit"], dollars["decimals"], dollars["custom.cellOptions"]["type"]) == ("currencyUSD", 2, "auto")
    assert "decimals" not in read["fieldConfig"]["defaults"]
    assert set(read["fieldConfig"]["defaults"]["custom"]) == {
        *("align", "cellOptions", "filterable", "inspect", "minWidth")
    }
    assert read["options"]["sortBy"] == [{"desc": True, "displayName": "Error share"}]


def test_a_table_that_opens_nothing_has_no_link() -> None:
    """Without a dashboard to open, the label is text alone."""
    assert "links" not in properties(written(replace(TENANTS, links_to="")), "Tenant")
