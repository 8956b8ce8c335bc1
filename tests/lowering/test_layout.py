"""The place of panels: lines of a row, and sizes that follow from titles, legends and bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from generator.dsl.dashboard import Panel, Row, Stat
from generator.dsl.units import TIME_OF_DAY
from generator.errors import DefinitionError
from generator.ir.dashboard import (
    ColumnSpec,
    GridPosition,
    LegendKind,
    PanelSpec,
    PanelType,
    QueryTarget,
)
from generator.ir.expression import Selector
from generator.lowering.layout import fit_legend, given_lines, height_of, least_size, lines, placed
from tests.rendering.dashboard_samples import BASE_STEP, LATENCY

ROUTES = tuple(f"/route-{number:02} · worker-api" for number in range(12))


def row(count: int, widths: tuple[int, ...] = (), height: int = 8) -> Row:
    """A row of so many panels."""
    panels = (Panel(f"p{index}", "P", "P.", lambda platform: Stat, "x.py:1") for index in range(count))  # type: ignore[arg-type, return-value]
    return Row("Row", tuple(panels), widths, height)


def graph(*names: str, title: str = "Errors") -> PanelSpec:
    """A time series panel of a query whose series will have these names."""
    target = QueryTarget("A", Selector("x"), "{{route}}")
    return replace(LATENCY, title=title, targets=(target,), expected_names=names)


@pytest.mark.parametrize(
    ("least", "expected"),
    [
        ([8, 8, 8], [(8, 8, 8)]),
        ([8, 8, 8, 8], [(12, 12), (12, 12)]),
        ([6, 6, 6, 6, 6, 6, 6], [(6, 6, 6, 6), (8, 8, 8)]),
        ([12, 8, 8], [(24,), (12, 12)]),
        ([5], [(24,)]),
        ([24, 13, 8], [(24,), (13, 11)]),
    ],
)
def test_panels_share_lines_about_equally(least: Sequence[int], expected: list[tuple[int, ...]]) -> None:
    """Panels that are too wide for one line are in as few lines as possible, about as many in each, and fill them."""
    assert lines(least) == expected


@pytest.mark.parametrize("count", range(1, 12))
def test_every_line_fills_the_page(count: int) -> None:
    """Whatever the number of panels and their widths, no line is wider or narrower than the page."""
    for least in ([5] * count, [12] * count, [7, 24, 8][:count] + [9] * (count - 3)):
        result = lines(least)
        assert {sum(line) for line in result} == {24}
        assert sum(len(line) for line in result) == count
        assert all(width >= needed for width, needed in zip(sum(result, ()), least, strict=True))


def test_the_widths_of_a_definition_are_kept_in_lines() -> None:
    """Widths that add up to twice the page are two lines."""
    assert given_lines(row(4, (16, 8, 6, 18)), 4) == [(16, 8), (6, 18)]


@pytest.mark.parametrize("widths", [(12, 13), (24,), (8, 8, 8), (24, 12)])
def test_widths_must_fill_the_page(widths: tuple[int, ...]) -> None:
    """Widths that do not add up, or are not one a panel, are an error that names the row."""
    message = r'the widths \(.*\) of row "Row" do not fit its panels; give a width for each panel, 24 in all'
    with pytest.raises(DefinitionError, match=message):
        given_lines(row(2, widths), 2)


def test_the_panels_of_a_line_are_equally_high() -> None:
    """The second line is below the first one; each is as high as its highest panel."""
    wide = graph(title="T" * 75)
    first, second, third = placed(row(3), (wide, graph(*ROUTES, title="A"), graph("p", title="B")), 5)
    height = third.position.height
    assert first.position == GridPosition(0, 5, 24, 8)
    assert second.position == GridPosition(0, 13, 12, height)
    assert third.position == GridPosition(12, 13, 12, height)
    assert height > 8


def test_numbers_have_lines_of_their_own() -> None:
    """A stat beside a graph would be as high as the graph. Alone, it is as high as its row says."""
    stat = replace(graph(title="Requests"), type=PanelType.STAT)
    first, second, third = placed(row(3), (stat, graph("p"), graph("q")), 0)
    assert first.position == GridPosition(0, 0, 24, 3)
    assert (second.position, third.position) == (GridPosition(0, 3, 12, 8), GridPosition(12, 3, 12, 8))
    (alone,) = placed(row(1, height=5), (stat,), 0)
    assert alone.position.height == 5
    beside, _ = placed(row(2, widths=(8, 16)), (stat, graph("p")), 0)
    assert beside.position == GridPosition(0, 0, 8, 8)


def test_the_height_of_a_definition_is_the_least_one() -> None:
    """A row of small panels is as high as its definition says."""
    (panel,) = placed(row(1, height=20), (graph("a"),), 0)
    assert panel.position.height == 20


def test_a_legend_shows_what_fits() -> None:
    """Few series have a table with their last values and maximums; more, or longer names, have a list."""
    assert fit_legend(graph("p50", "p95", "p99")).legend is LegendKind.TABLE
    assert fit_legend(graph("a", "b", "c", "d")).legend is LegendKind.TABLE
    assert fit_legend(graph("a", "b", "c", "d", "e")).legend is LegendKind.NAMES
    assert fit_legend(graph("a" * 30)).legend is LegendKind.NAMES


def test_a_graph_is_high_enough_for_its_legend() -> None:
    """A name of at most 133 pixels and 32 for its line: two of them have a line of 24 pixels on a phone, which has 332.
    Twelve names take six lines and 8 pixels around them, which are 35 % of 434: 13 cells of 38 pixels with 58 for the
    title and the gap. A table of three names and a heading has four rows of 24, 35 % of 275: nine cells."""
    assert least_size(fit_legend(graph(*ROUTES))).height == 13
    assert least_size(fit_legend(graph("p50", "p95", "p99"))).height == 9
    assert least_size(fit_legend(graph("p50"))).height <= 8


def test_a_graph_is_wider_where_its_legend_would_be_much_higher() -> None:
    """A third of a small desktop has 284 pixels for names: one a line instead of a phone's two, or three short ones
    instead of four. Where a definition gives the width, twelve lines and 8 pixels are 35 % of 846: 24 cells."""
    wide = fit_legend(graph(*ROUTES))
    assert least_size(wide).width == 10
    assert height_of(wide, 8) == 24
    assert least_size(fit_legend(graph(*(name[:8] for name in ROUTES)))).width == 8


def test_a_graph_is_wide_enough_for_its_longest_name() -> None:
    """A name of about 274 pixels, with 32 for its line and 8 around it, is wider than a third of a small desktop, which
    has 292 pixels; nine columns have 332."""
    assert least_size(fit_legend(graph("errors · http://alertmanager:9093/api/v2/alerts"))).width == 9


def test_a_long_legend_has_the_names_of_the_shortest_window() -> None:
    """Twelve routes over two windows would take twelve lines on a phone: those over six hours are not in the legend,
    and the description says so. Those of a threshold, of a short legend, and of series that are no windows stay."""
    windows = "5 min", "6 h"
    long = fit_legend(over_windows(*windows, names=ROUTES))
    assert [target.in_legend for target in long.targets] == [True, False, True]
    assert long.expected_names == tuple(f"5 min · {name}" for name in ROUTES)
    assert long.description.endswith("has the names of the shortest window; those of the others are in the tooltip.")
    short = fit_legend(over_windows(*windows, names=ROUTES[:3]))
    assert all(target.in_legend for target in short.targets)
    assert "legend" not in short.description
    others = fit_legend(over_windows("errors", "dropped", names=ROUTES))
    assert all(target.in_legend for target in others.targets)


def over_windows(*beginnings: str, names: Sequence[str]) -> PanelSpec:
    """A graph of queries whose series' names begin so, and of a threshold."""
    targets = [
        QueryTarget(ref, Selector("x"), f"{beginning} · {{{{route}}}}")
        for ref, beginning in zip("AB", beginnings, strict=True)
    ]
    threshold = QueryTarget("C", Selector("x"), "limit · 6 h", is_threshold=True)
    expected = tuple(f"{beginning} · {name}" for beginning in beginnings for name in names)
    return replace(LATENCY, targets=(*targets, threshold), expected_names=expected)


def test_a_panel_is_wide_enough_for_its_title() -> None:
    """A title of 151 pixels beside 102 of other things needs seven columns of a window of 1,280 pixels."""
    stat = replace(graph(title="p95 latency, % of SLO"), type=PanelType.STAT)
    assert least_size(stat).width == 7
    assert least_size(replace(stat, title="Errors")).width == 5


def test_a_stat_of_several_values_is_higher() -> None:
    """Four values of 30 pixels and 58 for the title and the gap are five cells."""
    stat = replace(graph("a", "b", "c", "d"), type=PanelType.STAT)
    assert least_size(stat).height == 5
    assert least_size(replace(stat, expected_names=())).height <= 4


def test_every_bar_has_room_for_its_name() -> None:
    """Nine bars with their names above take 44 pixels each: 12 cells; short names are beside the bars."""
    bars = replace(graph(*ROUTES[:9]), type=PanelType.BAR_GAUGE)
    assert not fit_legend(bars).names_beside
    assert least_size(fit_legend(bars)).height == 12
    short = replace(bars, expected_names=("kv", "r2"))
    assert fit_legend(short).names_beside


def test_a_table_is_wide_enough_for_its_headings() -> None:
    """A heading of 42 pixels has a column of 80, so that three columns and 200 pixels for the label need 440: 12
    columns of a window of 1,280 pixels, with 18 for the frame."""
    column = ColumnSpec("A", "Pages", "none", BASE_STEP)
    table = replace(LATENCY, title="Alerts", type=PanelType.TABLE, columns=(column,) * 3)
    assert least_size(table).width == 12
    assert least_size(replace(table, columns=(column,) * 4)).width == 14
    assert replace(column, title="Of threshold").width == 113
    time = replace(column, unit=TIME_OF_DAY.grafana)
    assert time.width == replace(column, title="2026-08-28 08:08:08").width > column.width
