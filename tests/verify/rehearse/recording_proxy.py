"""A proxy on loopback that notes each request before it passes it on."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.e2e.prometheus import OPENER, TIMEOUT

Request = tuple[str, str]
"""A method and a path without its query."""


@contextmanager
def recording_proxy(target: str) -> Iterator[tuple[str, list[Request]]]:
    """Pass requests on to a server until the block ends: the proxy's URL, and the requests so far."""
    requests: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Pass the request on."""
            requests.append((self.command, self.path.partition("?")[0]))
            length = int(self.headers.get("Content-Length") or 0)
            headers = {"Content-Type": self.headers["Content-Type"]} if length else {}
            passed = urllib.request.Request(f"{target}{self.path}", self.rfile.read(length) or None, headers)
            try:
                with OPENER.open(passed, timeout=TIMEOUT) as response:
                    status, body = response.status, response.read()
            except urllib.error.HTTPError as error:
                status, body = error.code, error.read()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PUT = do_DELETE = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Write nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", requests
        finally:
            server.shutdown()
            thread.join()
