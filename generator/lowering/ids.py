"""Grafana's ids, derived from the ids of definitions, so that a new panel or dashboard changes no other's id."""

from __future__ import annotations

import hashlib
import re

PREFIX = "workers-ai"
PRODUCTION = "production"
"""The platform whose dashboards have the short UIDs, which links and bookmarks use; UIDs never change."""
MAX_UID_LENGTH = 40
DIGEST_DIGITS = 8


def panel_id(dashboard: str, panel: str) -> int:
    """A panel's id: positive and below 2^31, the widest integer that Grafana keeps exactly everywhere."""
    digest = hashlib.sha256(f"{dashboard}/{panel}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % (2**31 - 1) + 1


def row_id(dashboard: str, row: str) -> int:
    """A row's id, as that of a panel: Grafana stores rows among the panels."""
    return panel_id(dashboard, f"row {row}")


def uid(platform: str, dashboard: str) -> str:
    """A dashboard's UID: at most 40 characters of `a-z0-9-`. It contains the platform's name unless that is
    `production`, so that several platforms can share one Grafana.
    """
    if platform == PRODUCTION:
        return sanitized(dashboard, f"{PREFIX}-{dashboard}")
    return sanitized(f"{platform}/{dashboard}", f"{PREFIX}-{platform}-{dashboard}")


def sanitized(name: str, wanted: str) -> str:
    """The wanted UID, or the nearest one that Grafana accepts, made unique by a part of the hash of `name`."""
    plain = re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-")
    if plain == wanted and len(plain) <= MAX_UID_LENGTH:
        return plain
    digest = hashlib.sha256(name.encode()).hexdigest()[:DIGEST_DIGITS]
    return f"{plain[: MAX_UID_LENGTH - DIGEST_DIGITS - 1].rstrip('-')}-{digest}"
