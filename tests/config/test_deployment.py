"""The settings of Prometheus and Grafana: optional, with today's values as defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.config.load import load
from generator.dsl.kubernetes import KubernetesSettings
from generator.dsl.platform import GrafanaSettings, Platform
from generator.dsl.units import days, seconds
from tests.config.small_platform import SMALL_PLATFORM, Workspace

INTERVAL = "give a whole number of at least 1 and at most 60"
FOLDER = 'give 1 to 60 characters without / \\ $ and control characters, such as "Workers AI"; General is taken'
UID = 'give at most 40 letters, digits, - and _, such as "prometheus"'
LABEL_NAME = 'give at most 40 letters and digits with single _ between them, the first a letter, such as "region"'
LABEL_VALUE = 'give at most 128 letters, digits and . _ : / @ + - and spaces between them, such as "eu-west-1"'

FORMATS = 'list each format once, such as ["classic", "v2beta1"]'
BOOLEAN = "give true or false, without quotes"
FORMAT = "use one of classic, v1beta1, v2beta1, v2"
BACKEND = "use one of prometheus, victoriametrics, thanos, mimir, cortex, grafana-cloud, amazon-managed-prometheus"
RULES_PER_GROUP = "give a whole number of at least 5 and at most 10000"
TAKES = "use one of sidecar, grafana-operator"
NAMESPACE = 'give at most 63 lowercase letters, digits and - between them, such as "monitoring"'
STORAGE = "give a whole number of at least 1"
BAD_VALUES = [
    ("prometheus: {push_interval_seconds: 0}", "prometheus.push_interval_seconds", "0 is out of range", INTERVAL),
    ("prometheus: {push_interval_seconds: 61}", "prometheus.push_interval_seconds", "61 is out of range", INTERVAL),
    (
        "prometheus: {push_interval_seconds: 15s}",
        "prometheus.push_interval_seconds",
        '"15s" is not a number of seconds',
        INTERVAL,
    ),
    (
        "prometheus: {scrape_interval_seconds: 1.5}",
        "prometheus.scrape_interval_seconds",
        "1.5 is not a number of seconds",
        INTERVAL,
    ),
    (
        "prometheus: {retention_days: 35d}",
        "prometheus.retention_days",
        '"35d" is not a number of days',
        "give a whole number of at least 1 and at most 3660",
    ),
    (
        "prometheus: {retention: 35}",
        "prometheus.retention",
        "unknown key",
        'did you mean "retention_days"? If not, remove it',
    ),
    (
        "prometheus: 15",
        "prometheus",
        "15 is not a mapping of settings of Prometheus",
        "write a mapping with the keys push_interval_seconds (optional), scrape_interval_seconds (optional), "
        "retention_days (optional)",
    ),
    ("grafana: {folder: General}", "grafana.folder", '"General" is not the title of a folder', FOLDER),
    ("grafana: {folder: a/b}", "grafana.folder", '"a/b" is not the title of a folder', FOLDER),
    ("grafana: {folder: $HOME}", "grafana.folder", '"$HOME" is not the title of a folder', FOLDER),
    ('grafana: {folder: " a"}', "grafana.folder", '" a" is not the title of a folder', FOLDER),
    ('grafana: {folder: ""}', "grafana.folder", '"" is not the title of a folder', FOLDER),
    ("labels: {__region: eu}", "labels.__region", '"__region" is not a label\'s name', LABEL_NAME),
    ('labels: {region: "{{ x }}"}', "labels.region", '"{{ x }}" is not the value of a static label', LABEL_VALUE),
    ('labels: {region: "$HOME"}', "labels.region", '"$HOME" is not the value of a static label', LABEL_VALUE),
    ("labels: {region: 5}", "labels.region", "5 is not the value of a static label", LABEL_VALUE),
    (
        'grafana: {data_source_uid: "${DS}"}',
        "grafana.data_source_uid",
        '"${DS}" is not the UID of a data source',
        UID,
    ),
    ("grafana: {formats: []}", "grafana.formats", "the value is empty", FORMATS),
    ("grafana: {formats: [v2, v2]}", "grafana.formats", "the list has a duplicate item", FORMATS),
    ("grafana: {formats: classic}", "grafana.formats", '"classic" is not a list of formats', FORMATS),
    ("grafana: {managed_alerts: 1}", "grafana.managed_alerts", "1 is not true or false", BOOLEAN),
    ("backend: influx", "backend", '"influx" is not a backend', BACKEND),
    (
        "histograms: exponential",
        "histograms",
        '"exponential" is not a kind of histograms',
        "use one of classic, native",
    ),
    ("ruler_limits: {rules_per_group: 0}", "ruler_limits.rules_per_group", "0 is out of range", RULES_PER_GROUP),
    (
        "kubernetes: {dashboards: helm}",
        "kubernetes.dashboards",
        '"helm" is not what takes dashboards to Grafana',
        TAKES,
    ),
    ("kubernetes: {namespace: Mon}", "kubernetes.namespace", '"Mon" is not a namespace', NAMESPACE),
    ("kubernetes: {storage_gib: 0}", "kubernetes.storage_gib", "0 is out of range", STORAGE),
    ("grafana: {formats: [v1]}", "grafana.formats[0]", '"v1" is not a format', FORMAT),
]


def loaded(workspace: Workspace, keys: str = "") -> Platform:
    """The small platform with more keys."""
    workspace.write({"platform.yaml": SMALL_PLATFORM + keys})
    return load(Path("platform.yaml"))


@pytest.mark.parametrize(("keys", "place", "what", "hint"), BAD_VALUES)
def test_an_invalid_setting_is_one_problem(workspace: Workspace, keys: str, place: str, what: str, hint: str) -> None:
    """An invalid setting is one problem at its line, the last one, with what is valid."""
    line = SMALL_PLATFORM.count("\n") + 1
    problems = workspace.problems({"platform.yaml": f"{SMALL_PLATFORM}{keys}\n"})
    assert problems == [f"platform.yaml:{line} {place}: {what}; {hint}."]


def test_a_platform_without_settings_has_the_defaults(workspace: Workspace) -> None:
    """Pushes and scrapes every 15 s, 35 days of retention for an SLO of 30, the folder Workers AI with the platform's
    name."""
    platform = loaded(workspace)
    assert (platform.push_interval, platform.scrape_interval) == (seconds(15), seconds(15))
    assert platform.retention == days(35)
    assert platform.grafana == GrafanaSettings("Workers AI small", "prometheus")
    assert platform.grafana.data_source_name == "Prometheus"


def test_given_settings_are_loaded(workspace: Workspace) -> None:
    """Each setting that is given replaces its default."""
    keys = "prometheus: {push_interval_seconds: 10, scrape_interval_seconds: 30, retention_days: 400}\n"
    platform = loaded(workspace, keys + "grafana: {folder: Équipe AI, data_source_uid: mimir}\n")
    assert (platform.push_interval, platform.scrape_interval) == (seconds(10), seconds(30))
    assert platform.sample_interval == seconds(30)
    assert (platform.retention, platform.grafana) == (days(400), GrafanaSettings("Équipe AI", "mimir"))
    assert loaded(workspace, "grafana: {formats: [v2, classic]}\n").grafana.formats == ("v2", "classic")
    assert loaded(workspace, "grafana: {managed_alerts: true}\n").grafana.managed_alerts
    kubernetes = "kubernetes: {dashboards: grafana-operator, namespace: telemetry, storage_gib: 200}\n"
    assert loaded(workspace, kubernetes).kubernetes == KubernetesSettings("grafana-operator", "telemetry", 200)


def test_the_scrape_interval_follows_from_the_push_interval(workspace: Workspace) -> None:
    """Who slows down the pushes need not know that there is a scrape interval."""
    assert loaded(workspace, "prometheus: {push_interval_seconds: 60}\n").scrape_interval == seconds(60)


def test_the_retention_follows_from_the_window_of_the_slo(workspace: Workspace) -> None:
    """An SLO over 90 days needs 95 days of retention: five more, as with 30."""
    workspace.write({"platform.yaml": SMALL_PLATFORM.replace("window_days: 30", "window_days: 90")})
    assert load(Path("platform.yaml")).retention == days(95)


def test_an_overlay_removes_a_setting(workspace: Workspace) -> None:
    """`null` in a file that extends another one restores the default."""
    workspace.write({"base.yaml": SMALL_PLATFORM + "prometheus: {push_interval_seconds: 30, retention_days: 90}\n"})
    workspace.write({"platform.yaml": "extends: base.yaml\nprometheus: {retention_days: null}\n"})
    platform = load(Path("platform.yaml"))
    assert (platform.push_interval, platform.retention) == (seconds(30), days(35))
