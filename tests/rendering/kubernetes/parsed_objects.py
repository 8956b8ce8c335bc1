"""The Kubernetes objects of dashboards and rules without a whole build, and of a build, parsed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import yaml

from generator.dsl.kubernetes import KubernetesSettings
from generator.dsl.platform import DEFAULT_FOLDER, PRODUCTION, GrafanaSettings, Platform
from generator.ir.rule_files import RuleFile
from generator.rendering.kubernetes import Rendered, kubernetes
from tests.rendering.platform_by_hand import platform_by_hand

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NOTIFICATIONS = {"alertmanager/alertmanager.yaml": "route: {}\n", "alertmanager/notifications.tmpl": "{{ . }}\n"}
GATEWAY = {"gateway/collector.yaml": "a: {}\n"}
CHART = ("kubernetes/Chart.yaml", "kubernetes/values.yaml", "kubernetes/templates/objects.yaml")


def production(folder: str = DEFAULT_FOLDER, settings: KubernetesSettings | None = None) -> Platform:
    """A platform of the name `production`."""
    return replace(
        platform_by_hand(worker_api=("/chat",)),
        name=PRODUCTION,
        grafana=GrafanaSettings(folder),
        kubernetes=settings or KubernetesSettings(),
    )


def deployed_texts(
    dashboards: Mapping[str, str], files: Sequence[RuleFile], platform: Platform | None = None
) -> dict[str, str]:
    """The texts of the objects of dashboards and rules and of their kustomization, by path."""
    texts = kubernetes(platform or production(), Rendered(dashboards, files, NOTIFICATIONS, GATEWAY))
    return {path: text for path, text in texts.items() if path.count("/") == 1 and path not in CHART}


def server_objects_of(platform: Platform) -> dict[str, Any]:
    """The parsed objects of a platform's servers, by the names of their files."""
    texts = kubernetes(platform, Rendered({}, [], NOTIFICATIONS, GATEWAY))
    folder = "kubernetes/servers/"
    return {
        path.removeprefix(folder).removesuffix(".yaml"): yaml.load(text, LOADER)
        for path, text in texts.items()
        if path.startswith(folder)
    }


def objects_in(texts: Mapping[str, str]) -> dict[str, Any]:
    """The parsed objects of a build, by path, without kustomizations and what is of the chart alone."""
    parsed = {
        path: yaml.load(text, LOADER)
        for path, text in texts.items()
        if path.startswith("kubernetes/") and path not in CHART
    }
    return {path: item for path, item in parsed.items() if item["kind"] != "Kustomization"}
