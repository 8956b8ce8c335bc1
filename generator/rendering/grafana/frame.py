"""What stands around the panels: variables, annotations, and links to the other dashboards."""

from __future__ import annotations

from grafanalib.core import (
    REFRESH_ON_TIME_RANGE_CHANGE,
    SORT_ALPHA_ASC,
    Annotations,
    DashboardLink,
    Template,
    Templating,
)

from contract.labels import ROUTE, SERVICE, SEVERITY, TENANT
from generator.ir.dashboard import AnnotationSpec, VariableSpec
from generator.rendering.grafana.queries import DATASOURCE
from generator.rendering.promql import flat, text

ALL = "$__all"
LABEL_VALUES = 1
"""What Grafana's query editor calls a query for a label's values."""
BUILT_IN = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
"""The marks that people set by hand; Grafana adds them to a dashboard that lacks them."""
TAGS = ",".join(label.name for label in (SEVERITY, TENANT, ROUTE, SERVICE))


def templating(variables: tuple[VariableSpec, ...]) -> Templating:
    """The data source first, since all others are read from it."""
    source = Template(name="datasource", label="Data source", type="datasource", query="prometheus", regex="")
    return Templating([source, *map(template, variables)])


def template(variable: VariableSpec) -> Template:
    """A variable that lists a label's values, read anew when the time range changes."""
    first = variable.current or (ALL if variable.multi else "")
    return Template(
        name=variable.name,
        label=variable.title,
        dataSource=DATASOURCE,
        query={
            "query": f"label_values({flat(variable.source)}, {variable.label.name})",
            "qryType": LABEL_VALUES,
            "refId": variable.name,
        },
        default=[first] if variable.multi else first,
        multi=variable.multi,
        includeAll=variable.multi,
        allValue=".*" if variable.multi else None,
        refresh=REFRESH_ON_TIME_RANGE_CHANGE,
        sort=SORT_ALPHA_ASC,
        regex="",
    )


def marks(known: tuple[AnnotationSpec, ...]) -> Annotations:
    """The marks set by hand, and those that the data source knows."""
    return Annotations([BUILT_IN, *map(annotation, known)])


def annotation(mark: AnnotationSpec) -> dict[str, object]:
    """Marks wherever an expression has series; grafanalib has no word for one."""
    return {
        "datasource": DATASOURCE,
        "enable": True,
        "expr": text(mark.expression),
        "hide": False,
        "iconColor": mark.colour.value,
        "name": mark.name,
        "step": "60s",
        "tagKeys": TAGS,
        "textFormat": mark.text,
        "titleFormat": mark.title,
    }


def links(others: tuple[tuple[str, str], ...]) -> list[DashboardLink]:
    """To each of the other dashboards by its UID: by tag, another platform's would be listed too."""
    return [
        DashboardLink(type="link", title=title, uri=f"/d/{uid}", icon="dashboard", includeVars=True, keepTime=True)
        for title, uid in others
    ]
