"""Links from alerts to the panels that show what they are about."""

from __future__ import annotations

from generator.frozen import frozen


@frozen
class PanelLink:
    """A panel of a dashboard. `variables` are pairs: the name of an alert's label, and that of the template variable
    that its value goes into.
    """

    grafana_url: str
    dashboard_uid: str
    dashboard_title: str
    panel_id: int
    panel_title: str
    variables: tuple[tuple[str, str], ...]

    @property
    def dashboard_url(self) -> str:
        """The URL of the dashboard, without variables."""
        return f"{self.grafana_url}/d/{self.dashboard_uid}"
