"""The place of panels: lines of a row, and sizes that follow from titles, legends and bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from generator.dsl.dashboard import Panel, Row, Stat
from generator.errors import DefinitionError
from generator.ir.dashboard import (
    ColumnSpec,
    GridPosition,
    LegendPlace,
    PanelSpec,
    PanelType,
    QueryTarget,
)
from generator.ir.expression import Selector
from generator.lowering.layout import fit_legend, least_size, lines, placed
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
    assert lines(row(len(least)), least) == expected


@pytest.mark.parametrize("count", range(1, 12))
def test_every_line_fills_the_page(count: int) -> None:
    """Whatever the number of panels and their widths, no line is wider or narrower than the page."""
    for least in ([5] * count, [12] * count, [7, 24, 8][:count] + [9] * (count - 3)):
        result = lines(row(count), least)
        assert {sum(line) for line in result} == {24}
        assert sum(len(line) for line in result) == count
        assert all(width >= needed for width, needed in zip(sum(result, ()), least, strict=True))


def test_the_widths_of_a_definition_are_kept_in_lines() -> None:
    """Widths that add up to twice the page are two lines."""
    assert lines(row(4, (16, 8, 6, 18)), [24, 24, 24, 24]) == [(16, 8), (6, 18)]


@pytest.mark.parametrize("widths", [(12, 13), (24,), (8, 8, 8), (24, 12)])
def test_widths_must_fill_the_page(widths: tuple[int, ...]) -> None:
    """Widths that do not add up, or are not one a panel, are an error that names the row."""
    message = r'the widths \(.*\) of row "Row" do not fit its panels; give a width for each panel, 24 in all'
    with pytest.raises(DefinitionError, match=message):
        lines(row(2, widths), [1, 1])


def test_the_panels_of_a_line_are_equally_high() -> None:
    """The second line is below the first one; each is as high as its highest panel."""
    first, second, third = placed(row(3), (graph(*ROUTES), graph(title="A"), graph("p", title="B")), 5)
    height = first.position.height
    assert first.position == GridPosition(0, 5, 24, height)
    assert second.position == GridPosition(0, 5 + height, 12, 8)
    assert third.position == GridPosition(12, 5 + height, 12, 8)
    assert height > 8


def test_the_height_of_a_definition_is_the_least_one() -> None:
    """A row of small panels is as high as its definition says."""
    (panel,) = placed(row(1, height=20), (graph("a"),), 0)
    assert panel.position.height == 20


def test_a_legend_is_where_it_fits() -> None:
    """Few series have a table with their last values and maximums, some have a list, many have it beside the graph."""
    assert fit_legend(graph("p50", "p95", "p99")).legend is LegendPlace.TABLE_BELOW
    assert fit_legend(graph(*ROUTES[:3])).legend is LegendPlace.BELOW
    assert fit_legend(graph("a", "b", "c", "d")).legend is LegendPlace.BELOW
    assert fit_legend(graph(*ROUTES)).legend is LegendPlace.BESIDE


def test_a_graph_is_high_enough_for_its_legend() -> None:
    """Sixteen names of 23 pixels and 8 around them are beside a graph of twelve cells. On a phone five names are below
    it: 123 pixels are 35 % of 352, which are eleven cells of 38 pixels with 58 for the title and the gap."""
    assert least_size(fit_legend(graph(*ROUTES, "/search", "/chat", "/ingest", "/more"))).height == 12
    assert least_size(fit_legend(graph(*ROUTES))).height == 11
    assert least_size(fit_legend(graph("p50"))).height <= 8


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
