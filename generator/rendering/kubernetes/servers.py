"""Prometheus and Alertmanager as objects of prometheus-operator, with what they read and the Services before them.

Neither of them asks the Kubernetes API: what they scrape and notify is found by DNS, so they need no role.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.dsl.platform import Platform
from generator.external.tool import ALERTMANAGER, PROMETHEUS, Tool
from generator.ir.rules import FAST_INTERVAL
from generator.lowering.identity import identity_names
from generator.rendering.kubernetes.dashboard_objects import PROMETHEUS_PORT, data_source_object
from generator.rendering.kubernetes.objects import (
    BUILT_IN,
    OPERATOR,
    OPERATOR_ALPHA,
    KubernetesObject,
    instance_name,
    object_name,
)
from generator.rendering.kubernetes.secret_mounts import secret_mounts
from generator.rendering.prometheus_flags import FEATURES
from generator.rendering.provisioning import external_labels

SERVERS_FOLDER = "servers/"
ALERTMANAGER_PORT = 9093


def server_objects(platform: Platform, configuration: str, messages: str, slug: str) -> tuple[KubernetesObject, ...]:
    """Every object of the servers, from the texts of Alertmanager's configuration and of its templates."""
    return (
        prometheus_object(platform, slug),
        service("prometheus", PROMETHEUS_PORT, slug),
        alertmanagers_object(slug),
        *scrape_objects(platform, slug),
        alertmanager_object(platform, slug),
        service("alertmanager", ALERTMANAGER_PORT, slug),
        configuration_object(configuration, messages, slug),
        data_source_object(platform, slug),
    )


def prometheus_object(platform: Platform, slug: str) -> KubernetesObject:
    """The Prometheus that the Workers push to, with the settings of `prometheus.yaml`."""
    return _object(
        "prometheus",
        OPERATOR,
        "Prometheus",
        instance_name(slug),
        "prometheus",
        version=_tag(PROMETHEUS),
        retention=str(platform.retention),
        features=FEATURES,
        scrape_interval=str(platform.scrape_interval),
        evaluation_interval=str(FAST_INTERVAL),
        labels_of_series=external_labels(platform),
        alertmanagers=object_name("alertmanagers", "", slug),
        storage_gib=platform.kubernetes.storage_gib,
    )


def alertmanager_object(platform: Platform, slug: str) -> KubernetesObject:
    """The Alertmanagers, with the Secrets of the receivers."""
    return _object(
        "alertmanager",
        OPERATOR,
        "Alertmanager",
        instance_name(slug),
        "alertmanager",
        version=_tag(ALERTMANAGER),
        configuration=object_name("alertmanager", "", slug),
        mounts=secret_mounts(platform, slug),
    )


def configuration_object(configuration: str, messages: str, slug: str) -> KubernetesObject:
    """Alertmanager's configuration and templates as the Secret that the operator reads; it names files of secrets."""
    files = {"alertmanager.yaml": configuration.rstrip("\n"), "notifications.tmpl": messages.rstrip("\n")}
    name = object_name("alertmanager", "", slug)
    return _object("alertmanager-configuration", BUILT_IN, "Secret", name, "alertmanager", "secret", files=files)


def alertmanagers_object(slug: str) -> KubernetesObject:
    """Where Prometheus sends its alerts: every address behind the Service of the Alertmanagers."""
    name, service_name = object_name("alertmanagers", "", slug), object_name("alertmanager", "", slug)
    text = f"- dns_sd_configs:\n    - names: [{service_name}]\n      type: A\n      port: {ALERTMANAGER_PORT}"
    files = {"alertmanagers.yaml": text}
    return _object("prometheus-alertmanagers", BUILT_IN, "Secret", name, "prometheus", "secret", files=files)


def scrape_objects(platform: Platform, slug: str) -> Iterator[KubernetesObject]:
    """What Prometheus scrapes: itself and the Alertmanagers, with the labels of the platform."""
    identity = identity_names(platform)
    targets = {"prometheus": f"localhost:{PROMETHEUS_PORT}", "alertmanager": object_name("alertmanager", "", slug)}
    for job, target in targets.items():
        yield _object(
            f"scrape-{job}",
            OPERATOR_ALPHA,
            "ScrapeConfig",
            object_name("scrape", job, slug),
            "prometheus",
            "scrape",
            job=job,
            target=target,
            port=0 if ":" in target else ALERTMANAGER_PORT,
            identity=identity,
        )


def service(server: str, port: int, slug: str) -> KubernetesObject:
    """The Service of a server. That of the Alertmanagers has no address of its own: its name gives those of all."""
    return _object(
        f"service-{server}",
        BUILT_IN,
        "Service",
        object_name(server, "", slug),
        server,
        "service",
        server=server,
        port=port,
        headless=server == "alertmanager",
    )


def _object(
    file: str, api: str, kind: str, name: str, component: str, template: str = "", **values: object
) -> KubernetesObject:
    return KubernetesObject(f"{SERVERS_FOLDER}{file}.yaml", api, kind, name, component, template or file, values)


def _tag(tool: Tool) -> str:
    return f"v{tool.version}"
