"""A server that answers each path with a document, and 404 where it has none."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answers = Mapping[str, Any]
"""Documents by their paths, such as `/api/health`; a number is a status instead, and a function gives either for the
parameter `query`."""


@contextmanager
def serving(answers: Answers) -> Iterator[str]:
    """The URL of a server at a free port of 127.0.0.1, until the block ends. Any other request than GET fails."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            answer = answers.get(url.path, 404)
            if callable(answer):
                answer = answer(parse_qs(url.query)["query"][0])
            status, body = (answer, {"message": "no"}) if isinstance(answer, int) else (200, answer)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=lambda: server.serve_forever(0.01), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
