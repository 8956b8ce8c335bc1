"""Amounts: how much a counter grew over a window that is longer than the base window.

It is read from the raw counters: after a gap in the samples a counter is higher by all that came meanwhile. A sum of
5-minute increases would lose what grew in the gap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

from generator.dsl.labels import Label
from generator.dsl.units import Duration
from generator.ir.expression import Aggregate, Scalar, Selector
from generator.ir.rules import SLOW_INTERVAL, RecordingRule
from generator.lowering.increases import IncreaseSpec, increase_of_counter, rules_from_counters
from generator.lowering.recording_rules import RecordingRules, level

OPERATION, OF_COSTS = "amount", "dollars"
"""Of the names of recorded amounts, and of recorded costs, followed by their window."""


def recorded_amount(rules: RecordingRules, spec: IncreaseSpec, window: Duration) -> str:
    """The name of the recorded series of an amount over a fixed window, added."""
    name = f"{level(spec.needed_labels)}:{spec.name}:{OPERATION}{window}"
    area = rules.area_of(spec.metric)
    blank = RecordingRule(name, spec.needed_labels, Scalar(Fraction(0)), area, interval=SLOW_INTERVAL)
    rules.add(name, rules_from_counters(blank, spec, partial(increase_of_counter, window=window)))
    return name


def read_once(rules: Sequence[RecordingRule]) -> tuple[RecordingRule, ...]:
    """The rules, each after those that it reads, with an amount by fewer labels as the sum of the same amount by more:
    what an evaluation costs is to read the raw samples of hours and days."""
    labels = {rule.name: rule.labels for rule in rules}
    recorded = {(rule.name, rule.static_labels) for rule in rules}
    result: dict[tuple[str, object], RecordingRule] = {}
    for rule in rules:
        finer = _finer(rule.name, labels)
        # What has no tenant is not in a cost by tenant.
        if finer is not None and (finer, rule.static_labels) in recorded:
            total = Aggregate("sum", Selector(finer), rule.labels)
            rule = replace(rule, expression=total, static_labels=(), depth=rule.depth + 1)
        result[rule.name, rule.static_labels] = rule
    return tuple(sorted(result.values(), key=lambda rule: rule.key))


def _finer(name: str, labels: Mapping[str, tuple[Label, ...]]) -> str | None:
    """The recorded amount of the same counter and window with the most labels, if it has all those of `name` and
    more."""
    _, _, of_what = name.partition(":")
    if not of_what.partition(":")[2].startswith((OPERATION, OF_COSTS)):
        return None
    finer = [each for each in labels if each.partition(":")[2] == of_what and set(labels[each]) > set(labels[name])]
    return max(finer, key=lambda each: (len(labels[each]), each), default=None)
