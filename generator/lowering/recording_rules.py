"""The recording rules of a build: added as queries are lowered, never listed by hand."""

from __future__ import annotations

from collections.abc import Iterable

from contract import CONTRACT
from contract.labels import ORDER
from generator.dsl.contract import Contract
from generator.dsl.labels import BUCKET_BOUND, Label
from generator.dsl.metrics import CombinedCounter, Countable, Metric
from generator.dsl.observations import Observations
from generator.ir.rules import RecordingRule

RANKS = {label: rank for rank, label in enumerate(ORDER)} | {BUCKET_BOUND: len(ORDER) + 1}


class RecordingRules:
    """All recording rules of a build, by the name of their series. `contract` has the metrics that they read. Amounts
    are sums of growth with `sums_growth`, where a rule can read what an earlier one of its group has just recorded."""

    def __init__(self, contract: Contract = CONTRACT, sums_growth: bool = True) -> None:
        self.contract = contract
        self.sums_growth = sums_growth
        self._rules: dict[str, tuple[RecordingRule, ...]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._rules

    def add(self, name: str, rules: Iterable[RecordingRule]) -> None:
        """Add the rules that record the series of a name. A name that exists already stands for the same series, and
        its rules are not iterated: what computes them should do so when they are asked for."""
        if name not in self._rules:
            self._rules[name] = tuple(rules)

    def area_of(self, metric: Metric | Countable) -> str:
        """The area of the contract that declares a metric, the members of a combined counter, or what is observed."""
        if isinstance(metric, CombinedCounter):
            return self.contract.area_of(metric.members[0].counter.name)
        return self.contract.area_of(metric.histogram.name if isinstance(metric, Observations) else metric.name)

    def all(self) -> tuple[RecordingRule, ...]:
        """All rules, each after those that it reads."""
        return tuple(sorted((rule for rules in self._rules.values() for rule in rules), key=lambda rule: rule.key))

    def labels(self) -> dict[str, tuple[Label, ...]]:
        """The labels of each recorded series, by its name."""
        return {name: rules[0].labels for name, rules in self._rules.items() if rules}

    def known_labels(self) -> dict[str, tuple[Label, ...]]:
        """The labels of each series that is recorded, or that the contract's metrics have, by its name."""
        metrics = {name: metric.labels for metric in self.contract.metrics for name in (metric.name, *metric.names())}
        return {**metrics, **self.labels()}


class RecordedNames(RecordingRules):
    """The names of recorded series alone: an expression that is only compared needs no rules."""

    def add(self, name: str, rules: Iterable[RecordingRule]) -> None:
        """Add the name of the series that these rules record."""
        super().add(name, ())


def in_contract_order(labels: Iterable[Label]) -> tuple[Label, ...]:
    """The labels, each once, in the contract's order; those of an adopter's own by name, before a bucket's bound."""
    return tuple(sorted(set(labels), key=_rank))


def _rank(label: Label) -> tuple[int, str]:
    return RANKS.get(label, len(ORDER)), label.name


def level(labels: Iterable[Label]) -> str:
    """The first part of a recorded series' name, level:metric:operation: the labels that it has."""
    return "_".join(label.name for label in in_contract_order(labels)) or "all"
