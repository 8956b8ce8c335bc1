"""The rules that a server has loaded, from rules of an output."""

from __future__ import annotations

from generator.verify.drift.durations import seconds_of
from generator.verify.drift.rule_groups import LoadedRule, RuleGroup
from generator.verify.replay.stages import ReplayRule


def loaded(*rules: ReplayRule) -> list[RuleGroup]:
    """The groups of a server that has loaded these rules."""
    groups = sorted({(rule.group, rule.interval) for rule in rules})
    return [
        RuleGroup(*group, [_loaded(rule) for rule in rules if (rule.group, rule.interval) == group]) for group in groups
    ]


def _loaded(rule: ReplayRule) -> LoadedRule:
    body = rule.body
    hold, keep = (seconds_of(body.get(name, "0s")) for name in ("for", "keep_firing_for"))
    kind, name = ("alert", body["alert"]) if "alert" in body else ("record", body["record"])
    return LoadedRule(kind, name, body.get("labels", {}), body["expr"], {}, hold, keep)
