"""The Grafana that a run meets: its version, and the data sources that it has."""

from __future__ import annotations

from collections.abc import Mapping

from generator.dsl.supported_versions import SupportedVersions
from generator.errors import BuildError, Problem, nearest_name
from generator.verify.conformance.grafana_api import NOT_GRAFANA, GrafanaApi
from generator.verify.json_api import JsonApi

SUPPORTED = SupportedVersions((11, 6), (13,), "the dashboards are tested on these")
"""The versions of Grafana that the dashboards are for."""
LISTED = (200, 403)
"""A token may query a data source without permission to list all."""
PROMETHEUS = "prometheus"
"""The type of a data source that the dashboards select."""


def grafana_version(api: JsonApi) -> str:
    """The version, which is empty where Grafana hides it. Raises `BuildError`: the server is no Grafana."""
    health = api.get("/api/health").data
    if not isinstance(health, dict) or "database" not in health:
        raise BuildError([Problem(api.url, "it answers, but not like a Grafana", NOT_GRAFANA)])
    return api.public(str(health.get("version") or ""))


def data_sources(api: GrafanaApi) -> Mapping[str, str] | None:
    """The names of the data sources of type Prometheus by their UIDs; None where the token may not list them."""
    answer = api.get("/api/datasources", LISTED)
    if answer.status != 200:
        return None
    try:
        return {str(each["uid"]): str(each["name"]) for each in answer.data if each["type"] == PROMETHEUS}
    except (LookupError, TypeError):
        what = "GET /api/datasources answers in another form"
        raise BuildError([Problem(api.url, what, NOT_GRAFANA)]) from None


def require_data_source(api: GrafanaApi, uid: str, known: Mapping[str, str] | None) -> None:
    """Raise `BuildError` with the UIDs that Grafana has, if it lacks this one."""
    if not uid:
        hint = "give its UID: --data-source UID"
        raise BuildError([Problem("--data-source", "the dashboards name no data source", hint)])
    if known is None or uid in known:
        return
    what = f'it has no data source of type {PROMETHEUS} with the UID "{uid}"'
    if not known:
        hint = f'add it to Grafana, with the UID "{uid}"'
    else:
        hint = f"{nearest_name(uid, known, 20)}: --data-source UID"
    raise BuildError([Problem(api.url, what, hint)])
