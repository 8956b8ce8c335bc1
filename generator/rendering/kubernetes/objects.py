"""Kubernetes objects as texts: what is common to all of them, and how large they may be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from generator.errors import BuildError, Problem
from generator.frozen import frozen
from generator.lowering.ids import PREFIX
from generator.output import KUBERNETES_FOLDER
from generator.rendering.templates import render

KIB = 1024
MAX_OBJECT_BYTES = 900 * KIB
"""etcd refuses more than 1 MiB, including the fields that the API server adds."""
MAX_RULE_BYTES = 512 * KIB
"""prometheus-operator refuses rules that are larger than half a ConfigMap, into which it puts them."""
RULE_KIND = "PrometheusRule"
BUILT_IN, OPERATOR, OPERATOR_ALPHA = "v1", "monitoring.coreos.com/v1", "monitoring.coreos.com/v1alpha1"
COMMON_LABELS: Mapping[str, str] = {"app.kubernetes.io/name": "workers-ai-observability"}
INSTANCE_LABEL, COMPONENT_LABEL = "app.kubernetes.io/instance", "app.kubernetes.io/component"
PART_OF: Mapping[str, str] = {"app.kubernetes.io/part-of": PREFIX}
SUBSTITUTE: Mapping[str, str] = {"kustomize.toolkit.fluxcd.io/substitute": "disabled"}
"""Flux otherwise replaces ${…}, which are variables of Grafana in dashboards, and of Go in rules."""


@frozen
class KubernetesObject:
    """An object: its file below the folder of Kubernetes objects, its kind, its name and its component, the template of
    what follows its metadata, and the values of that."""

    file: str
    api_version: str
    kind: str
    name: str
    component: str
    template: str
    values: Mapping[str, object]
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)

    def text(self, instance: str) -> str:
        """The object as YAML; `instance` is the value of the label that all objects of a platform have."""
        own = {INSTANCE_LABEL: instance, COMPONENT_LABEL: self.component}
        return render(
            "kubernetes/object.yaml.j2",
            api_version=self.api_version,
            kind=self.kind,
            object=self.name,
            labels={**COMMON_LABELS, **own, **PART_OF, **self.labels},
            annotations={**SUBSTITUTE, **self.annotations},
            body=f"kubernetes/{self.template}.yaml.j2",
            instance=instance,
            **self.values,
        )


def instance_name(slug: str) -> str:
    """The value of the label that all objects of a platform have, and the name of its servers."""
    return f"{PREFIX}-{slug}" if slug else PREFIX


def object_name(kind: str, name: str = "", slug: str = "") -> str:
    """The name of an object, which must be a DNS name."""
    return "-".join(part for part in (PREFIX, slug, kind, name) if part).lower().replace("_", "-")


def texts(objects: Iterable[KubernetesObject], instance: str) -> dict[str, str]:
    """The texts of objects by their paths in `out/`. Raises BuildError for objects that are too large."""
    listed = list(objects)
    rendered = {KUBERNETES_FOLDER + each.file: each.text(instance) for each in listed}
    limits = {KUBERNETES_FOLDER + each.file: _limit(each) for each in listed}
    # An object is longer as YAML than as the JSON that etcd stores.
    sizes = {path: len(text.encode()) for path, text in rendered.items()}
    problems = [
        Problem(path, f"the object has {size:,} bytes, more than {limits[path][0]:,}", limits[path][1])
        for path, size in sorted(sizes.items())
        if size > limits[path][0]
    ]
    if problems:
        raise BuildError(problems)
    return rendered


def _limit(object_: KubernetesObject) -> tuple[int, str]:
    """The largest size of an object in bytes, and what to do where it is exceeded."""
    if object_.kind == RULE_KIND:
        return MAX_RULE_BYTES, "split the family of alerts in two: prometheus-operator takes at most 512 KiB of rules"
    return MAX_OBJECT_BYTES, "split the dashboard in two: etcd stores at most 1 MiB per object"
