"""The Compose file: read as Docker reads it, and its servers started with its flags and its mounts."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from generator.external import find_alertmanager, find_prometheus
from generator.rendering.alertmanager import TEMPLATE_FILES
from tests.deploy.conftest import Build, Run

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
TIMEOUT = 30.0
"""Seconds."""


@pytest.fixture
def services(build: Build, run: Run) -> dict[str, Any]:
    """The services of the Compose file, with the defaults of Compose."""
    document = json.loads(run("composecheck", build.folder.parent / "compose.yaml").stdout)
    services: dict[str, Any] = document["services"]
    return services


def test_compose_reads_the_file(services: dict[str, Any]) -> None:
    """The three servers have ports on loopback only, and what they mount exists in `out/`."""
    assert set(services) == {"prometheus", "alertmanager", "grafana"}
    for name, service in services.items():
        assert [port["host_ip"] for port in service["ports"]] == ["127.0.0.1"], name
        assert service["cap_drop"] == ["ALL"]
        binds = [volume for volume in service["volumes"] if volume["type"] == "bind"]
        assert all(volume["read_only"] and Path(volume["source"]).is_dir() for volume in binds), name


def test_a_misspelt_key_is_refused(build: Build, run: Run, tmp_path: Path) -> None:
    """Compose's reader validates: an unknown key of a service is an error."""
    text = (build.folder.parent / "compose.yaml").read_text(encoding="utf-8")
    (tmp_path / "compose.yaml").write_text(text.replace("read_only: true", "read_onli: true", 1), encoding="utf-8")
    result = run("composecheck", tmp_path / "compose.yaml", check=False)
    assert result.returncode == 1
    assert "read_onli" in result.stderr


def test_prometheus_starts_with_the_flags(services: dict[str, Any], tmp_path: Path) -> None:
    """It takes the configuration, evaluates every rule file, and has an OTLP receiver that takes a push."""
    with started(find_prometheus(), services["prometheus"], tmp_path, {"PROMETHEUS_REPLICA": "a"}) as address:
        groups = json.load(OPENER.open(f"{address}/api/v1/rules"))["data"]["groups"]
        folder = Path(bind_of(services["prometheus"], "/etc/prometheus"))
        assert {Path(group["file"]).name for group in groups} == {file.name for file in folder.glob("rules/*.yaml")}
        push = urllib.request.Request(
            f"{address}/api/v1/otlp/v1/metrics", b'{"resourceMetrics": []}', {"Content-Type": "application/json"}
        )
        assert OPENER.open(push).status == 200


def test_alertmanager_starts_with_the_flags(services: dict[str, Any], tmp_path: Path) -> None:
    """It takes the configuration that is mounted, alone, with the templates beside it."""
    with started(find_alertmanager(), services["alertmanager"], tmp_path, {}) as address:
        status = json.load(OPENER.open(f"{address}/api/v2/status"))
    assert status["cluster"]["status"] == "disabled"
    assert "page platform" in status["config"]["original"]
    assert (tmp_path / "etc/alertmanager/config" / TEMPLATE_FILES[0]).is_file()
    assert str(Path(TEMPLATE_FILES[1]).parent) == "/etc/alertmanager/config"


def bind_of(service: dict[str, Any], target: str) -> str:
    """The folder of this machine that is mounted at a folder of a container."""
    (source,) = [volume["source"] for volume in service["volumes"] if volume["target"] == target]
    return str(source)


@contextmanager
def started(program: Path, service: dict[str, Any], folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """A server that runs on a free port of loopback with the flags of a service, until the end of the test. Its mounts
    are links, and its volumes folders, in `folder`; paths in its flags and its files are changed to those."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    for volume in service["volumes"]:
        target = folder / volume["target"].strip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if volume["type"] == "bind":
            target.symlink_to(volume["source"])
        else:
            target.mkdir(parents=True)
    flags = [re.sub(r"=/", f"={folder}/", flag) for flag in service["command"]]
    command = [str(program), *flags, f"--web.listen-address={address}"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stderr=log, env=environment)
        try:
            await_ready(process, f"http://{address}", folder / "log")
            yield f"http://{address}"
        finally:
            process.terminate()
            process.wait(TIMEOUT)


def await_ready(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Wait until a server is ready."""
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        try:
            OPENER.open(f"{address}/-/ready", timeout=TIMEOUT).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"it is not ready: {log.read_text(encoding='utf-8')}")
