"""The chart of a run, as SVG: traffic, symptom, the time of the incident, and the intervals of every alert."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from generator.frozen import frozen
from generator.verify.backtest.chart_queries import requests_per_minute
from generator.verify.backtest.run import BacktestRun, Points, chart_range
from generator.verify.notified.notifications import AlertInterval, without_inhibited

WIDTH, LEFT, RIGHT = 880, 250, 850
CURVE_HEIGHT, CURVE_GAP, ROW_HEIGHT = 80, 26, 16
"""Pixels."""
MAX_ROWS = 16
SHIPPED_COLORS = {"page": "#c4162a", "ticket": "#e0912f"}
OTHER_COLORS = {"page": "#8e8e99", "ticket": "#c3c3cc"}
"""For the baseline and sloth."""


@frozen
class ChartAxis:
    """The range of the x axis, in seconds after the incident's start."""

    start: float
    end: float

    def x(self, time: float) -> float:
        """Return the x coordinate of a time in pixels; a time outside the range lies on the edge."""
        inside = min(max(time, self.start), self.end)
        return round(LEFT + (RIGHT - LEFT) * (inside - self.start) / (self.end - self.start), 1)


@frozen
class AlertRow:
    """A row of the chart: an alert's name, its color and its intervals."""

    name: str
    color: str
    alerts: Sequence[AlertInterval]


def chart(run: BacktestRun) -> str:
    """Return the SVG, which ends in a newline."""
    axis, case = ChartAxis(*chart_range(run.case)), run.case
    rows = [*_rows(run)][:MAX_ROWS]
    rows_top = 2 * (CURVE_HEIGHT + CURVE_GAP) + CURVE_GAP
    height = rows_top + ROW_HEIGHT * len(rows) + 24
    traffic_title = requests_per_minute(case.traffic_labels).title
    elements = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
        'font-size="11" fill="#333">',
        f"<title>{escape(case.name)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<rect x="{axis.x(0)}" y="{CURVE_GAP}" width="{max(axis.x(case.duration) - axis.x(0), 1):.1f}" '
        f'height="{height - CURVE_GAP - 20}" fill="#fde8e8"/>' if case.incidents and not case.ordinary_days else "",
        *_curve(axis, run.traffic, traffic_title, CURVE_GAP, "#3274d9"),
        *_curve(axis, run.symptom, case.symptom.title, 2 * CURVE_GAP + CURVE_HEIGHT, "#444"),
        *(element for number, row in enumerate(rows) for element in _row(axis, row, rows_top + ROW_HEIGHT * number)),
        *_ticks(axis, height),
        "</svg>",
    ]  # fmt: skip
    return "\n".join(element for element in elements if element) + "\n"


def _curve(axis: ChartAxis, points: Points, title: str, top: int, color: str) -> Iterator[str]:
    maximum = max((value for _, value in points), default=0)
    scale = CURVE_HEIGHT / maximum if maximum else 0
    bottom = top + CURVE_HEIGHT
    line = " ".join(f"{axis.x(time)},{bottom - value * scale:.1f}" for time, value in points)
    yield f'<text x="{LEFT - 8}" y="{top + 12}" text-anchor="end">{escape(title)}</text>'
    yield f'<text x="{LEFT - 8}" y="{top + 26}" text-anchor="end" fill="#888">max {maximum:,.3g}</text>'
    yield f'<line x1="{LEFT}" x2="{RIGHT}" y1="{bottom}" y2="{bottom}" stroke="#ccc"/>'
    yield f'<polyline points="{line}" fill="none" stroke="{color}"/>'


def _rows(run: BacktestRun) -> Iterator[AlertRow]:
    """Yield the shipped alerts that are not inhibited, then sloth's, then the baseline's, one row for each name."""
    rule_sets = (
        (without_inhibited(run.shipped, run.routing), SHIPPED_COLORS),
        (run.sloth, OTHER_COLORS),
        (run.baseline, OTHER_COLORS),
    )
    for alerts, colors in rule_sets:
        by_name: dict[tuple[str, str], list[AlertInterval]] = {}
        for alert in alerts:
            by_name.setdefault((_row_name(alert), alert.labels["severity"]), []).append(alert)
        yield from (AlertRow(name, colors[severity], group) for (name, severity), group in by_name.items())


def _row_name(alert: AlertInterval) -> str:
    values = (alert.labels.get(label, "") for label in ("tenant_id", "route", "model", "store", "service"))
    words = [alert.labels["alertname"], *(value.rsplit("/", 1)[-1] for value in values if value)]
    name = " ".join(words[:3])
    return name if len(name) <= 40 else f"{name[:39]}…"


def _row(axis: ChartAxis, row: AlertRow, top: int) -> Iterator[str]:
    yield f'<text x="{LEFT - 8}" y="{top + 11}" text-anchor="end">{escape(row.name)}</text>'
    for alert in row.alerts:
        start, end = axis.x(alert.start), axis.x(alert.end)
        yield f'<rect x="{start}" y="{top + 2}" width="{max(end - start, 2):.1f}" height="11" fill="{row.color}"/>'


def _ticks(axis: ChartAxis, height: int) -> Iterator[str]:
    length = axis.end - axis.start
    step = next((step for step in (600, 1_800, 3_600, 6 * 3_600, 86_400) if length / step <= 10), 5 * 86_400)
    divisor, unit = (86_400, "d") if step >= 86_400 else (3_600, "h") if step >= 3_600 else (60, "min")
    for number in range(int(axis.start // step) + 1, int(axis.end // step) + 1):
        yield (
            f'<text x="{axis.x(number * step)}" y="{height - 6}" text-anchor="middle" fill="#888">'
            f"{number * step // divisor} {unit}</text>"
        )
