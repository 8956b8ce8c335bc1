"""Dashboards as Grafana's JSON. Only this package uses grafanalib, and `normalize` corrects its output."""

from __future__ import annotations

import json
from collections.abc import Iterable

from grafanalib._gen import DashboardEncoder

from generator.ir.dashboard import DashboardSpec
from generator.rendering.grafana.dashboard_model import dashboard_model
from generator.rendering.grafana.defaults import as_saved
from generator.rendering.grafana.normalize import normalized
from generator.rendering.json_text import json_text


def dashboards(specs: Iterable[DashboardSpec]) -> dict[str, str]:
    """The JSON of all dashboards, by their ids."""
    return {spec.id: dashboard(spec) for spec in specs}


def dashboard(spec: DashboardSpec) -> str:
    """A dashboard as JSON text, which is safe inside a page's `<script>` too."""
    encoded = json.dumps(dashboard_model(spec), cls=DashboardEncoder)
    text = json_text(as_saved(normalized(json.loads(encoded))), sort_keys=True)
    return text.replace("</", "<\\/").replace("<!--", "\\u003c!--") + "\n"
