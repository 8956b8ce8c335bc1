"""The configuration files of Grafana and Prometheus."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from generator.dsl.platform import GrafanaSettings, Platform
from generator.dsl.units import days, seconds
from generator.external.promtool import Promtool
from generator.output import DATASOURCE, PROMETHEUS_CONFIG, dashboard_provider_path, rule_file_path
from generator.rendering.provisioning import folder_uid, provisioning
from generator.rendering.rule_files import rules
from tests.rendering.rule_samples import small

PROVIDER = dashboard_provider_path("workers-ai")


def test_grafana_files_match_their_schemas(platform: Platform, check_schema: Callable[[object, str], None]) -> None:
    """The files have no key that Grafana does not know, and all keys that it requires."""
    check_schema(yaml.safe_load(provisioning(platform)[DATASOURCE]), "datasources")
    check_schema(yaml.safe_load(provisioning(platform)[PROVIDER]), "dashboard_provider")


def test_the_data_source_has_a_fixed_uid_and_does_not_manage_alerts(platform: Platform) -> None:
    """Links depend on the UID; the URL comes from Grafana's environment, and Prometheus alone evaluates rules."""
    (datasource,) = yaml.safe_load(provisioning(platform)[DATASOURCE])["datasources"]
    assert (datasource["uid"], datasource["url"]) == ("prometheus", "$__env{PROMETHEUS_URL}")
    assert datasource["jsonData"]["manageAlerts"] is False


def test_dashboards_can_only_be_changed_in_git(platform: Platform) -> None:
    """Grafana loads them into their folder, and users cannot save changes to them."""
    (provider,) = yaml.safe_load(provisioning(platform)[PROVIDER])["providers"]
    assert (provider["folder"], provider["allowUiUpdates"]) == ("Workers AI", False)


def test_promtool_accepts_the_configuration_and_checks_its_rule_files(
    platform: Platform, promtool: Promtool, tmp_path: Path
) -> None:
    """promtool accepts the configuration, finds the rule files by its paths, and rejects an invalid one."""
    for path, text in (provisioning(platform) | rules([small()])).items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert promtool.check_config(tmp_path / PROMETHEUS_CONFIG) == []
    (tmp_path / rule_file_path("errors")).write_text("groups: 1", encoding="utf-8")
    assert promtool.check_config(tmp_path / PROMETHEUS_CONFIG) != []


def test_prometheus_does_not_change_the_names_of_metrics(platform: Platform) -> None:
    """The translation strategy of OTLP adds no suffixes to names; alerts are sent to Alertmanager."""
    parsed = yaml.safe_load(provisioning(platform)[PROMETHEUS_CONFIG])
    assert parsed["otlp"]["translation_strategy"] == "UnderscoreEscapingWithoutSuffixes"
    assert parsed["alerting"]["alertmanagers"][0]["static_configs"] == [{"targets": ["alertmanager:9093"]}]


def test_the_data_source_has_the_uid_and_the_interval_of_the_platform(platform: Platform) -> None:
    """At pushes every 60 s, a data source of another UID has the minimum interval 1m, and its UID as its name: Grafana
    keeps one data source of each name."""
    own = replace(platform, push_interval=seconds(60), grafana=GrafanaSettings(data_source_uid="mimir-eu"))
    (datasource,) = yaml.safe_load(provisioning(own)[DATASOURCE])["datasources"]
    assert (datasource["uid"], datasource["name"]) == ("mimir-eu", "mimir-eu")
    assert datasource["jsonData"]["timeInterval"] == "1m"


def test_the_interval_of_the_data_source_is_at_least_half_an_evaluation_interval(platform: Platform) -> None:
    """Series that rules record have a sample every 30 s; four intervals of 15 s hold two."""
    own = replace(platform, push_interval=seconds(5), scrape_interval=seconds(5))
    (datasource,) = yaml.safe_load(provisioning(own)[DATASOURCE])["datasources"]
    assert datasource["jsonData"]["timeInterval"] == "15s"


def test_prometheus_has_the_intervals_and_the_retention_of_the_platform(platform: Platform) -> None:
    """The scrape interval is a setting; the retention is a flag, with the window of the SLO that needs it."""
    own = replace(platform, scrape_interval=seconds(20), retention=days(45))
    text = provisioning(own)[PROMETHEUS_CONFIG]
    assert yaml.safe_load(text)["global"] == {
        "scrape_interval": "20s",
        "evaluation_interval": "30s",
        "external_labels": {"replica": "${PROMETHEUS_REPLICA}"},
    }
    (flag,) = [line for line in text.splitlines() if "retention" in line]
    assert flag.split() == [
        "#", "--storage.tsdb.retention.time=45d", "error", "budgets", "have", "a", "window", "of", "30", "days"
    ]  # fmt: skip


def test_prometheus_scrapes_itself_and_alertmanager(platform: Platform) -> None:
    """Both targets have the labels of the platform whose configuration it is, by which its alerts read them."""
    own = replace(platform, name="staging", cluster="eu")
    jobs = yaml.safe_load(provisioning(own)[PROMETHEUS_CONFIG])["scrape_configs"]
    labels = {"cluster": "eu", "platform": "staging"}
    assert {job["job_name"]: job["static_configs"] for job in jobs} == {
        "prometheus": [{"targets": ["localhost:9090"], "labels": labels}],
        "alertmanager": [{"targets": ["alertmanager:9093"], "labels": labels}],
    }


def test_dashboards_are_in_the_folder_of_the_platform(platform: Platform) -> None:
    """Another folder has another UID: Grafana keeps one folder of each UID."""
    own = replace(platform, grafana=GrafanaSettings(folder="Team: AI"))
    (provider,) = yaml.safe_load(provisioning(own)[PROVIDER])["providers"]
    assert provider["folder"] == "Team: AI"
    assert provider["folderUid"] != "workers-ai"


@pytest.mark.parametrize("title", ["Workers AI", "Équipe", "A/B", "workers-ai", "x" * 60])
def test_uids_of_folders_are_valid_and_different(title: str) -> None:
    """A UID has at most 40 letters, digits and dashes, whatever the title has."""
    titles = {"Workers AI", "Équipe", "Equipe", "A/B", "A B", "workers-ai", "x" * 60}
    assert re.fullmatch("[A-Za-z0-9_-]{1,40}", folder_uid(title))
    assert folder_uid(title) not in {folder_uid(other) for other in titles - {title}}
