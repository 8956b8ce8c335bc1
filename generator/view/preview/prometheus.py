"""Checks that a user's own Prometheus answers, before any panel queries it."""

from __future__ import annotations

import base64
import http.client
import json
import urllib.error
import urllib.request
from urllib.parse import SplitResult, unquote, urlsplit

from generator.config.yaml_tree import quoted
from generator.errors import BuildError, Problem

TIMEOUT = 10.0
"""Seconds that it has to answer."""
HINT = "start it, or give another: PROMETHEUS_URL=http://HOST:PORT"


def check_prometheus(url: str) -> None:
    """Query the value of 1. Raises `BuildError` if the URL is invalid, does not answer, or is not a Prometheus.

    A user and a password in the URL are sent, but not repeated in a message.
    """
    parts = _split(url)
    public_url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    request = urllib.request.Request(
        f"{public_url.rstrip('/')}/api/v1/query?query=1", headers=_authorization_header(parts)
    )
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=TIMEOUT) as response:
            answer = json.load(response)
    except urllib.error.HTTPError as error:
        raise BuildError([Problem(public_url, f"it answers {error.code} {error.reason}", HINT)]) from None
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error or type(error).__name__
        raise BuildError([Problem(public_url, f"it does not answer ({reason})", HINT)]) from None
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or answer.get("status") != "success":
        raise BuildError([Problem(public_url, "it answers, but not like a Prometheus", HINT)])


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return parts
    except ValueError:
        pass
    raise BuildError(
        [Problem("--prometheus", f"{quoted(url)} is not the URL of a Prometheus", "give http://HOST:PORT")]
    )


def _authorization_header(parts: SplitResult) -> dict[str, str]:
    if parts.username is None:
        return {}
    credentials = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {base64.b64encode(credentials.encode()).decode()}"}
