"""Servers that run for the duration of a test, and a client of them that trusts one certificate."""

from __future__ import annotations

import base64
import json
import os
import ssl
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

TIMEOUT = 30.0
"""Seconds."""

T = TypeVar("T")


@dataclass(frozen=True)
class Client:
    """A server at an address, whose certificate is a file, and the user and the password that it is sent."""

    address: str
    certificate: Path | None = None
    user: tuple[str, str] | None = None

    def status(self, path: str, body: object = None, host: str = "", media_type: str = "application/json") -> int:
        """The status of the answer to a request; with a body, it is a POST of it, as JSON unless it is bytes; with a
        host, that of its header."""
        headers = {"Content-Type": media_type, **({"Host": host} if host else {})}
        return self.request(path, body, headers)[0]

    def request(self, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        """The status and the body of the answer to a request."""
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, {**self._headers(), **(headers or {})})
        try:
            with self._opener().open(request, timeout=TIMEOUT) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def query(self, expression: str) -> list[Any]:
        """The result of an instant query of Prometheus."""
        path = "/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        result: list[Any] = json.loads(self.request(path)[1])["data"]["result"]
        return result

    def samples(self) -> dict[str, float]:
        """The metrics that a server has of itself, by name and labels."""
        lines = self.request("/metrics")[1].decode().splitlines()
        return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if line[:1] not in ("", "#")}

    def without_user(self) -> Client:
        """The client without a password."""
        return replace(self, user=None)

    def _headers(self) -> dict[str, str]:
        headers = {}
        if self.user is not None:
            headers["Authorization"] = "Basic " + base64.b64encode(":".join(self.user).encode()).decode()
        return headers

    def _opener(self) -> urllib.request.OpenerDirector:
        handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
        if self.certificate is not None:
            handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=self.certificate)))
        return urllib.request.build_opener(*handlers)


@contextmanager
def process(
    command: list[str], folder: Path, wait: Callable[[], None], variables: Mapping[str, str], result: T
) -> Iterator[T]:
    """Run a server until the end of the test; `wait` raises TimeoutError if it is not ready in time."""
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, env={"PATH": os.environ["PATH"], **variables}
        )
        try:
            try:
                wait()
            except TimeoutError as error:
                raise TimeoutError(f"{error}: {(folder / 'log').read_text(encoding='utf-8')}") from None
            yield result
        finally:
            running.terminate()
            running.wait(TIMEOUT)


def await_http(client: Client, path: str, status: int = 200) -> None:
    """Wait until a path has a status."""
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        try:
            if client.status(path) == status:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise TimeoutError(f"{client.address} is not ready")
