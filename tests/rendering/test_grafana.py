"""Dashboards as JSON: the JSON model of a current Grafana, without what grafanalib writes for old ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from contract.labels import ROUTE, TENANT
from generator.dsl.units import minutes
from generator.ir.dashboard import Colour, DashboardSpec, LevelSpec, Marker, PanelSpec, QueryFormat, StateSpec
from generator.output import dashboard_path
from generator.rendering.grafana import dashboard, dashboards
from generator.rendering.grafana.defaults import as_saved, changes
from tests.rendering.dashboard_samples import ERRORS, FIRING, LATENCY, OVERVIEW, ROUTES, TENANTS, TOKENS, TRAFFIC
from tests.rendering.shipped_dashboards import panel, sample

OLD_PROPERTIES = {
    *("__inputs", "cards", "columns", "dataFormat", "editable", "error", "fieldOptions", "fontSize", "gnetId"),
    *("hideControls", "highlightCards", "intervalFactor", "maxDataPoints", "metric", "minSpan", "rows", "rgba"),
    *("sharedCrosshair", "span", "step", "style", "target", "time_options", "useTags", "xBucketSize"),
}
"""Properties that grafanalib writes and Grafana's current JSON model does not have."""


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """All objects of a JSON document."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from nodes(value)


def with_panels(*panels: PanelSpec) -> DashboardSpec:
    """The sample dashboard with only these panels."""
    return replace(OVERVIEW, rows=(replace(OVERVIEW.rows[0], panels=panels),))


def rendered(spec: PanelSpec) -> dict[str, Any]:
    """The parsed JSON of a panel."""
    parsed: dict[str, Any] = json.loads(dashboard(with_panels(spec)))["panels"][1]
    return parsed


def overridden(panel_json: dict[str, Any], option: str) -> dict[str, Any]:
    """The properties in a panel's overrides whose matcher has this option: a series' name or a query's letter."""
    overrides = [
        override for override in panel_json["fieldConfig"]["overrides"] if override["matcher"]["options"] == option
    ]
    return {item["id"]: item["value"] for override in overrides for item in override["properties"]}


def test_the_file_of_a_dashboard_is_named_by_its_id() -> None:
    """A dashboard's file has the dashboard's id as its name, contains JSON, and ends in one newline."""
    ((id_, text),) = dashboards([OVERVIEW]).items()
    assert dashboard_path(id_) == "grafana/dashboards/overview.json"
    assert text.endswith("}\n")
    assert json.loads(text)["uid"] == "workers-ai-overview"


def test_nothing_is_null() -> None:
    """Grafana saves the base step of thresholds, which is null in its editor, as 0; nothing else is null."""
    assert [(name, node) for node in nodes(sample()) for name, value in node.items() if value is None] == []


@pytest.mark.parametrize("spec", [LATENCY, TRAFFIC, ROUTES, TENANTS])
def test_a_panel_says_which_grafana_it_is_for(spec: PanelSpec) -> None:
    """Without a version, Grafana migrates a panel at each load, and cuts off bars at 100 %."""
    assert rendered(spec)["pluginVersion"] == "12.3.0"


def test_a_level_can_have_a_text_beside_its_value() -> None:
    """Grafana shows the text as the name of the value."""
    stale = LevelSpec("critical", Colour.CRITICAL, "No telemetry since")
    stat = rendered(replace(TRAFFIC, levels=(stale,)))
    assert (overridden(stat, "/^critical/")["displayName"], stat["options"]["textMode"]) == (
        "No telemetry since",
        "value_and_name",
    )
    assert rendered(TRAFFIC)["options"]["textMode"] == "auto"


def test_no_value_has_a_colour_of_its_own() -> None:
    """Grafana paints the text for no value in the colour of the base threshold, which is green: mappings give each
    state its text and colour. Graphs and tables show a text without a colour."""
    states = (
        StateSpec(Marker.DEAD, "No telemetry", Colour.CRITICAL),
        StateSpec(Marker.QUIET, "No traffic", Colour.PLAIN),
        StateSpec(Marker.ZERO, "No traffic", Colour.PLAIN),
        StateSpec(Marker.UNKNOWN, "Unknown", Colour.UNKNOWN),
    )
    defaults = rendered(replace(TRAFFIC, states=states, no_value=""))["fieldConfig"]["defaults"]
    quiet = {"color": "text", "text": "No traffic"}
    assert defaults["mappings"] == [
        {
            "type": "value",
            "options": {"Infinity": {"color": "red", "index": 0, "text": "No telemetry"}, "0": {**quiet, "index": 2}},
        },
        {"type": "special", "options": {"match": "nan", "result": {**quiet, "index": 1}}},
        {
            "type": "special",
            "options": {"match": "null", "result": {"color": "purple", "index": 3, "text": "Unknown"}},
        },
    ]
    assert "noValue" not in defaults
    graph = rendered(LATENCY)["fieldConfig"]["defaults"]
    assert (graph["mappings"], graph["noValue"]) == ([], "No traffic")


def test_a_heatmap_has_no_option_that_grafana_removes() -> None:
    """Grafana's heatmap has no colours of values and no text of its own for no data."""
    field = panel("Latency distribution")["fieldConfig"]["defaults"]
    assert field.keys() & {"color", "noValue", "thresholds"} == set()


def test_a_single_bar_has_a_name() -> None:
    """Grafana names bars only where there are several; with the series' name as their display name, it names one too.
    The buckets of a histogram would all be 0 with it."""
    bars = rendered(ROUTES)["fieldConfig"]["defaults"]
    buckets = replace(ROUTES, targets=tuple(replace(each, format=QueryFormat.HEATMAP) for each in ROUTES.targets))
    assert bars["displayName"] == "${__series.name}"
    assert "displayName" not in rendered(buckets)["fieldConfig"]["defaults"]


def test_no_old_property_of_grafanalib_is_rendered() -> None:
    """Panels, queries, variables and the dashboard have no property that only old versions of Grafana read."""
    parsed = sample()
    objects = [parsed, parsed["timepicker"], *parsed["templating"]["list"], *nodes(parsed["panels"])]
    assert {name for node in objects for name in node} & OLD_PROPERTIES == {"editable"}
    assert parsed["editable"] is False


def test_every_query_uses_the_selected_data_source() -> None:
    """Panels, queries, variables and annotations have the data source of the first variable."""
    parsed = sample()
    sources = [node["datasource"] for node in nodes(parsed) if "datasource" in node]
    built_in = {"type": "grafana", "uid": "-- Grafana --"}
    assert sources.count(built_in) == 1
    assert all(source == {"type": "prometheus", "uid": "${datasource}"} for source in sources if source != built_in)
    first = parsed["templating"]["list"][0]
    assert (first["name"], first["type"], first["query"]) == ("datasource", "datasource", "prometheus")
    panels = [node for node in parsed["panels"] if node["type"] != "row"]
    assert all("datasource" in node and all("datasource" in target for target in node["targets"]) for node in panels)


def test_variables_have_the_values_of_a_label() -> None:
    """A variable of one value has the current one by name; a variable of several starts with All, which matches every
    value, or what its specification says."""
    _, tenant, route, model = sample()["templating"]["list"]
    assert tenant["query"]["query"] == "label_values(requests_total, tenant_id)"
    assert (tenant["multi"], tenant["includeAll"], "allValue" in tenant) == (False, False, False)
    assert tenant["current"] == {"text": "com.rainbowsmokeofficial", "value": "com.rainbowsmokeofficial"}
    assert route["query"]["query"] == "label_values(requests_total{tenant_id=~`${tenant:regex}`}, route)"
    assert (route["multi"], route["includeAll"], route["allValue"]) == (True, True, ".*")
    assert route["current"] == {"text": "All", "value": ["$__all"]}
    assert (model["multi"], model["includeAll"], model["allValue"]) == (True, True, "()")
    assert (tenant["refresh"], route["refresh"]) == (2, 2)


def test_grafana_selects_a_variable_without_a_current_value() -> None:
    """On a platform without listed tenants, the variable has no current value, and Grafana selects the first result."""
    tenant = replace(OVERVIEW.variables[0], current="")
    parsed = json.loads(dashboard(replace(OVERVIEW, variables=(tenant,))))
    assert "current" not in parsed["templating"]["list"][1]


def test_links_open_the_other_dashboards_with_the_same_variables() -> None:
    """A dashboard links to each of the others by its UID, with the time range and the variables."""
    links = sample()["links"]
    assert [(link["title"], link["url"]) for link in links] == [
        ("Tenant", "/d/workers-ai-tenant"),
        ("AI", "/d/workers-ai-ai"),
        ("Storage", "/d/workers-ai-storage"),
    ]
    assert all(link["keepTime"] and link["includeVars"] and link["type"] == "link" for link in links)


def test_times_are_those_of_the_browser_and_weeks_begin_on_monday() -> None:
    """Times are in the reader's time zone; "this week" is the same range for all readers."""
    assert (sample()["timezone"], sample()["weekStart"]) == ("browser", "monday")


def test_firing_alerts_are_annotations() -> None:
    """An annotation has its expression, colour and texts."""
    (annotation,) = sample()["annotations"]["list"][1:]
    assert (annotation["expr"], annotation["iconColor"], annotation["enable"]) == ("ALERTS", "red", True)
    assert annotation["target"] == {"expr": "ALERTS", "interval": "60s", "refId": "Anno"}
    assert (annotation["titleFormat"], annotation["textFormat"]) == ("{{alertname}}", "{{severity}} for {{owner}}")


def test_rows_are_expanded() -> None:
    """The panels of a row follow it, and the row itself contains none, as Grafana saves an expanded row."""
    parsed = sample()
    titles = [node["title"] for node in parsed["panels"]]
    assert titles.index("Current state") == 0
    assert titles.index("Details") == titles.index("Latency distribution") - 1
    rows = [node for node in parsed["panels"] if node["type"] == "row"]
    assert [(row["panels"], row["collapsed"]) for row in rows] == [([], False)] * 2


def test_a_threshold_series_is_a_thin_dashed_red_line() -> None:
    """A threshold's series is red, dashed and thin, has no fill, and is not stacked with the others."""
    style = overridden(rendered(replace(LATENCY, stacked=True)), "B")
    assert style["color"] == {"fixedColor": "red", "mode": "fixed"}
    assert style["custom.lineStyle"]["fill"] == "dash"
    assert (style["custom.lineWidth"], style["custom.fillOpacity"]) == (1, 0)
    assert style["custom.stacking"]["mode"] == "none"


def test_a_value_has_the_colour_of_its_level() -> None:
    """Where the level begins a value's name, an override of such names gives the colour; several values are shown by
    the rest of their names."""
    levels = (LevelSpec("critical", Colour.CRITICAL), LevelSpec("ok", Colour.OK))
    stat, named = (rendered(replace(TRAFFIC, levels=levels, level_labels=labels)) for labels in ((), (ROUTE, TENANT)))
    colours = [overridden(stat, f"/^{name}/")["color"] for name in ("critical", "ok")]
    assert colours == [{"fixedColor": colour, "mode": "fixed"} for colour in ("red", "green")]
    assert "displayName" not in overridden(stat, "/^ok/")
    shown = overridden(named, "/^ok/")["displayName"]
    assert shown == "${__field.labels.route} · ${__field.labels.tenant_id}"
    assert rendered(TRAFFIC)["fieldConfig"]["overrides"] == []


def test_graphs_have_a_minimum_step() -> None:
    """A graph has the minimum step of its panel, whatever the data source has; an instant query has no steps."""
    graph, number = (replace(spec, min_step=minutes(1)) for spec in (LATENCY, TRAFFIC))
    assert rendered(graph)["targets"][0]["interval"] == "1m"
    assert "interval" not in rendered(number)["targets"][0]


def test_a_dashboard_opens_with_its_data_source() -> None:
    """Without a current value Grafana selects the first data source by name, and clears the tenant of a link."""
    board = json.loads(dashboard(replace(OVERVIEW, data_source="mimir-eu", data_source_name="Mimir in Europe")))
    variable = board["templating"]["list"][0]
    assert (variable["name"], variable["current"]) == ("datasource", {"text": "Mimir in Europe", "value": "mimir-eu"})


def test_a_series_of_a_warning_is_orange() -> None:
    """It has the style of a threshold, in the colour of a warning."""
    values, threshold = LATENCY.targets
    style = overridden(rendered(replace(LATENCY, targets=(values, replace(threshold, is_warning=True)))), "B")
    assert style["color"] == {"fixedColor": "orange", "mode": "fixed"}
    assert style["custom.lineStyle"]["fill"] == "dash"


def test_a_threshold_series_is_not_in_the_legend() -> None:
    """The panel's description explains the dashed red line; the legend lists only what is measured."""
    hidden = overridden(rendered(LATENCY), "B")["custom.hideFrom"]
    assert hidden == {"legend": True, "tooltip": False, "viz": False}


def test_series_with_fixed_names_differ_in_colour_and_none_is_red() -> None:
    """Each query with a fixed name has a colour of its own; only thresholds are red."""
    tokens = rendered(TOKENS)
    colours = [overridden(tokens, ref)["color"]["fixedColor"] for ref in ("A", "B")]
    assert len(set(colours)) == 2
    assert "red" not in colours
    assert tokens["fieldConfig"]["defaults"]["custom"]["stacking"]["mode"] == "normal"


def test_series_that_are_named_at_build_time_have_the_same_colour_on_all_panels() -> None:
    """The colours follow the order of the names and do not depend on the panel; none is red."""
    latency = rendered(replace(LATENCY, series_names=("/chat", "/search")))
    colours = [overridden(latency, name)["color"]["fixedColor"] for name in ("/chat", "/search")]
    assert colours == ["blue", "purple"]
    assert overridden(latency, "B")["color"]["fixedColor"] == "red"


@pytest.mark.parametrize(("spec", "shown"), [(LATENCY, True), (ERRORS, False), (TOKENS, True)])
def test_a_panel_with_several_series_has_a_legend(spec: PanelSpec, shown: bool) -> None:
    """The panel's title names a single series; several need a legend, which has only their names."""
    legend = rendered(spec)["options"]["legend"]
    assert (legend["showLegend"], legend["calcs"]) == (shown, [])


def test_a_far_threshold_does_not_rule_the_axis() -> None:
    """A threshold of $50 on the axis would flatten $0.75: Grafana draws its line when values come near it."""
    custom = rendered(ERRORS)["fieldConfig"]["defaults"]["custom"]
    assert custom["thresholdsStyle"] == {"mode": "dashed"}
    assert (custom["axisSoftMin"], custom["axisSoftMax"]) == (0, 0.01)


@pytest.mark.parametrize(("unit", "least"), [("percentunit", 0.01), ("ms", 10), ("suffix:tok/s", 0.01), ("none", 1)])
def test_an_axis_of_zeros_ends_at_a_small_value(unit: str, least: float) -> None:
    """Grafana ends an axis of zeros at 10,000 % or 100 requests a second; here it ends at 1 % or 0.01 a second."""
    spec = replace(LATENCY, unit=unit, steps=LATENCY.steps[:1], threshold_lines=False)
    assert rendered(spec)["fieldConfig"]["defaults"]["custom"]["axisSoftMax"] == least


def test_the_hidden_part_of_names_is_removed() -> None:
    """Grafana shows the two groups of what a pattern matches, and leaves other names."""
    (rename,) = rendered(replace(LATENCY, name_patterns=("(.*)@cf/[^/]+/(.*)",)))["transformations"]
    assert rename == {
        "id": "renameByRegex",
        "options": {"regex": "(.*)@cf/[^/]+/(.*)", "renamePattern": "$1$2"},
    }
    assert "transformations" not in rendered(LATENCY)


def test_values_have_their_unit_thresholds_and_minimum() -> None:
    """Unit, minimum, maximum, thresholds and the text without data are as specified; counts have no decimals."""
    field = rendered(FIRING)["fieldConfig"]["defaults"]
    assert (field["unit"], field["decimals"], field["noValue"]) == ("none", 0, "0")
    assert field["thresholds"] == {
        "mode": "absolute",
        "steps": [
            {"color": "green", "value": 0},
            {"color": "orange", "value": 0.8},
            {"color": "red", "value": 1.0},
        ],
    }
    bounds = rendered(ERRORS)["fieldConfig"]["defaults"]
    assert (bounds["min"], bounds["max"]) == (0, 1)


def test_a_stat_shows_the_value_at_the_end_of_the_range() -> None:
    """A stat has an instant query and no sparkline: the last point of a graph is up to an hour old over a week."""
    stat = rendered(TRAFFIC)
    (target,) = stat["targets"]
    assert (target["instant"], target["range"], stat["options"]["graphMode"]) == (True, False, "none")


def test_a_heatmap_reads_the_buckets_of_prometheus() -> None:
    """A heatmap does not calculate buckets, its axis has the histogram's unit, and its colours do not mean critical."""
    heatmap = panel("Latency distribution")
    assert heatmap["options"]["calculate"] is False
    assert (heatmap["targets"][0]["format"], heatmap["targets"][0]["legendFormat"]) == ("heatmap", "{{le}}")
    assert (heatmap["options"]["yAxis"]["unit"], heatmap["options"]["color"]["scheme"]) == ("ms", "Blues")


def test_counts_of_buckets_have_no_decimals() -> None:
    """A bar gauge of a histogram's buckets shows 65 queries, not 65.0, and 2633, not 3 K."""
    buckets = replace(ROUTES, unit="none")
    assert rendered(buckets)["fieldConfig"]["defaults"]["decimals"] == 0
    assert "decimals" not in rendered(replace(ROUTES, unit="short"))["fieldConfig"]["defaults"]


def test_the_results_of_a_table_are_joined_and_renamed() -> None:
    """Grafana names the values of two table queries `Value #A` and `Value #B`, their times `Time 1` and `Time 2`, and
    those of one query `Value` and `Time`. The values are shown with their headings; times, the platform's labels and
    the names of recorded series are not."""
    join, organize = rendered(TENANTS)["transformations"]
    assert join["options"] == {"byField": "tenant_id", "mode": "outer"}
    names = {"tenant_id": "Tenant", "Value #A": "Error ratio", "Value #B": "Cost"}
    assert organize["options"]["renameByName"] == names
    order = organize["options"]["indexByName"]
    assert sorted(order, key=order.__getitem__) == ["tenant_id", "Value #A", "Value #B"]
    joined = {f"{name}{number}" for name in ("Time", "platform", "cluster") for number in ("", " 1", " 2")}
    assert set(organize["options"]["excludeByName"]) == {*joined, "__name__"}
    one_column = panel("One column")["transformations"][1]["options"]
    assert one_column["renameByName"] == {"tenant_id": "Tenant", "Value": "Error ratio"}


def test_each_column_of_a_table_has_its_own_options() -> None:
    """Each column has its own unit, decimals and colours; the rows are sorted by the first column of values."""
    table = rendered(replace(TENANTS, unit="none"))
    ratio, cost = overridden(table, "Error ratio"), overridden(table, "Cost")
    assert (ratio["unit"], ratio["custom.cellOptions"]["type"]) == ("percentunit", "color-text")
    assert [step["color"] for step in ratio["thresholds"]["steps"]] == ["green", "orange", "red"]
    assert (cost["unit"], cost["decimals"], cost["custom.cellOptions"]["type"]) == ("currencyUSD", 2, "auto")
    assert "decimals" not in table["fieldConfig"]["defaults"]
    (mapping,) = ratio["mappings"]
    assert mapping["options"] == {"match": "nan", "result": {"color": "text", "index": 0, "text": "–"}}
    assert set(table["fieldConfig"]["defaults"]["custom"]) == {
        *("align", "cellOptions", "filterable", "footer", "inspect", "minWidth")
    }
    assert table["options"]["sortBy"] == [{"desc": True, "displayName": "Error ratio"}]


def test_a_table_without_a_dashboard_to_open_has_no_links() -> None:
    """Without `links_to`, the column of the label is plain text."""
    assert "links" not in overridden(rendered(replace(TENANTS, links_to=None)), "Tenant")


def test_a_save_changes_nothing() -> None:
    """Grafana adds no default to what is written, and removes nothing."""
    written = sample()
    assert list(changes(written, as_saved(written))) == []


@pytest.mark.parametrize(
    ("type_", "name", "change"),
    [("stat", "wideLayout", "adds wideLayout"), ("table", "cellHeight", "adds cellHeight")],
)
def test_a_save_adds_what_is_missing(type_: str, name: str, change: str) -> None:
    """A panel without a default of its type gets it when Grafana saves it."""
    written = next(each for each in sample()["panels"] if each["type"] == type_)
    del written["options"][name]
    board = {"panels": [written], "templating": {"list": []}}
    assert list(changes(written, as_saved(board)["panels"][0])) == [change]
