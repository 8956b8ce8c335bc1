"""The command: its arguments, what it says where a server cannot be asked, its documents, and signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from generator.cli import main
from tests.verify.conformance.fake_grafana import TOKEN, FakeGrafana, running
from tests.verify.conformance.one_answer import answering

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    """A file with the token of the fake, which only its owner can read."""
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n", encoding="utf-8")
    file.chmod(0o600)
    return file


def problems(capsys: Captured, *arguments: object) -> list[str]:
    """The problems of a command that fails with status 2, without their number."""
    assert main(["conformance", *map(str, arguments)]) == 2
    return capsys.readouterr().err.splitlines()[:-1]


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("grafana.example.com", "URL: this is not the URL of a server; give the URL of a Grafana, such as "),
        ("ftp://grafana.example.com", "URL: this is not the URL of a server; "),
        ("http://", "URL: this is not the URL of a server; "),
        ("http://grafana.example.com:99999", "URL: this is not a URL; "),
        ("http://grafana example", "URL: this is not the URL of a server; "),
        ("http://ann:s3cr3t@grafana.example.com", "URL: it has a user or a password; remove them, and give the token"),
        ("http://grafana.example.com/d/x?orgId=1", "URL: it has a query or a fragment; "),
    ],
)
def test_a_wrong_url_is_a_problem(url: str, problem: str, small_out: Path, capsys: Captured) -> None:
    """Without a connection, and without the password."""
    (line,) = problems(capsys, url, "--out", small_out)
    assert line.startswith(problem)
    assert "s3cr3t" not in line


@pytest.mark.parametrize(
    ("content", "mode", "what"),
    [
        (b"", 0o600, "it is empty"),
        (b" \n\n", 0o600, "it is empty"),
        (b"glsa_one\nglsa_two\n", 0o600, "it has several words or lines, or characters that no token has"),
        (b"glsa_\xc3\xbc", 0o600, "it has several words or lines, or characters that no token has"),
        (b"glsa_one", 0o644, "every user of this machine can read it"),
        (None, 0, "it cannot be read (No such file or directory)"),
    ],
)
def test_a_wrong_token_file_is_a_problem(
    content: bytes | None, mode: int, what: str, tmp_path: Path, small_out: Path, capsys: Captured
) -> None:
    """Before anything is sent, and without the token."""
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
        file.chmod(mode)
    (line,) = problems(capsys, "http://127.0.0.1:9", "--out", small_out, "--token-file", file)
    assert line.startswith(f"--token-file {file}: {what}; ")
    assert "glsa_" not in line


def test_all_problems_of_the_arguments_are_reported(tmp_path: Path, small_out: Path, capsys: Captured) -> None:
    """A wrong URL and a missing token file at once; a folder is no file."""
    lines = problems(capsys, "x", "--token-file", tmp_path, "--out", small_out)
    assert [line.partition(": ")[0] for line in lines] == [f"--token-file {tmp_path}", "URL"]


@pytest.mark.parametrize("timeout", ["0", "-1", "nan"])
def test_a_time_in_which_nothing_can_answer_is_a_problem(timeout: str, small_out: Path, capsys: Captured) -> None:
    """A timeout is above 0."""
    (line,) = problems(capsys, "http://127.0.0.1:9", "--timeout", timeout, "--out", small_out)
    assert line.startswith("--timeout ")


def test_an_output_without_dashboards_is_a_problem(tmp_path: Path, capsys: Captured) -> None:
    """Resources of Grafana's API are not read: the classic format must be among those of the platform."""
    (line,) = problems(capsys, "http://127.0.0.1:9", "--out", tmp_path)
    assert line.startswith(f"{tmp_path}/grafana/dashboards: there are no dashboards; build the output with `classic`")


def test_a_file_that_no_build_wrote_is_a_problem(tmp_path: Path, capsys: Captured) -> None:
    """A dashboard that is not JSON is named."""
    (tmp_path / "grafana/dashboards").mkdir(parents=True)
    (tmp_path / "grafana/dashboards/x.json").write_text("{", encoding="utf-8")
    (line,) = problems(capsys, "http://127.0.0.1:9", "--out", tmp_path)
    assert line.startswith(f"{tmp_path}/grafana/dashboards/x.json: it is not a file of a build (")


@pytest.mark.parametrize(
    ("status", "headers", "body", "what"),
    [
        (200, {"Content-Type": "text/html"}, b"<html>", "it answers 200 with text/html, not with JSON; give the URL"),
        (404, {"Content-Type": "text/html"}, b"<html>", "it answers 404 with text/html, not with JSON; give the URL"),
        (200, {}, b"[1]", "it answers, but not like a Grafana; give the URL of Grafana, with its path"),
        (301, {"Location": "https://x.example/"}, b"", "it redirects to https://x.example/; give the URL that"),
        (302, {"Location": "/login"}, b"", "it redirects to /login; give a token: --token-file FILE"),
        (
            403,
            {},
            b'{"message": "no"}',
            "GET /api/health is answered with 403: no; give the token of a service",
        ),
        (502, {}, b"<html>", "GET /api/health is answered with 502: Bad Gateway; see the log of Grafana"),
        (200, {}, b"\xff\xfe", "it answers 200 with no content type, not with JSON; "),
    ],
)
def test_a_server_that_is_no_grafana_is_a_problem(
    status: int, headers: dict[str, str], body: bytes, what: str, small_out: Path, capsys: Captured
) -> None:
    """A page, a redirect, another JSON, and errors, each with what to do."""
    with answering(status, body, headers) as url:
        (line,) = problems(capsys, url, "--out", small_out)
        assert line.startswith(f"{url}: {what}")


def test_no_redirect_takes_the_token_elsewhere(
    grafana: FakeGrafana, token_file: Path, small_out: Path, capsys: Captured
) -> None:
    """The server that a redirect names gets no request."""
    with answering(307, b"", {"Location": f"{grafana.url}/api/health"}) as url:
        (line,) = problems(capsys, url, "--out", small_out, "--token-file", token_file)
    assert f"it redirects to {grafana.url}/api/health; " in line
    assert grafana.calls == []


def test_a_server_that_is_not_there_is_a_problem(small_out: Path, capsys: Captured) -> None:
    """Nothing listens; and TLS is spoken to a server that has none."""
    (line,) = problems(capsys, "http://127.0.0.1:9", "--out", small_out)
    assert line == (
        "http://127.0.0.1:9: it does not answer (Connection refused); start it, or give the URL of another."
    )
    with answering(200, b"{}") as url:
        (line,) = problems(capsys, url.replace("http", "https"), "--out", small_out)
    assert "there is no TLS connection (" in line
    assert "give http:// in the URL if the server does not speak TLS" in line


@pytest.mark.parametrize("token", ["glsa_wrong", None])
def test_a_token_that_grafana_does_not_take_is_a_problem(
    token: str | None, grafana: FakeGrafana, token_file: Path, small_out: Path, capsys: Captured
) -> None:
    """A wrong one and none; the wrong one is not printed."""
    if token:
        token_file.write_text(token, encoding="utf-8")
    options = ("--token-file", token_file) if token else ()
    (line,) = problems(capsys, grafana.url, "--out", small_out, *options)
    assert line.startswith(f"{grafana.url}: GET /api/datasources is answered with 401: Unauthorized; give a token")
    assert "glsa_wrong" not in line


def test_a_path_of_grafana_is_a_part_of_the_url(output: object, token_file: Path, small_out: Path) -> None:
    """Grafana below a path, with and without a slash at the end of the URL."""
    with running(FakeGrafana(), "/grafana") as grafana:
        for url in (grafana.url, f"{grafana.url}/"):
            assert main(["conformance", url, "--out", str(small_out), "--token-file", str(token_file)]) == 0


@pytest.mark.parametrize(
    ("sources", "hint"),
    [
        ([{"uid": "prom", "name": "P", "type": "prometheus"}], "give prom: --data-source UID."),
        ([{"uid": "prometeus", "name": "P", "type": "prometheus"}], 'did you mean "prometeus"? '),
        ([{"uid": "prometheus", "name": "P", "type": "loki"}], 'add it to Grafana, with the UID "prometheus".'),
    ],
)
def test_a_data_source_that_grafana_lacks_is_a_problem(
    sources: list[dict[str, Any]],
    hint: str,
    grafana: FakeGrafana,
    token_file: Path,
    small_out: Path,
    capsys: Captured,
) -> None:
    """With those of type Prometheus that it has. Nothing was made."""
    grafana.data_sources = sources
    (line,) = problems(capsys, grafana.url, "--out", small_out, "--token-file", token_file)
    what = 'it has no data source of type prometheus with the UID "prometheus"'
    assert line.startswith(f"{grafana.url}: {what}; {hint}")
    assert {method for method, _ in grafana.calls} == {"GET"}


def test_a_put_off_request_is_sent_again(
    grafana: FakeGrafana, token_file: Path, small_out: Path, capsys: Captured
) -> None:
    """After the time that Grafana names; a longer time than a minute is a problem, and nothing is left."""
    grafana.behaviour = lambda number, method, path: "429 0" if number % 3 == 0 else ""
    arguments = [grafana.url, "--out", str(small_out), "--token-file", str(token_file)]
    assert main(["conformance", *arguments]) == 0
    capsys.readouterr()
    grafana.behaviour = lambda number, method, path: "429 3600" if path == "/api/dashboards/db" else ""
    (line,) = problems(capsys, *arguments)
    assert "POST /api/dashboards/db is answered with 429: too many requests; try again later" in line
    assert grafana.is_untouched


def test_the_result_is_text_or_a_document(
    grafana: FakeGrafana, token_file: Path, small_out: Path, capsys: Captured
) -> None:
    """A failure gives status 1. The token is in neither, also where Grafana repeats it."""
    grafana.prometheus.error = lambda text: f"no {TOKEN} for you" if r"(a\/first" in text else ""
    arguments = ["conformance", grafana.url, "--out", str(small_out), "--token-file", str(token_file)]
    assert main(arguments) == 1
    text = capsys.readouterr()
    *failures, last = [line for line in text.out.splitlines() if not line.startswith(("no data", "not tried"))]
    assert failures
    assert all(line.startswith("FAILED ") and line.endswith(": no … for you") for line in failures)
    assert last.startswith(f"{grafana.url}: Grafana 12.3.0, 2 dashboards, ")
    assert last.endswith(f" 2 links of alerts, {len(failures)} failures")
    assert main([*arguments, "--json"]) == 1
    document = capsys.readouterr()
    data = json.loads(document.out)
    assert (data["exit_status"], data["version"], data["left"], data["links"]) == (1, 1, [], 2)
    assert (data["grafana"], len(data["failures"])) == ("12.3.0", len(failures))
    assert data["failures"][0].keys() == {"dashboard", "place", "variables", "reason"}
    assert TOKEN not in text.out + text.err + document.out + document.err


@pytest.mark.parametrize(
    ("name", "status", "call"),
    [
        ("SIGINT", 130, ("POST", "/api/folders")),
        ("SIGTERM", 143, ("POST", "/api/ds/query")),
        ("SIGINT", 130, ("DELETE", "/api/dashboards")),
    ],
)
def test_a_signal_leaves_nothing_behind(
    name: str, status: int, call: tuple[str, str], grafana: FakeGrafana, token_file: Path, small_out: Path, root: Path
) -> None:
    """A real process is signalled twice while Grafana works on a call: it removes what it made, and ends with the
    status that shells expect."""
    arguments = [grafana.url, "--out", str(small_out), "--token-file", str(token_file)]
    process = subprocess.Popen(
        [sys.executable, "-m", "generator", "conformance", *arguments],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

    def signalled(number: int, method: str, path: str) -> str:
        if (method, path[: len(call[1])]) == call and signals:
            os.kill(process.pid, signals.pop())
            return "hang after" if len(signals) == 1 and method != "DELETE" else ""
        if method == "DELETE" and signals:
            os.kill(process.pid, signals.pop())
        return ""

    signals = [getattr(signal, name)] * 2
    grafana.behaviour = signalled
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (status, "stopped\n")
    assert grafana.is_untouched
