"""Dashboards and rules as Kubernetes objects: a kustomization that a GitOps controller applies as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.errors import BuildError, Problem
from generator.ir.rule_files import RuleFile
from generator.rendering.shards import parts
from generator.rendering.templates import render
from generator.rendering.yaml_text import scalar

FOLDER = "Workers AI"
LARGEST_OBJECT = 900 * 1024
"""Bytes: etcd refuses what is above 1 MiB, with the fields that the API server adds."""


def kubernetes(dashboards: Mapping[str, str], rule_files: Sequence[RuleFile]) -> dict[str, str]:
    """A ConfigMap per dashboard (by name, its JSON text), PrometheusRules, and the kustomization that lists them all.

    Nothing names a namespace: the kustomization that takes this one in says where it goes. Raises Faults for objects
    that etcd would refuse.
    """
    objects = {f"dashboard-{name}.yaml": dashboard_object(name, text) for name, text in dashboards.items()}
    for part in (part for file in rule_files for part in parts(file)):
        objects[f"rules-{part.name}.yaml"] = rules_object(part)
    _refuse_large(objects)
    listed = render("kustomization.yaml.j2", resources=sorted(objects), scalar=scalar)
    return {f"kubernetes/{file}": text for file, text in (("kustomization.yaml", listed), *objects.items())}


def dashboard_object(name: str, text: str) -> str:
    """A dashboard as a ConfigMap, which Grafana's sidecar finds by its label and puts into the folder."""
    values = {"object": object_name("dashboard", name), "name": name, "text": text.rstrip("\n"), "folder": FOLDER}
    return render("dashboard_object.yaml.j2", scalar=scalar, **values)


def rules_object(file: RuleFile) -> str:
    """A rule file as prometheus-operator's PrometheusRule."""
    return render("rules_object.yaml.j2", object=object_name("rules", file.name), groups=file.groups, scalar=scalar)


def object_name(kind: str, name: str) -> str:
    """An object's name, as DNS spells names."""
    return f"workers-ai-{kind}-{name}".lower().replace("_", "-")


def _refuse_large(objects: Mapping[str, str]) -> None:
    """An object's YAML is longer than its JSON, so that what passes here passes in etcd."""
    sizes = {file: len(text.encode()) for file, text in objects.items()}
    hint = "split its dashboard or its family of alerts in two: etcd takes 1 MiB an object"
    problems = [
        Problem(f"kubernetes/{file}", f"the object has {size:,} bytes, and may have {LARGEST_OBJECT:,}", hint)
        for file, size in sorted(sizes.items())
        if size > LARGEST_OBJECT
    ]
    if problems:
        raise BuildError(problems)
