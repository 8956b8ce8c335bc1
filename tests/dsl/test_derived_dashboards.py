"""Dashboards that are derived from others: rows and panels added, replaced and left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from generator.dsl.dashboard import Dashboard, Panel, Row, Series, TimeSeries, panel
from generator.dsl.platform import Platform
from generator.errors import DefinitionError
from tests.dsl.sample_contract import SIPS


@panel("Sips", id="sips")
def sips(platform: Platform) -> TimeSeries:
    """Sips per second."""
    return TimeSeries((Series(SIPS.rate()),))


def other(id_: str) -> Panel:
    """The same panel with another id."""
    return replace(sips, id=id_)


TWO = Row("Two", (other("a"), other("b")), widths=(16, 8), id="two")
ONE = Row("One", (other("c"),), id="one")
ONE_MORE = Row("One more", (sips,), id="one_more")
BOARD = Dashboard("bar", "Bar", "The bar.", (), (TWO, ONE), ())


def rows(dashboard: Dashboard) -> list[tuple[str, list[str], tuple[int, ...]]]:
    """The id of each row, the ids of its panels, and its widths."""
    return [(row.key, [panel.id for panel in row.panels], row.widths) for row in dashboard.rows]


def test_a_row_follows_another_one_or_comes_last() -> None:
    """The dashboard that it is derived from stays as it is."""
    row = Row("New", (sips,), id="new")
    assert [key for key, *_ in rows(BOARD.with_row(row, after="two"))] == ["two", "new", "one"]
    assert [key for key, *_ in rows(BOARD.with_row(row))] == ["two", "one", "new"]
    assert BOARD.rows == (TWO, ONE)


def test_a_row_of_the_same_id_is_replaced_in_place() -> None:
    """Also where it was to follow another row."""
    row = Row("New", (sips,), id="two")
    assert rows(BOARD.with_row(row, after="one")) == [("two", ["sips"], ()), ("one", ["c"], ())]


def test_a_row_is_left_out() -> None:
    """The other one stays."""
    assert BOARD.without_row("two").rows == (ONE,)


def test_a_panel_is_added_to_a_row_whose_panels_become_equally_wide() -> None:
    """Widths that were given fit the old panels alone."""
    assert rows(BOARD.with_panel(sips, row="two")) == [("two", ["a", "b", "sips"], ()), ("one", ["c"], ())]


def test_a_panel_of_the_same_id_is_replaced_in_place() -> None:
    """The row keeps its widths, and need not be named."""
    changed = replace(other("b"), title="Changed")
    derived = BOARD.with_panel(changed)
    assert rows(derived) == rows(BOARD)
    assert derived.rows[0].panels[1] is changed


def test_a_panel_is_left_out_and_its_row_too_where_it_is_the_last() -> None:
    """The other panels become equally wide."""
    assert rows(BOARD.without_panel("a")) == [("two", ["b"], ()), ("one", ["c"], ())]
    assert rows(BOARD.without_panel("c")) == [("two", ["a", "b"], (16, 8))]


@pytest.mark.parametrize(
    ("derive", "message"),
    [
        (lambda: BOARD.without_row("tow"), 'the dashboard bar has no row "tow"; did you mean "two"?'),
        (lambda: BOARD.without_panel("d"), 'the dashboard bar has no panel "d"; use one of a, b, c'),
        (lambda: BOARD.with_row(ONE_MORE, after="tow"), 'the dashboard bar has no row "tow"'),
        (lambda: BOARD.with_panel(sips), 'the dashboard bar has no row ""; use one of one, two'),
        (lambda: BOARD.with_panel(ONE), "takes a panel, not Row"),  # type: ignore[arg-type]
        (lambda: BOARD.with_row(sips), "takes a row, not Panel"),  # type: ignore[arg-type]
    ],
)
def test_an_unknown_id_and_a_wrong_argument_are_reported(derive: Callable[[], object], message: str) -> None:
    """With the ids that exist."""
    with pytest.raises(DefinitionError) as caught:
        derive()
    assert message in str(caught.value)
