"""Incidents that Grafana, PagerDuty or the server's own alerts name, recognised by their content."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any, cast

import pytest

from generator.cli import main
from generator.dsl.platform import Platform
from generator.errors import BuildError
from generator.verify.rehearse.history_api import HistoryApi, RangeSeries
from generator.verify.rehearse.incident_file import KnownIncident
from generator.verify.rehearse.incident_sources import incidents_of_file, incidents_of_server
from generator.verify.rehearse.rehearsed_time import RehearsedTime

NOON = 1_794_484_800
"""2026-11-12T12:00:00Z, in seconds since 1970."""
OUTAGE = KnownIncident(NOON, NOON + 1_200, "/chat fails", {"route": "/chat"})
ANNOTATIONS = [
    {"id": 2, "time": 1_000 * NOON, "timeEnd": 1_000 * NOON + 1_200_000, "text": "<b>/chat</b> fails",
     "tags": ["incident", "route:/chat"]},
    {"id": 1, "time": 1_000 * NOON - 60_000, "timeEnd": 1_000 * NOON, "text": "", "tags": ["tenant=a", "slow"]},
]  # fmt: skip
REPORTED = {
    "incidents": [
        {"title": "/chat fails", "status": "resolved", "created_at": "2026-11-12T12:00:00Z",
         "last_status_change_at": "2026-11-12T12:20:00Z"},
        {"title": "disk full", "status": "resolved", "created_at": "2026-11-12T11:00:00Z",
         "last_status_change_at": "2026-11-12T13:00:00Z", "resolved_at": "2026-11-12T11:10:00Z"},
        {"title": 'open route="/chat"', "status": "triggered", "created_at": "2020-11-12T12:00:00Z"},
    ],
    "limit": 25, "more": False,
}  # fmt: skip
ROWS = """id,incident_number,description,service_name,created_on,resolved_on
Q1,7,"/chat fails, badly",api,2026-11-12T13:00:00+01:00,2026-11-12T12:20:00Z
"""


def read(text: str | object, folder: Path) -> tuple[KnownIncident, ...]:
    """The incidents of a file with this content."""
    file = folder / "incidents"
    file.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
    return incidents_of_file(str(file))


def problems(text: str | object, folder: Path) -> list[str]:
    """The problems of a file with this content, without its path."""
    with pytest.raises(BuildError) as raised:
        read(text, folder)
    return [str(problem).removeprefix(str(folder / "incidents")).strip() for problem in raised.value.problems]


def test_annotations_of_grafana(tmp_path: Path) -> None:
    """Regions, in the order of their starts, with the route or the tenant that a tag names, and without HTML."""
    assert read(ANNOTATIONS, tmp_path) == (
        KnownIncident(NOON - 60, NOON, "tenant=a, slow", {"tenant_id": "a"}), OUTAGE,
    )  # fmt: skip


def test_incidents_of_pagerduty(tmp_path: Path) -> None:
    """One that is resolved ends then, or when its status changed last; one that is open lasts until now, and its title
    names the route."""
    still, disk, outage = read(REPORTED, tmp_path)
    assert disk == KnownIncident(NOON - 3_600, NOON - 3_000, "disk full", {})
    assert outage == KnownIncident(NOON, NOON + 1_200, "/chat fails", {})
    assert (still.start, still.labels) == (NOON - (6 * 365 + 1) * 86_400, {"route": "/chat"})


def test_an_open_incident_lasts_until_now(tmp_path: Path) -> None:
    """The one that is created in the past has no end in the file."""
    document = {"incidents": [{"title": "x", "status": "acknowledged", "created_at": "2020-01-01T00:00:00Z"}]}
    (incident,) = read(document, tmp_path)
    assert time.time() - 60 < incident.end <= time.time()


def test_a_csv_file_of_pagerduty(tmp_path: Path) -> None:
    """Columns are found by their names, in any time zone, with commas in a text."""
    assert read(ROWS, tmp_path) == (KnownIncident(NOON, NOON + 1_200, "/chat fails, badly", {}),)
    titled = ROWS.replace("created_on", "Created On").replace("resolved_on", "Resolved On")
    assert read(titled, tmp_path) == read(ROWS, tmp_path)


def test_a_file_of_incidents_in_json_is_yaml(tmp_path: Path) -> None:
    """It has the keys of our own file."""
    incident = {"start": "2026-11-12T12:00:00Z", "end": "2026-11-12T12:20:00Z", "route": "/chat", "what": "/chat fails"}
    assert read({"incidents": [incident]}, tmp_path) == (OUTAGE,)


def test_what_cannot_be_read_has_its_place(tmp_path: Path) -> None:
    """Each annotation, incident and line that is wrong, at once, with a hint."""
    point = {"time": 5, "timeEnd": 5, "tags": ["deployment"]}
    assert problems([point, {"text": "x"}, {"time": "noon"}], tmp_path) == [
        "annotations[1].timeEnd: it is a point in time, and no incident; give it an end, or export the annotations of "
        "incidents alone: GET /api/annotations?tags=incident.",
        "annotations[2]: this is no annotation of Grafana; give a file of incidents, annotations of Grafana, or "
        "incidents of PagerDuty (docs/rehearse.md).",
        'annotations[3].time: "noon" is no number of milliseconds; export the annotations again.',
    ]
    assert problems(ROWS + "Q2,8,x,api,2026-11-12 12:00:00,\nQ3,9,x,api,,\n", tmp_path) == [
        ':3.created_on: "2026-11-12 12:00:00" is no time; give a time with its time zone, such as '
        "2026-11-12T10:00:00Z.",
        ":4.created_on: it is missing; give a time with its time zone, such as 2026-11-12T10:00:00Z.",
    ]
    assert problems([], tmp_path) == [
        ": it has no incidents; give a file of incidents, annotations of Grafana, or incidents of PagerDuty "
        "(docs/rehearse.md).",
    ]
    assert problems({**REPORTED, "more": True}, tmp_path) == [
        "more: these are the first 3 of more incidents; get all pages (offset=), and join the lists of incidents.",
    ]


class AlertSamples:
    """A server whose ALERTS are these: seconds after noon at which an alert fires, by its labels."""

    def __init__(self, firing: Sequence[tuple[Mapping[str, str], Sequence[int]]]) -> None:
        self.firing = firing
        self.selectors: set[str] = set()

    def stored(self, selector: str, after: int, until: int) -> list[RangeSeries]:
        """The samples after a time until another."""
        self.selectors.add(selector)
        times = ((labels, [1_000 * (NOON + at) for at in own]) for labels, own in self.firing)
        return [RangeSeries(labels, [(at, "1") for at in own if after < at <= until]) for labels, own in times]


def of_server(platform: Platform, source: str, *firing: tuple[Mapping[str, str], Sequence[int]]) -> Any:
    """The incidents of the server's alerts in the day from noon on, and the selectors that were read."""
    history = AlertSamples(firing)
    day = RehearsedTime(NOON, NOON + 86_400, UTC)
    return incidents_of_server(cast(HistoryApi, history), source, platform, day), history.selectors


def test_the_servers_own_pages_are_incidents(platform: Platform) -> None:
    """RouteDown fires for 20 minutes across the border of a query, and again an hour later; models of a route are one
    incident, another route is one of its own."""
    border = 6 * 3_600
    down = {"alertname": "RouteDown", "route": "/chat", "severity": "page"}
    incidents, selectors = of_server(
        platform,
        "alerts",
        ({**down, "model": "a"}, range(border - 600, border + 601, 30)),
        ({**down, "model": "b"}, range(border, border + 901, 30)),
        (down, range(border + 4_500, border + 4_801, 30)),
        ({**down, "route": "/search"}, range(border, border + 61, 30)),
    )
    assert selectors == {'ALERTS{platform="production",alertstate="firing",severity="page"}'}
    assert [(each.start - NOON - border, each.end - NOON - border, each.what) for each in incidents] == [
        (-600, 900, "RouteDown fired (/chat)"),
        (0, 60, "RouteDown fired (/search)"),
        (4_500, 4_800, "RouteDown fired (/chat)"),
    ]
    assert incidents[0].labels == {"route": "/chat"}


def test_a_selector_of_alerts(platform: Platform) -> None:
    """Its own matchers stay; the platform and the state are added."""
    alert = {"alertname": "HighAICosts", "tenant_id": "a"}
    incidents, selectors = of_server(platform, 'ALERTS{alertname="HighAICosts"}', (alert, [60]))
    assert selectors == {'ALERTS{alertname="HighAICosts",platform="production",alertstate="firing"}'}
    assert incidents == (KnownIncident(NOON + 60, NOON + 60.001, "HighAICosts fired (a)", {"tenant_id": "a"}),)


def test_what_selects_no_alerts_is_a_problem(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    """A text that is no selector, a server on which none fired, and a recording."""
    with pytest.raises(BuildError, match="this is no selector of alerts"):
        of_server(platform, 'ALERTS{alertname="A"')
    with pytest.raises(BuildError, match="fired on the server; give a longer --since"):
        of_server(platform, "alerts")
    assert main(["rehearse", "--recording", "a", "--incidents", "alerts"]) == 2
    assert "--incidents alerts: a recording does not have the server's alerts" in capsys.readouterr().err
