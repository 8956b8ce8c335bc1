"""Dashboards as Grafana's JSON. grafanalib is spoken in this room alone, and mended before anything leaves."""

from __future__ import annotations

import json
from collections.abc import Iterable

from grafanalib._gen import DashboardEncoder
from grafanalib.core import GRAPH_TOOLTIP_MODE_SHARED_CROSSHAIR, Dashboard, GridPos, RowPanel, Time, TimePicker

from generator.ir.dashboard import DashboardSpec, RowSpec
from generator.rendering.grafana.frame import links, marks, templating
from generator.rendering.grafana.normalize import mended
from generator.rendering.grafana.panels import panel

SCHEMA_VERSION = 42
"""The last version of this JSON model; Grafana 11.6 and 12.0 stop at 41, and find nothing in it that they lack."""


def dashboards(drawn: Iterable[DashboardSpec]) -> dict[str, str]:
    """The JSON of all dashboards, by their ids."""
    return {each.id: dashboard(each) for each in drawn}


def dashboard(drawn: DashboardSpec) -> str:
    """One dashboard as JSON text that is safe inside a page's `<script>`, too."""
    written = json.dumps(whole(drawn), cls=DashboardEncoder)
    text = json.dumps(mended(json.loads(written)), indent=2, sort_keys=True, ensure_ascii=False)
    return text.replace("</", "<\\/").replace("<!--", "\\u003c!--") + "\n"


def whole(drawn: DashboardSpec) -> dict[str, object]:
    """The dashboard in grafanalib's words."""
    board: dict[str, object] = Dashboard(
        title=drawn.title,
        uid=drawn.uid,
        description=drawn.description,
        tags=list(drawn.tags),
        annotations=marks(drawn.annotations),
        links=links(drawn.links),
        templating=templating(drawn.variables),
        panels=[each for row in drawn.rows for each in (heading(row), *map(panel, row.panels))],
        editable=False,
        graphTooltip=GRAPH_TOOLTIP_MODE_SHARED_CROSSHAIR,
        refresh="30s",
        schemaVersion=SCHEMA_VERSION,
        time=Time("now-6h", "now"),
        timePicker=TimePicker(refreshIntervals=["30s", "1m", "5m", "15m"], timeOptions=None),
        timezone="browser",
    ).to_json_data()
    return board


def heading(row: RowSpec) -> RowPanel:
    """A row, open: its panels follow it."""
    return RowPanel(id=row.id, title=row.title, gridPos=GridPos(h=1, w=24, x=0, y=row.y))
