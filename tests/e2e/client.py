"""Requests to the example application as a user's browser sends them, each with its observed response."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from tests.e2e.application import Application

PARALLEL = 16
TIMEOUT = 60.0
"""Seconds that a response may take."""


@dataclass(frozen=True)
class SentRequest:
    """A request and its response.

    `tenant` is the label value that it is counted under. `complete` is whether the body was received to its end.
    `cached` is the application's `x-cache` header (None: the request did not reach the cache). `documents` are the ids
    of the documents to store.
    """

    tenant: str
    service: str
    route: str
    status: int
    request_id: str
    complete: bool
    cached: bool | None
    question: str = ""
    documents: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether it failed because of the platform, not of the client."""
        return self.status >= 500 or not self.complete


@dataclass(frozen=True)
class Client:
    """The users of a tenant. All requests have the `headers`; `counted_as` is their tenant label if not the tenant."""

    application: Application
    tenant: str
    headers: Mapping[str, str] = field(default_factory=dict)
    counted_as: str = ""

    def chat(self, question: str, session: str = "default", remember: str | None = None) -> SentRequest:
        """Ask a question, and read the streamed answer until it ends or breaks. `remember` is the id of the document
        that stores the question."""
        body = {"question": question, "session": session, **({} if remember is None else {"remember": remember})}
        documents = () if remember is None else (remember,)
        return self._send("worker-api", "/chat", "/chat", body, question=question, documents=documents)

    def search(self, question: str) -> SentRequest:
        """Search for documents, without an answer."""
        return self._send("worker-api", "/search", f"/search?q={quote(question)}", None, question=question)

    def ingest(self, documents: Mapping[str, str]) -> SentRequest:
        """Send documents to store: texts by id."""
        body = {"documents": [{"id": name, "text": text} for name, text in documents.items()]}
        return self._send("ingest-worker", "/ingest", "/ingest", body, documents=tuple(documents))

    def get(self, path: str, route: str) -> SentRequest:
        """Send a GET request to worker-api, which is counted under `route`."""
        return self._send("worker-api", route, path, None)

    def _send(self, service: str, route: str, path: str, body: object, **details: Any) -> SentRequest:
        url = self.application.api if service == "worker-api" else self.application.ingest
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT)
        tenant_header = {"x-tenant-id": self.tenant} if self.tenant else {}
        try:
            text = None if body is None else json.dumps(body)
            connection.request("GET" if text is None else "POST", path, text, {**self.headers, **tenant_header})
            response = _read(connection.getresponse())
            return SentRequest(self.counted_as or self.tenant, service, route, **response, **details)
        finally:
            connection.close()


def _read(response: http.client.HTTPResponse) -> dict[str, Any]:
    """Return the fields of a response.

    The runtime closes a broken stream normally, so only its last event shows whether it is complete.
    """
    body = response.read()
    is_stream = response.getheader("content-type") == "text/event-stream"
    cache = response.getheader("x-cache")
    return {
        "status": response.status,
        "request_id": response.getheader("x-request-id") or "",
        "complete": not is_stream or body.endswith(b"data: [DONE]\n\n"),
        "cached": None if cache is None else cache == "hit",
    }


def send_in_parallel(sends: Iterable[Callable[[], SentRequest]]) -> list[SentRequest]:
    """Send requests in parallel, a limited number at a time."""
    with ThreadPoolExecutor(PARALLEL) as pool:
        return list(pool.map(lambda send: send(), sends))
