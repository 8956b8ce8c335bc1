"""What Grafana and Prometheus are started with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import yaml

from generator.external.promtool import Promtool
from generator.rendering.provisioning import provisioning
from generator.rendering.rule_files import rules
from tests.rendering.rule_samples import small

DATASOURCES = "grafana/provisioning/datasources/prometheus.yaml"
DASHBOARDS = "grafana/provisioning/dashboards/workers-ai.yaml"
PROMETHEUS = "prometheus/prometheus.yaml"


def test_grafana_files_obey_their_schemas(obeys: Callable[[object, str], None]) -> None:
    """No key is there that Grafana does not know, and none that it needs is missing."""
    obeys(yaml.safe_load(provisioning()[DATASOURCES]), "datasources")
    obeys(yaml.safe_load(provisioning()[DASHBOARDS]), "dashboard_provider")


def test_data_source_keeps_its_uid_and_leaves_alerts_alone() -> None:
    """The uid that links rely on is fixed, the address comes from Grafana's environment, and rules stay Prometheus'."""
    (one,) = yaml.safe_load(provisioning()[DATASOURCES])["datasources"]
    assert (one["uid"], one["url"]) == ("prometheus", "$__env{PROMETHEUS_URL}")
    assert one["jsonData"]["manageAlerts"] is False


def test_dashboards_can_only_be_changed_in_git() -> None:
    """They lie in their folder, and cannot be saved from the browser."""
    (one,) = yaml.safe_load(provisioning()[DASHBOARDS])["providers"]
    assert (one["folder"], one["allowUiUpdates"]) == ("Workers AI", False)


def test_prometheus_takes_its_configuration_and_the_rules_beside_it(promtool: Promtool, tmp_path: Path) -> None:
    """promtool reads the configuration and finds the rule files where they are emitted: it faults a broken one."""
    for path, text in (provisioning() | rules([small()])).items():
        position = tmp_path / path
        position.parent.mkdir(parents=True, exist_ok=True)
        position.write_text(text, encoding="utf-8")
    assert promtool.check_config(tmp_path / PROMETHEUS) == []
    (tmp_path / "prometheus/rules/errors.yaml").write_text("groups: 1", encoding="utf-8")
    assert promtool.check_config(tmp_path / PROMETHEUS) != []


def test_prometheus_keeps_names_to_the_letter() -> None:
    """Of all ways to translate OTLP's names, the one that adds no suffix; alerts go to Alertmanager."""
    parsed = yaml.safe_load(provisioning()[PROMETHEUS])
    assert parsed["otlp"]["translation_strategy"] == "UnderscoreEscapingWithoutSuffixes"
    assert parsed["alerting"]["alertmanagers"][0]["static_configs"] == [{"targets": ["alertmanager:9093"]}]
