"""Amounts: how much a counter grew over a window that is longer than the base window.

Windows of up to an hour are read from the raw counters, longer ones are sums of recorded growth: after a gap in the
samples both are higher by all that came meanwhile. A sum of 5-minute increases would lose what grew in the gap. Growth
needs a ruler whose rules read what earlier ones of their group have just recorded; with another, all windows are read
from the raw counters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

from generator.dsl.labels import Label
from generator.dsl.units import Duration
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector
from generator.ir.rules import SLOW_INTERVAL, RecordingRule
from generator.lowering.growth import GROWTH, amount_from_growth, is_read_from_growth, operation
from generator.lowering.increases import IncreaseSpec, increase_of_counter, rules_from_counters
from generator.lowering.recording_rules import RecordingRules, level

OPERATION, OF_COSTS = "amount", "dollars"
"""Of the names of recorded amounts, and of recorded costs, followed by their window."""
OF_GROWTH, OF_AMOUNTS = 2, 3
"""The depths of amounts that are sums of growth, and of those that are sums of other amounts."""


def recorded_amount(rules: RecordingRules, spec: IncreaseSpec, window: Duration) -> str:
    """The name of the recorded series of an amount over a fixed window, added with everything that it reads."""
    name = f"{level(spec.needed_labels)}:{spec.name}:{OPERATION}{window}"
    area = rules.area_of(spec.metric)
    blank = RecordingRule(name, spec.needed_labels, Scalar(Fraction(0)), area, interval=SLOW_INTERVAL)
    if rules.sums_growth and is_read_from_growth(spec, window):
        rules.add(name, (replace(blank, expression=amount_from_growth(rules, spec, window), depth=OF_GROWTH),))
    else:
        rules.add(name, rules_from_counters(blank, spec, partial(increase_of_counter, window=window)))
    return name


def read_once(rules: Sequence[RecordingRule]) -> tuple[RecordingRule, ...]:
    """The rules, each after those that it reads. What costs is to read the samples of each series: growth by fewer
    labels is left out where there is the same by more, and an amount by fewer labels is the sum of the same amount by
    more."""
    labels = {rule.name: rule.labels for rule in rules}
    finer = {name: finest for name in labels if (finest := _finest(name, labels)) is not None}
    recorded = {(rule.name, rule.static_labels) for rule in rules}
    result: dict[tuple[str, object], RecordingRule] = {}
    for rule in _without_coarse_growth(rules, finer):
        finest = finer.get(rule.name)
        # What has no tenant is not in a cost by tenant; a cost that is a sum of growth reads that of the platform.
        is_summed = bool(rule.static_labels) and (finest, rule.static_labels) in recorded
        if finest is not None and (not _is_cost(rule.name) or is_summed):
            total = Aggregate("sum", Selector(finest), rule.labels)
            depth = max(OF_AMOUNTS, rule.depth + 1)
            rule = replace(rule, expression=total, static_labels=(), depth=depth)
        result[rule.name, rule.static_labels] = rule
    return tuple(sorted(result.values(), key=lambda rule: rule.key))


def _is_cost(name: str) -> bool:
    return operation(name).startswith(OF_COSTS)


def _without_coarse_growth(rules: Sequence[RecordingRule], finer: Mapping[str, str]) -> Iterator[RecordingRule]:
    """The rules without those of growth by fewer labels; its amounts read the growth by more."""
    coarse = {name for name in finer if operation(name) == GROWTH}
    for rule in rules:
        if rule.name not in coarse:
            yield replace(rule, expression=_with_names(rule.expression, {name: finer[name] for name in coarse}))


def _with_names(node: Expression, names: Mapping[str, str]) -> Expression:
    """The expression with other names of series."""
    match node:
        case Selector(name=name) if name in names:
            return replace(node, name=names[name])
        case Call(arguments=arguments):
            return replace(node, arguments=tuple(_with_names(argument, names) for argument in arguments))
        case Aggregate(inner=inner):
            return replace(node, inner=_with_names(inner, names))
        case Binary(left=left, right=right):
            return replace(node, left=_with_names(left, names), right=_with_names(right, names))
    return node


def _finest(name: str, labels: Mapping[str, tuple[Label, ...]]) -> str | None:
    """The recorded growth of the same counter, or amount of the same counter and window, with the most labels, if it
    has all those of `name` and more."""
    if operation(name) != GROWTH and not operation(name).startswith((OPERATION, OF_COSTS)):
        return None
    of_what = name.partition(":")[2]
    finer = [each for each in labels if each.partition(":")[2] == of_what and set(labels[each]) > set(labels[name])]
    return max(finer, key=lambda each: (len(labels[each]), each), default=None)
