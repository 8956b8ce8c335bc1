"""A proxy before a server: it records every request, and answers some paths itself."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.e2e.prometheus import OPENER, TIMEOUT


@dataclass
class RecordingProxy:
    """The URL of a proxy, and the requests that it has got, as methods and paths without queries."""

    url: str
    requests: list[tuple[str, str]] = field(default_factory=list)


class SilentHandler(BaseHTTPRequestHandler):
    """Handles requests, and prints nothing."""

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def recording(target: str, answers: Mapping[str, Any] | None = None) -> Iterator[RecordingProxy]:
    """Run a proxy before a server until the block ends. `answers` are documents, or statuses, by paths; a path with a
    query answers requests whose query contains it, such as `/api/v1/query?topk`."""
    own = answers or {}

    class Handler(SilentHandler):
        def _handle(self) -> None:
            path, query = urlsplit(self.path).path, urlsplit(self.path).query
            proxy.requests.append((self.command, path))
            for place, answer in own.items():
                wanted, _, part = place.partition("?")
                if wanted == path and part in query:
                    status, body = (answer, {"error": "refused"}) if isinstance(answer, int) else (200, answer)
                    return self._send(status, json.dumps(body).encode())
            return self._forward()

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle

        def _forward(self) -> None:
            try:
                with OPENER.open(f"{target}{self.path}", timeout=TIMEOUT) as response:
                    self._send(response.status, response.read())
            except urllib.error.HTTPError as error:
                with error:
                    self._send(error.code, error.read())

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        proxy = RecordingProxy(f"http://127.0.0.1:{server.server_address[1]}")
        threading.Thread(target=lambda: server.serve_forever(0.01), daemon=True).start()
        yield proxy
        server.shutdown()
