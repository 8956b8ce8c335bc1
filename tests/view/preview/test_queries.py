"""A user's own Prometheus is asked before anything is drawn; played here by a server of a few lines."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from generator.errors import BuildError
from generator.verify.replay.server import free_port
from generator.view.preview.queries import demand_prometheus

WELL = b'{"status":"success","data":{"resultType":"scalar","result":[0,"1"]}}'


@contextmanager
def answering(body: bytes, status: int = 200) -> Iterator[tuple[str, list[tuple[str, str | None]]]]:
    """A server's host and port, and what it was asked: the path, and who asks."""
    asked: list[tuple[str, str | None]] = []

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers["Authorization"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


def test_one_that_answers_is_taken() -> None:
    """Below a path, with a user and a password, as the URL has them; base64 of "ann:s t" was worked out apart."""
    with answering(WELL) as (place, asked):
        demand_prometheus(f"http://ann:s%20t@{place}/below/")
    assert asked == [("/below/api/v1/query?query=1", "Basic YW5uOnMgdA==")]


@pytest.mark.parametrize("body", [b"<html>Welcome</html>", b"[1]", b'{"status":"error"}', b"\xff"])
def test_what_is_no_prometheus_is_said(body: bytes) -> None:
    """A page, another JSON, an error: each answers 200."""
    with (
        answering(body) as (place, _),
        pytest.raises(BuildError, match="it answers, but not as Prometheus does; start it"),
    ):
        demand_prometheus(f"http://{place}")


def test_a_refusal_is_said_without_the_password() -> None:
    """Its status is told; the password is not repeated."""
    with answering(b"no", 401) as (place, _), pytest.raises(BuildError) as told:
        demand_prometheus(f"http://ann:secret@{place}")
    assert str(told.value).startswith(f"http://{place}: it answers 401 Unauthorized; start it, or give another: ")


def test_a_dead_one_is_said() -> None:
    """Nobody listens there."""
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(BuildError, match=rf"^{url}: it does not answer \(.*refused.*\); start it, or give another"):
        demand_prometheus(url)


@pytest.mark.parametrize("url", ["localhost:9090", "ftp://localhost", "http://", "http://host:port", "http://host:0"])
def test_what_is_no_url_is_said(url: str) -> None:
    """Nothing is asked."""
    with pytest.raises(BuildError, match=r"is not a URL of a Prometheus; give http://HOST:PORT"):
        demand_prometheus(url)
