"""A system that runs as it was built: real rules, a real Alertmanager, telemetry that is pushed all the time."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import yaml

from generator.output import DASHBOARDS_FOLDER, DATASOURCE
from generator.verify.doctor.command import Diagnosis, diagnose
from tests.verify.doctor.conftest import RunningSystem
from tests.verify.doctor.examined import apis, is_of_load, texts
from tests.verify.drift.answers import serving

TIMEOUT = 60.0
"""Seconds until everything is recorded: the slowest group is evaluated each ten seconds, and another one reads it."""


def grafana_answers(system: RunningSystem) -> dict[str, Any]:
    """What Grafana's API documents for a server that is provisioned with the output."""
    (source,) = yaml.safe_load(system.compiled.texts[DATASOURCE])["datasources"]
    answers: dict[str, Any] = {
        "/api/health": {"database": "ok", "version": "12.3.0"},
        "/api/folders/workers-ai": {"uid": "workers-ai", "title": "Workers AI"},
        "/api/datasources/uid/prometheus": source,
        "/api/search": [],
    }
    for path, text in system.compiled.texts.items():
        if path.startswith(DASHBOARDS_FOLDER):
            model = json.loads(text)
            answers[f"/api/dashboards/uid/{model['uid']}"] = {"dashboard": model, "meta": {"folderUid": "workers-ai"}}
    return answers


def examine_until_recorded(system: RunningSystem, grafana: str) -> Diagnosis:
    """The diagnosis once all rules have recorded something, or at the time-out."""
    deadline = time.monotonic() + TIMEOUT
    while True:
        diagnosis = diagnose(system.subject, apis(system.prometheus.url, system.alertmanager, grafana))
        if all(map(is_of_load, diagnosis.findings)) or time.monotonic() > deadline:
            return diagnosis
        time.sleep(1)


def test_a_healthy_system_has_no_finding(system: RunningSystem) -> None:
    """Every check runs on three servers, and none has a finding; the exit status is 0."""
    answers: Mapping[str, Any] = grafana_answers(system)
    with serving(answers) as grafana:
        diagnosis = examine_until_recorded(system, grafana)
    assert texts(each for each in diagnosis.findings if not is_of_load(each)) == []
    assert (diagnosis.problems, diagnosis.status) == ([], 0)
