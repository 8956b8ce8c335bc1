"""All mutants of a build: each changes one rule that an alert reads, in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from contract import AREAS, METRICS
from generator.dsl.alert import PAGE, TICKET
from generator.dsl.units import Duration
from generator.ir.build import Lowered
from generator.ir.expression import Call, Scalar
from generator.ir.rules import AlertRule, RecordingRule
from generator.promql.dependencies import reach, reads
from generator.verify.mutation.operators import FACTORS, SimilarSeries, mutations

MAX_CONSTANTS = 2
"""How many constants of one name (prices, budgets) have mutants: the others come from the same code."""


@dataclass(frozen=True)
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
    counts: Counter[tuple[str, str]] = Counter()
    for mutant in _all_mutants(original):
        counts[mutant.rule, mutant.change] += 1
        yield replace(mutant, number=counts[mutant.rule, mutant.change])


def _all_mutants(original: Lowered) -> Iterator[Mutant]:
    for alert in original.alerts:
        yield from _mutants_of_alert(original, alert)
    sources = reads(original.recording_rules)
    dependencies = [(alert.alert.name, reach(alert.expression, sources)) for alert in original.alerts]
    counts: Counter[str] = Counter()
    for rule in original.recording_rules:
        alerts = tuple(sorted({name for name, recorded in dependencies if rule.name in recorded}))
        counts[rule.name] += 1
        if alerts and (counts[rule.name] <= MAX_CONSTANTS or not _is_constant(rule)):
            yield from _mutants_of_recording_rule(original, rule, alerts)


def _is_constant(rule: RecordingRule) -> bool:
    return isinstance(rule.expression, Call) and rule.expression.function == "vector"


def _mutants_of_alert(original: Lowered, lowered_alert: AlertRule) -> Iterator[Mutant]:
    alert = lowered_alert.alert
    rule = f"{alert.name} ({alert.severity.value})"

    def mutant(change: str, mutated: AlertRule) -> Mutant:
        alerts = tuple(mutated if other is lowered_alert else other for other in original.alerts)
        return Mutant(rule, change, replace(original, alerts=alerts), (alert.name,))

    for change, expression in mutations(lowered_alert.expression, _similar_series(original)):
        yield mutant(change, replace(lowered_alert, expression=expression))
    if lowered_alert.for_:
        for duration in _halved_and_doubled(lowered_alert.for_):
            yield mutant(f"for {lowered_alert.for_} → {duration}", replace(lowered_alert, lasting=duration))
    if lowered_alert.keep_firing_for:
        for duration in _halved_and_doubled(lowered_alert.keep_firing_for):
            change = f"keep_firing_for {lowered_alert.keep_firing_for} → {duration}"
            yield mutant(change, replace(lowered_alert, lingering=duration))
    severity = TICKET if alert.severity is PAGE else PAGE
    yield mutant(f"severity → {severity.value}", replace(lowered_alert, alert=replace(alert, severity=severity)))
    yield mutant("owner → nobody", replace(lowered_alert, owner="nobody"))


def _halved_and_doubled(duration: Duration) -> tuple[Duration, Duration]:
    return Duration(duration.seconds // 2), duration * 2


def _mutants_of_recording_rule(original: Lowered, rule: RecordingRule, alerts: tuple[str, ...]) -> Iterator[Mutant]:
    labels = ",".join(value for _, value in rule.static_labels)
    name = f"{rule.name}{{{labels}}}" if labels else rule.name

    def mutant(change: str, *mutated: RecordingRule) -> Mutant:
        recorded = tuple(new for other in original.recording_rules for new in (mutated if other is rule else (other,)))
        return Mutant(name, change, replace(original, recorded=recorded), alerts)

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
def _similar_raw_series() -> dict[str, tuple[str, ...]]:
    """Return, for each raw series, the next metric of its area with the same labels and type."""
    similar: dict[str, tuple[str, ...]] = {}
    for area in AREAS.values():
        metrics = [
            item
            for item in vars(area).values()
            if item in METRICS and isinstance(item, metric.Counter | metric.Histogram)
        ]
        for item in metrics:
            alike = [other for other in metrics if type(other) is type(item) and other.labels == item.labels]
            following = alike[(alike.index(item) + 1) % len(alike)]
            if following is not item:
                suffix = "_bucket" if isinstance(item, metric.Histogram) else ""
                similar[item.name + suffix] = (following.name + suffix,)
    return similar


def _similar_series(original: Lowered) -> SimilarSeries:
    """Return a function that maps a raw series, or a recorded series to the next one of its labels and operation."""
    labels = {rule.name: rule.labels for rule in original.recording_rules}

    def similar(name: str) -> tuple[str, ...]:
        if name in _similar_raw_series():
            return _similar_raw_series()[name]
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
