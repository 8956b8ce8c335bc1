"""Alerts, cases and runs written by hand, for the tests of the back-test's result and report."""

from __future__ import annotations

from generator.verify.backtest.case import AlertSelector, Case, ExpectedAlert
from generator.verify.backtest.chart_queries import ChartQuery
from generator.verify.backtest.run import BacktestRun
from generator.verify.notified.notifications import AlertInterval
from generator.verify.simulation.incident import Incident, IncidentKind

CHAT_DOWN = AlertSelector("RouteDown", "page", {"route": "/chat", "tenant_id": ""})
SYMPTOM = ChartQuery("requests that fail, %", "vector(1)")


def alert(name: str, severity: str, start: float, end: float, **labels: str) -> AlertInterval:
    """Return an alert that fires from start to end, in seconds after the incident's start."""
    return AlertInterval({"alertname": name, "severity": severity, **labels}, start, end)


def outage(
    deadline: int = 180, name: str = "outage", allowed: tuple[AlertSelector, ...] = (), remark: str = ""
) -> Case:
    """Return a case in which /chat is down for ten minutes and RouteDown is expected."""
    incident = Incident(IncidentKind.REQUESTS_FAIL, 3_600, 600, 1.0, {"route": "/chat"})
    expected = (ExpectedAlert(CHAT_DOWN, deadline),)
    return Case(name, "/chat is down.", (incident,), {"route": "/chat"}, SYMPTOM, expected, allowed, warm_up=3_600,
                remark=remark)  # fmt: skip


def run_with(
    case: Case,
    *shipped: AlertInterval,
    baseline: tuple[AlertInterval, ...] = (),
    sloth: tuple[AlertInterval, ...] = (),
) -> BacktestRun:
    """Return a run of the case in which these alerts fired."""
    return BacktestRun(case, shipped, baseline, sloth, ((-60, 2.0), (0, 4.0)), ((-60, 0.0), (0, 50.0)))
