"""A Prometheus that is started and stopped: it leaves no process behind, and its errors are reported."""

from __future__ import annotations

import os
import socket
import urllib.request
from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.verify.replay.server import PrometheusServer, large_prometheus, running_prometheus
from tests.external.programs import program

VERSION = 'if [ "$1" = --version ]; then echo "prometheus, version 3.10.0"; exit; fi'


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_answers_on_loopback_and_stops_with_its_block(tmp_path: Path) -> None:
    """It answers while the block runs; its process ends when the block ends with an exception."""
    servers: list[PrometheusServer] = []

    def interrupted() -> None:
        with running_prometheus(tmp_path / "data") as server:
            servers.append(server)
            assert server.url.startswith("http://127.0.0.1:")
            assert server.query("vector(7)", 1_788_739_200)[0]["value"] == [1_788_739_200, "7"]
            assert _is_running(server.process)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not _is_running(servers[0].process)


def test_memory_is_little_beside_a_person_s_work_and_much_for_a_replay(tmp_path: Path) -> None:
    """Go says itself what its limit is: 200 MiB; for a replay 6 GiB, and garbage at four times what is in use."""
    limits = []
    for start in (running_prometheus, large_prometheus):
        with start(tmp_path / start.__name__) as server:
            limits.append((_own_metric(server, "go_gc_gomemlimit_bytes"), _own_metric(server, "go_gc_gogc_percent")))
    assert limits == [(200 * 2**20, 75), (6 * 2**30, 300)]


def _own_metric(server: PrometheusServer, name: str) -> float:
    """What the server says of itself at /metrics."""
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{server.url}/metrics") as response:
        lines = response.read().decode().splitlines()
    (value,) = (line.removeprefix(f"{name} ") for line in lines if line.startswith(f"{name} "))
    return float(value)


def test_a_rejected_query_is_reported(tmp_path: Path) -> None:
    """The error for a query that does not parse contains Prometheus' own message."""
    expected = r"Prometheus rejects the request: .*parse error"
    with running_prometheus(tmp_path / "data") as server, pytest.raises(BuildError, match=expected):
        server.query("sum(", 0)


def test_a_stopped_prometheus_is_reported(tmp_path: Path) -> None:
    """A query to a Prometheus that has stopped gives an error with the path of its log."""
    with running_prometheus(tmp_path / "data") as server:
        pass
    with pytest.raises(BuildError, match=r"Prometheus does not answer \(.*\); see .*log\.txt"):
        server.query("up", 0)


def test_a_port_in_use_is_reported(tmp_path: Path) -> None:
    """If another process listens at the port, the error names the port, and nothing is started."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with (
            pytest.raises(BuildError, match=rf"127\.0\.0\.1:{port}: the port is not available"),
            running_prometheus(tmp_path / "data", port),
        ):
            pass
    assert not (tmp_path / "data").exists()


def test_a_failed_start_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error contains the exit status and the last output, and the path of the log."""
    failing = program(tmp_path / "prometheus", f"{VERSION}\necho 'no space left' >&2\nexit 3")
    monkeypatch.setenv("PROMETHEUS", str(failing))
    expected = r"log\.txt: Prometheus exited at startup with status 3: no space left"
    with pytest.raises(BuildError, match=expected), running_prometheus(tmp_path / "data"):
        pass
