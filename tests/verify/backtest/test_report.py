"""The report says what was missed, and the plots are well-formed and in scale."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from generator.verify.backtest.charts import Axis, plot
from generator.verify.backtest.report import report
from generator.verify.backtest.verdict import judged
from tests.verify.backtest.made import DOWN as ALSO
from tests.verify.backtest.made import firing, heard, outage

DOWN = firing("RouteDown", "page", 150, 660, route="/chat", service="worker-api")
SVG = "{http://www.w3.org/2000/svg}"


def _row(page: str, number: int) -> list[str]:
    """A row of the outage's: the first is what was due, the second what others told."""
    rows = [line for line in page.splitlines() if line.startswith("| [outage]")]
    return [cell.strip() for cell in rows[number].strip("|").split("|")][1:]


def test_a_row_says_what_was_told_and_when() -> None:
    """Detected, within, resolved."""
    page = report([judged(heard(outage(), DOWN))])["backtest.md"]
    assert _row(page, 0) == ["RouteDown (page) /chat", "2.5 min", "3 min", "1 min"]
    assert "1 of 1 cases are told as they must be" in page
    assert "false alarms in them are not known" in page


def test_a_row_says_what_others_told() -> None:
    """First pages, first tickets, pages, tickets; bold: told later than by sloth, and two pages beside two."""
    also = firing("RouteDown", "page", 150, 660, route="/search", service="worker-api")
    static = (firing("A", "page", 330, 800), firing("B", "page", 330, 800))
    peer = (firing("Sloth", "page", 120, 600, route="/chat"), firing("Sloth", "ticket", 300, 600, route="/chat"))
    case = outage(remark="A page for each route.", may=(replace(ALSO, subject={"route": "/search"}),))
    page = report([judged(heard(case, DOWN, also, static=static, peer=peer))])["backtest.md"]
    firsts = ["**2.5 min**", "5.5 min", "2 min", "never", "5 min"]
    assert _row(page, 1) == [*firsts, "**2**", "2 (2)", "1", "0", "1"]
    assert "- Pages per incident, over these 1: 2.0, of the static thresholds 2.0." in page
    assert "- **outage**: 2 pages, and 2 of the static thresholds. A page for each route." in page


def test_a_miss_is_told_with_its_reason() -> None:
    """What was late stands in the list with the words that the case has for it."""
    page = report([judged(heard(outage(within=120, remark="It waits a minute."), DOWN))])["backtest.md"]
    late = "RouteDown (page) /chat: told after 2.5 min, due within 2 min"
    assert f"- **outage** is missed: {late}. It waits a minute." in page
    assert "0 of 1 cases" in page


def test_false_alarms_of_ordinary_days_are_counted() -> None:
    """A ticket of ours, a page of the static thresholds, none of sloth's: each has its row."""
    ticket = firing("HighErrorRate", "ticket", 900, 1_800, tenant_id="a", route="/chat")
    days = replace(outage(name="2 ordinary days"), due=(), days=2)
    page = report([judged(heard(days, ticket, static=(firing("StaticErrorRate", "page", 60, 600),)))])["backtest.md"]
    assert "## False alarms in 2 ordinary days" in page
    assert "| shipped | 0 | 1 | 1 |\n| static thresholds | 1 | 0 | 1 |\n| sloth | 0 | 0 | 0 |" in page


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


def test_ordinary_days_are_shaded_by_no_incident() -> None:
    """An incident's time has a ground of its own; days that hold but mishaps have none."""
    incident, days = outage(), replace(outage(), days=2)
    assert [plot(heard(case)).count("#fde8e8") for case in (incident, days)] == [1, 0]
