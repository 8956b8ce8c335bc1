"""Rule files in parts that Kubernetes can hold: one tenant more changes one part."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

from generator.ir.rule_files import RenderedRule, RuleFile

LARGEST = 128 * 1024
"""Bytes of constants that one part holds on average at the most. etcd takes 1 MiB; this stays below the 256 KiB of an
annotation too, so that even a client that keeps its last apply there can apply the object."""


def parts(file: RuleFile) -> tuple[RuleFile, ...]:
    """The file as it is if its constants are few; else they are dealt out by their hash, to parts with numbered names.

    Constants are recorded numbers: they read nothing, so that they may leave their group. All other rules stay together
    under the file's name, in their order. The number of parts is a power of two: it changes only as the file doubles.
    """
    size = sum(weight(rule) for group in file.groups for rule in group.rules if rule.is_constant)
    if size <= LARGEST:
        return (file,)
    count = 1 << (-(-size // LARGEST) - 1).bit_length()
    found: dict[str, dict[int, list[RenderedRule]]] = {}
    for number, group in enumerate(file.groups):
        for rule in group.rules:
            suffix = f"-{shard(rule, count):02d}" if rule.is_constant else ""
            found.setdefault(suffix, {}).setdefault(number, []).append(rule)
    return tuple(_part(file, suffix, groups) for suffix, groups in sorted(found.items()))


def shard(rule: RenderedRule, count: int) -> int:
    """Which of `count` parts the rule belongs to, by its name and labels alone."""
    key = json.dumps([rule.name, sorted(rule.labels.items())])
    return int.from_bytes(sha256(key.encode()).digest()[:8], "big") % count


def weight(rule: RenderedRule) -> int:
    """About how many bytes the rule takes as JSON."""
    return len(json.dumps({"record": rule.name, "expr": rule.expression, "labels": dict(rule.labels)}))


def _part(file: RuleFile, suffix: str, groups: dict[int, list[RenderedRule]]) -> RuleFile:
    kept = ((file.groups[number], tuple(rules)) for number, rules in groups.items())
    named = tuple(replace(group, name=group.name + suffix, rules=rules) for group, rules in kept)
    return RuleFile(file.name + suffix, named)
