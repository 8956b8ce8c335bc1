"""Reads a Grafana: its version, and the interval of the data source, from which `$__rate_interval` follows."""

from __future__ import annotations

from generator.errors import BuildError, Problem
from generator.verify.conformance.grafana_api import NOT_GRAFANA
from generator.verify.conformance.server import grafana_version
from generator.verify.doctor.read_only import ReadOnlyApi
from generator.verify.doctor.subject import Subject
from generator.verify.doctor.system import GrafanaState
from generator.verify.drift.durations import seconds_of
from generator.verify.json_api import path_segment

READABLE = (200, 403, 404)
"""A token may read dashboards without permission for data sources."""


def read_grafana(api: ReadOnlyApi, subject: Subject) -> GrafanaState:
    """What a Grafana answers. Raises `BuildError` where it does not answer, and where it is none."""
    version = grafana_version(api)
    uid = subject.platform.grafana.data_source_uid
    answer = api.get(f"/api/datasources/uid/{path_segment(uid)}", READABLE)
    if answer.status != READABLE[0]:
        return GrafanaState(version, None)
    try:
        text = (answer.data.get("jsonData") or {}).get("timeInterval")
        return GrafanaState(version, seconds_of(text) if text else None)
    except (AttributeError, ValueError):
        raise BuildError([Problem(api.url, "its data source has an unknown form", NOT_GRAFANA)]) from None
