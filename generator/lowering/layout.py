"""The place of panels on the page: wide and high enough for their titles, legends, bars and columns.

What a panel needs follows from its type, its title and the names that its series will have on the platform, so that a
platform of twelve routes has higher panels than one of three.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from math import ceil

from generator.dsl.dashboard import Row
from generator.errors import DefinitionError
from generator.frozen import frozen
from generator.ir.dashboard import (
    BAR_NAME_HEIGHT,
    MIN_BAR_HEIGHT,
    GridPosition,
    LegendKind,
    PanelSpec,
    PanelType,
    label_column_width,
)
from generator.ir.text_width import DESKTOP, LEGEND_SIZE, PHONE, Window, text_width, title_fits
from generator.lowering.legend import SEPARATOR

COLUMNS = 24
CELL, GAP = 30, 8
"""The height of a cell of the grid, and the space between two, in pixels."""
FRAME_HEIGHT, FRAME_WIDTH = 50, 18
"""What a panel's border, title and padding take, in pixels."""
MIN_COLUMNS = {PanelType.STAT: 5, PanelType.GAUGE: 6, PanelType.HEATMAP: 7, PanelType.TABLE: 12}
"""The least width of a panel by its type; of any other, a third of the page."""
NUMBERS = (PanelType.STAT, PanelType.GAUGE)
"""The types of panels that show one number, or few."""
VALUE_HEIGHT = 30
"""The height of one of several values of a stat, in pixels."""
GAUGE_HEIGHT = 6
"""The least height of a gauge, in cells of the grid."""
BAR_GAP = 10
"""The space between two bars, in pixels."""
LEGEND_LINE, LEGEND_ROW, LEGEND_PADDING = 24, 24, 8
"""The heights of a line of a legend, with the space below it, and of a row where it is a table; the space around the
legend; in pixels."""
LEGEND_ICON = 32
"""The width of a series' line in a legend, and of the space around its name, in pixels."""
LEGEND_ROW_ICON, LEGEND_VALUE_PADDING = 46, 16
"""The width of a series' line and of the space around its name where a legend is a table, and of the space around a
value in it, in pixels."""
LEGEND_VALUES = {"percentunit": "99.9%", "ms": "999 ms"}
LEGEND_VALUE = "999 tok/s"
"""Long values in a legend, by the unit, and of any other: Grafana shows three digits."""
LEGEND_PART = 0.35
"""The part of a graph's height that Grafana gives to its legend at most; a longer one scrolls."""
MORE_LINES = 2
"""How many more lines a legend may have on a third of a small desktop than on a phone, before its panel is wider."""
MAX_PHONE_LINES = 6
"""The most lines of a legend for which a panel is high enough on a phone. The names of twelve routes over one window
are as many: a longer legend leaves out those that repeat them for longer windows."""
WINDOW_NAME = re.compile(rf"(\d+ (?:min|h|d)){SEPARATOR}(.+)")
"""The name of a series over a window, and of the others of its query."""
SHORTEST_ALONE = " The legend has the names of the shortest window; those of the others are in the tooltip."
MAX_ROWS = 4
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
    panels: list[PanelSpec] = []
    for widths, least_height in _lines_of(row, fitted):
        line = fitted[len(panels) : len(panels) + len(widths)]
        height = max(least_height, *map(height_of, line, widths))
        panels += [
            replace(spec, position=GridPosition(sum(widths[:index]), y, widths[index], height))
            for index, spec in enumerate(line)
        ]
        y += height
    return tuple(panels)


def _lines_of(row: Row, specs: Sequence[PanelSpec]) -> Iterator[tuple[tuple[int, ...], int]]:
    """The widths of a row's panels, line by line, with the least height of each line. A number beside a graph would
    be as high as the graph: without widths in the definition, numbers have lines of their own."""
    if row.widths:
        yield from ((line, row.height) for line in given_lines(row, len(specs)))
        return
    kinds = {spec.type in NUMBERS for spec in specs}
    for is_number, group in groupby(specs, key=lambda spec: spec.type in NUMBERS):
        least_height = 1 if is_number and len(kinds) > 1 else row.height
        yield from ((line, least_height) for line in lines([least_size(spec).width for spec in group]))


def lines(least: Sequence[int]) -> list[tuple[int, ...]]:
    """The widths of panels, line by line: at least `least`, and about equal."""
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


def given_lines(row: Row, count: int) -> list[tuple[int, ...]]:
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
    """A graph with the legend that fits below it: the last values and maximums of few series, or the names of more. A
    bar gauge with its names where they fit."""
    if spec.type is not PanelType.TIME_SERIES or not spec.has_legend:
        return replace(spec, names_beside=names_beside(spec))
    spec = _without_repetition(spec)
    names = spec.expected_names
    value = LEGEND_VALUE_PADDING + text_width(LEGEND_VALUES.get(spec.unit, LEGEND_VALUE), LEGEND_SIZE)
    fits = LEGEND_ROW_ICON + _longest(names) + 2 * value <= _inner_width(COLUMNS // 3, DESKTOP)
    return replace(spec, legend=LegendKind.TABLE if len(names) <= MAX_ROWS and fits else LegendKind.NAMES)


def _without_repetition(spec: PanelSpec) -> PanelSpec:
    """A graph whose legend is not too long for a phone, if names of longer windows that repeat those of the shortest
    make it so: they are not in it."""
    if _names_height(spec.expected_names, _inner_width(COLUMNS, PHONE)) <= _phone_legend_height(spec):
        return spec
    windows = [(target, WINDOW_NAME.fullmatch(target.legend)) for target in spec.targets if not target.is_threshold]
    shortest = {matched[2]: matched[1] for _, matched in reversed(windows) if matched}
    repeated = {target.ref: matched[1] for target, matched in windows if matched and shortest[matched[2]] != matched[1]}
    if not repeated:
        return spec
    beginnings = tuple(f"{window}{SEPARATOR}" for window in repeated.values())
    return replace(
        spec,
        targets=tuple(replace(target, in_legend=target.ref not in repeated) for target in spec.targets),
        expected_names=tuple(name for name in spec.expected_names if not name.startswith(beginnings)),
        description=spec.description + SHORTEST_ALONE,
    )


def least_size(spec: PanelSpec) -> Size:
    """The least size of a panel with a whole title, and whole legends and names."""
    width = next(columns for columns in range(1, COLUMNS + 1) if columns == COLUMNS or title_fits(spec.title, columns))
    width = max(width, MIN_COLUMNS.get(spec.type, COLUMNS // 3))
    match spec.type:
        case PanelType.STAT:
            has_name = bool(spec.levels or any(spec.expected_names))
            return Size(width, _cells(VALUE_HEIGHT * max(len(spec.expected_names), 2 if has_name else 1)))
        case PanelType.GAUGE:
            return Size(width, GAUGE_HEIGHT)
        case PanelType.BAR_GAUGE:
            beside = _columns(_room_beside(spec)) if spec.names_beside else 0
            return Size(max(width, beside), _cells(bars_height(spec)))
        case PanelType.TIME_SERIES if spec.has_legend:
            width = max(width, _legend_columns(spec))
            return Size(width, height_of(spec, width))
        case PanelType.TABLE:
            columns = label_column_width(spec.label) + sum(column.width for column in spec.columns)
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


def _legend_columns(spec: PanelSpec) -> int:
    """The columns of a graph: a third of the page, or more where a name would be cut, or where its legend would be much
    higher on a small desktop than on a phone."""
    allowed = _phone_legend_height(spec) + MORE_LINES * LEGEND_LINE
    is_list = spec.legend is not LegendKind.TABLE
    needed = LEGEND_ICON + _longest(spec.expected_names) + LEGEND_PADDING if is_list else 0
    widths = range(COLUMNS // 3, COLUMNS)
    fits = (
        columns
        for columns in widths
        if needed <= _inner_width(columns, DESKTOP) and _legend_height(spec, columns, DESKTOP) <= allowed
    )
    return next(fits, COLUMNS)


def height_of(spec: PanelSpec, columns: int) -> int:
    """The height of a panel of so many columns whose legend is whole on a small desktop, and on a phone unless it is
    long: all panels of its line are as high."""
    if spec.type is not PanelType.TIME_SERIES or not spec.has_legend:
        return least_size(spec).height
    legend = max(_legend_height(spec, columns, DESKTOP), _phone_legend_height(spec))
    return _cells(legend / LEGEND_PART)


def _phone_legend_height(spec: PanelSpec) -> int:
    """The height that a graph's legend has at most on a phone, in pixels."""
    return min(_legend_height(spec, COLUMNS, PHONE), MAX_PHONE_LINES * LEGEND_LINE + LEGEND_PADDING)


def _legend_height(spec: PanelSpec, columns: int, window: Window) -> int:
    """The height of a graph's legend in a window, in pixels."""
    if spec.legend is LegendKind.TABLE:
        return (len(spec.expected_names) + 1) * LEGEND_ROW
    return _names_height(spec.expected_names, _inner_width(columns, window))


def _names_height(names: Sequence[str], width: int) -> int:
    """The height of names of a width in pixels, several on a line, in pixels."""
    count, used = 1, 0.0
    for name in names:
        item = LEGEND_ICON + text_width(name, LEGEND_SIZE)
        if used and used + item > width - LEGEND_PADDING:
            count, used = count + 1, 0.0
        used += item
    return count * LEGEND_LINE + LEGEND_PADDING


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
