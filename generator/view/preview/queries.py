"""Whether a user's own Prometheus answers, asked before anything is drawn from it."""

from __future__ import annotations

import base64
import http.client
import json
import urllib.error
import urllib.request
from urllib.parse import SplitResult, unquote, urlsplit

from generator.errors import BuildError, Problem

PATIENCE = 10.0
"""Seconds that it has to answer."""
CURE = "start it, or give another: PROMETHEUS_URL=http://HOST:PORT"


def demand_prometheus(url: str) -> None:
    """Ask for the value of 1. Raises `Faults`: what is no URL, what does not answer, and what is no Prometheus.

    A user and a password in the URL are sent, and not repeated in a fault.
    """
    parts = _split(url)
    shown = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    request = urllib.request.Request(f"{shown.rstrip('/')}/api/v1/query?query=1", headers=_who(parts))
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=PATIENCE) as answer:
            told = json.load(answer)
    except urllib.error.HTTPError as error:
        raise BuildError([Problem(shown, f"it answers {error.code} {error.reason}", CURE)]) from None
    except (OSError, http.client.HTTPException) as error:
        why = getattr(error, "reason", None) or error or type(error).__name__
        raise BuildError([Problem(shown, f"it does not answer ({why})", CURE)]) from None
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("status") != "success":
        raise BuildError([Problem(shown, "it answers, but not as Prometheus does", CURE)])


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return parts
    except ValueError:
        pass
    raise BuildError([Problem("--prometheus", f'"{url}" is not a URL of a Prometheus', "give http://HOST:PORT")])


def _who(parts: SplitResult) -> dict[str, str]:
    if parts.username is None:
        return {}
    named = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {base64.b64encode(named.encode()).decode()}"}
