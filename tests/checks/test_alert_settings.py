"""Settings of alerts of earlier versions."""

from __future__ import annotations

import json
import re

from generator.checks.alert_settings import REPLACED_ALERTS
from generator.definitions import load_definitions
from generator.project import ROOT

RECORDED = re.compile(r"alert (?P<name>\w+) \(\w+\)")


def test_every_alert_of_a_released_version_exists_or_has_a_successor() -> None:
    """Settings of an alert that a release had are accepted, or get an error that names the alerts that replace it."""
    records = sorted((ROOT / "generator/adopt/defaults").glob("*.json"))
    released = {
        match["name"]
        for record in records
        for key in json.loads(record.read_text(encoding="utf-8"))
        if (match := RECORDED.fullmatch(key))
    }
    names = {alert.name for alert in load_definitions().alerts}
    assert len(released) > 10
    assert released - names - REPLACED_ALERTS.keys() == set()
    assert not names & REPLACED_ALERTS.keys()
    assert {successor for successors in REPLACED_ALERTS.values() for successor in successors} <= names
