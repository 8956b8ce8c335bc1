"""A rehearsal over a real Prometheus whose running rules recorded `ALERTS`, in a time lapse: 30 times as fast.

Of 20 tenants, 60 % of the requests to /chat fail for ten minutes, and 30 % of one tenant's requests to /search.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from generator.cli import main
from generator.verify.calibrate.threshold import rules_with
from tests.verify.rehearse.live_history import (
    FACTOR,
    Firings,
    LiveHistory,
    firings_of_recording,
    live_history,
    rehearsed_firings,
)
from tests.verify.rehearse.recording_proxy import recording_proxy

TENANTS = 20
OTHER = ("tenant-0", "/search")
AUTHOR = ("-c", "user.name=a", "-c", "user.email=a@example.com")


def failing(minute: float, tenant: str, route: str) -> int:
    """The percentage of the requests that fail."""
    if route == "/chat" and 4 < minute < 14:
        return 60
    return 30 if (tenant, route) == OTHER and minute > 4 else 0


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveHistory]:
    """The server, after 20 minutes of the time lapse."""
    with live_history(tmp_path_factory.mktemp("live"), TENANTS, 20, failing) as history:
        yield history


def edited(live: LiveHistory, folder: Path, file: str, before: str, after: str) -> Path:
    """A copy of the output in which each of some texts is another one."""
    out = Path(shutil.copytree(live.out, folder / "out"))
    path = out / "prometheus/rules" / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    return out


def until(end: float, length: float) -> tuple[str, ...]:
    """The options of so many seconds until a time."""
    limits = ("--since", f"{round(1000 * length)}ms", "--until", datetime.fromtimestamp(end, UTC).isoformat())
    return *limits, "--pause", "0"


def minute(live: LiveHistory) -> tuple[str, ...]:
    """The options of the minute that began with the time lapse, after it has passed: a page waits for half of it. Until
    now, the outage would soon be too long ago."""
    time.sleep(max(live.start + 60 - time.time(), 0))
    return until(live.start + 60, 60)


def of(firings: Firings, name: str) -> list[dict[str, str]]:
    """The labels of each alert of a name."""
    return [labels for each in firings if (labels := dict(each))["alertname"] == name]


def test_rehearsed_firings_are_the_recorded_ones(live: LiveHistory) -> None:
    """Every alert fires at the same evaluations, to the millisecond: `for`, `keep_firing_for` and inhibitors."""
    recorded = live.recorded_firings()
    assert {name for name in ("RouteDown", "RouteDownInhibitor", "TenantHighErrorRate") if of(recorded, name)} == {
        "RouteDown", "RouteDownInhibitor", "TenantHighErrorRate",
    }  # fmt: skip
    assert rehearsed_firings(live, live.out) == recorded


def test_what_the_server_lacks_is_computed(live: LiveHistory) -> None:
    """As if the limits and the parts of tickets that read them were others on the server: they are recorded on a
    scratch server, with copies of what they read, at the groups' own times. The firings are the same."""
    other = ("limits-recorded", "limits-joined", "api-joined")
    assert rehearsed_firings(live, live.out, lambda group: group.endswith(other)) == live.recorded_firings()


def test_a_threshold_above_the_outage_silences_its_page(live: LiveHistory, tmp_path: Path) -> None:
    """60 % fail: RouteDown fires above 50 %, and not above 65 %, nor does the inhibitor that follows it."""
    rehearsed = rehearsed_firings(live, edited(live, tmp_path, "errors.yaml", "> 0.5\n", "> 0.65\n"))
    assert len(of(live.recorded_firings(), "RouteDown")) == 1
    assert of(rehearsed, "RouteDown") == []


def test_a_tenants_threshold_above_its_errors_leaves_its_ticket_out(live: LiveHistory, tmp_path: Path) -> None:
    """All tenants have tickets of /chat, one of /search, too: 20 + 1. With a threshold of 45 %, which a recording rule
    has and others read, 30 % on /search is no ticket, and 60 % on /chat still is: 20."""
    out = edited(live, tmp_path, "recorded-limits.yaml", "0.05 * group", "0.45 * group")
    assert len(of(live.recorded_firings(), "TenantHighErrorRate")) == TENANTS + 1
    rehearsed = of(rehearsed_firings(live, out), "TenantHighErrorRate")
    assert sorted((each["tenant_id"], each["route"]) for each in rehearsed) == sorted(
        (f"tenant-{number}", "/chat") for number in range(TENANTS)
    )


def test_only_read_endpoints_are_used(live: LiveHistory, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command reads rules and queries; long expressions are sent by POST, which these endpoints read as well. It
    reports the outage's page."""
    out = edited(live, tmp_path, "recorded-limits.yaml", "0.05 * group", "0.45 * group")
    with recording_proxy(live.server.url) as (url, requests):
        options = ["--platform", str(live.platform), "--out", str(out), *minute(live)]
        status = main(["rehearse", url, *options, "--json"])
    document = json.loads(capsys.readouterr().out)
    assert status == 0, document
    assert set(requests) == {
        ("GET", "/api/v1/rules"), ("GET", "/api/v1/query"), ("GET", "/api/v1/query_range"),
        ("POST", "/api/v1/query_range"),
    }  # fmt: skip
    alerts = {each["alert"]: each for each in document["alerts"]}
    assert (alerts["RouteDown (page)"]["notifications"], alerts["RouteDown (page)"]["firings"]) == (1, 1)
    assert alerts["TenantHighErrorRate (ticket)"]["tenants"] == TENANTS
    assert document["estimate"]["samples"] / 2 < document["cost"]["samples"] < document["estimate"]["samples"] * 2


def exported(live: LiveHistory, folder: Path, *options: str) -> Path:
    """A recording of the time."""
    recording = folder / "recording.xz"
    time_lapse = until(live.end, live.end - live.start)
    files = ["--platform", str(live.platform), "--out", str(live.out), "--export", str(recording)]
    assert main(["rehearse", live.server.url, *files, *time_lapse, *options]) == 0
    return recording


def test_a_recording_gives_the_same_firings(live: LiveHistory, tmp_path: Path) -> None:
    """From raw series alone, and what was recorded before the start, on a scratch server: every alert fires at the
    evaluations that the running rules recorded, with pseudonyms in the place of tenants. Inhibitors follow alerts only
    in the summary."""
    recording, names = exported(live, tmp_path, "--names", str(tmp_path / "names")), tmp_path / "names"
    pseudonyms = json.loads(names.read_text(encoding="utf-8"))["tenant_id"]
    assert sorted(pseudonyms) == sorted(f"tenant-{number}" for number in range(TENANTS))
    expected: Firings = {}
    for labels, times in live.recorded_firings().items():
        renamed = ((name, pseudonyms[value] if name == "tenant_id" else value) for name, value in labels)
        if not dict(labels)["alertname"].endswith("Inhibitor"):
            expected[tuple(sorted(renamed))] = times
    assert firings_of_recording(recording, live) == expected


def test_a_recording_gives_the_same_result(
    live: LiveHistory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Notifications, firings and receivers are those of the server, for inhibitors and what they inhibit, too."""
    recording, documents = exported(live, tmp_path), []
    files = ["--platform", str(live.platform), "--out", str(live.out), "--json"]
    time_lapse = until(live.end, live.end - live.start)
    for source in ([live.server.url, *time_lapse], ["--recording", str(recording)]):
        capsys.readouterr()
        assert main(["rehearse", *source, *files]) == 0
        documents.append(json.loads(capsys.readouterr().out))
    alerts = [
        {each["alert"]: (each["notified_at"], each["firings"], each["tenants"]) for each in document["alerts"]}
        for document in documents
    ]
    assert alerts[0]["RouteDown (page)"][1] == 1
    assert alerts[0] == alerts[1]
    assert documents[0]["receivers"] == documents[1]["receivers"]


def test_the_servers_own_alerts_are_incidents(live: LiveHistory, capsys: pytest.CaptureFixture[str]) -> None:
    """What RouteDown recorded is an incident of /chat; the rehearsed rule fires at its start."""
    options = ["--platform", str(live.platform), "--out", str(live.out), *minute(live), "--json"]
    source = 'ALERTS{alertname="RouteDown"}'
    assert main(["rehearse", live.server.url, *options, "--incidents", source]) == 0
    (incident,) = json.loads(capsys.readouterr().out)["incidents"]
    assert (incident["what"], incident["labels"]) == ("RouteDown fired (/chat)", {"route": "/chat"})
    assert {"alert": "RouteDown (page)", "after_seconds": 0} in incident["alerts"]


def test_too_many_samples_stop_the_command(live: LiveHistory, capsys: pytest.CaptureFixture[str]) -> None:
    """Above the limit nothing is rehearsed, and `--yes` lifts it."""
    options = ["--platform", str(live.platform), "--out", str(live.out), *minute(live)]
    arguments = ["rehearse", live.server.url, *options, "--max-samples", "10"]
    assert main(arguments) == 2
    assert "give a shorter --since, a higher limit, or --yes" in capsys.readouterr().err
    assert main([*arguments, "--yes"]) == 0


def test_a_revision_is_compared(
    live: LiveHistory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The committed output has a threshold of 5 %, and the edited one of 45 %: the ticket of /search is gone, 21
    firings become 20, and no other alert differs. The outage of /chat is detected as before. The page and the comment
    say so."""
    shutil.copytree(live.out, tmp_path / "out")
    for command in (["init", "-q"], ["add", "out"], [*AUTHOR, "commit", "-q", "-m", "Build"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    shutil.rmtree(tmp_path / "out")
    edited(live, tmp_path, "recorded-limits.yaml", "0.05 * group", "0.45 * group")
    start, end = (datetime.fromtimestamp(at, UTC).isoformat() for at in (live.start, live.end))
    incident = f"{{start: '{start}', end: '{end}', route: /chat, what: outage}}"
    (tmp_path / "incidents.yaml").write_text(f"incidents: [{incident}]\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    options = ["--platform", str(live.platform), *minute(live), "--base", "HEAD", "--json"]
    files = ["--incidents", "incidents.yaml", "--html", "pages/index.html", "--comment", "comment.md"]
    assert main(["rehearse", live.server.url, *options, *files]) == 0
    document = json.loads(capsys.readouterr().out)
    (change,) = document["changes"]
    assert change["alert"] == "TenantHighErrorRate (ticket)"
    assert [change[key]["firings"] for key in ("before", "after")] == [TENANTS + 1, TENANTS]
    assert "RouteDown (page)" in [each["alert"] for each in document["incidents"][0]["alerts"]]
    assert document["detection_changes"] == []
    text = f"{TENANTS + 1} → {TENANTS} firings"
    assert text in (tmp_path / "pages/index.html").read_text(encoding="utf-8")
    assert text in (tmp_path / "comment.md").read_text(encoding="utf-8")


def test_other_values_of_a_threshold(
    live: LiveHistory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """At 5 % 21 tickets fire, at 45 % those of /chat, of which 60 % fail, and at 70 % none. Nobody is notified within
    the minute that the time lapse takes, for a ticket waits for two: 5 % is kept, and nothing written."""
    monkeypatch.setattr("generator.verify.calibrate.command.rules_with", partial(rules_with, time_lapse=FACTOR))
    before = live.platform.read_bytes()
    options = ["--platform", str(live.platform), *minute(live), "--values", "45,70", "--json"]
    assert main(["calibrate", live.server.url, "tenant_default.error_percent", *options, "--write"]) == 0
    document = json.loads(capsys.readouterr().out)
    firings = [(each["value"], sum(alert["firings"] for alert in each["alerts"])) for each in document["values"]]
    assert firings == [(5, TENANTS + 1), (45, TENANTS), (70, 0)]
    assert (document["suggestion"], document["written"], live.platform.read_bytes()) == (5, False, before)
