"""Months without incidents: their cases, and the report of what fired in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from backtests.months import months
from generator.dsl.platform import Platform
from generator.errors import BuildError
from generator.verify.backtest.command import write
from generator.verify.backtest.month_report import (
    PAGE,
    MonthResult,
    fingerprint,
    kept_results,
    month_report,
    month_result,
)
from generator.verify.backtest.result import CaseResult, evaluate
from generator.verify.backtest.run import resolution
from generator.verify.replay.stages import ReplayRule
from generator.verify.simulation.clock import DAY, MONDAY
from generator.verify.simulation.incident import IncidentKind
from tests.verify.backtest.examples import alert, outage, run_with

MONTH = replace(
    outage(name="a month"), claim="Nothing happens.", incidents=(), expected=(), ordinary_days=30, tolerated_tickets=2
)
TICKETS = tuple(alert("TenantHighErrorRate", "ticket", day * DAY, day * DAY + 3_600, tenant_id="a") for day in range(3))


def test_three_months_differ_in_their_seeds_alone(platform: Platform) -> None:
    """30 days of 200 tenants each after a day of history, with a deploy at 14:00 on each of 22 working days, and no
    alert is expected."""
    cases = months(platform)
    assert len({case.population for case in cases}) == len({case.slug for case in cases}) == 3
    for case in cases:
        assert (case.duration, len(case.population), case.clock.start) == (30 * DAY, 200, MONDAY - DAY)
        assert (case.incident_start, case.clock.end) == (MONDAY, MONDAY + 30 * DAY)
        at = [(case.clock.start + incident.start - MONDAY) / 3_600 for incident in case.incidents]
        assert at[:6] == [14, 38, 62, 86, 110, 182]
        assert [incident.kind for incident in case.incidents] == [IncidentKind.COUNTERS_RESET] * 22
        assert not case.expected
        assert not case.allowed


def test_a_query_of_a_month_stays_below_the_limit_of_prometheus(platform: Platform) -> None:
    """200 tenants have a series of each of 13 buckets and route: with the steps of a query, below 50 M samples."""
    case = months(platform)[0]
    (span,) = resolution(case).spans(case.clock)
    routes = sum(len(of_service) for of_service in platform.services.values())
    assert len(case.population) * routes * 13 * span.points_per_query < 50_000_000
    assert resolution(MONTH).spans(MONTH.clock)[0].points_per_query == 10_000


def test_rules_may_look_back_over_all_days_of_a_month(platform: Platform) -> None:
    """The day of history before it is no limit, as the warm-up of an incident is."""
    assert [case.look_back for case in months(platform)] == [30 * DAY] * 3
    assert outage().look_back == outage().warm_up == 3_600


def test_the_claim_states_the_population(platform: Platform) -> None:
    """Sizes, error rates and hours, in percent of the tenants."""
    claim = months(platform)[0].claim
    assert "70 % send 0.02 to 1 requests a minute; 25 % send 1 to 10" in claim
    assert "fails 0.05 % to 0.5 % of its requests" in claim
    assert "40 % work in office hours, 10 % run a batch at night, and 2 days are holidays" in claim


def test_two_false_tickets_are_tolerated_and_no_page() -> None:
    """A third ticket fails the month, and so does one page."""
    assert evaluate(run_with(MONTH, *TICKETS[:2])).passed
    three = evaluate(run_with(MONTH, *TICKETS))
    assert three.failures == ("TenantHighErrorRate (ticket) a: fired 3 times, not expected",)
    page = alert("RouteDown", "page", 0, 600, route="/chat")
    assert evaluate(run_with(MONTH, page, *TICKETS[:2])).failures == (
        "RouteDown (page) /chat: fired once, not expected",
    )


def results(*runs: CaseResult, rules: str = "now") -> tuple[MonthResult, ...]:
    """The results of months as they are kept."""
    return tuple(month_result(run, rules) for run in runs)


def test_the_report_counts_every_notification_and_names_what_fired() -> None:
    """Three tickets of one tenant in one month, nothing in another."""
    quiet = replace(MONTH, name="another month")
    both = results(evaluate(run_with(MONTH, *TICKETS)), evaluate(run_with(quiet)))
    page = month_report((MONTH, quiet), both, "now")[PAGE]
    assert "Nothing happens.\n\nEvery notification is false." in page
    assert "no page, and at most 2 tickets in a month" in page
    assert "| a month | 0 | 3 | **missed** |\n| another month | 0 | 0 | met |" in page
    assert "- a month: TenantHighErrorRate (ticket) a, 3 ×\n- another month: none\n" in page


def test_a_month_may_run_alone(tmp_path: Path) -> None:
    """The report keeps the results of the others, marks those of older rules, and says which months have not run."""
    months = tuple(replace(MONTH, name=name) for name in ("first", "second", "third"))
    assert kept_results(tmp_path) == ()
    for month, rules in zip(months[:2], ("old", "now"), strict=True):
        write(
            month_report(months, (*kept_results(tmp_path), *results(evaluate(run_with(month)), rules=rules)), "now"),
            tmp_path,
        )
    page = (tmp_path / PAGE).read_text(encoding="utf-8")
    assert "| first | 0 | 0 | met, by older rules |\n| second | 0 | 0 | met |\n| third | not run | | |" in page
    again = results(evaluate(run_with(months[0], *TICKETS)))
    page = month_report(months, (*kept_results(tmp_path), *again), "now")[PAGE]
    assert "| first | 0 | 3 | **missed** |\n| second | 0 | 0 | met |" in page


def test_other_rules_have_another_fingerprint() -> None:
    """In what they evaluate, or how often."""
    rule = ReplayRule({"alert": "A", "expr": "up == 0"}, 30)
    others = (replace(rule, interval=60), replace(rule, body={**rule.body, "for": "5m"}))
    assert len({fingerprint([each]) for each in (rule, *others)}) == 3
    assert fingerprint([replace(rule, body=dict(reversed(list(rule.body.items()))))]) == fingerprint([rule])


def test_a_file_without_results_is_reported(tmp_path: Path) -> None:
    """Its name and a hint."""
    (tmp_path / "backtest-months.json").write_text('[{"month": "first"}]', encoding="utf-8")
    with pytest.raises(BuildError, match=r"backtest-months.json: it has no results of months .*; delete it"):
        kept_results(tmp_path)
