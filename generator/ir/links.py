"""Links from alerts to the panels that show what they are about."""

from __future__ import annotations

from urllib.parse import quote_plus

from generator.dsl.platform import DEFAULT_DATA_SOURCE
from generator.dsl.units import Duration, hours
from generator.frozen import frozen

LINK_BEFORE = hours(1)
"""A link's time range begins this long before the evaluation, or as long as the alert looks back if that is longer, and
ends as long after it: Grafana takes a time and the width of the range around it. The range of an alert that began
earlier begins this long before the alert did, where an annotation may query when that was."""


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


def link_before(lookback: Duration | None) -> Duration:
    """How long before the alert a link's time range begins."""
    return LINK_BEFORE if lookback is None else max(LINK_BEFORE, lookback)


def link_width(before: Duration) -> int:
    """The width in milliseconds of a link's time range that begins so long before the alert."""
    return 2 * 1000 * before.seconds
