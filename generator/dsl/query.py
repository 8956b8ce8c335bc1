"""Queries and conditions as inert trees: what is read over which window, grouped by which labels, above which
threshold.

`generator.dsl.metrics` has the queries themselves; here is what all of them share, and what compares them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from enum import Enum
from functools import cached_property
from typing import NoReturn, Protocol, Self, TypeAlias

from generator.dsl.arguments import require, require_duration
from generator.dsl.labels import Label, Matcher, require_labels
from generator.dsl.operators import NoOperators, NoTruthValue
from generator.dsl.units import RATIO, Duration, Quantity, Unit, ValueFormat, example
from generator.errors import DefinitionError, did_you_mean
from generator.frozen import frozen


class DashboardWindow(Enum):
    """A window that depends on the dashboard's time range."""

    STEP = "step"
    """The time that one point of a graph covers."""
    RANGE = "range"
    """The whole time range of the dashboard."""


Window: TypeAlias = Duration | DashboardWindow


class Readable(Protocol):
    """What a query can read: a metric, a combined counter or a built-in series."""

    @property
    def name(self) -> str:
        """The name in the contract."""

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels of its series."""


class Query(NoOperators, ABC):
    """A question to the metrics. Every query has a unit and is grouped by its output labels."""

    def noun(self) -> str:
        return "a query"

    def instead_of(self, operator: str, other: object) -> str:
        match operator:
            case "< or >" | "==" | "!=":
                number = other.amount if isinstance(other, Quantity) and other.unit == self.unit else other
                return f"compare it with a threshold: .above({example(number, self.unit)})"
            case "/":
                return "divide counters: COUNTER.ratio_to(COUNTER, window), or .per(…) where their units differ"
            case "*" | "%":
                return "drop the factor: the unit decides how the value is shown, as in percent"
            case "+" | "-":
                return "combine counters in contract/ with CombinedCounter, or show two series"
            case "[…]" | "in":
                return "give the window to the metric: COUNTER.increase(minutes(5)); select series with .where(…)"
        return "compare it with .above(…), and join conditions with & and |"

    @property
    @abstractmethod
    def unit(self) -> Unit:
        """The unit of the result."""

    @property
    def output_labels(self) -> tuple[Label, ...]:
        """The labels of the result's series."""
        return next(self.metric_queries()).output_labels

    @abstractmethod
    def metric_queries(self) -> Iterator[MetricQuery]:
        """The queries of single metrics that this query consists of."""

    @abstractmethod
    def map_metric_queries(self, change: Callable[[MetricQuery], MetricQuery]) -> Query:
        """The same query with every metric query changed."""

    def by(self, *labels: Label) -> Query:
        """Group the result by these labels.

        Raises DefinitionError for a label that a metric read here does not have.
        """
        require_labels(labels, self._metric_labels(), ".by(…)")
        return self.map_metric_queries(lambda query: query.with_grouping(labels))

    def where(self, *matchers: Matcher) -> Query:
        """Read only the series that match. Raises DefinitionError for a label that a metric of the query lacks."""
        values: tuple[object, ...] = matchers
        constant = next((value.constant for value in values if isinstance(value, Label)), "LABEL")
        require(matchers, Matcher, ".where(…)", "matchers", f'write {constant}.is_("value")')
        return self.map_metric_queries(lambda query: query.with_matchers(matchers))

    def filtered_by(self, *labels: Label) -> Query:
        """On a dashboard, apply only the template variables of these labels; without labels, none. Raises
        DefinitionError for a label that a metric of the query lacks."""
        require_labels(labels, self._metric_labels(), ".filtered_by(…)")
        return self.map_metric_queries(lambda query: query.with_filters(labels))

    def above(self, threshold: Threshold) -> Condition:
        """True where the result is greater than the threshold."""
        return comparison(self, ">", threshold)

    def at_least(self, minimum: Quantity) -> Condition:
        """True where a count reaches a minimum, whatever it counts: enough requests, calls or queries for a ratio to be
        meaningful. Raises DefinitionError where the query is not a count."""
        if self.unit.format is not ValueFormat.COUNT:
            raise DefinitionError(
                f".at_least(…) compares counts, and this query is in {self.unit.name}",
                "use .above(…), or count with .increase(window)",
            )
        require((minimum,), Quantity, ".at_least(…)", "a quantity", f"write {example(minimum, self.unit)}")
        return comparison(self, ">=", Quantity(minimum.amount, self.unit))

    def fraction_of(self, threshold: ThresholdSeries) -> FractionOf:
        """The result divided by a threshold of each label value, such as a tenant's budget."""
        kind = "a threshold of each label value"
        require(
            (threshold,),
            ThresholdSeries,
            ".fraction_of(…)",
            kind,
            "pass one of contract.objectives, or table.per(LABEL)",
        )
        if threshold.unit != self.unit:
            raise DefinitionError(
                f"{self.unit.name} divided by a threshold in {threshold.unit.name}", "use the same unit on both sides"
            )
        return FractionOf(self, threshold)

    def check_threshold(self, threshold: Quantity) -> None:
        """Raise DefinitionError for a constant threshold that the result is always or never above."""
        if threshold.amount < 0:
            what = f"a query in {self.unit.name}, which is never below 0, is compared with {threshold.text()}"
            raise DefinitionError(what, f"give a threshold from 0 on, as {example(1, self.unit)}")

    def _metric_labels(self) -> tuple[Label, ...]:
        """The labels of all metrics of the query, each once."""
        labels = (label for query in self.metric_queries() for label in query.metric.labels)
        return tuple(dict.fromkeys(labels))


@frozen(eq=False, kw_only=True)
class MetricQuery(Query):
    """A query of one metric. `filters` are the labels whose template variables apply to it (None: all)."""

    metric: Readable
    by_labels: tuple[Label, ...] = ()
    matchers: tuple[Matcher, ...] = ()
    filters: tuple[Label, ...] | None = None

    @property
    def fixed_window(self) -> Duration | None:
        """The window that the query is read over, unless the dashboard chooses it or there is none."""
        return None

    def over(self, window: Duration) -> MetricQuery:
        """The same query over another fixed window, if it has one."""
        return self

    @property
    def output_labels(self) -> tuple[Label, ...]:
        return self.by_labels

    def metric_queries(self) -> Iterator[MetricQuery]:
        yield self

    def map_metric_queries(self, change: Callable[[MetricQuery], MetricQuery]) -> Query:
        return change(self)

    def with_grouping(self, labels: tuple[Label, ...]) -> MetricQuery:
        """Grouped by labels that the metric must have."""
        self._check(labels)
        return replace(self, by_labels=labels)

    def with_matchers(self, matchers: tuple[Matcher, ...]) -> MetricQuery:
        """With more matchers, on labels that the metric must have."""
        self._check(tuple(matcher.label for matcher in matchers))
        return replace(self, matchers=(*self.matchers, *matchers))

    def with_filters(self, labels: tuple[Label, ...]) -> MetricQuery:
        """Filtered on a dashboard by the variables of labels that the metric must have."""
        self._check(labels)
        return replace(self, filters=labels)

    def _check(self, labels: tuple[Label, ...]) -> None:
        for label in labels:
            if label not in self.metric.labels:
                hint = did_you_mean(label.name, (own.name for own in self.metric.labels))
                raise DefinitionError(f"{self.metric.name} has no label {label.name}", hint)


@frozen(eq=False)
class DerivedQuery(Query):
    """A query computed from another one."""

    inner: Query

    def metric_queries(self) -> Iterator[MetricQuery]:
        yield from self.inner.metric_queries()

    def map_metric_queries(self, change: Callable[[MetricQuery], MetricQuery]) -> Self:
        return replace(self, inner=self.inner.map_metric_queries(change))


@frozen(eq=False)
class FractionOf(DerivedQuery):
    """A query divided by the threshold of each label value."""

    threshold: ThresholdSeries

    @property
    def unit(self) -> Unit:
        return RATIO


@frozen
class ThresholdTable(NoTruthValue):
    """A threshold that differs by label value: `default` for values that `overrides` does not list (None: no
    threshold).

    The values are data, recorded as series; they never become rules of their own."""

    name: str
    unit: Unit
    default: Quantity | None
    overrides: Mapping[str, Quantity] = field(default_factory=dict)

    def value_for(self, label_value: str) -> Quantity | None:
        """The threshold of one value of a label."""
        return self.overrides.get(label_value, self.default)

    def noun(self) -> str:
        return "a table of thresholds"

    def instead_of(self, operator: str, other: object) -> str:
        return "write table.per(LABEL), and join conditions with & and |"

    def per(self, label: Label, default_for: Query | None = None) -> ThresholdSeries:
        """The threshold of each value of a label.

        A default needs `default_for`: its series are the values that get it.
        """
        require_labels((label,), (), ".per(…)")
        if default_for is not None:
            require(
                (default_for,), Query, "default_for", "a query", f"write COUNTER.increase(window).by({label.constant})"
            )
        if self.default is not None and default_for is None:
            raise DefinitionError(
                f"the default of {self.name} applies to nothing", "name the series that get it: default_for=query"
            )
        if default_for is not None and default_for.output_labels != (label,):
            raise DefinitionError(
                f"{self.name} per {label.name}, but default_for is not grouped by {label.name} alone",
                f"end the query of default_for with .by({label.constant})",
            )
        return ThresholdSeries(self, label, default_for)


@frozen
class ThresholdSeries(NoTruthValue):
    """A threshold of each value of a label, as a recorded series that alerts and panels join."""

    table: ThresholdTable
    label: Label
    default_for: Query | None = field(compare=False)

    def noun(self) -> str:
        return "a threshold"

    def instead_of(self, operator: str, other: object) -> str:
        return "pass one threshold to .above(…), and join conditions with & and |"

    @property
    def unit(self) -> Unit:
        """The unit of the threshold."""
        return self.table.unit

    @property
    def series(self) -> str:
        """The name of the recorded series that holds every threshold."""
        return f"{self.label.name}:{self.table.name}:limit"

    def value_for(self, label_value: str) -> Quantity | None:
        """The threshold of one value of the label."""
        return self.table.value_for(label_value)


Threshold: TypeAlias = Quantity | Duration | ThresholdSeries
Objective: TypeAlias = Quantity | ThresholdSeries
OBJECTIVES = (Quantity, ThresholdSeries)
"""What the target of an SLO can be: one for all, or one for each value of a label."""


class Condition(NoOperators):
    """A filter of series: it keeps those for which it is true."""

    def noun(self) -> str:
        return "a condition"

    def instead_of(self, operator: str, other: object) -> str:
        return "join conditions with & and |, not with and/or"

    def __and__(self, other: Condition) -> Condition:
        require((other,), Condition, "&", "conditions", _right_side(other))
        # Left-associative, so that a long chain needs no brackets in PromQL.
        return self & other.left & other.right if isinstance(other, And) else And(self, other)

    def __or__(self, other: Condition) -> Condition:
        require((other,), Condition, "|", "conditions", _right_side(other))
        return Or(self, other)

    def for_(self, duration: Duration) -> Rule:
        """Fire once it has been true for this long without a gap (Prometheus' `for`)."""
        require_duration(duration, ".for_(…)")
        return Rule(self, duration)

    def comparisons(self) -> Iterator[Comparison]:
        """The comparisons that this condition consists of; the first one gives the alert's value."""
        return iter(())

    def queries(self) -> Iterator[Query]:
        """The queries that this condition reads; the first one gives the alert's value."""
        return (comparison.query for comparison in self.comparisons())

    def map_queries(self, change: Callable[[Query], Query]) -> Condition:
        """The same condition with every query changed."""
        return self


def _right_side(other: object) -> str:
    """The hint for what is joined with a condition and is none."""
    if isinstance(other, Rule):
        return "write (a & b).for_(…): the duration is that of the whole rule"
    return "end the right side with .above(…) or .at_least(…)"


@frozen(eq=False)
class OfQuery(Condition):
    """A condition on the values of one query."""

    query: Query

    def queries(self) -> Iterator[Query]:
        yield self.query

    def map_queries(self, change: Callable[[Query], Query]) -> Condition:
        return replace(self, query=change(self.query))


@frozen(eq=False)
class Comparison(OfQuery):
    """A query against a threshold."""

    operator: str
    threshold: Quantity | ThresholdSeries

    def comparisons(self) -> Iterator[Comparison]:
        yield self


@frozen(eq=False)
class Combined(Condition):
    """Two conditions joined by a set operator."""

    left: Condition
    right: Condition

    def comparisons(self) -> Iterator[Comparison]:
        yield from self.left.comparisons()
        yield from self.right.comparisons()

    def map_queries(self, change: Callable[[Query], Query]) -> Condition:
        return replace(self, left=self.left.map_queries(change), right=self.right.map_queries(change))


@frozen(eq=False)
class And(Combined):
    """Both are true for the same series; the value is the left one's."""


@frozen(eq=False)
class Or(Combined):
    """At least one is true; the value is the left one's where both are."""


@frozen(eq=False)
class WithoutPrice(OfQuery):
    """A query of tokens is above zero for a model and direction that have no price."""

    def __post_init__(self) -> None:
        require(
            (self.query,), Query, "WithoutPrice(…)", "a query", "write TOKENS.increase(window).by(MODEL, DIRECTION)"
        )


@frozen(eq=False)
class Always(Condition):
    """Always true: the alert that proves that alerting works."""


@frozen(eq=False)
class Rule(NoOperators):
    """A condition, how long it must be true before the alert fires (None: it fires at once), and how long the alert
    fires after its end."""

    condition: Condition
    pending: Duration | None = None
    keep_firing: Duration | None = None

    def noun(self) -> str:
        return "a rule"

    def instead_of(self, operator: str, other: object) -> str:
        return "write (a & b).for_(…): the duration is that of the whole rule"

    @cached_property
    def window(self) -> Duration | None:
        """The fixed window of the condition, where all its queries that have one have the same; otherwise None."""
        queries = (metric_query for query in self.condition.queries() for metric_query in query.metric_queries())
        windows = {query.fixed_window for query in queries} - {None}
        return windows.pop() if len(windows) == 1 else None

    def over(self, window: Duration) -> Rule:
        """The same rule with another window in all its queries that have a fixed one."""
        condition = self.condition.map_queries(lambda query: query.map_metric_queries(lambda each: each.over(window)))
        return replace(self, condition=condition)

    def for_(self, duration: Duration) -> NoReturn:
        """Raises DefinitionError: the rule has a duration."""
        raise DefinitionError("a rule has one .for_(…)", "remove one of the two")

    def keep_firing_for(self, duration: Duration) -> Rule:
        """Keep firing for this long after the condition was last true, so that a shorter gap does not end the alert.
        Raises DefinitionError for a second one."""
        require_duration(duration, ".keep_firing_for(…)")
        if self.keep_firing is not None:
            raise DefinitionError("a rule has one .keep_firing_for(…)", "remove one of the two")
        return replace(self, keep_firing=duration)


def comparison(query: Query, operator: str, threshold: Threshold) -> Comparison:
    """Compare a query with a threshold. Raises DefinitionError for different units, and for a threshold by a label that
    the query is not grouped by."""
    kinds = (Quantity, Duration, ThresholdSeries)
    require((threshold,), kinds, ".above(…)", "a quantity", f"write {example(threshold, query.unit)}")
    if isinstance(threshold, Duration):
        threshold = threshold.quantity()
    if query.unit != threshold.unit:
        raise DefinitionError(
            f"a query in {query.unit.name} is compared with a threshold in {threshold.unit.name}",
            f"give a threshold in {query.unit.name}, as {example(1, query.unit)}",
        )
    if isinstance(threshold, Quantity):
        query.check_threshold(threshold)
    elif threshold.label not in query.output_labels:
        raise DefinitionError(
            f"a threshold per {threshold.label.name}, but the query is not grouped by {threshold.label.name}",
            f"add {threshold.label.constant} to .by(…)",
        )
    return Comparison(query, operator, threshold)


def value_conditions(condition: Condition) -> list[Condition]:
    """The conditions whose first comparison gives the alert's value: one for each alternative of `|`."""
    match condition:
        case Or(left=left, right=right):
            return [*value_conditions(left), *value_conditions(right)]
        case And(left=left):
            return value_conditions(left)
    return [condition]


def labels_of(condition: Condition) -> tuple[Label, ...]:
    """The labels that a condition's series are grouped by."""
    match condition:
        case OfQuery(query=query):
            return query.output_labels
        case And(left=left) | Or(left=left):
            return labels_of(left)
    return ()
