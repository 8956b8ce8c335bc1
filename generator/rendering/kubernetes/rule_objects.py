"""Rule files as objects of prometheus-operator, which are small: one more tenant changes one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from json.encoder import encode_basestring_ascii as json_string

from generator.ir.rule_files import RenderedRule, RuleFile
from generator.rendering.kubernetes.objects import OPERATOR, RULE_KIND, KubernetesObject, object_name

MAX_CONSTANT_BYTES = 128 * 1024
"""The size of the constants in a part of a rule file, on average. It is also below 256 KiB, the maximum of
annotations, where some clients store the last applied object."""


def rule_objects(files: Iterable[RuleFile], slug: str = "") -> Iterator[KubernetesObject]:
    """The rule files as PrometheusRules of prometheus-operator."""
    for part in (part for file in files for part in split(file)):
        name = object_name("rules", part.name, slug)
        yield KubernetesObject(
            f"rules-{part.name}.yaml", OPERATOR, RULE_KIND, name, "rules", "rules", {"groups": part.groups, "pad": "  "}
        )


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
