"""The report says what was missed, and the plots are well-formed and in scale."""

from __future__ import annotations

from xml.etree import ElementTree

from generator.backtest.plot import Axis, plot
from generator.backtest.report import report
from generator.backtest.verdict import judged
from tests.backtest.made import firing, heard, outage

DOWN = firing("RouteDown", "page", 150, 660, route="/chat", service="worker-api")
SVG = "{http://www.w3.org/2000/svg}"


def test_a_row_says_what_was_told_and_when() -> None:
    """Detected, within, resolved, first word, pages (bold: as many as static), tickets, then the static thresholds."""
    static = (firing("StaticErrorRate", "page", 330, 800, route="/chat"),)
    page = report([judged(heard(outage(), DOWN, static=static))])["backtest.md"]
    row = next(line for line in page.splitlines() if line.startswith("| [outage]"))
    cells = ["[outage](#outage)", "RouteDown (page) /chat", "2.5 min", "3 min", "1 min"]
    cells += ["2.5 min", "**1**", "0", "5.5 min", "1"]
    assert [cell.strip() for cell in row.strip("|").split("|")] == cells
    assert "1 of 1 cases are told as they must" in page


def test_a_miss_is_told_with_its_reason() -> None:
    """What was late stands in the list with the words that the case has for it."""
    page = report([judged(heard(outage(within=120, known="It waits a minute."), DOWN))])["backtest.md"]
    assert "- **outage**: RouteDown (page) /chat: told after 2.5 min, due within 2 min. It waits a minute." in page
    assert "0 of 1 cases" in page


def test_every_case_has_its_plot() -> None:
    """The page shows each plot that is written, and no other."""
    files = report([judged(heard(outage(name="One of 2"), DOWN))])
    assert set(files) == {"backtest.md", "backtest/one-of-2.svg"}
    assert "](backtest/one-of-2.svg)" in files["backtest.md"]


def test_a_plot_is_xml_whatever_the_names() -> None:
    """A tenant's name with signs of markup is text in it."""
    hostile = firing("HighErrorRate", "ticket", 0, 60, tenant_id="<b>&", route="/chat", service="s")
    picture = ElementTree.fromstring(plot(heard(outage(), hostile)))
    assert "HighErrorRate <b>& chat" in [text.text for text in picture.iter(f"{SVG}text")]


def test_a_bar_lies_where_its_alert_fired() -> None:
    """The axis is 600 px wide from 250 on: over 1,200 s, half of it is 300 px; what is outside lies on the edge."""
    axis = Axis(-600, 600)
    assert [axis.at(-600), axis.at(0), axis.at(600), axis.at(9_999)] == [250, 550, 850, 850]
