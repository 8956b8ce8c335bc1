"""Dashboards, their folder and the data source as objects for Grafana's sidecar, or for grafana-operator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.dsl.kubernetes import GRAFANA_OPERATOR
from generator.dsl.platform import Platform
from generator.ir.rules import min_step
from generator.rendering.kubernetes.objects import BUILT_IN, KubernetesObject, object_name
from generator.rendering.provisioning import folder_uid

GRAFANA_OPERATOR_API = "grafana.integreatly.org/v1beta1"
COMPONENT = "dashboards"
FOLDER_FILE, DATA_SOURCE_FILE = "folder.yaml", "servers/data-source.yaml"
PROMETHEUS_PORT = 9090


def dashboard_objects(platform: Platform, dashboards: Mapping[str, str], slug: str) -> Iterator[KubernetesObject]:
    """The dashboards, JSON texts by id, for what the platform has in its cluster."""
    if not dashboards:
        return
    if platform.kubernetes.dashboards == GRAFANA_OPERATOR:
        yield from _operator_dashboards(platform, dashboards, slug)
    else:
        yield from _sidecar_dashboards(platform, dashboards, slug)


def data_source_object(platform: Platform, slug: str) -> KubernetesObject:
    """The data source, whose URL is that of the Service of Prometheus."""
    grafana = platform.grafana
    values = {
        "url": f"http://{object_name('prometheus', '', slug)}.{platform.kubernetes.namespace}.svc:{PROMETHEUS_PORT}",
        "name": grafana.data_source_name,
        "uid": grafana.data_source_uid,
        "min_step": min_step(platform.sample_interval),
        "settings": platform.backend.data_source,
        "secrets": platform.backend.data_source_secrets,
        "file": f"{object_name('data-source', '', slug)}.yaml",
    }
    name = object_name("data-source", "", slug)
    if platform.kubernetes.dashboards == GRAFANA_OPERATOR:
        api = GRAFANA_OPERATOR_API
        return KubernetesObject(DATA_SOURCE_FILE, api, "GrafanaDatasource", name, COMPONENT, "data_source", values)
    labels = {"grafana_datasource": "1"}
    return KubernetesObject(
        DATA_SOURCE_FILE, BUILT_IN, "ConfigMap", name, COMPONENT, "data_source_file", values, labels
    )


def _sidecar_dashboards(platform: Platform, dashboards: Mapping[str, str], slug: str) -> Iterator[KubernetesObject]:
    """ConfigMaps with the label and the folder annotation for the sidecar, which writes a file of the key's name."""
    for id_, text in dashboards.items():
        yield KubernetesObject(
            f"dashboard-{id_}.yaml",
            BUILT_IN,
            "ConfigMap",
            object_name("dashboard", id_, slug),
            COMPONENT,
            "file",
            {"key": f"{slug}-{id_}.json" if slug else f"{id_}.json", "text": text.rstrip("\n")},
            {"grafana_dashboard": "1"},
            {"grafana_folder": platform.grafana.folder},
        )


def _operator_dashboards(platform: Platform, dashboards: Mapping[str, str], slug: str) -> Iterator[KubernetesObject]:
    """A GrafanaFolder, and a GrafanaDashboard of each dashboard in it."""
    title, folder = platform.grafana.folder, object_name("folder", "", slug)
    values = {"title": title, "uid": folder_uid(title)}
    yield KubernetesObject(FOLDER_FILE, GRAFANA_OPERATOR_API, "GrafanaFolder", folder, COMPONENT, "folder", values)
    for id_, text in dashboards.items():
        name, file = object_name("dashboard", id_, slug), f"dashboard-{id_}.yaml"
        content = {"folder": folder, "text": text.rstrip("\n")}
        yield KubernetesObject(file, GRAFANA_OPERATOR_API, "GrafanaDashboard", name, COMPONENT, "dashboard", content)
