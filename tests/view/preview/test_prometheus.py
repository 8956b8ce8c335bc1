"""A user's own Prometheus is checked before any panel queries it; a small HTTP server stands in for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from generator.errors import BuildError
from generator.verify.replay.server import free_port
from generator.view.preview.prometheus import check_prometheus

VALID_ANSWER = b'{"status":"success","data":{"resultType":"scalar","result":[0,"1"]}}'


@contextmanager
def http_server(body: bytes, status: int = 200) -> Iterator[tuple[str, list[tuple[str, str | None]]]]:
    """The host and port of a server that gives one answer, and its requests: path and authorization."""
    requests: list[tuple[str, str | None]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append((self.path, self.headers["Authorization"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}", requests
        server.shutdown()


def test_a_prometheus_that_answers_is_accepted() -> None:
    """Below a path, with a user and a password from the URL; the base64 of "ann:s t" was computed independently."""
    with http_server(VALID_ANSWER) as (address, requests):
        check_prometheus(f"http://ann:s%20t@{address}/below/")
    assert requests == [("/below/api/v1/query?query=1", "Basic YW5uOnMgdA==")]


@pytest.mark.parametrize("body", [b"<html>Welcome</html>", b"[1]", b'{"status":"error"}', b"\xff"])
def test_another_answer_is_reported(body: bytes) -> None:
    """A page, other JSON, an error, and bytes that are not text, each with the status 200."""
    with (
        http_server(body) as (address, _),
        pytest.raises(BuildError, match="it answers, but not like a Prometheus; start it"),
    ):
        check_prometheus(f"http://{address}")


def test_a_rejected_request_is_reported_without_the_password() -> None:
    """With its status."""
    with http_server(b"no", 401) as (address, _), pytest.raises(BuildError) as error:
        check_prometheus(f"http://ann:secret@{address}")
    assert str(error.value).startswith(f"http://{address}: it answers 401 Unauthorized; start it, or give another: ")


def test_a_server_that_does_not_answer_is_reported() -> None:
    """No process listens on the port."""
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(BuildError, match=rf"^{url}: it does not answer \(.*refused.*\); start it, or give another"):
        check_prometheus(url)


@pytest.mark.parametrize("url", ["localhost:9090", "ftp://localhost", "http://", "http://host:port", "http://host:0"])
def test_an_invalid_url_is_reported(url: str) -> None:
    """No request is sent."""
    with pytest.raises(BuildError, match=r"is not the URL of a Prometheus; give http://HOST:PORT"):
        check_prometheus(url)
