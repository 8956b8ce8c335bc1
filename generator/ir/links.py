"""Links from alerts to the panels that show what they are about."""

from __future__ import annotations

from urllib.parse import quote_plus

from generator.dsl.platform import DEFAULT_DATA_SOURCE
from generator.frozen import frozen


@frozen
class PanelLink:
    """A panel of a dashboard. `variables` are pairs: the name of an alert's label, and that of the template variable
    that its value goes into. `data_source` is the UID of the data source whose series the alert is about.
    """

    grafana_url: str
    dashboard_uid: str
    dashboard_title: str
    panel_id: int
    panel_title: str
    variables: tuple[tuple[str, str], ...]
    data_source: str = DEFAULT_DATA_SOURCE

    @property
    def dashboard_url(self) -> str:
        """The URL of the dashboard with its data source, without the other variables. Grafana empties a variable whose
        value the selected data source does not have."""
        return f"{self.grafana_url}/d/{self.dashboard_uid}?var-datasource={quote_plus(self.data_source)}"
