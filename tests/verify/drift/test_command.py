"""What `drift` refuses, and what it does where a server gives no usable answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator.verify.access import Access
from generator.verify.drift.durations import seconds_of
from tests.verify.drift.answers import serving
from tests.verify.drift.conftest import Drift, lines

CLOSED = "http://127.0.0.1:9"
GROUPS: dict[str, Any] = {"status": "success", "data": {"groups": []}}


def whats(document: dict[str, Any]) -> list[str]:
    """The problems as `where: what`."""
    return [f"{each['where']}: {each['what']}" for each in document["problems"]]


def test_a_server_must_be_named(drift: Drift) -> None:
    """Without any URL, and with a token alone, nothing is compared."""
    status, document = drift("--grafana-token-file", "token")
    assert status == 2
    assert whats(document) == [
        "--grafana-token-file: the server of this token is not named",
        "drift: no server is named",
    ]


def test_all_wrong_arguments_are_reported_at_once(drift: Drift, tmp_path: Path) -> None:
    """Two URLs, a file of a token and a time are wrong: four problems, and no request."""
    status, document = drift(
        "--prometheus", "prometheus", "--grafana", "http://a:b@c", "--alertmanager", CLOSED,
        "--alertmanager-token-file", str(tmp_path / "none"), "--timeout", "0",
    )  # fmt: skip
    assert status == 2
    assert [what.partition(":")[0].partition(" ")[0] for what in whats(document)] == [
        "--alertmanager-token-file", "--grafana", "--prometheus", "--timeout",
    ]  # fmt: skip


def test_a_server_that_is_away_does_not_hide_another(drift: Drift) -> None:
    """One does not answer: a problem, status 2. The other has no group: each group of the output is missing."""
    with serving({"/api/v1/rules": GROUPS}) as url:
        status, document = drift("--prometheus", url, "--grafana", CLOSED)
    assert status == 2
    assert [line for line in lines(document) if "production:cost is missing" in line] == [
        "rule groups: production:cost is missing"
    ]
    assert len(document["problems"]) == 1


@pytest.mark.parametrize(
    ("server", "answers"),
    [
        ("prometheus", {"/api/v1/rules": {"data": []}}),
        ("prometheus", {"/api/v1/rules": {"data": {"groups": [{"name": "production:cost"}]}}}),
        ("alertmanager", {"/api/v2/status": {"config": {"original": "route: ["}, "versionInfo": {"version": "1"}}}),
        ("alertmanager", {"/api/v2/status": []}),
        ("grafana", {"/api/health": {"status": "ok"}}),
    ],
)
def test_another_server_is_a_problem(drift: Drift, server: str, answers: dict[str, Any]) -> None:
    """A URL of something else is no drift: status 2 with a hint, and no traceback."""
    with serving(answers) as url:
        status, document = drift(f"--{server}", url)
    assert (status, document["internal_error"], len(document["problems"])) == (2, None, 1)


def test_an_old_prometheus_is_a_difference(drift: Drift) -> None:
    """3.9 writes a warning for each push; the build of another ruler is not judged by this number."""
    prometheus = {"data": {"version": "3.9.1", "goVersion": "go1.26"}}
    mimir = {"data": {"version": "2.14.0", "goVersion": "go1.22", "application": "Grafana Mimir"}}
    results = []
    for build in (prometheus, mimir):
        with serving({"/api/v1/rules": GROUPS, "/api/v1/status/buildinfo": build}) as url:
            results.append(lines(drift("--prometheus", url)[1])[0])
    assert results[0] == "server: version 3.9.1 is older than 3.10"
    assert results[1].startswith("rule groups: ")


def test_a_group_that_was_renamed_is_found_by_its_platform(drift: Drift) -> None:
    """A group of our platform that no build wrote is a difference; that of another platform is not ours."""
    groups: list[dict[str, Any]] = [
        {"name": name, "interval": 30, "rules": []} for name in ("production:old", "staging:old")
    ]
    with serving({"/api/v1/rules": {"data": {"groups": groups}}}) as url:
        _, document = drift("--prometheus", url)
    assert [line for line in lines(document) if "old" in line] == [
        "rule groups: production:old is there; no build wrote it"
    ]


def test_an_output_that_is_not_there_is_a_problem(drift: Drift, tmp_path: Path) -> None:
    """The message names the folder, before anything is asked."""
    status, document = drift("--prometheus", CLOSED, out=tmp_path)
    assert (status, whats(document)) == (2, [f"{tmp_path}/prometheus/rules: there are no rules"])


@pytest.mark.parametrize(
    ("text", "seconds"), [("1m30s", 90), ("1d", 86_400), ("500ms", 0.5), ("0s", 0), ("2w", 1_209_600)]
)
def test_durations_are_seconds(text: str, seconds: float) -> None:
    """Both servers write durations in several units."""
    assert seconds_of(text) == seconds


def test_a_user_and_a_password_are_basic_authentication() -> None:
    """`user:pass` in base64 is dXNlcjpwYXNz; a token without a colon is a bearer token."""
    assert Access("http://x", "user:pass").authorization == "Basic dXNlcjpwYXNz"
    assert Access("http://x", "abc").authorization == "Bearer abc"
