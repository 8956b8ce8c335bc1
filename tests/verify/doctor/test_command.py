"""What `doctor` prints, and its exit status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.cli import main
from tests.verify.doctor.conftest import RunningSystem
from tests.verify.doctor.examined import Examined

CLOSED = "http://127.0.0.1:9"
PLATFORM = Path(__file__).with_name("platform.yaml")
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def built_once(system: RunningSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    """The build that the servers have loaded; tests/test_json_output.py has the command compile one."""
    monkeypatch.setattr("generator.verify.doctor.command.compiled", lambda _: system.compiled)


def run(system: RunningSystem, *arguments: str) -> int:
    """The exit status of the command on the build of the running system."""
    return main(["doctor", "--platform", str(PLATFORM), "--out", str(system.subject.out), *arguments])


def test_the_report_has_the_worst_first_with_evidence_and_hint(
    system: RunningSystem, bare: Examined, capsys: Captured
) -> None:
    """A Prometheus without telemetry of the platform: errors come first, then warnings; the last line counts them."""
    assert run(system, bare.url) == 1
    lines = capsys.readouterr().out.splitlines()
    severities = [line.split(" ", 1)[0] for line in lines if line.startswith(("ERROR", "WARNING", "INFO"))]
    assert severities == sorted(severities, key=["ERROR", "WARNING", "INFO"].index)
    first = lines.index("ERROR   service worker-api sends no telemetry [live/heartbeat-missing]")
    assert lines[first + 1 : first + 4] == [
        '        telemetry_heartbeat_timestamp_seconds{service="worker-api"}: no heartbeat in the last 60 minutes',
        lines[first + 2],
        "           docs/checks/live/heartbeat-missing.md",
    ]
    assert lines[first + 2].startswith("        -> send the service a request")
    assert any(line.startswith("not checked: whether the dead man's switch receives") for line in lines)
    assert lines[-1].split(", ")[0].endswith(" errors")


def test_the_document_has_findings_and_costs(system: RunningSystem, bare: Examined, capsys: Captured) -> None:
    """`--json`: what each finding has, how much was asked, and what was not checked; standard error says so before."""
    assert run(system, "--json", bare.url) == 1
    output = capsys.readouterr()
    document: dict[str, Any] = json.loads(output.out)
    (server,) = document["servers"]
    assert server["url"] == bare.url
    assert output.err.startswith(f"{server['queries']} queries of Prometheus, one at a time, over a day at most")
    assert server["requests"] > server["queries"] > 0
    assert all(
        list(finding) == ["check", "severity", "what", "evidence", "hint", "page"] for finding in document["findings"]
    )
    assert all((Path(__file__).parents[3] / finding["page"]).is_file() for finding in document["findings"])
    assert [text.partition(":")[0] for text in document["not_checked"]] == [
        "whether the dead man's switch receives the Watchdog",
        "whether the Watchdog gets to Alertmanager and to its receiver",
        "the dashboards and the data source that Grafana has",
    ]


def test_all_wrong_arguments_are_reported_at_once(system: RunningSystem, capsys: Captured) -> None:
    """Two URLs, a token without its server and a time: four problems, status 2, and no request."""
    wrong = ("prometheus", "--alertmanager", "http://a:b@c", "--grafana-token-file", "token", "--timeout", "0")
    assert run(system, "--json", *wrong) == 2
    places = [problem["where"].partition(" ")[0] for problem in json.loads(capsys.readouterr().out)["problems"]]
    assert places == ["--alertmanager", "--grafana-token-file", "--timeout", "PROMETHEUS_URL"]


def test_a_prometheus_that_does_not_answer_is_a_problem(system: RunningSystem, capsys: Captured) -> None:
    """Nothing can be said: status 2, with its URL and a hint."""
    assert run(system, "--json", CLOSED) == 2
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["where"], problem["hint"]) == (CLOSED, "start it, or give the URL of another")


def test_an_output_that_is_not_there_is_a_problem(tmp_path: Path, capsys: Captured) -> None:
    """The message names the folder, before anything is sent."""
    assert main(["doctor", "--json", "--platform", str(PLATFORM), "--out", str(tmp_path), CLOSED]) == 2
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["where"], problem["what"]) == (f"{tmp_path}/prometheus/rules", "there are no rules")
