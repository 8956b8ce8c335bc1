"""Grafana's HTTP API, and what to do about its answers."""

from __future__ import annotations

import time
from collections.abc import Callable

from generator.verify.access import Access
from generator.verify.json_api import JsonApi, ServerNames

HINTS = {
    401: "give a token that is valid: --token-file FILE (GRAFANA_TOKEN_FILE=FILE)",
    403: "give the token of a service account with the role Editor, or Admin: --token-file FILE",
    404: "check the URL: where Grafana is below a path (root_url), the path is a part of it",
    429: "try again later, or raise the limit of requests",
}
"""What to do about a status."""
NOT_GRAFANA = "give the URL of Grafana, with its path where it is below one (root_url)"
GRAFANA = ServerNames("Grafana", NOT_GRAFANA, HINTS)


class GrafanaApi(JsonApi):
    """Sends requests to one Grafana."""

    def __init__(self, access: Access, timeout: float, wait: Callable[[float], None] = time.sleep) -> None:
        super().__init__(GRAFANA, access, timeout, wait)
