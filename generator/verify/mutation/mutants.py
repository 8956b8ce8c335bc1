"""All mutants of a build: every rule that an alert rests on, made wrong in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

from contract import AREAS, METRICS
from generator.dsl.alert import PAGE, TICKET
from generator.dsl.units import Duration
from generator.ir.build import Lowered
from generator.ir.expression import Call, Scalar
from generator.ir.rules import AlertRule, RecordingRule
from generator.promql.dependencies import reach, reads
from generator.verify.mutation.mutations import Neighbours, wrongs

CONSTANTS = 2


@dataclass(frozen=True)
class Mutant:
    """A build with one rule made wrong: which rule, how, and which alerts (by name) rest on it."""

    rule: str
    how: str
    wrong: Lowered
    alerts: tuple[str, ...]
    number: int = 1

    @property
    def key(self) -> str:
        """What names this mutant, from build to build; the second that reads so is numbered."""
        return f"{self.rule}: {self.how}" + (f" (number {self.number})" if self.number > 1 else "")


def mutants(right: Lowered) -> Iterator[Mutant]:
    """All mutants, in the order of the rules."""
    seen: Counter[tuple[str, str]] = Counter()
    for one in _all(right):
        seen[one.rule, one.how] += 1
        yield replace(one, number=seen[one.rule, one.how])


def _all(right: Lowered) -> Iterator[Mutant]:
    """Of the constants of one name, as prices and budgets, only the first two: the others are made alike."""
    for one in right.alerts:
        yield from _of_alert(right, one)
    made_from = reads(right.recording_rules)
    resting = [(one.alert.name, reach(one.expression, made_from)) for one in right.alerts]
    seen: dict[str, int] = {}
    for rule in right.recording_rules:
        alerts = tuple(sorted({name for name, below in resting if rule.name in below}))
        seen[rule.name] = seen.get(rule.name, 0) + 1
        if alerts and (seen[rule.name] <= CONSTANTS or not _is_constant(rule)):
            yield from _of_recorded(right, rule, alerts)


def _is_constant(rule: RecordingRule) -> bool:
    return isinstance(rule.expression, Call) and rule.expression.function == "vector"


def _of_alert(right: Lowered, one: AlertRule) -> Iterator[Mutant]:
    alert = one.alert
    rule = f"{alert.name} ({alert.severity.value})"

    def mutant(how: str, wrong: AlertRule) -> Mutant:
        alerts = tuple(wrong if each is one else each for each in right.alerts)
        return Mutant(rule, how, replace(right, alerts=alerts), (alert.name,))

    for how, tree in wrongs(one.expression, _neighbours(right)):
        yield mutant(how, replace(one, expression=tree))
    if one.for_:
        for for_ in (Duration(one.for_.seconds // 2), one.for_ * 2):
            yield mutant(f"for {one.for_} → {for_}", replace(one, for_=for_))
    if one.keep_firing_for:
        for keep_firing_for in (Duration(one.keep_firing_for.seconds // 2), one.keep_firing_for * 2):
            yield mutant(
                f"keep_firing_for {one.keep_firing_for} → {keep_firing_for}",
                replace(one, keep_firing_for=keep_firing_for),
            )
    other = TICKET if alert.severity is PAGE else PAGE
    yield mutant(f"severity → {other.value}", replace(one, alert=replace(alert, severity=other)))
    yield mutant("owner → nobody", replace(one, owner="nobody"))


def _of_recorded(right: Lowered, rule: RecordingRule, alerts: tuple[str, ...]) -> Iterator[Mutant]:
    static = ",".join(value for _, value in rule.static)
    name = f"{rule.name}{{{static}}}" if static else rule.name

    def mutant(how: str, *wrong: RecordingRule) -> Mutant:
        recorded = tuple(new for each in right.recording_rules for new in (wrong if each is rule else (each,)))
        return Mutant(name, how, replace(right, recorded=recorded), alerts)

    for how, tree in wrongs(rule.expression, _neighbours(right)):
        yield mutant(how, replace(rule, expression=tree))
    match rule.expression:
        case Call(function="vector", arguments=(Scalar(value=value),)):
            for factor in (Fraction(4, 5), Fraction(5, 4)):
                wrong = Call("vector", (Scalar(value * factor),))
                yield mutant(f"{float(value):g} × {float(factor):g}", replace(rule, expression=wrong))
    if rule.static:
        yield mutant("left out", *())


@cache
def _raw_neighbours() -> dict[str, tuple[str, ...]]:
    """For each raw series, the next metric of its area that has its labels and type."""
    found: dict[str, tuple[str, ...]] = {}
    for area in AREAS.values():
        mine = [x for x in vars(area).values() if x in METRICS and isinstance(x, metric.Counter | metric.Histogram)]
        for one in mine:
            alike = [x for x in mine if type(x) is type(one) and x.labels == one.labels]
            after = alike[(alike.index(one) + 1) % len(alike)]
            if after is not one:
                suffix = "_bucket" if isinstance(one, metric.Histogram) else ""
                found[one.name + suffix] = (after.name + suffix,)
    return found


def _neighbours(right: Lowered) -> Neighbours:
    recorded = {rule.name: rule.labels for rule in right.recording_rules}

    def neighbours(name: str) -> tuple[str, ...]:
        if name in _raw_neighbours():
            return _raw_neighbours()[name]
        if name not in recorded:
            return ()
        level, _, rest = name.partition(":")
        operation = rest.partition(":")[2]
        alike = [
            other
            for other in recorded
            if other.startswith(f"{level}:") and other.endswith(f":{operation}") and recorded[other] == recorded[name]
        ]
        after = alike[(alike.index(name) + 1) % len(alike)]
        return (after,) if after != name else ()

    return neighbours
