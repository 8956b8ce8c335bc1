"""Requests to the example as a user's browser would send them, each with what is known of it from outside."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from tests.e2e.application import Application

AT_ONCE = 16
PATIENCE = 60.0
"""Seconds that an answer may take."""


@dataclass(frozen=True)
class Sent:
    """A request, and what came back: `whole` is whether the body came to its end. `cached` is what the application
    itself says in `x-cache` (None: it got no further). `documents` are the ids that it gives to be kept."""

    tenant: str
    service: str
    route: str
    status: int
    request_id: str
    whole: bool
    cached: bool | None
    question: str = ""
    documents: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """By the platform's fault, not the caller's."""
        return self.status >= 500 or not self.whole


@dataclass(frozen=True)
class Client:
    """What a tenant's users send. `headers` are in every request; `counted` is the tenant that they count under."""

    application: Application
    tenant: str
    headers: Mapping[str, str] = field(default_factory=dict)
    counted: str = ""

    def chat(self, question: str, session: str = "default", remember: str | None = None) -> Sent:
        """Ask, and read the answer's stream to its end, or to where it breaks. `remember` keeps the question as a
        document of that id."""
        body = {"question": question, "session": session, **({} if remember is None else {"remember": remember})}
        documents = () if remember is None else (remember,)
        return self._send("worker-api", "/chat", "/chat", body, question=question, documents=documents)

    def search(self, question: str) -> Sent:
        """Ask for documents alone."""
        return self._send("worker-api", "/search", f"/search?q={quote(question)}", None, question=question)

    def ingest(self, documents: Mapping[str, str]) -> Sent:
        """Give documents, texts by their ids, to be kept."""
        body = {"documents": [{"id": name, "text": text} for name, text in documents.items()]}
        return self._send("ingest-worker", "/ingest", "/ingest", body, documents=tuple(documents))

    def get(self, path: str, route: str) -> Sent:
        """Ask worker-api for a path, which counts under a route."""
        return self._send("worker-api", route, path, None)

    def _send(self, service: str, route: str, path: str, body: object, **known: Any) -> Sent:
        address = self.application.api if service == "worker-api" else self.application.ingest
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
        tenant = {"x-tenant-id": self.tenant} if self.tenant else {}
        try:
            text = None if body is None else json.dumps(body)
            connection.request("GET" if text is None else "POST", path, text, {**self.headers, **tenant})
            got = _got(connection.getresponse())
            return Sent(self.counted or self.tenant, service, route, **got, **known)
        finally:
            connection.close()


def _got(answer: http.client.HTTPResponse) -> dict[str, Any]:
    """What an answer tells. The runtime ends a stream that broke like any other: an event of its own says the end."""
    body = answer.read()
    streamed = answer.getheader("content-type") == "text/event-stream"
    cache = answer.getheader("x-cache")
    return {
        "status": answer.status,
        "request_id": answer.getheader("x-request-id") or "",
        "whole": not streamed or body.endswith(b"data: [DONE]\n\n"),
        "cached": None if cache is None else cache == "hit",
    }


def together(sendings: Iterable[Callable[[], Sent]]) -> list[Sent]:
    """All of them, so many at once."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda send: send(), sendings))
