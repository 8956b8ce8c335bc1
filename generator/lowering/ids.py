"""Grafana's ids, derived from the ids of definitions, so that a new panel or dashboard changes no other's id."""

from __future__ import annotations

import hashlib
import re

from generator.dsl.platform import PRODUCTION, Platform

PREFIX = "workers-ai"
MAX_UID_LENGTH = 40
MAX_SLUG_LENGTH = 27
"""With it, names of Kubernetes objects are valid as labels, too, which have at most 63 characters."""
DIGEST_DIGITS = 8


def panel_id(dashboard: str, panel: str) -> int:
    """A panel's id: positive and below 2^31, the widest integer that Grafana keeps exactly everywhere."""
    digest = hashlib.sha256(f"{dashboard}/{panel}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % (2**31 - 1) + 1


def row_id(dashboard: str, row: str) -> int:
    """A row's id, as that of a panel: Grafana stores rows among the panels."""
    return panel_id(dashboard, f"row {row}")


def uid(platform: str, dashboard: str, cluster: str = "") -> str:
    """A dashboard's UID: at most 40 characters of `a-z0-9-`. It contains the platform's name unless that is
    `production`, and the cluster's if the platform names one, so that several platforms can share one Grafana.
    """
    if cluster:
        # Always with a hash: the platform `a-b` without a cluster is not the cluster `b` of the platform `a`.
        return hashed(f"{platform}/{cluster}/{dashboard}", f"{PREFIX}-{platform}-{cluster}-{dashboard}")
    if platform == PRODUCTION:
        return sanitized(dashboard, f"{PREFIX}-{dashboard}")
    return sanitized(f"{platform}/{dashboard}", f"{PREFIX}-{platform}-{dashboard}")


def slug(platform: str, cluster: str = "") -> str:
    """What names of files and of Kubernetes objects have where those of several platforms meet: nothing for
    `production` without a cluster, at most 27 characters of `a-z0-9-` for others."""
    if cluster:
        return hashed(f"{platform}/{cluster}", f"{platform}-{cluster}", MAX_SLUG_LENGTH)
    return "" if platform == PRODUCTION else sanitized(platform, platform, MAX_SLUG_LENGTH)


def rule_namespace(platform: Platform) -> str:
    """What the names of rule files begin with where they are namespaces of a ruler that others use, too; empty
    elsewhere."""
    if not platform.backend.has_namespaces:
        return ""
    own = slug(platform.name, platform.cluster)
    return f"{PREFIX}-{own}" if own else PREFIX


def sanitized(name: str, wanted: str, max_length: int = MAX_UID_LENGTH) -> str:
    """The wanted UID, or the nearest one that Grafana accepts, made unique by a part of the hash of `name`."""
    plain = _plain(wanted)
    return plain if plain == wanted and len(plain) <= max_length else hashed(name, wanted, max_length)


def hashed(name: str, wanted: str, max_length: int = MAX_UID_LENGTH) -> str:
    """The beginning of the wanted UID, as Grafana accepts it, and a part of the hash of `name`."""
    digest = hashlib.sha256(name.encode()).hexdigest()[:DIGEST_DIGITS]
    return f"{_plain(wanted)[: max_length - DIGEST_DIGITS - 1].rstrip('-')}-{digest}"


def _plain(wanted: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-")
