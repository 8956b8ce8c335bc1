"""Checks of what a person can read of rendered dashboards: whole titles in the narrowest windows."""

from __future__ import annotations

from collections.abc import Iterator

from generator.check import check
from generator.checks.dashboards import place_of_panel
from generator.checks.parsed_output import ParsedOutput
from generator.checks.stages import COMPILED
from generator.errors import Problem
from generator.ir.text_width import DESKTOP, PHONE, TITLE_MARGIN, TITLE_SIZE, text_width


@check(
    "dashboard/cut-title",
    stage=COMPILED,
    language="json",
    bad='{"panels": [{"title": "Requests that were rate-limited", "gridPos": {"x": 0, "y": 900, "w": 3, "h": 4}}]}',
    good='{"panels": [{"title": "429s", "gridPos": {"x": 0, "y": 900, "w": 12, "h": 4}}]}',
    message="its title is 215 pixels wide, and 9 are left for it in a window of 1280 pixels; "
    "shorten the title, or omit the widths of its row, which then fit the titles",
)
def titles_are_not_cut(output: ParsedOutput) -> Iterator[Problem]:
    """Every title of a panel is shown whole in a window of 1,280 pixels beside Grafana's menu, and on a phone.

    Grafana ends a longer one with "…": "Rate-limi…" beside "Rate-limi…" says nothing. The width is computed from the
    metrics of Grafana's font; the icon of the description and the button of the menu are beside the title.
    """
    hint = "shorten the title, or omit the widths of its row, which then fit the titles"
    for name, board in output.valid_dashboards.items():
        for panel in board["panels"]:
            if panel["type"] == "row":
                continue
            needed = round(text_width(panel["title"], TITLE_SIZE))
            for window in (DESKTOP, PHONE):
                room = window.panel_width(panel["gridPos"]["w"]) - TITLE_MARGIN
                if needed > room:
                    what = f"its title is {needed} pixels wide, and {max(room, 0)} are left for it"
                    window_text = f" in a window of {window.width} pixels"
                    yield Problem(place_of_panel(name, panel), what + window_text, hint)
                    break
