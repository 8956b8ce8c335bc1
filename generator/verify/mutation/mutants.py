"""All mutants of a build: each changes one rule that an alert reads, in one place."""

from __future__ import annotations

import collections
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from generator.dsl.alert import PAGE, TICKET
from generator.dsl.chance import TooManyToBeChance
from generator.dsl.contract import Contract
from generator.dsl.metrics import Counter, Histogram, Metric
from generator.dsl.stops import StopsComing
from generator.dsl.units import Duration
from generator.frozen import frozen
from generator.ir.build import Lowered
from generator.ir.expression import Call, Scalar
from generator.ir.rules import AlertRule, RecordingRule
from generator.lowering.backend_names import stored_names
from generator.lowering.growth import GROWTH, PARTS, operation
from generator.lowering.identity import IDENTITY_LABELS
from generator.promql.dependencies import rule_dependencies
from generator.verify.mutation.operators import FACTORS, SimilarSeries, mutations

MAX_CONSTANTS = 2
"""How many constants of one name (prices, budgets) have mutants: the others come from the same code."""


OF_CHANCE = re.compile(r":(share5m_above_|no_chance|still_above_|nonzero|increase\w+_where_)")
"""The names of what is recorded for conditions on failures that are too many to be chance."""


@frozen
class Mutant:
    """A build with one changed rule: the rule, the change, and the names of the alerts that read the rule."""

    rule: str
    change: str
    lowered: Lowered
    alerts: tuple[str, ...]
    number: int = 1

    @property
    def key(self) -> str:
        """An id that stays the same from build to build; further mutants of the same text are numbered."""
        return f"{self.rule}: {self.change}" + (f" (number {self.number})" if self.number > 1 else "")


def mutants(original: Lowered) -> Iterator[Mutant]:
    """Yield all mutants in the order of the rules."""
    counts: collections.Counter[tuple[str, str]] = collections.Counter()
    for mutant in _all_mutants(original):
        counts[mutant.rule, mutant.change] += 1
        yield replace(mutant, number=counts[mutant.rule, mutant.change])


def proven_by_a_model(original: Lowered) -> tuple[AlertRule, ...]:
    """The alerts whose expression and durations have no mutants, and neither do the rules that are recorded for them
    alone: their tests last hours to weeks, which takes half a minute for each mutant. Models prove them instead, and
    promtool confirms the models on the shipped rules: tests/alerts/test_stops.py over 24 days of stops,
    tests/verify/chance over random traffic of 504 tenants."""
    kinds = StopsComing, TooManyToBeChance
    return tuple(rule for rule in original.alerts if isinstance(rule.condition, kinds))


def _all_mutants(original: Lowered) -> Iterator[Mutant]:
    for alert in original.alerts:
        yield from _mutants_of_alert(original, alert)
    graph = rule_dependencies(original.recording_rules)
    recorded = [(rule.alert.name, graph.recorded(rule.reads)) for rule in original.alerts]
    counts: collections.Counter[str] = collections.Counter()
    for rule in original.recording_rules:
        alerts = tuple(sorted({alert for alert, names in recorded if rule.name in names}))
        counts[rule.name] += 1
        if alerts and not _is_proven(rule) and (counts[rule.name] <= MAX_CONSTANTS or not rule.is_constant):
            yield from _mutants_of_recording_rule(original, rule, alerts)


def _is_proven(rule: RecordingRule) -> bool:
    """Whether other tests kill the mutants of a rule. Those of growth are of gaps, restarts and new series, which alert
    tests do not repeat: tests/rendering/test_growth_mutants.py."""
    return OF_CHANCE.search(rule.name) is not None or operation(rule.name) in (GROWTH, *PARTS)


def _mutants_of_alert(original: Lowered, rule: AlertRule) -> Iterator[Mutant]:
    alert = rule.alert

    def mutant(change: str, mutated: AlertRule) -> Mutant:
        alerts = tuple(mutated if other is rule else other for other in original.alerts)
        # Panel links are by the alert's name and severity, which the mutated rule may have changed.
        links = {mutated.alert.key: original.link(alert), **original.panel_links}
        return Mutant(alert.key, change, replace(original, alerts=alerts, panel_links=links), (alert.name,))

    has_model = rule in proven_by_a_model(original)
    for change, expression in () if has_model else mutations(rule.expression, _similar_series(original)):
        yield mutant(change, replace(rule, expression=expression))
    if rule.for_ is not None and not has_model:
        for duration in _halved_and_doubled(rule.for_):
            yield mutant(f"for {rule.for_} → {duration}", replace(rule, for_=duration))
    if rule.keep_firing_for is not None and not has_model:
        for duration in _halved_and_doubled(rule.keep_firing_for):
            change = f"keep_firing_for {rule.keep_firing_for} → {duration}"
            yield mutant(change, replace(rule, keep_firing_for=duration))
    severity = TICKET if alert.severity is PAGE else PAGE
    yield mutant(f"severity → {severity.value}", replace(rule, alert=replace(alert, severity=severity)))
    yield mutant("owner → nobody", replace(rule, owner="nobody"))


def _halved_and_doubled(duration: Duration) -> tuple[Duration, Duration]:
    return Duration(duration.seconds // 2), duration * 2


def _mutants_of_recording_rule(original: Lowered, rule: RecordingRule, alerts: tuple[str, ...]) -> Iterator[Mutant]:
    labels = ",".join(value for label, value in rule.static_labels if label not in IDENTITY_LABELS)
    name = f"{rule.name}{{{labels}}}" if labels else rule.name

    def mutant(change: str, *mutated: RecordingRule) -> Mutant:
        rules = tuple(new for other in original.recording_rules for new in (mutated if other is rule else (other,)))
        return Mutant(name, change, replace(original, recording_rules=rules), alerts)

    for change, expression in mutations(rule.expression, _similar_series(original)):
        yield mutant(change, replace(rule, expression=expression))
    match rule.expression:
        case Call(function="vector", arguments=(Scalar(value=value),)):
            for factor in FACTORS:
                constant = Call("vector", (Scalar(value * factor),))
                yield mutant(f"{float(value):g} × {float(factor):g}", replace(rule, expression=constant))
    if rule.static_labels:
        yield mutant("left out")


@cache
def _similar_raw_series(contract: Contract) -> dict[str, tuple[str, ...]]:
    """Return, for each raw series, the next metric of its area with the same labels and type."""
    similar: dict[str, tuple[str, ...]] = {}
    for metric in contract.metrics:
        if isinstance(metric, Counter | Histogram):
            alike = [other for other in contract.metrics if _is_similar(contract, other, metric)]
            following = alike[(alike.index(metric) + 1) % len(alike)]
            if following is not metric:
                suffix = "_bucket" if isinstance(metric, Histogram) else ""
                similar[metric.name + suffix] = (following.name + suffix,)
    return similar


def _is_similar(contract: Contract, metric: Metric, other: Metric) -> bool:
    same_type = type(metric) is type(other)
    same_area = contract.area_of(metric.name) == contract.area_of(other.name)
    return same_type and metric.labels == other.labels and same_area


def _similar_series(original: Lowered) -> SimilarSeries:
    """Return a function that maps a raw series, or a recorded series to the next one of its labels and operation."""
    labels = {rule.name: rule.labels for rule in original.recording_rules}
    prefix, stored = original.platform.metric_prefix, stored_names(original.definitions.contract, original.platform)

    def in_backend(name: str) -> str:
        return stored.get(f"{prefix}{name}", f"{prefix}{name}")

    raw = {
        in_backend(name): tuple(map(in_backend, others))
        for name, others in _similar_raw_series(original.definitions.contract).items()
    }

    def similar(name: str) -> tuple[str, ...]:
        if name in raw:
            return raw[name]
        if name not in labels:
            return ()
        level, _, rest = name.partition(":")
        operation = rest.partition(":")[2]
        alike = [
            other
            for other in labels
            if other.startswith(f"{level}:") and other.endswith(f":{operation}") and labels[other] == labels[name]
        ]
        following = alike[(alike.index(name) + 1) % len(alike)]
        return (following,) if following != name else ()

    return similar
