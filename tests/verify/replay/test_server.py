"""A Prometheus that is started and ended: nothing is left behind, and what goes wrong is told in words."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.verify.replay.server import Server, serving
from tests.external.programs import program

TELLS = 'if [ "$1" = --version ]; then echo "prometheus, version 3.9.0"; exit; fi'


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_answers_on_loopback_and_is_gone_afterwards(tmp_path: Path) -> None:
    """It answers while the block runs; its process is gone when the block has ended in an error."""
    servers: list[Server] = []

    def interrupted() -> None:
        with serving(tmp_path / "data") as server:
            servers.append(server)
            assert server.url.startswith("http://127.0.0.1:")
            assert server.query("vector(7)", 1_788_739_200)[0]["value"] == [1_788_739_200, "7"]
            assert _lives(server.process)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not _lives(servers[0].process)


def test_what_prometheus_refuses_is_told(tmp_path: Path) -> None:
    """A query that does not parse is refused in Prometheus' own words."""
    with serving(tmp_path / "data") as server, pytest.raises(BuildError, match=r"Prometheus refuses: .*parse error"):
        server.query("sum(", 0)


def test_one_that_died_is_told(tmp_path: Path) -> None:
    """A question to a Prometheus that is gone names its log."""
    with serving(tmp_path / "data") as server:
        pass
    with pytest.raises(BuildError, match=r"Prometheus does not answer \(.*\); see .*log\.txt"):
        server.query("up", 0)


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    """Where another listens, the port is named, and nothing is started."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with (
            pytest.raises(BuildError, match=rf"127\.0\.0\.1:{port}: the port cannot be had"),
            serving(tmp_path / "data", port),
        ):
            pass
    assert not (tmp_path / "data").exists()


def test_one_that_does_not_start_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last words are told, and where they stand."""
    dying = program(tmp_path / "prometheus", f"{TELLS}\necho 'no space left' >&2\nexit 3")
    monkeypatch.setenv("PROMETHEUS", str(dying))
    said = r"log\.txt: Prometheus died at its start with status 3: no space left"
    with pytest.raises(BuildError, match=said), serving(tmp_path / "data"):
        pass
