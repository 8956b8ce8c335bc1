"""Dashboards and rules as Kubernetes objects, listed by a kustomization for GitOps controllers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from json.encoder import encode_basestring_ascii as json_string

from generator.dsl.platform import DEFAULT_FOLDER
from generator.errors import BuildError, Problem
from generator.ir.rule_files import RenderedRule, RuleFile
from generator.output import KUBERNETES_FOLDER
from generator.rendering.templates import render

MAX_OBJECT_BYTES = 900 * 1024
"""etcd refuses more than 1 MiB, including the fields that the API server adds."""
MAX_CONSTANT_BYTES = 128 * 1024
"""The size of the constants in a part of a rule file, on average. It is also below 256 KiB, the maximum of
annotations, where some clients store the last applied object."""


def kubernetes(
    dashboards: Mapping[str, str], rule_files: Sequence[RuleFile], folder: str = DEFAULT_FOLDER, slug: str = ""
) -> dict[str, str]:
    """A ConfigMap for each dashboard (JSON texts by id), PrometheusRules, and the kustomization with all of them.
    Grafana's sidecar puts the dashboards into `folder`. With `slug`, objects and the files of the sidecar are those of
    one of several platforms in a namespace.

    The objects have no namespace: the kustomization that includes this one sets it. Raises BuildError for objects that
    are too large for etcd.
    """
    objects = {f"dashboard-{id_}.yaml": dashboard_object(id_, text, folder, slug) for id_, text in dashboards.items()}
    for part in (part for file in rule_files for part in split(file)):
        objects[f"rules-{part.name}.yaml"] = rules_object(part, slug)
    _check_sizes(objects)
    kustomization = render("kustomization.yaml.j2", resources=sorted(objects))
    files = {"kustomization.yaml": kustomization, **objects}
    return {KUBERNETES_FOLDER + name: text for name, text in files.items()}


def dashboard_object(id_: str, text: str, folder: str, slug: str) -> str:
    """A dashboard as a ConfigMap with the label and the folder annotation for Grafana's sidecar, which writes a file of
    the key's name."""
    values = {
        "object": object_name("dashboard", id_, slug),
        "name": f"{slug}-{id_}" if slug else id_,
        "text": text.rstrip("\n"),
        "folder": folder,
    }
    return render("dashboard_object.yaml.j2", **values)


def rules_object(file: RuleFile, slug: str) -> str:
    """A rule file as a PrometheusRule of prometheus-operator."""
    return render("rules_object.yaml.j2", object=object_name("rules", file.name, slug), groups=file.groups, pad="  ")


def object_name(kind: str, name: str, slug: str = "") -> str:
    """The name of an object, which must be a DNS name."""
    return f"workers-ai-{f'{slug}-' if slug else ''}{kind}-{name}".lower().replace("_", "-")


def split(file: RuleFile) -> tuple[RuleFile, ...]:
    """The file itself if its constants are small; else several parts, so that one more tenant changes one object.

    Only constants are distributed, by hash, to numbered parts: they read no series, so they can leave their group. All
    other rules stay in the file's first part, in their order. The number of parts is a power of two, so that it changes
    only when the size doubles.
    """
    size = sum(json_size(rule) for group in file.groups for rule in group.rules if rule.is_constant)
    if size <= MAX_CONSTANT_BYTES:
        return (file,)
    count = 1 << (-(-size // MAX_CONSTANT_BYTES) - 1).bit_length()
    parts: dict[str, dict[int, list[RenderedRule]]] = {}
    for index, group in enumerate(file.groups):
        for rule in group.rules:
            suffix = f"-{part_number(rule, count):02d}" if rule.is_constant else ""
            parts.setdefault(suffix, {}).setdefault(index, []).append(rule)
    return tuple(_part(file, suffix, rules_by_group) for suffix, rules_by_group in sorted(parts.items()))


def part_number(rule: RenderedRule, count: int) -> int:
    """The number of a rule's part, below `count`; it depends only on the rule's name and labels."""
    labels = (f"[{json_string(name)}, {json_string(value)}]" for name, value in sorted(rule.labels.items()))
    key = f"[{json_string(rule.name)}, [{', '.join(labels)}]]"
    return int.from_bytes(sha256(key.encode()).digest()[:8], "big") % count


def json_size(rule: RenderedRule) -> int:
    """The approximate size of a rule as JSON, in bytes."""
    labels = _json_object((name, json_string(value)) for name, value in rule.labels.items())
    rest = (("record", json_string(rule.name)), ("expr", json_string(rule.expression)), ("labels", labels))
    return len(_json_object(rest))


def _json_object(entries: Iterable[tuple[str, str]]) -> str:
    """An object of JSON texts by their names: `json.dumps` takes three times as long for one of 20,000."""
    return f"{{{', '.join(f'{json_string(name)}: {text}' for name, text in entries)}}}"


def _part(file: RuleFile, suffix: str, rules_by_group: dict[int, list[RenderedRule]]) -> RuleFile:
    groups = (
        replace(file.groups[index], name=file.groups[index].name + suffix, rules=tuple(rules))
        for index, rules in rules_by_group.items()
    )
    return RuleFile(file.name + suffix, tuple(groups))


def _check_sizes(objects: Mapping[str, str]) -> None:
    # An object is longer as YAML than as the JSON that etcd stores.
    sizes = {name: len(text.encode()) for name, text in objects.items()}
    hint = "split the dashboard or the family of alerts in two: etcd stores at most 1 MiB per object"
    problems = [
        Problem(KUBERNETES_FOLDER + name, f"the object has {size:,} bytes, more than {MAX_OBJECT_BYTES:,}", hint)
        for name, size in sorted(sizes.items())
        if size > MAX_OBJECT_BYTES
    ]
    if problems:
        raise BuildError(problems)
