"""Dashboards, rules and servers as Kubernetes objects: a kustomization for GitOps controllers, which is a Helm chart,
too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import PurePosixPath

from generator.dsl.backend import OutputPart
from generator.dsl.platform import Platform
from generator.frozen import frozen
from generator.ir.rule_files import RuleFile
from generator.lowering.ids import slug
from generator.output import ALERTMANAGER_CONFIG, KUBERNETES_FOLDER, NOTIFICATION_TEMPLATES, gateway_path
from generator.rendering.kubernetes.chart import chart
from generator.rendering.kubernetes.dashboard_objects import dashboard_objects
from generator.rendering.kubernetes.gateway_objects import GATEWAY_FOLDER, gateway_objects
from generator.rendering.kubernetes.objects import KubernetesObject, instance_name, texts
from generator.rendering.kubernetes.override_objects import override_objects
from generator.rendering.kubernetes.rule_objects import rule_objects
from generator.rendering.kubernetes.servers import SERVERS_FOLDER, server_objects
from generator.rendering.templates import render

KUSTOMIZATION = "kustomization.yaml"


@frozen
class Rendered:
    """What other parts of a build have rendered: the dashboards, JSON texts by id; the rule files; and the texts of the
    files of Alertmanager, of the gateway and of the overrides, by path."""

    dashboards: Mapping[str, str]
    rule_files: Sequence[RuleFile]
    alertmanager: Mapping[str, str]
    gateway: Mapping[str, str]
    overrides: Mapping[str, str] = field(default_factory=dict)


def kubernetes(platform: Platform, rendered: Rendered) -> dict[str, str]:
    """The objects of a platform, the kustomizations that list them, and the files of the chart.

    The objects have no namespace: the kustomization that includes these sets it. There are none where the backend takes
    none, and no servers where it is not Prometheus. Raises BuildError for objects that are too large.
    """
    has = platform.backend.has
    if not has(OutputPart.KUBERNETES):
        return {}
    own = slug(platform.name, platform.cluster)
    objects = [*deployed(platform, rendered, own)]
    if has(OutputPart.PROMETHEUS_CONFIG):
        objects += [*servers(platform, rendered, own), *before_servers(rendered, own)]
    return {**texts(objects, instance_name(own)), **kustomizations(objects), **chart(instance_name(own))}


def deployed(platform: Platform, rendered: Rendered, own: str) -> tuple[KubernetesObject, ...]:
    """What a cluster takes that has Prometheus, Alertmanager and Grafana."""
    return (
        *dashboard_objects(platform, rendered.dashboards, own),
        *rule_objects(rendered.rule_files, own),
        *override_objects(rendered.overrides, own),
    )


def servers(platform: Platform, rendered: Rendered, own: str) -> tuple[KubernetesObject, ...]:
    """Prometheus and Alertmanager themselves, and what connects Grafana with them."""
    configuration, messages = (rendered.alertmanager[path] for path in (ALERTMANAGER_CONFIG, NOTIFICATION_TEMPLATES))
    return server_objects(platform, configuration, messages, own)


def before_servers(rendered: Rendered, own: str) -> tuple[KubernetesObject, ...]:
    """The gateway through which Workers outside of the cluster push."""
    return gateway_objects(rendered.gateway[gateway_path("collector.yaml")].rstrip("\n"), own)


def kustomizations(objects: Sequence[KubernetesObject]) -> dict[str, str]:
    """The kustomization of each folder, which lists the objects in it."""
    files = sorted(each.file for each in objects)
    return {
        f"{KUBERNETES_FOLDER}{folder}{KUSTOMIZATION}": render(
            "kubernetes/kustomization.yaml.j2",
            folder=folder,
            resources=[
                file.removeprefix(folder) for file in files if PurePosixPath(file).parent == PurePosixPath(folder)
            ],
        )
        for folder in ("", SERVERS_FOLDER, GATEWAY_FOLDER)
        if not folder or any(file.startswith(folder) for file in files)
    }
