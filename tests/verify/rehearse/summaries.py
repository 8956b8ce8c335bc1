"""Summaries of alerts written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo

from alerts.routing import ROUTING
from generator.dsl.platform import Platform
from generator.verify.rehearse.firing import Firing
from generator.verify.rehearse.plan import Place, PlannedRule, RehearsalPlan
from generator.verify.rehearse.rehearsal import AlertFirings
from generator.verify.rehearse.summary import Summary, summarize
from generator.verify.replay.stages import ReplayRule

NIGHT = 1_794_448_800
"""2026-11-12T02:00:00Z, in seconds since 1970."""
NOON = NIGHT + 10 * 3_600
START = NIGHT - 2 * 3_600
Intervals = Sequence[tuple[float, float]]
"""The first and the last evaluation of each firing, in seconds since 1970."""


def labels(name: str, severity: str, **others: str) -> dict[str, str]:
    """The labels of an alert of the team platform."""
    return {"alertname": name, "severity": severity, "owner": "platform", "platform": "production", **others}


def firings(name: str, severity: str, *intervals: tuple[float, float], **others: str) -> AlertFirings:
    """The firings of an alert."""
    own = tuple(sorted(labels(name, severity, **others).items()))
    body = {"alert": name, "expr": "up", "labels": {"severity": severity}}
    return AlertFirings(
        f"{name} ({severity})", body, tuple(Firing(own, round(a * 1000), round(b * 1000)) for a, b in intervals)
    )


def summary_of(
    platform: Platform, *alerts: AlertFirings, start: float = START, zone: tzinfo = UTC, reasons: Sequence[str] = ()
) -> Summary:
    """The summary of alerts, and of others that were not rehearsed."""
    unique = {each.title: each.body for each in alerts}
    planned = [PlannedRule(ReplayRule(body, 30), Place.SERVER) for body in unique.values()]
    planned += [
        PlannedRule(ReplayRule({"alert": name, "expr": "up", "labels": {"severity": "page"}}, 30), Place.NOWHERE, "why")
        for name in reasons
    ]
    plan = RehearsalPlan(tuple(planned), (), frozenset(), frozenset())
    return summarize(alerts, plan, platform, ROUTING, start, zone)
