"""A recording: no name of a tenant or a server is in it, and its rehearsal gives what happened on the server."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from generator.cli import main
from generator.ir.build import Compiled
from generator.output import RULES_FOLDER
from generator.pipeline import TEST_PLATFORM
from generator.verify.replay.remote_write import write_samples
from generator.verify.replay.server import PrometheusServer, running_prometheus

END = 1_794_484_800
"""2026-11-12T12:00:00Z, in seconds since 1970."""
START, STEP = END - 5_400, 30
FAILED_FROM = END - 1_800
CUSTOMER, NAMED, HOST = "com.acme.secret", "com-mrrainbowsmoke", "host-17.internal"
TIME = ("--since", "1h", "--until", "2026-11-12T12:00:00Z", "--pause", "0")
Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def out(production: Compiled, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rules of errors of the tests' platform, and what they read."""
    folder = tmp_path_factory.mktemp("built") / "out"
    (folder / RULES_FOLDER).mkdir(parents=True)
    for name in ("errors.yaml", "recorded-api.yaml", "recorded-limits.yaml"):
        path = f"{RULES_FOLDER}{name}"
        (folder / path).write_text(production.texts[path], encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusServer]:
    """A server that has no rules. Two tenants send requests to /chat for an hour and a half: one that the platform
    file does not name, one a second, of which 20 % fail in the last half an hour, and another one, 20 a second."""
    with running_prometheus(tmp_path_factory.mktemp("server")) as running:
        write_samples(running, series())
        yield running


def series() -> Iterator[tuple[Mapping[str, str], list[tuple[int, float | None]]]]:
    """The requests and the errors of both tenants."""
    times = range(START, END + 1, STEP)
    for tenant, rate, percent in ((CUSTOMER, 1, 20), (NAMED, 20, 0)):
        labels = {
            "platform": "production", "tenant_id": tenant, "route": "/chat", "service": "worker-api",
            "instance": HOST, "customer_pod": "acme-7f",
        }  # fmt: skip
        requests: list[tuple[int, float | None]] = [(1000 * at, float(rate * (at - START))) for at in times]
        errors: list[tuple[int, float | None]] = [
            (1000 * at, float(max(at - FAILED_FROM, 0) * percent // 100)) for at in times
        ]
        yield {**labels, "__name__": "requests_total"}, requests
        yield {**labels, "__name__": "errors_total"}, errors


@pytest.fixture(scope="module")
def recording(server: PrometheusServer, out: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of an hour."""
    file = tmp_path_factory.mktemp("recording") / "hour.xz"
    assert main(["rehearse", server.url, *options(out), *TIME, "--export", str(file)]) == 0
    return file


def options(out: Path) -> list[str]:
    """The platform and its output."""
    return ["--platform", str(TEST_PLATFORM), "--out", str(out)]


def content(file: Path) -> str:
    """The lines of a recording."""
    with lzma.open(file, "rt", encoding="utf-8") as stream:
        return stream.read()


def test_no_name_is_in_a_recording(recording: Path, server: PrometheusServer, out: Path, tmp_path: Path) -> None:
    """Neither the tenant, nor the server, nor a label that the contract does not have; a tenant that the platform file
    names stays, unless it is hidden as well."""
    text = content(recording)
    for name in (CUSTOMER, "acme", HOST, "host-17", "customer_pod", "127.0.0.1"):
        assert name not in text
    assert f'"tenant_id":"{NAMED}"' in text
    assert '"instance":"instance-1","label_1":"value-1"' in text
    assert '"tenant_id":"tenant-1"' in text
    hidden = tmp_path / "hidden.xz"
    assert main(["rehearse", server.url, *options(out), *TIME, "--export", str(hidden), "--hide-tenants"]) == 0
    assert NAMED not in content(hidden)
    assert '"tenant_id":"tenant-2"' in content(hidden)


def test_a_recording_is_rehearsed_without_a_server(recording: Path, out: Path, capsys: Captured) -> None:
    """20 % of the failing tenant's requests are above its 5 %, and 1 % of the route's are below its 2 %: one ticket,
    within the last half an hour, of tenant-1; the other tenant has none. A result that is expected gives status 0, and
    another one 1, with what differs."""
    assert main(["rehearse", "--recording", str(recording), *options(out), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["url"], document["recording"], document["cost"]) == (None, str(recording), None)
    assert (document["start"], document["end"]) == ("2026-11-12T11:00:00Z", "2026-11-12T12:00:00Z")
    alerts = {each["alert"]: each for each in document["alerts"]}
    ticket = alerts["TenantHighErrorRate (ticket)"]
    assert ticket["top_tenants"] == [{"tenant_id": "tenant-1", "firings": 1}]
    (notified,) = ticket["notified_at"]
    assert "2026-11-12T11:30:00Z" < notified < "2026-11-12T12:00:00Z"
    expected = recording.with_name("expected.json")
    expected.write_text(json.dumps(document), encoding="utf-8")
    arguments = ["rehearse", "--recording", str(recording), *options(out), "--expect", str(expected)]
    assert main(arguments) == 0
    assert f"as expected: {expected}" in capsys.readouterr().out
    ticket["notifications"] = 7
    expected.write_text(json.dumps(document), encoding="utf-8")
    assert main(arguments) == 1
    line = "not as expected: TenantHighErrorRate (ticket): notifications 7 expected, 1 now\n"
    assert line in capsys.readouterr().out


def test_pseudonyms_are_the_same_in_a_later_export(server: PrometheusServer, out: Path, tmp_path: Path) -> None:
    """The file of names, which only its owner can read, decides; a number that it has is not taken again."""
    names = tmp_path / "names.json"
    names.write_text(json.dumps({"tenant_id": {CUSTOMER: "tenant-2", "org.gone": "tenant-1"}}), encoding="utf-8")
    arguments = [*options(out), *TIME, "--names", str(names), "--hide-tenants"]
    assert main(["rehearse", server.url, *arguments, "--export", str(tmp_path / "a.xz")]) == 0
    written = json.loads(names.read_text(encoding="utf-8"))["tenant_id"]
    assert written == {CUSTOMER: "tenant-2", "org.gone": "tenant-1", NAMED: "tenant-3"}
    fresh = tmp_path / "fresh.json"
    arguments = [*options(out), *TIME, "--names", str(fresh)]
    assert main(["rehearse", server.url, *arguments, "--export", str(tmp_path / "b.xz")]) == 0
    assert fresh.stat().st_mode & 0o777 == 0o600


def test_the_estimate_of_an_export_is_right_within_a_factor_of_two(
    server: PrometheusServer, out: Path, tmp_path: Path, capsys: Captured
) -> None:
    """What it says of samples, beside those that were written: four series, with 121 samples each from 11:00 on."""
    file = tmp_path / "a.xz"
    assert main(["rehearse", server.url, *options(out), *TIME, "--export", str(file), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["file"], document["series"], document["bytes"]) == (str(file), 4, file.stat().st_size)
    assert 4 * 121 <= document["samples"] <= 4 * 181
    assert document["samples"] / 2 < document["estimate"]["samples"] < document["samples"] * 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"alerts: []\n", "this is no recording, or a part of one"),
        (lzma.compress(b"[]\n"), "this is no recording; give a file that rehearse"),
        (lzma.compress(b'{"format": "workers-ai-observability recording", "version": 2}\n'), "its version is 2"),
        (lzma.compress(b'{"format": "workers-ai-observability recording", "version": 1}\n'), "its header has an"),
    ],
)
def test_another_file_is_no_recording(text: bytes, problem: str, out: Path, tmp_path: Path, capsys: Captured) -> None:
    """The message says why, with a hint and status 2."""
    file = tmp_path / "a.xz"
    file.write_bytes(text)
    assert main(["rehearse", "--recording", str(file), *options(out)]) == 2
    assert f"{file}: {problem}" in capsys.readouterr().err


def test_a_part_of_a_recording_is_a_problem(recording: Path, out: Path, tmp_path: Path, capsys: Captured) -> None:
    """A file that was cut off is not rehearsed as if nothing had happened afterwards."""
    part = tmp_path / "part.xz"
    part.write_bytes(recording.read_bytes()[:-200])
    assert main(["rehearse", "--recording", str(part), *options(out)]) == 2
    assert "this is no recording, or a part of one" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "PROMETHEUS_URL: it is missing; give the URL of a Prometheus, or --recording FILE."),
        (["--recording", "a", "--since", "7d"], "--since: it cannot be given for --recording; leave it out"),
        (["http://127.0.0.1:9", "--recording", "a"], "PROMETHEUS_URL: it cannot be given for --recording"),
        (["http://127.0.0.1:9", "--export", "a", "--base", "main"], "--base: it cannot be given for --export"),
        (["http://127.0.0.1:9", "--hide-tenants"], "--hide-tenants: it cannot be given for a rehearsal"),
        (["--recording", "a", "--expect", "/dev/null"], "--expect /dev/null: this is no result of a rehearsal"),
    ],
)
def test_options_that_exclude_each_other(arguments: list[str], problem: str, capsys: Captured) -> None:
    """Each is a problem with a hint."""
    assert main(["rehearse", *arguments]) == 2
    assert problem in capsys.readouterr().err
