"""A real Prometheus behind a real Collector or nginx, on loopback, with the configurations of a build."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from generator.external.find import find_tool
from generator.external.tool import OTELCOL, PROMETHEUS
from generator.ir.build import Compiled
from tests.gateway.servers import Client, await_http, process
from tests.optional_tools import skip_or_fail

HASH = "$2b$05$UmvOHLhDySCpoKn4hIe/1etuX0kFowmz8npGALXioDOYoS0UV5UZy"
"""The bcrypt hash of `open sesame`, made by crypt(3)."""
PASSWORD = "open sesame"
SHIPPED_FLAGS = ("--web.enable-otlp-receiver", "--enable-feature=exemplar-storage,created-timestamp-zero-ingestion")


@dataclass(frozen=True)
class Gateway:
    """A Prometheus, the client of the gateway before it, and the address of the Collector's own metrics."""

    prometheus: Client
    pushes: Client
    own_metrics: Client


@pytest.fixture(scope="session")
def contract(production: Compiled) -> Any:
    """The contract of the tests' platform, as `metrics.json` has it."""
    return json.loads(production.texts["contract/metrics.json"])


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate of 127.0.0.1 and its key."""
    folder = tmp_path_factory.mktemp("tls")
    if shutil.which("openssl") is None:
        skip_or_fail("there is no openssl")
    subject = ("-subj", "/CN=gateway", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2", "-nodes")
    keys = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
    files = ("-keyout", str(folder / "tls.key"), "-out", str(folder / "tls.crt"))
    subprocess.run(["openssl", "req", "-x509", *keys, *subject, *files], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def htpasswd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A password file with one user."""
    file = tmp_path_factory.mktemp("tokens") / "htpasswd"
    file.write_text(f"workers:{HASH}\n", encoding="utf-8")
    return file


@pytest.fixture
def prometheus(production: Compiled, tmp_path: Path) -> Iterator[Client]:
    """A Prometheus with the configuration of the build, without rules and targets."""
    with running_prometheus(production, tmp_path / "prometheus", ()) as client:
        yield client


def running_prometheus(production: Compiled, folder: Path, flags: tuple[str, ...], **access: Any) -> Any:
    """A Prometheus that runs in a folder, with more flags."""
    folder.mkdir()
    text = production.texts["prometheus/prometheus.yaml"].partition("rule_files:")[0]
    otlp = "otlp:" + production.texts["prometheus/prometheus.yaml"].partition("\notlp:")[2]
    (folder / "prometheus.yaml").write_text(text + otlp, encoding="utf-8")
    port = free_port()
    command = [
        str(find_tool(PROMETHEUS)),
        f"--config.file={folder}/prometheus.yaml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
        *SHIPPED_FLAGS,
        *flags,
    ]
    scheme = "https" if access else "http"
    client = Client(f"{scheme}://127.0.0.1:{port}", **access)
    return process(command, folder, lambda: await_http(client, "/-/ready"), {"PROMETHEUS_REPLICA": "a"}, client)


@pytest.fixture
def gateway(
    production: Compiled, prometheus: Client, certificate: Path, htpasswd: Path, tmp_path: Path
) -> Iterator[Gateway]:
    """The Collector with the configuration of the build, whose paths and ports are those of the test."""
    push_port, own_port = free_port(), free_port()
    text = production.texts["gateway/collector.yaml"]
    replacements = {
        "/etc/otelcol/tokens/htpasswd": str(htpasswd),
        "/etc/otelcol/tls": str(certificate),
        "0.0.0.0:4318": f"127.0.0.1:{push_port}",
        "port: 8888": f"port: {own_port}",
    }
    for shipped, of_test in replacements.items():
        assert shipped in text
        text = text.replace(shipped, of_test)
    folder = tmp_path / "collector"
    folder.mkdir()
    (folder / "collector.yaml").write_text(text, encoding="utf-8")
    command = [str(find_tool(OTELCOL)), f"--config={folder}/collector.yaml"]
    own = Client(f"http://127.0.0.1:{own_port}")
    running = Gateway(
        prometheus,
        Client(f"https://127.0.0.1:{push_port}", certificate / "tls.crt", ("workers", PASSWORD)),
        own,
    )
    variables = {"PROMETHEUS_URL": prometheus.address}
    with process(command, folder, lambda: await_http(running.pushes, "/", 404), variables, running) as result:
        yield result


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
