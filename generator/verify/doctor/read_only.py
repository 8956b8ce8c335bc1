"""The API of a server that is read and never changed: every request is a GET, or a query, and is counted."""

from __future__ import annotations

from collections.abc import Container, Mapping

from generator.errors import InternalError
from generator.verify.access import Access
from generator.verify.json_api import Answer, JsonApi, ServerNames

QUERY = "/api/v1/query"


class ReadOnlyApi(JsonApi):
    """Gets resources of one server; a query that is too long for a URL is sent by POST. `requests` is how many were
    sent, `queries` how many of them evaluate PromQL."""

    def __init__(self, names: ServerNames, access: Access, timeout: float) -> None:
        super().__init__(names, access, timeout)
        self.requests = 0
        self.queries = 0

    def _send(
        self, method: str, path: str, body: Mapping[str, object] | str | None, accepted: Container[int]
    ) -> Answer:
        is_query = path.partition("?")[0] == QUERY
        if method != "GET" and not (method == "POST" and is_query):
            raise InternalError(f"{method} {path} would change {self.names.name}")
        self.requests += 1
        self.queries += is_query
        return super()._send(method, path, body, accepted)
