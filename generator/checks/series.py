"""What may be read: every series of the contract, recorded or built in, with its labels and their values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from contract import BUILT_IN, METRICS
from contract.labels import ALERTNAME, ORDER, OWNER
from generator.dsl.label_values import is_closed, values_of
from generator.dsl.labels import BUCKET_BOUND
from generator.dsl.metrics import Counter, Gauge, Histogram
from generator.errors import DefinitionError
from generator.ir.build import Compiled
from generator.ir.rule_files import RenderedRule, RuleFile
from generator.promql.output_labels import Told, output_labels
from generator.promql.parser import name_of, parsed, selectors

INCREASE = re.compile(r".*:increase\d+[smhd]")
MADE_OF_ALERTS = {label.name for series in BUILT_IN for label in series.labels}


class Kind(Enum):
    """How the values of a series come and go."""

    COUNTER = "a counter"
    INCREASE = "an increase already"
    VALUE = "no counter"


@dataclass(frozen=True)
class Known:
    """Series with their labels by name, and the values that closed labels can have."""

    labels: Mapping[str, Told]
    values: Mapping[str, frozenset[str]]

    def kind(self, name: str) -> Kind:
        """How the values of a series of this name come and go."""
        if name in COUNTERS:
            return Kind.COUNTER
        return Kind.INCREASE if INCREASE.fullmatch(name) else Kind.VALUE


COUNTERS = {name for metric in METRICS if isinstance(metric, Counter | Histogram) for name in metric.names()}


def known(compiled: Compiled) -> Known:
    """What a build may read. A recorded series has the labels that its own text gives it."""
    platform = compiled.lowered.platform
    labels = contract()
    every = [rule for file in compiled.files for rule in _telling(file, labels)]
    alerts = [rule for rule in every if rule.kind == "alert"]
    values = {label.name: frozenset(values_of(label, platform)) for label in ORDER if is_closed(label)}
    values[ALERTNAME.name] = frozenset(rule.name for rule in alerts)
    values[OWNER.name] = frozenset(team.name for team in platform.teams)
    labels = _recorded(labels, [rule for rule in every if rule.kind == "record"])
    told = [_result(rule, labels) for rule in alerts]
    own: Told = frozenset(MADE_OF_ALERTS).union(*(one for one in told if one))
    return Known({**labels, **{series.name: own for series in BUILT_IN}}, values)


def contract() -> dict[str, Told]:
    """The labels of every series that a Worker emits."""
    found: dict[str, Told] = {}
    for metric in METRICS:
        if isinstance(metric, Gauge) and metric.recorded_from is not None:
            continue
        own = frozenset(label.name for label in metric.labels)
        found |= {name: own | {BUCKET_BOUND.name} if name.endswith("_bucket") else own for name in metric.names()}
    return found


def _telling(file: RuleFile, labels: dict[str, Told]) -> Iterator[RenderedRule]:
    """A file's rules but its constants, of which there may be tens of thousands: their labels are entered at once."""
    for rule in (rule for group in file.groups for rule in group.rules):
        if not rule.is_constant:
            yield rule
        elif rule.name not in labels:
            labels[rule.name] = frozenset(rule.labels)


def _recorded(labels: dict[str, Told], rules: Iterable[RenderedRule]) -> dict[str, Told]:
    """The labels of recorded series too: each after those it reads, whatever the order of the files."""
    waiting = list(rules)
    names = {rule.name for rule in waiting}
    while waiting:
        later = []
        for rule in waiting:
            if _reads(rule) & names - labels.keys():
                later.append(rule)
                continue
            told = _result(rule, labels)
            labels[rule.name] = None if told is None else told | (labels.get(rule.name) or frozenset())
        if len(later) == len(waiting):
            # A circle: its series are known, and nothing can be said of their labels.
            return {**dict.fromkeys(names), **labels}
        waiting = later
    return labels


def _reads(rule: RenderedRule) -> set[str]:
    try:
        return {name_of(one) for one in selectors(parsed(rule.expression))}
    except DefinitionError:
        return set()


def _result(rule: RenderedRule, labels: Mapping[str, Told]) -> Told:
    try:
        told = output_labels(parsed(rule.expression), labels)
    except DefinitionError:
        return None
    return None if told is None else told | rule.labels.keys()
