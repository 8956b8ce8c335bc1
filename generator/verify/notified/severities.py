"""Rules with our severities, where a platform has names of its own for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from generator.dsl.platform import Platform
from generator.verify.replay.stages import ReplayRule


def with_our_severities(rules: Iterable[ReplayRule], platform: Platform) -> tuple[ReplayRule, ...]:
    """Return the rules with our severities in place of the platform's names of them, by which alerts are routed and
    counted."""
    ours = {name: severity.value for severity, name in platform.severity_names.items()}
    return tuple(_with_our_severity(rule, ours) for rule in rules) if ours else tuple(rules)


def _with_our_severity(rule: ReplayRule, ours: Mapping[str, str]) -> ReplayRule:
    labels = rule.body.get("labels", {})
    if (severity := labels.get("severity")) not in ours:
        return rule
    return replace(rule, body={**rule.body, "labels": {**labels, "severity": ours[severity]}})
