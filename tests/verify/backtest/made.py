"""Firings, cases and runs that tests judge, made by hand."""

from __future__ import annotations

from generator.verify.backtest.case import Alarm, Case, Curve, Due
from generator.verify.backtest.notifications import Firing
from generator.verify.backtest.run import Run
from generator.verify.simulation.incident import Incident, IncidentKind

DOWN = Alarm("RouteDown", "page", {"route": "/chat", "tenant_id": ""})
CURVE = Curve("requests that fail, %", "vector(1)")


def firing(alert: str, severity: str, start: float, end: float, **labels: str) -> Firing:
    """An alert that fires from start to end, in seconds after the incident's start."""
    return Firing({"alertname": alert, "severity": severity, **labels}, (start, end))


def outage(within: int = 180, name: str = "outage", may: tuple[Alarm, ...] = (), remark: str = "") -> Case:
    """Ten minutes in which /chat is down; RouteDown is due."""
    down = Incident(IncidentKind.REQUESTS_FAIL, 3_600, 600, 1.0, {"route": "/chat"})
    traffic = {"route": "/chat"}
    return Case(name, "It is down.", (down,), traffic, CURVE, (Due(DOWN, within),), may, warm_up=3_600, remark=remark)


def heard(case: Case, *shipped: Firing, static: tuple[Firing, ...] = (), peer: tuple[Firing, ...] = ()) -> Run:
    """A run in which this was heard."""
    return Run(case, shipped, static, peer, ((-60, 2.0), (0, 4.0)), ((-60, 0.0), (0, 50.0)))
