"""Identities in Grafana that come from names alone, so that adding a panel or a dashboard moves no other."""

from __future__ import annotations

import hashlib
import re

PREFIX = "workers-ai"
PRODUCTION = "production"
LONGEST_UID = 40
DIGITS = 8


def panel_id(dashboard: str, panel: str) -> int:
    """A panel's id: a positive whole number of 31 bits, the widest that Grafana keeps exactly everywhere."""
    digest = hashlib.sha256(f"{dashboard}/{panel}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % (2**31 - 1) + 1


def uid(platform: str, dashboard: str) -> str:
    """A dashboard's UID: at most 40 of `a-z0-9-`. Production's is short; another platform's bears its name, so that
    both can live in one Grafana. A name that cannot be spelt so is told apart by a part of its hash."""
    if platform == PRODUCTION:
        return spelt(dashboard, f"{PREFIX}-{dashboard}")
    return spelt(f"{platform}/{dashboard}", f"{PREFIX}-{platform}-{dashboard}")


def spelt(whole: str, wanted: str) -> str:
    """The UID that is wanted, or the nearest one that Grafana takes, with a part of the hash of the `whole` name."""
    plain = re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-")
    if plain == wanted and len(plain) <= LONGEST_UID:
        return plain
    mark = hashlib.sha256(whole.encode()).hexdigest()[:DIGITS]
    return f"{plain[: LONGEST_UID - DIGITS - 1].rstrip('-')}-{mark}"
