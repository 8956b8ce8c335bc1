"""The place of panels on the page: wide and high enough for their titles, legends, bars and columns.

What a panel needs follows from its type, its title and the names that its series will have on the platform, so that a
platform of twelve routes has higher panels than one of three.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from generator.dsl.dashboard import Row
from generator.errors import DefinitionError
from generator.frozen import frozen
from generator.ir.dashboard import (
    BAR_NAME_HEIGHT,
    LABEL_COLUMN_WIDTH,
    MIN_BAR_HEIGHT,
    GridPosition,
    LegendPlace,
    PanelSpec,
    PanelType,
)
from generator.ir.text_width import DESKTOP, LEGEND_SIZE, PHONE, Window, text_width, title_fits

COLUMNS = 24
CELL, GAP = 30, 8
"""The height of a cell of the grid, and the space between two, in pixels."""
FRAME_HEIGHT, FRAME_WIDTH = 50, 18
"""What a panel's border, title and padding take, in pixels."""
MIN_COLUMNS = {PanelType.STAT: 5, PanelType.GAUGE: 6, PanelType.HEATMAP: 7, PanelType.TABLE: 12}
"""The least width of a panel by its type; of any other, a third of the page."""
VALUE_HEIGHT = 30
"""The height of one of several values of a stat, in pixels."""
BAR_GAP = 10
"""The space between two bars, in pixels."""
LEGEND_LINE, LEGEND_ROW, LEGEND_PADDING = 19, 24, 8
"""The heights of a line of a legend, and of a row where it is a table; the space around it, in pixels."""
LEGEND_ICON = 32
"""The width of a series' line in a legend, and of the space around its name, in pixels."""
LEGEND_CALCULATIONS = 150
"""The width of the last value and of the maximum in a legend, in pixels."""
LEGEND_BELOW = 0.35
"""The part of a graph's height that Grafana gives to a legend below it at most; a longer one scrolls."""
LEGEND_BESIDE = 0.6
"""The part of a graph's width that Grafana gives to a legend beside it at most."""
LEGEND_SPACE = 4
"""The space between two names of a legend beside a graph, in pixels."""
PHONE_NAMES = 5
"""How many names of a legend beside a graph are whole on a phone, where Grafana draws it below; more of them scroll,
since the graph would be higher than the screen."""
MIN_GRAPH = 220
"""The least width of a graph with its legend beside it, in pixels."""
MAX_BELOW = 4
"""The greatest number of series whose legend is below the graph."""
MAX_ROWS = 3
"""The greatest number of series whose legend has their last values and maximums."""
NAME_BESIDE, NAME_MARGIN = 0.4, 10
"""The part of a bar gauge's width that Grafana gives to the names beside the bars at most, and the space after a name
in pixels."""


@frozen
class Size:
    """The least size of a panel, in cells of the grid."""

    width: int
    height: int


def placed(row: Row, specs: Sequence[PanelSpec], y: int) -> tuple[PanelSpec, ...]:
    """The panels of a row with their positions, the first line of them at `y`: side by side, in several lines where one
    is too narrow for them. Raises DefinitionError for widths that do not fill lines."""
    fitted = [fit_legend(spec) for spec in specs]
    sizes = [least_size(spec) for spec in fitted]
    panels: list[PanelSpec] = []
    for widths in lines(row, [size.width for size in sizes]):
        line = fitted[len(panels) : len(panels) + len(widths)]
        needed = (size.height for size in sizes[len(panels) : len(panels) + len(widths)])
        height = max(row.height, *needed)
        panels += [
            replace(spec, position=GridPosition(sum(widths[:index]), y, widths[index], height))
            for index, spec in enumerate(line)
        ]
        y += height
    return tuple(panels)


def lines(row: Row, least: Sequence[int]) -> list[tuple[int, ...]]:
    """The widths of a row's panels, line by line: those of the definition, or else at least `least` and about equal."""
    if row.widths:
        return _given_lines(row, len(least))
    count = _line_count(least)
    result: list[tuple[int, ...]] = []
    start = 0
    for left in range(count, 0, -1):
        end = start + 1
        target = sum(least[start:]) / left
        while end <= len(least) - left and _belongs(least[start:end], least[end], target):
            end += 1
        result.append(_stretched(least[start:end]))
        start = end
    return result


def _belongs(line: Sequence[int], width: int, target: float) -> bool:
    """Whether a panel fits on a line, which is nearer to its target with it than without."""
    total = sum(line)
    return total + width <= COLUMNS and total + width / 2 <= target


def _line_count(least: Sequence[int]) -> int:
    """The number of lines that so wide panels take, one after the other."""
    count, used = 1, 0
    for width in least:
        if used + width > COLUMNS:
            count, used = count + 1, 0
        used += width
    return count


def _stretched(widths: Sequence[int]) -> tuple[int, ...]:
    """Widths that fill the page: the narrowest grow first."""
    grown = list(widths)
    while sum(grown) < COLUMNS:
        grown[grown.index(min(grown))] += 1
    return tuple(grown)


def _given_lines(row: Row, count: int) -> list[tuple[int, ...]]:
    """The widths of a definition, cut where they fill the page."""
    result: list[tuple[int, ...]] = [()]
    for width in row.widths:
        if sum(result[-1]) >= COLUMNS:
            result.append(())
        result[-1] += (width,)
    if len(row.widths) != count or any(sum(line) != COLUMNS for line in result):
        raise DefinitionError(
            f'the widths {row.widths} of row "{row.title}" do not fit its panels',
            f"give a width for each panel, {COLUMNS} in all",
        )
    return result


def fit_legend(spec: PanelSpec) -> PanelSpec:
    """A graph with its legend in the place where it fits: below it with the last values and maximums of few series,
    below it with the names of some, and beside it with those of many."""
    names = spec.expected_names
    if spec.type is not PanelType.TIME_SERIES or not spec.has_legend:
        return replace(spec, names_beside=names_beside(spec))
    table = LEGEND_ICON + _longest(names) + LEGEND_CALCULATIONS
    if len(names) <= MAX_ROWS and table <= _inner_width(COLUMNS // 3, DESKTOP):
        return replace(spec, legend=LegendPlace.TABLE_BELOW)
    return replace(spec, legend=LegendPlace.BELOW if len(names) <= MAX_BELOW else LegendPlace.BESIDE)


def least_size(spec: PanelSpec) -> Size:
    """The least size of a panel with a whole title, and whole legends and names."""
    width = next(columns for columns in range(1, COLUMNS + 1) if columns == COLUMNS or title_fits(spec.title, columns))
    width = max(width, MIN_COLUMNS.get(spec.type, COLUMNS // 3))
    match spec.type:
        case PanelType.STAT:
            return Size(width, _cells(VALUE_HEIGHT * max(len(spec.expected_names), 2)))
        case PanelType.BAR_GAUGE:
            beside = _columns(_room_beside(spec)) if spec.names_beside else 0
            return Size(max(width, beside), _cells(bars_height(spec)))
        case PanelType.TIME_SERIES if spec.legend is LegendPlace.BESIDE:
            names = LEGEND_ICON + _longest(spec.expected_names)
            beside = _columns(max(names / LEGEND_BESIDE, names + MIN_GRAPH))
            return Size(max(width, beside), _cells(_graph_height(spec)))
        case PanelType.TIME_SERIES:
            return Size(width, _cells(_graph_height(spec)))
        case PanelType.TABLE:
            columns = LABEL_COLUMN_WIDTH + sum(column.width for column in spec.columns)
            return Size(max(width, _columns(columns)), 1)
    return Size(width, 1)


def bars_height(spec: PanelSpec) -> int:
    """The height of a bar gauge with a bar for each expected name."""
    bar = MIN_BAR_HEIGHT if spec.names_beside else MIN_BAR_HEIGHT + BAR_NAME_HEIGHT
    return max(len(spec.expected_names), 1) * (bar + BAR_GAP)


def names_beside(spec: PanelSpec) -> bool:
    """Whether the names of a bar gauge are beside its bars, because they fit in half a page and on a phone; otherwise
    they are above."""
    room = min(_inner_width(COLUMNS // 2 if spec.bucket_names else COLUMNS // 3, DESKTOP), _inner_width(COLUMNS, PHONE))
    return spec.type is PanelType.BAR_GAUGE and _room_beside(spec) <= room


def _room_beside(spec: PanelSpec) -> float:
    """The width of a bar gauge with the names beside its bars, in pixels."""
    return (_longest(spec.expected_names) + NAME_MARGIN) / NAME_BESIDE


def _graph_height(spec: PanelSpec) -> float:
    """The height of a graph whose legend is whole, in a window of any width."""
    names = spec.expected_names
    if not spec.has_legend:
        return 0
    match spec.legend:
        case LegendPlace.TABLE_BELOW:
            return (len(names) + 1) * LEGEND_ROW / LEGEND_BELOW
        case LegendPlace.BELOW:
            widths = (_inner_width(COLUMNS // 3, DESKTOP), _inner_width(COLUMNS, PHONE))
            return max(_below(names, width) for width in widths)
        case LegendPlace.BESIDE:
            on_phone = names_height(min(len(names), PHONE_NAMES)) / LEGEND_BELOW
            return max(names_height(len(names)), on_phone)


def names_height(count: int) -> int:
    """The height of a legend of one name a line, in pixels."""
    return count * (LEGEND_LINE + LEGEND_SPACE) + LEGEND_PADDING


def _below(names: Sequence[str], width: int) -> float:
    """The height of a graph of a width whose legend is below it, in pixels."""
    count, used = 1, 0.0
    for name in names:
        item = LEGEND_ICON + text_width(name, LEGEND_SIZE)
        if used and used + item > width - LEGEND_PADDING:
            count, used = count + 1, 0.0
        used += item
    return (count * LEGEND_LINE + LEGEND_PADDING) / LEGEND_BELOW


def _longest(names: Sequence[str]) -> float:
    return max((text_width(name, LEGEND_SIZE) for name in names), default=0)


def _inner_width(columns: int, window: Window) -> int:
    return window.panel_width(columns) - FRAME_WIDTH


def _columns(pixels: float) -> int:
    """The number of columns of a panel with so much room, on a small desktop."""
    fits = (columns for columns in range(1, COLUMNS) if _inner_width(columns, DESKTOP) >= pixels)
    return next(fits, COLUMNS)


def _cells(pixels: float) -> int:
    """The height of a panel with so much room below its title."""
    return ceil((pixels + FRAME_HEIGHT + GAP) / (CELL + GAP))
