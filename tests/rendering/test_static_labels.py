"""Static labels: on every alert and in Prometheus' external labels, never on recorded series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.external.promtool import Promtool
from generator.output import ALERTMANAGER_CONFIG, PROMETHEUS_CONFIG, RULES_FOLDER
from generator.pipeline import compile_all

LABELS = {"env": "prod", "region": "eu"}


@pytest.fixture(scope="module")
def texts(platform: Platform) -> Mapping[str, str]:
    """The files of a platform with two static labels."""
    return compile_all(replace(platform, labels=LABELS), load_definitions()).texts


def test_every_alert_has_them_and_no_recorded_series(texts: Mapping[str, str]) -> None:
    """A label on recorded series would break their sums until the longest window has passed."""
    rules = [
        rule
        for path, text in texts.items()
        if path.startswith(RULES_FOLDER)
        for group in yaml.safe_load(text)["groups"]
        for rule in group["rules"]
    ]
    alerts = [rule for rule in rules if "alert" in rule]
    assert len(alerts) > 15
    assert all(LABELS.items() <= rule["labels"].items() for rule in alerts)
    assert not any(LABELS.keys() & rule.get("labels", {}).keys() for rule in rules if "record" in rule)


def test_prometheus_has_them_as_external_labels(texts: Mapping[str, str], platform: Platform) -> None:
    """Remote storage and federation know the installation by them; beside them is that of a pair."""
    assert yaml.safe_load(texts[PROMETHEUS_CONFIG])["global"]["external_labels"] == {
        **LABELS,
        "replica": "${PROMETHEUS_REPLICA}",
    }


def test_alerts_of_two_regions_are_neither_grouped_nor_inhibited_together(texts: Mapping[str, str]) -> None:
    """One Alertmanager may serve several regions: a page of one must not silence a ticket of the other."""
    configuration = yaml.safe_load(texts[ALERTMANAGER_CONFIG])
    assert configuration["route"]["group_by"] == ["platform", "cluster", "alertname", "route", "env", "region"]
    assert len(configuration["inhibit_rules"]) > 3
    assert all(rule["equal"][-2:] == ["env", "region"] for rule in configuration["inhibit_rules"])


def test_alert_tests_expect_them(texts: Mapping[str, str], promtool: Promtool, tmp_path: Path) -> None:
    """The tests of telemetry pass with the labels: promtool compares all labels of an alert."""
    for path, text in texts.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    report = promtool.test_rules([tmp_path / "tests/telemetry-every-30s.yaml"])
    assert len(report.results) > 2
    assert report.failed == ()
