"""The configuration files of Grafana and Prometheus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import yaml

from generator.external.promtool import Promtool
from generator.output import DASHBOARD_PROVIDER, DATASOURCE, PROMETHEUS_CONFIG, rule_file_path
from generator.rendering.provisioning import provisioning
from generator.rendering.rule_files import rules
from tests.rendering.rule_samples import small


def test_grafana_files_match_their_schemas(check_schema: Callable[[object, str], None]) -> None:
    """The files have no key that Grafana does not know, and all keys that it requires."""
    check_schema(yaml.safe_load(provisioning()[DATASOURCE]), "datasources")
    check_schema(yaml.safe_load(provisioning()[DASHBOARD_PROVIDER]), "dashboard_provider")


def test_the_data_source_has_a_fixed_uid_and_does_not_manage_alerts() -> None:
    """Links depend on the UID; the URL comes from Grafana's environment, and Prometheus alone evaluates rules."""
    (datasource,) = yaml.safe_load(provisioning()[DATASOURCE])["datasources"]
    assert (datasource["uid"], datasource["url"]) == ("prometheus", "$__env{PROMETHEUS_URL}")
    assert datasource["jsonData"]["manageAlerts"] is False


def test_dashboards_can_only_be_changed_in_git() -> None:
    """Grafana loads them into their folder, and users cannot save changes to them."""
    (provider,) = yaml.safe_load(provisioning()[DASHBOARD_PROVIDER])["providers"]
    assert (provider["folder"], provider["allowUiUpdates"]) == ("Workers AI", False)


def test_promtool_accepts_the_configuration_and_checks_its_rule_files(promtool: Promtool, tmp_path: Path) -> None:
    """promtool accepts the configuration, finds the rule files by its paths, and rejects an invalid one."""
    for path, text in (provisioning() | rules([small()])).items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert promtool.check_config(tmp_path / PROMETHEUS_CONFIG) == []
    (tmp_path / rule_file_path("errors")).write_text("groups: 1", encoding="utf-8")
    assert promtool.check_config(tmp_path / PROMETHEUS_CONFIG) != []


def test_prometheus_does_not_change_the_names_of_metrics() -> None:
    """The translation strategy of OTLP adds no suffixes to names; alerts are sent to Alertmanager."""
    parsed = yaml.safe_load(provisioning()[PROMETHEUS_CONFIG])
    assert parsed["otlp"]["translation_strategy"] == "UnderscoreEscapingWithoutSuffixes"
    assert parsed["alerting"]["alertmanagers"][0]["static_configs"] == [{"targets": ["alertmanager:9093"]}]
