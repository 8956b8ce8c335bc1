"""The series that a build can read: those of the contract, recorded ones and built-in ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum
from functools import cached_property

from promql_parser import (
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    MatrixSelector,
    ParenExpr,
    SubqueryExpr,
    VectorSelector,
)

from contract.labels import ALERTNAME, OWNER
from generator.dsl.contract import Contract
from generator.dsl.label_values import is_closed, values_of
from generator.dsl.labels import BUCKET_BOUND
from generator.dsl.metrics import Counter, Gauge, Histogram, Metric
from generator.dsl.platform import Platform
from generator.dsl.server_counters import ServerCounter
from generator.errors import DefinitionError
from generator.frozen import frozen
from generator.ir.build import Compiled
from generator.ir.rule_files import RenderedRule
from generator.lowering.backend_names import stored_names
from generator.lowering.convention_rules import AREA as CONVENTIONS
from generator.lowering.growth import GROWTH, operation
from generator.lowering.identity import foreign_series, identity_names
from generator.lowering.thresholds import OVERRIDES
from generator.promql.dependencies import dependencies
from generator.promql.output_labels import Labels, OutputLabels, output_labels
from generator.promql.parser import children, name_of, names_of, parsed

SUMS_OVER_TIME = {"avg_over_time", "sum_over_time", "last_over_time"}
EXTREMES_OVER_TIME = {"max_over_time", "min_over_time"}
"""Functions over time whose result, on recorded increases, is an increase too."""
RELABELLING = {"label_replace", "label_join"}
AGGREGATIONS_OF_VALUES = {"sum", "avg", "min", "max"}


class SeriesType(Enum):
    """How the values of a series change over time."""

    COUNTER = "a counter"
    INCREASE = "an increase"
    GAUGE = "a gauge"


@frozen
class KnownSeries:
    """The labels of every series by its name, the possible values of closed labels, the counters, and the recorded
    increases. `copies` are the counters that rules record under the names of a convention."""

    labels: Mapping[str, Labels]
    values: Mapping[str, frozenset[str]]
    counters: Collection[str]
    increases: Collection[str]
    copies: Collection[str] = ()

    @cached_property
    def output_labels(self) -> OutputLabels:
        """The labels of expressions that read these series."""
        return OutputLabels(self.labels)

    def type_of(self, name: str) -> SeriesType | None:
        """The type of a series; None for an unknown one."""
        if name not in self.labels:
            return None
        if name in self.counters:
            return SeriesType.COUNTER
        return SeriesType.INCREASE if name in self.increases else SeriesType.GAUGE


def known_series(compiled: Compiled) -> KnownSeries:
    """The series that a build can read. The labels of a recorded series follow from the text of its rule."""
    rules = [rule for file in compiled.files for group in file.groups for rule in group.rules]
    alerts = [rule for rule in rules if rule.kind == "alert"]
    contract = compiled.lowered.definitions.contract
    prefix, stored = compiled.lowered.platform.metric_prefix, stored_names(contract, compiled.lowered.platform)
    identity, native = identity_names(compiled.lowered.platform).keys(), compiled.lowered.platform.native_histograms
    pushed = {
        f"{prefix}{name}": (own or frozenset()) | identity for name, own in contract_series(contract, native).items()
    }
    labels: dict[str, Labels] = {stored.get(name, name): own for name, own in pushed.items()}
    # Constants come first and by themselves: a platform with many tenants has tens of thousands of them.
    labels |= {rule.name: frozenset(rule.labels) for rule in rules if rule.is_constant and rule.name not in labels}
    scraped = (rule for rule in compiled.lowered.recording_rules if rule.area == OVERRIDES)
    labels |= {rule.name: frozenset(label.name for label in rule.labels) for rule in scraped}
    increases = _add_recorded(labels, [rule for rule in rules if rule.kind == "record" and not rule.is_constant])
    servers = [series for series in contract.built_in if isinstance(series, ServerCounter)]
    foreign = foreign_series(contract, compiled.lowered.platform)
    for series in servers:
        own = frozenset(label.name for label in series.labels)
        labels[series.name] = own if series.name in foreign else own | identity
    of_prometheus = [series for series in contract.built_in if series not in servers]
    of_alerts = frozenset(label.name for series in of_prometheus for label in series.labels)
    of_alerts = of_alerts.union(*(_rule_labels(rule, labels) or () for rule in alerts))
    if any(not settings.enabled for settings in compiled.lowered.platform.alerts.values()):
        # An alert that the platform disables has labels that its panels read still.
        of_alerts |= {label.name for label in contract.labels if label != BUCKET_BOUND}
    labels |= dict.fromkeys((series.name for series in of_prometheus), of_alerts)
    values = _label_values(contract, compiled.lowered.platform, alerts)
    copies = {rule.name for rule in compiled.lowered.recording_rules if rule.area == CONVENTIONS}
    counters = frozenset(stored.get(name, name) for name in (f"{prefix}{each}" for each in _counters(contract, native)))
    counters |= {series.name for series in servers}
    counters |= copies
    return KnownSeries(labels, values, counters, increases, copies)


def _counters(contract: Contract, native: bool) -> frozenset[str]:
    """The names of all series of counters and histograms."""
    counters = (metric for metric in contract.metrics if isinstance(metric, Counter | Histogram))
    return frozenset(name for metric in counters for name in _stored(metric, native))


def _stored(metric: Metric, native: bool) -> tuple[str, ...]:
    """The names of the series of a metric, earlier ones too. A native histogram is one series."""
    both = (metric, metric.earlier)
    if native and isinstance(metric, Histogram):
        return tuple(dict.fromkeys(each.name for each in both))
    return tuple(dict.fromkeys(name for each in both for name in each.names()))


def contract_series(contract: Contract, native: bool = False) -> dict[str, Labels]:
    """The labels of every series that a Worker emits, by its name; of histograms by those of native ones."""
    result: dict[str, Labels] = {}
    for metric in contract.metrics:
        if isinstance(metric, Gauge) and metric.recorded_from is not None:
            continue
        own = frozenset(label.name for label in metric.labels)
        names = _stored(metric, native)
        result |= {name: own | {BUCKET_BOUND.name} if name.endswith("_bucket") else own for name in names}
    return result


def is_increase(node: Expr, increases: Collection[str]) -> bool:
    """Whether the values of an expression are increases of a counter over a window. `increases` has the names of the
    series that record such values."""
    match node:
        case VectorSelector():
            return name_of(node) in increases
        case Call() if node.func.name == "increase":
            return True
        case Call() if node.func.name in SUMS_OVER_TIME | EXTREMES_OVER_TIME | RELABELLING:
            return any(is_increase(child, increases) for child in children(node))
        case AggregateExpr() if str(node.op) in AGGREGATIONS_OF_VALUES:
            return is_increase(node.expr, increases)
        case BinaryExpr() if str(node.op) in ("or", "-"):
            return is_increase(node.lhs, increases) and is_increase(node.rhs, increases)
        case ParenExpr() | SubqueryExpr():
            return is_increase(node.expr, increases)
        case MatrixSelector():
            return is_increase(node.vector_selector, increases)
    return False


def _label_values(contract: Contract, platform: Platform, alerts: list[RenderedRule]) -> dict[str, frozenset[str]]:
    values = {label.name: frozenset(values_of(label, platform)) for label in contract.labels if is_closed(label)}
    values[ALERTNAME.name] = frozenset(rule.name for rule in alerts)
    values[OWNER.name] = frozenset(team.name for team in platform.teams)
    return values


def _add_recorded(labels: dict[str, Labels], rules: list[RenderedRule]) -> set[str]:
    """Add the labels of recorded series, each after those that it reads, and return the names of recorded increases."""
    pending: dict[str, list[RenderedRule]] = {}
    for rule in rules:
        pending.setdefault(rule.name, []).append(rule)
    reads = dependencies((rule.name, names_of(tree) if (tree := _tree(rule)) else ()) for rule in rules).reads
    increases: set[str] = set()
    while ready := [name for name in pending if not reads[name] & (pending.keys() - {name})]:
        for name in ready:
            of_name = pending.pop(name)
            known = [labels.get(name, frozenset()), *(_rule_labels(rule, labels) for rule in of_name)]
            labels[name] = None if None in known else frozenset().union(*(own for own in known if own))
            # The expression of growth works out an increase itself.
            if operation(name) == GROWTH or all(
                (tree := _tree(rule)) and is_increase(tree, increases) for rule in of_name
            ):
                increases.add(name)
    # What is left depends on itself: the series exist, and their labels cannot be derived.
    labels |= dict.fromkeys(pending)
    return increases


def _tree(rule: RenderedRule) -> Expr | None:
    """The expression of a rule; None where it does not parse, which a check of its own reports."""
    try:
        return parsed(rule.expression)
    except DefinitionError:
        return None


def _rule_labels(rule: RenderedRule, labels: Mapping[str, Labels]) -> Labels:
    tree = _tree(rule)
    own = None if tree is None else output_labels(tree, labels)
    return None if own is None else own | rule.labels.keys()
