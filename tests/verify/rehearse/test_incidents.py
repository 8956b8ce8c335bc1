"""Known incidents: a strict file, and detection times, precision and recall worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.dsl.platform import Platform
from generator.errors import BuildError
from generator.verify.rehearse.change import detection_changes
from generator.verify.rehearse.detection import detections, scores
from generator.verify.rehearse.incident_file import KnownIncident, read_incidents
from tests.verify.rehearse.summaries import NIGHT, NOON, firings, summary_of

OUTAGE = KnownIncident(NOON, NOON + 1_200, "outage", {"route": "/chat"})
QUIET = KnownIncident(NIGHT, NIGHT + 600, "one tenant", {"tenant_id": "a"})
CHAT = {"route": "/chat", "service": "worker-api"}
VALID = """incidents:
  - {start: 2026-11-12T12:00:00Z, end: 2026-11-12T12:20:00Z, route: /chat, what: outage}
  - {start: 2026-11-12T03:00:00+01:00, end: 2026-11-12T03:10:00+01:00, tenant: a, what: one tenant}
"""
WRONG = """incidents:
  - {start: 2026-11-12, end: 2026-11-12T12:20:00Z, rout: /chat, what: outage}
  - {start: 2026-11-12T12:20:00Z, end: 2026-11-12T12:00:00Z, what: 5}
  - outage
  - {start: 2026-11-12T12:20:00Z}
others: []
"""


def test_a_file_of_incidents(tmp_path: Path) -> None:
    """In the order of their starts, which may have any time zone."""
    file = tmp_path / "incidents.yaml"
    file.write_text(VALID, encoding="utf-8")
    assert read_incidents(file) == (QUIET, OUTAGE)


def test_all_problems_of_a_file_are_reported_at_once(tmp_path: Path) -> None:
    """Each with its line: a date without a time, an unknown key, an end before its start, a number, a text in the place
    of an incident, missing keys, another list."""
    file = tmp_path / "incidents.yaml"
    file.write_text(WRONG, encoding="utf-8")
    with pytest.raises(BuildError) as raised:
        read_incidents(file)
    assert [str(problem).removeprefix(f"{file}:") for problem in raised.value.problems] == [
        '2 incidents[1].rout: there is no such key; did you mean "route"? If not, give another one.',
        '2 incidents[1].start: "2026-11-12" is no time; give a time with its time zone, such as 2026-11-12T10:00:00Z.',
        "3 incidents[2]: it ends before it starts; exchange start and end, or correct them.",
        "3 incidents[2].what: 5 is not a text; give a text.",
        '4 incidents[3]: "outage" is no incident; give the keys start, end, what.',
        "5 incidents[4]: end is missing; add end: TIME.",
        "5 incidents[4]: what is missing; add what: text.",
        "6 others: there is no such key; give incidents.",
    ]


@pytest.mark.parametrize("text", ["incidents: []\n", "other: 1\n", "incidents: {}\n"])
def test_a_file_without_incidents_is_a_problem(text: str, tmp_path: Path) -> None:
    """Nothing could be detected."""
    file = tmp_path / "incidents.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BuildError, match="it has no list of incidents"):
        read_incidents(file)


def test_an_incident_is_detected_by_what_fires_about_it(platform: Platform) -> None:
    """RouteDown fires 90 s after the start, ErrorBudgetBurn 60 s after and is sent at once, for RouteDown comes later.
    What fires about another route, or an hour later, is not about it; an alert of a model may be."""
    summary = summary_of(
        platform,
        firings("RouteDown", "page", (NOON + 90, NOON + 1_500), (NOON + 7_200, NOON + 7_500), **CHAT),
        firings("ErrorBudgetBurn", "page", (NOON + 60, NOON + 1_200), **CHAT),
        firings("RouteHighLatency", "page", (NOON + 30, NOON + 600), route="/search", service="worker-api"),
        firings("HighAIErrorRate", "page", (NOON + 600, NOON + 900), model="m"),
    )
    quiet, outage = detections(summary, (QUIET, OUTAGE))
    assert (quiet.alerts, quiet.notified) == ((), None)
    assert outage.alerts == (("ErrorBudgetBurn (page)", 60), ("RouteDown (page)", 90), ("HighAIErrorRate (page)", 600))
    assert outage.notified == 60
    down = next(each for each in scores(summary, (QUIET, OUTAGE)) if each.title == "RouteDown (page)")
    assert (down.precision, down.recall, down.detected) == (0.5, 0.5, (90,))


def test_an_alert_of_a_tenant_is_about_its_incident(platform: Platform) -> None:
    """Of two tenants one has the incident; it fires within ten minutes after the end, the other one meanwhile."""
    summary = summary_of(
        platform,
        firings("TenantHighErrorRate", "ticket", (NIGHT + 1_200, NIGHT + 3_000), tenant_id="a", **CHAT),
        firings("TenantHighErrorRate", "ticket", (NIGHT + 60, NIGHT + 3_000), tenant_id="b", **CHAT),
    )
    (detection,) = detections(summary, (QUIET,))
    assert detection.alerts == (("TenantHighErrorRate (ticket)", 1_200),)
    (score,) = scores(summary, (QUIET,))
    assert (score.precision, score.recall) == (0.5, 1)


def test_a_change_detects_an_incident_later(platform: Platform) -> None:
    """90 s after its start in place of 210; the other incident nobody detects, before and after."""
    before, after = (
        detections(summary_of(platform, firings("RouteDown", "page", (NOON + at, NOON + 900), **CHAT)), (QUIET, OUTAGE))
        for at in (90, 210)
    )
    (change,) = detection_changes(before, after)
    assert (change.after.incident, change.before.notified, change.after.notified) == (OUTAGE, 90, 210)
