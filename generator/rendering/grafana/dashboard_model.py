"""A dashboard as grafanalib's objects: its rows, template variables, annotations and links to the other dashboards."""

from __future__ import annotations

from grafanalib.core import (
    GRAPH_TOOLTIP_MODE_SHARED_CROSSHAIR,
    REFRESH_ON_TIME_RANGE_CHANGE,
    SORT_ALPHA_ASC,
    Annotations,
    Dashboard,
    DashboardLink,
    GridPos,
    RowPanel,
    Template,
    Templating,
    Time,
    TimePicker,
)

from contract.labels import ROUTE, SERVICE, SEVERITY, TENANT
from generator.ir.dashboard import AnnotationSpec, DashboardSpec, RowSpec, VariableSpec
from generator.rendering.grafana.defaults import ALL
from generator.rendering.grafana.panel_base import DATASOURCE
from generator.rendering.grafana.panels import panel
from generator.rendering.promql import flat, text

SCHEMA_VERSION = 42
"""The newest version of the JSON model. Grafana 11.6 and 12.0 end at 41, and have all that these dashboards use."""
WEEK_START = "monday"
"""The first day of the ranges "this week" and "previous week", the same for all readers: that of ISO 8601."""
LABEL_VALUES = 1
"""The number of label-values queries in Grafana's query editor for variables."""
BUILT_IN_ANNOTATIONS = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
"""Annotations that users add in Grafana, which adds this entry to a dashboard without it."""
ANNOTATION_STEP, ANNOTATION_REF = "60s", "Anno"
"""The step of the query of annotations, and Grafana's name of it."""
ANNOTATION_TAGS = ",".join(label.name for label in (SEVERITY, TENANT, ROUTE, SERVICE))


def dashboard_model(spec: DashboardSpec) -> dict[str, object]:
    """The dashboard as grafanalib's JSON data, before it is normalized."""
    data: dict[str, object] = Dashboard(
        title=spec.title,
        uid=spec.uid,
        description=spec.description,
        tags=list(spec.tags),
        annotations=annotation_list(spec.annotations),
        links=links(spec.links),
        templating=templating(spec),
        panels=[item for row_spec in spec.rows for item in (row(row_spec), *map(panel, row_spec.panels))],
        editable=False,
        graphTooltip=GRAPH_TOOLTIP_MODE_SHARED_CROSSHAIR,
        refresh="30s",
        schemaVersion=SCHEMA_VERSION,
        time=Time("now-6h", "now"),
        timePicker=TimePicker(refreshIntervals=["30s", "1m", "5m", "15m"], timeOptions=None),
        timezone="browser",
    ).to_json_data()
    return {**data, "weekStart": WEEK_START}


def row(spec: RowSpec) -> RowPanel:
    """An expanded row; its panels follow it."""
    return RowPanel(id=spec.id, title=spec.title, gridPos=GridPos(h=1, w=24, x=0, y=spec.y))


def templating(spec: DashboardSpec) -> Templating:
    """All template variables; the data source comes first, because the queries of the others use it. It has a current
    value: without one, Grafana selects the first data source by name."""
    datasource = Template(name="datasource", label="Data source", type="datasource", query="prometheus", regex="")
    current = {"text": spec.data_source_name, "value": spec.data_source}
    return Templating([{**datasource.to_json_data(), "current": current}, *map(variable, spec.variables)])


def variable(spec: VariableSpec) -> Template:
    """A variable with a label's values, which Grafana queries again when the time range changes."""
    current = spec.current or (ALL if spec.multi else "")
    return Template(
        name=spec.name,
        label=spec.title,
        dataSource=DATASOURCE,
        query={
            "query": f"label_values({flat(spec.source)}, {spec.label.name})",
            "qryType": LABEL_VALUES,
            "refId": spec.name,
        },
        default=[current] if spec.multi else current,
        multi=spec.multi,
        includeAll=spec.multi,
        allValue=spec.all_values if spec.multi else None,
        refresh=REFRESH_ON_TIME_RANGE_CHANGE,
        sort=SORT_ALPHA_ASC,
        regex="",
    )


def annotation_list(specs: tuple[AnnotationSpec, ...]) -> Annotations:
    """The annotations of users, and those from Prometheus queries."""
    return Annotations([BUILT_IN_ANNOTATIONS, *map(annotation, specs)])


def annotation(spec: AnnotationSpec) -> dict[str, object]:
    """Annotations where an expression has series; grafanalib has no class for them. Grafana reads the query from
    `expr`, and turns `target` into the query of its second model, where `expr` stays an option of old versions."""
    expression = text(spec.expression)
    return {
        "datasource": DATASOURCE,
        "enable": True,
        "expr": expression,
        "hide": False,
        "iconColor": spec.colour.value,
        "name": spec.name,
        "step": ANNOTATION_STEP,
        "tagKeys": ANNOTATION_TAGS,
        "target": {"expr": expression, "interval": ANNOTATION_STEP, "refId": ANNOTATION_REF},
        "textFormat": spec.text,
        "titleFormat": spec.title,
    }


def links(dashboards: tuple[tuple[str, str], ...]) -> list[DashboardLink]:
    """Links to the other dashboards by UID; links by tag would list another platform's dashboards too."""
    return [
        DashboardLink(type="link", title=title, uri=f"/d/{uid}", icon="dashboard", includeVars=True, keepTime=True)
        for title, uid in dashboards
    ]
