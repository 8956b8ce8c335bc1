"""Reads an Alertmanager: its version, and the Watchdogs of the platform that it knows."""

from __future__ import annotations

import json

from generator.errors import BuildError, Problem
from generator.verify.doctor.read_only import ReadOnlyApi
from generator.verify.doctor.subject import WATCHDOG, Subject
from generator.verify.doctor.system import AlertmanagerState, KnownAlert
from generator.verify.drift.notification_config import NOT_ALERTMANAGER


def read_alertmanager(api: ReadOnlyApi, subject: Subject) -> AlertmanagerState:
    """What an Alertmanager answers. Raises `BuildError` where it does not answer, and where it is none."""
    matched = {"alertname": WATCHDOG, **subject.identity}
    filters = [f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in matched.items()]
    try:
        version = api.public(str(api.get("/api/v2/status").data["versionInfo"]["version"]))
        alerts = api.get("/api/v2/alerts", filter=filters).data
        watchdogs = [
            KnownAlert(
                each["labels"],
                [api.public(str(receiver["name"])) for receiver in each["receivers"]],
                [*each["status"]["silencedBy"], *each["status"]["inhibitedBy"], *each["status"].get("mutedBy", ())],
            )
            for each in alerts
        ]
    except (TypeError, LookupError, AttributeError):
        raise BuildError([Problem(api.url, "it answers, but not like an Alertmanager", NOT_ALERTMANAGER)]) from None
    return AlertmanagerState(version, watchdogs)
