"""nginx before Prometheus, for path and password alone; and Prometheus' own protection."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.ir.build import Compiled
from tests.gateway.conftest import HASH, PASSWORD, free_port, running_prometheus
from tests.gateway.pushes import NOW, START, counter, push
from tests.gateway.servers import TIMEOUT, Client, await_http, process
from tests.optional_tools import skip_or_fail

PATH = "/v1/metrics"
LABELS = {"tenant_id": "a", "route": "/chat", "service": "worker-api", "platform": "tests"}


@dataclass(frozen=True)
class Proxied:
    """A Prometheus, the client of the nginx before it, and the nginx' log of requests."""

    prometheus: Client
    pushes: Client
    log: Path


@pytest.fixture
def proxied(
    production: Compiled, prometheus: Client, certificate: Path, htpasswd: Path, tmp_path: Path
) -> Iterator[Proxied]:
    """nginx with the configuration of the build, whose paths and ports are those of the test."""
    program = os.environ.get("NGINX") or shutil.which("nginx")
    if program is None:
        skip_or_fail("there is no nginx")
    port, folder = free_port(), tmp_path / "nginx"
    folder.mkdir()
    text = production.texts["gateway/nginx.conf"]
    replacements = {
        "/etc/nginx/tokens/htpasswd": str(htpasswd),
        "/etc/nginx/tls": str(certificate),
        "/run/nginx": str(folder),
        "/dev/stdout": f"{folder}/requests",
        "listen 8443": f"listen 127.0.0.1:{port}",
        "http://127.0.0.1:9090": prometheus.address,
    }
    for shipped, of_test in replacements.items():
        assert shipped in text
        text = text.replace(shipped, of_test)
    # Started by root, nginx would run its workers as a user who cannot read the test's files.
    (folder / "nginx.conf").write_text(f"daemon off;\nuser root;\n{text}", encoding="utf-8")
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    result = Proxied(
        prometheus,
        Client(f"https://127.0.0.1:{port}", certificate / "tls.crt", ("workers", PASSWORD)),
        folder / "requests",
    )
    with process(command, folder, lambda: await_http(result.pushes, "/", 404), {}, result) as running:
        yield running


def body() -> dict[str, Any]:
    """A push of a counter."""
    now = time.time_ns()
    return push([counter("requests_total", LABELS, 7, {START: str(now - 10**9), NOW: str(now)})])


def test_a_push_with_the_password_arrives(proxied: Proxied) -> None:
    """Prometheus stores it under its name, and does not get the password."""
    assert proxied.pushes.status(PATH, body()) == 200
    (series,) = proxied.prometheus.query("requests_total")
    assert series["value"][1] == "7"


@pytest.mark.parametrize("path", ["/", "/api/v1/query?query=up", "/api/v1/otlp/v1/metrics", "/v1/metrics/", "/metrics"])
def test_other_paths_are_refused_and_logged(path: str, proxied: Proxied) -> None:
    """With the right password too, there is one path."""
    assert proxied.pushes.status(path, body()) == 404
    await_log(proxied, f'POST {path} HTTP/1.1" 404', times=1)


def test_without_a_password_or_with_another_one_a_push_is_refused_and_logged(proxied: Proxied) -> None:
    """No password, a wrong one and a wrong user are refused; the log has each."""
    for user in (None, ("workers", "wrong"), ("stranger", PASSWORD)):
        client = Client(proxied.pushes.address, proxied.pushes.certificate, user)
        assert client.status(PATH, body()) == 401
    await_log(proxied, f'POST {PATH} HTTP/1.1" 401', times=3)
    assert proxied.prometheus.query("requests_total") == []


def test_nothing_but_a_post_is_taken(proxied: Proxied) -> None:
    """A GET of the path is refused, with the right password too."""
    assert proxied.pushes.status(PATH) == 403


def await_log(proxied: Proxied, text: str, times: int) -> None:
    """Wait until the log of requests has a text so many times: nginx writes it after the answer."""
    deadline = time.monotonic() + TIMEOUT
    while proxied.log.read_text(encoding="utf-8").count(text) != times:
        assert time.monotonic() < deadline, proxied.log.read_text(encoding="utf-8")
        time.sleep(0.02)


def test_prometheus_itself_asks_for_the_password(production: Compiled, certificate: Path, tmp_path: Path) -> None:
    """With `web.yaml` and a user in it, Prometheus takes pushes by TLS and with the password only."""
    settings = yaml.safe_load(production.texts["gateway/web.yaml"])
    settings["tls_server_config"] |= {"cert_file": f"{certificate}/tls.crt", "key_file": f"{certificate}/tls.key"}
    settings["basic_auth_users"] = {"workers": HASH}
    (tmp_path / "web.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    flags = (f"--web.config.file={tmp_path}/web.yaml",)
    access = {"certificate": certificate / "tls.crt", "user": ("workers", PASSWORD)}
    with running_prometheus(production, tmp_path / "prometheus", flags, **access) as client:
        path = f"/api/v1/otlp{PATH}"
        assert client.status(path, body()) == 200
        assert client.without_user().status(path, body()) == 401
        assert client.without_user().status("/api/v1/query?query=up") == 401
