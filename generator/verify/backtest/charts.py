"""A plot of a run, as SVG: traffic, what goes wrong, when the incident was, and when which alert fired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from generator.verify.backtest.notifications import Firing, audible
from generator.verify.backtest.run import Points, Run, shown

WIDTH, LEFT, RIGHT = 880, 250, 850
HEIGHT, GAP, ROW = 80, 26, 16
"""Pixels: of a curve, between two curves, of an alert."""
MOST = 16
"""Rows of alerts at most."""
COLOURS = {"page": "#c4162a", "ticket": "#e0912f"}
OTHERS = {"page": "#8e8e99", "ticket": "#c3c3cc"}
"""Of the rules that ours are compared with."""


@dataclass(frozen=True)
class Axis:
    """The time that is shown, in seconds after the incident's start."""

    start: float
    end: float

    def at(self, time: float) -> float:
        """Where a time lies, in pixels; what is beyond an end lies on it."""
        inside = min(max(time, self.start), self.end)
        return round(LEFT + (RIGHT - LEFT) * (inside - self.start) / (self.end - self.start), 1)


def plot(run: Run) -> str:
    """The SVG, ending in a newline."""
    axis, case = Axis(*shown(run.case)), run.case
    rows = [*_rows(run)][:MOST]
    first = 2 * (HEIGHT + GAP) + GAP
    height = first + ROW * len(rows) + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
        'font-size="11" fill="#333">',
        f"<title>{escape(case.name)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<rect x="{axis.at(0)}" y="{GAP}" width="{max(axis.at(case.lasting) - axis.at(0), 1):.1f}" '
        f'height="{height - GAP - 20}" fill="#fde8e8"/>' if case.incidents and not case.days else "",
        *_curve(axis, run.traffic, "requests a minute", GAP, "#3274d9"),
        *_curve(axis, run.curve, case.curve.title, 2 * GAP + HEIGHT, "#444"),
        *(part for number, row in enumerate(rows) for part in _row(axis, row, first + ROW * number)),
        *_ticks(axis, height),
        "</svg>",
    ]  # fmt: skip
    return "\n".join(part for part in parts if part) + "\n"


def _curve(axis: Axis, points: Points, title: str, top: int, colour: str) -> Iterator[str]:
    highest = max((value for _, value in points), default=0)
    scale = HEIGHT / highest if highest else 0
    line = " ".join(f"{axis.at(time)},{top + HEIGHT - value * scale:.1f}" for time, value in points)
    yield f'<text x="{LEFT - 8}" y="{top + 12}" text-anchor="end">{escape(title)}</text>'
    yield f'<text x="{LEFT - 8}" y="{top + 26}" text-anchor="end" fill="#888">at most {highest:,.3g}</text>'
    yield f'<line x1="{LEFT}" x2="{RIGHT}" y1="{top + HEIGHT}" y2="{top + HEIGHT}" stroke="#ccc"/>'
    yield f'<polyline points="{line}" fill="none" stroke="{colour}"/>'


def _rows(run: Run) -> Iterator[tuple[str, str, Sequence[Firing]]]:
    """Each alert with its colour and all its firings: the shipped ones that reach a person, the peer's, the static."""
    for firings, colours in ((audible(run.shipped), COLOURS), (run.peer, OTHERS), (run.static, OTHERS)):
        apart: dict[tuple[str, str], list[Firing]] = {}
        for one in firings:
            apart.setdefault((_name(one), one.labels["severity"]), []).append(one)
        yield from ((name, colours[severity], each) for (name, severity), each in apart.items())


def _name(one: Firing) -> str:
    subject = (one.labels.get(label, "") for label in ("tenant_id", "route", "model", "store", "service"))
    words = [one.labels["alertname"], *(word.rsplit("/", 1)[-1] for word in subject if word)]
    name = " ".join(words[:3])
    return name if len(name) <= 40 else f"{name[:39]}…"


def _row(axis: Axis, row: tuple[str, str, Sequence[Firing]], top: int) -> Iterator[str]:
    name, colour, firings = row
    yield f'<text x="{LEFT - 8}" y="{top + 11}" text-anchor="end">{escape(name)}</text>'
    for one in firings:
        begins, ends = (axis.at(time) for time in one.span)
        yield f'<rect x="{begins}" y="{top + 2}" width="{max(ends - begins, 2):.1f}" height="11" fill="{colour}"/>'


def _ticks(axis: Axis, height: int) -> Iterator[str]:
    span = axis.end - axis.start
    step = next((x for x in (600, 1_800, 3_600, 6 * 3_600, 86_400) if span / x <= 10), 5 * 86_400)
    unit, name = (86_400, "d") if step >= 86_400 else (3_600, "h") if step >= 3_600 else (60, "min")
    for number in range(int(axis.start // step) + 1, int(axis.end // step) + 1):
        yield (
            f'<text x="{axis.at(number * step)}" y="{height - 6}" text-anchor="middle" fill="#888">'
            f"{number * step // unit} {name}</text>"
        )
