"""The report lists detections, failures and false positives, and the charts are well-formed and to scale."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from generator.verify.backtest.charts import ChartAxis, chart
from generator.verify.backtest.report import report
from generator.verify.backtest.result import evaluate
from tests.verify.backtest.examples import CHAT_DOWN, alert, outage, run_with

DOWN = alert("RouteDown", "page", 150, 660, route="/chat", service="worker-api")
SVG = "{http://www.w3.org/2000/svg}"


def _row(page: str, number: int) -> list[str]:
    """Return a row of the outage: number 0 has the detections, number 1 the comparison."""
    rows = [line for line in page.splitlines() if line.startswith("| [outage]")]
    return [cell.strip() for cell in rows[number].strip("|").split("|")][1:]


def test_a_row_has_the_expected_alert_and_its_times() -> None:
    """The row has the times of detection, deadline and resolution."""
    page = report([evaluate(run_with(outage(), DOWN))])["backtest.md"]
    assert _row(page, 0) == ["RouteDown (page) /chat", "2.5 min", "3 min", "1 min"]
    assert "1 of 1 cases pass" in page
    assert "the number of false positives is unknown" in page


def test_a_row_compares_the_three_rule_sets() -> None:
    """The row has first pages, first tickets, pages and tickets; later than sloth, and as many pages as the baseline,
    is bold."""
    second = alert("RouteDown", "page", 150, 660, route="/search", service="worker-api")
    baseline = (alert("A", "page", 330, 800), alert("B", "page", 330, 800))
    sloth = (alert("Sloth", "page", 120, 600, route="/chat"), alert("Sloth", "ticket", 300, 600, route="/chat"))
    case = outage(remark="Each route pages.", allowed=(replace(CHAT_DOWN, labels={"route": "/search"}),))
    page = report([evaluate(run_with(case, DOWN, second, baseline=baseline, sloth=sloth))])["backtest.md"]
    first_notifications = ["**2.5 min**", "5.5 min", "2 min", "never", "5 min"]
    assert _row(page, 1) == [*first_notifications, "**2**", "2 (2)", "1", "0", "1"]
    assert "- Pages per incident in these 1 cases: 2.0 shipped, 2.0 baseline." in page
    assert "- **outage**: 2 pages, baseline 2. Each route pages." in page


def test_a_failed_case_is_listed_with_its_remark() -> None:
    """The list of targets has the late alert and the remark of the case."""
    page = report([evaluate(run_with(outage(deadline=120, remark="`for` is one minute."), DOWN))])["backtest.md"]
    late = "RouteDown (page) /chat: fired after 2.5 min, deadline 2 min"
    assert f"- **outage** fails: {late}. `for` is one minute." in page
    assert "0 of 1 cases" in page


def test_false_positives_of_ordinary_days_are_counted() -> None:
    """A shipped ticket, a baseline page and no alert of sloth each have their row."""
    ticket = alert("TenantHighErrorRate", "ticket", 900, 1_800, tenant_id="a", route="/chat")
    days = replace(outage(name="2 ordinary days"), expected=(), ordinary_days=2)
    run = run_with(days, ticket, baseline=(alert("BaselineErrorRate", "page", 60, 600),))
    page = report([evaluate(run)])["backtest.md"]
    assert "## False positives in 2 ordinary days" in page
    assert "| shipped | 0 | 1 | 1 |\n| baseline | 1 | 0 | 1 |\n| sloth | 0 | 0 | 0 |" in page


def test_every_case_has_a_chart() -> None:
    """The page shows each chart that is written, and no other."""
    files = report([evaluate(run_with(outage(name="One of 2"), DOWN))])
    assert set(files) == {"backtest.md", "backtest/one-of-2.svg"}
    assert "](backtest/one-of-2.svg)" in files["backtest.md"]


def test_a_chart_escapes_markup() -> None:
    """A tenant's name with markup characters is text in the chart."""
    hostile = alert("TenantHighErrorRate", "ticket", 0, 60, tenant_id="<b>&", route="/chat", service="s")
    svg = ElementTree.fromstring(chart(run_with(outage(), hostile)))
    assert "TenantHighErrorRate <b>& chat" in [text.text for text in svg.iter(f"{SVG}text")]


def test_the_time_axis_is_linear() -> None:
    """The axis is 600 px wide from x = 250 on: half of 1,200 s is 300 px; a time outside the range is at the edge."""
    axis = ChartAxis(-600, 600)
    assert [axis.x(-600), axis.x(0), axis.x(600), axis.x(9_999)] == [250, 550, 850, 850]


def test_ordinary_days_have_no_shaded_incident() -> None:
    """The time of an incident is shaded; ordinary days are not."""
    incident, days = outage(), replace(outage(), ordinary_days=2)
    assert [chart(run_with(case)).count("#fde8e8") for case in (incident, days)] == [1, 0]
