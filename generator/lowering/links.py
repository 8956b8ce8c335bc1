"""Links from alerts to panels."""

from __future__ import annotations

from collections.abc import Sequence

from generator.dsl.alert import Alert
from generator.dsl.dashboard import Dashboard
from generator.dsl.labels import Label
from generator.dsl.panel_text import title_of
from generator.dsl.platform import Platform
from generator.errors import DefinitionError, did_you_mean
from generator.ir.links import PanelLink
from generator.lowering.ids import panel_id, uid


def panel_link(
    platform: Platform, dashboards: Sequence[Dashboard], alert: Alert, labels: Sequence[Label]
) -> PanelLink | None:
    """The panel that an alert links to, if any. Raises DefinitionError for a dashboard or panel that does not exist,
    and for a template variable with one value that the alert's labels do not give.
    """
    if not alert.panel:
        return None
    dashboard_id, _, panel = alert.panel.partition("/")
    by_id = {dashboard.id: dashboard for dashboard in dashboards}
    if dashboard_id not in by_id:
        raise DefinitionError(
            f'{alert.name} links to the dashboard "{dashboard_id}", which does not exist',
            did_you_mean(dashboard_id, by_id),
        )
    dashboard = by_id[dashboard_id]
    panels = {each.id: each for row in dashboard.rows for each in row.panels}
    if panel not in panels:
        what = f'{alert.name} links to the panel "{alert.panel}", which does not exist'
        raise DefinitionError(what, did_you_mean(alert.panel, (f"{dashboard_id}/{each}" for each in panels)))
    names = {label.name for label in labels}
    for variable in dashboard.variables:
        if not variable.multi and variable.label.name not in names:
            raise DefinitionError(
                f"{alert.name} links to {dashboard.title}, whose variable {variable.label.variable} needs a value",
                f"group the alert by {variable.label.name}, or link to another dashboard",
            )
    return PanelLink(
        grafana_url=platform.links.grafana,
        dashboard_uid=uid(platform.name, dashboard_id, platform.cluster),
        dashboard_title=dashboard.title,
        panel_id=panel_id(dashboard_id, panel),
        panel_title=title_of(panels[panel], platform),
        variables=tuple(
            (variable.label.name, variable.label.variable)
            for variable in dashboard.variables
            if variable.label.name in names
        ),
        data_source=platform.grafana.data_source_uid,
    )
