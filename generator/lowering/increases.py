"""Increases as expressions: those of one tenant from the raw counters, those across tenants from recorded series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial, reduce

from contract.labels import TENANT
from generator.dsl.billing import Cost
from generator.dsl.labels import BUCKET_BOUND, Label, Matcher
from generator.dsl.metrics import CombinedCounter, Countable, Histogram, Member
from generator.dsl.observations import Observations
from generator.dsl.query import DashboardWindow, ThresholdSeries, Window
from generator.dsl.units import Duration
from generator.errors import DefinitionError
from generator.frozen import frozen
from generator.ir.expression import (
    Aggregate,
    Binary,
    Call,
    Expression,
    GrafanaDuration,
    RangeDuration,
    Scalar,
    Selector,
    String,
)
from generator.ir.rules import BASE_WINDOW, FAST_INTERVAL, SLOW_INTERVAL, RecordingRule
from generator.lowering.observations import OfCounter, of_threshold
from generator.lowering.recording_rules import RecordingRules, in_contract_order, level

LONGEST_FAST_WINDOW = BASE_WINDOW * 12
"""Windows up to an hour are evaluated at the fast interval, longer ones at the slow interval."""


@frozen
class IncreaseSpec:
    """Which increase is needed: of which metric, with which matchers, grouped by which labels (a histogram's with
    `le`).
    """

    metric: Countable | Histogram
    matchers: tuple[Matcher, ...]
    output_labels: tuple[Label, ...]

    @property
    def name(self) -> str:
        """The name of the raw series, or of the combined counter."""
        return f"{self.metric.name}_bucket" if isinstance(self.metric, Histogram) else self.metric.name

    @property
    def distinguishing_labels(self) -> tuple[Label, ...]:
        """The labels that the recorded series always keeps."""
        if isinstance(self.metric, Histogram):
            return (BUCKET_BOUND,)
        if isinstance(self.metric, Observations) and isinstance(self.metric.threshold, ThresholdSeries):
            return (self.metric.threshold.label,)
        if isinstance(self.metric, Cost):
            return (self.metric.product,)
        return tuple(self.metric.members[0].distinguishing_labels) if isinstance(self.metric, CombinedCounter) else ()

    @property
    def matched_labels(self) -> tuple[Label, ...]:
        """The labels that have matchers."""
        return tuple(matcher.label for matcher in self.matchers)

    @property
    def single_tenant(self) -> bool:
        """Whether a matcher selects one tenant."""
        return TENANT in self.matched_labels

    @property
    def needed_labels(self) -> tuple[Label, ...]:
        """The labels that a recorded series must have to answer this."""
        return in_contract_order((*self.output_labels, *self.matched_labels, *self.distinguishing_labels))

    @property
    def base_labels(self) -> tuple[Label, ...]:
        """The labels of the series recorded over the base window: all but the tenant, so that rules and panels share
        it; or, where the tenant is needed, just the needed ones.
        """
        if TENANT in self.needed_labels:
            return self.needed_labels
        without_tenant = (label for label in self.metric.labels if label != TENANT)
        return in_contract_order((*without_tenant, *self.distinguishing_labels))

    def recorded_labels(self, window: Duration) -> tuple[Label, ...]:
        """The labels of the series recorded over a window."""
        return self.base_labels if window == BASE_WINDOW else self.needed_labels


def increase(rules: RecordingRules, spec: IncreaseSpec, window: Window, averaged: bool = False) -> Expression:
    """The increase, summed by the output labels.

    Over a panel's step, a single tenant's is per second. Across tenants it has no unit of its own and is right in
    ratios and quantiles only; with `averaged` it is per 5 minutes.
    """
    if isinstance(window, Duration):
        recorded = Selector(recorded_increase(rules, spec, window), spec.matchers)
        return grouped(recorded, spec, spec.recorded_labels(window))
    if spec.single_tenant:
        is_step = window is DashboardWindow.STEP
        function, range_ = ("rate", GrafanaDuration.RATE_INTERVAL) if is_step else ("increase", GrafanaDuration.RANGE)
        return summed(spec, function, range_)
    base = recorded_increase(rules, spec, BASE_WINDOW)
    if window is DashboardWindow.STEP:
        # avg_over_time averages over the time that a series exists: one that began in an incident would weigh too much.
        function = "avg_over_time" if averaged else "sum_over_time"
        over_step = Call(function, (Selector(base, spec.matchers, GrafanaDuration.RATE_INTERVAL),))
        return grouped(over_step, spec, spec.base_labels)
    over_range = Call("sum_over_time", (Selector(base, spec.matchers, GrafanaDuration.RANGE, BASE_WINDOW),))
    return grouped(over_range, spec, spec.base_labels)


def summed(spec: IncreaseSpec, function: str, range_: RangeDuration) -> Expression:
    """A function of the raw counters, summed by the output labels."""
    if isinstance(spec.metric, Observations) and spec.metric.threshold is not None:
        return of_threshold(spec.metric, partial(_over, function, range_), spec.matchers, spec.output_labels)
    return Aggregate("sum", raw(spec, function, range_), spec.output_labels)


def raw(spec: IncreaseSpec, function: str, range_: RangeDuration) -> Expression:
    """A function of the raw counters; each member of a combined counter gets its distinguishing labels."""
    if not isinstance(spec.metric, CombinedCounter):
        return _over(function, range_, spec.name, spec.matchers)
    for matcher in spec.matchers:
        if matcher.variable and matcher.label in spec.distinguishing_labels:
            what = f"a template variable of {matcher.label.name} cannot filter {spec.metric.name} of one tenant"
            raise DefinitionError(what, f"its raw series have no {matcher.label.name}: omit it in .filtered_by(…)")
    raw_matchers = tuple(matcher for matcher in spec.matchers if matcher.label not in spec.distinguishing_labels)
    members = [member for member in spec.metric.members if all(_matches(member, matcher) for matcher in spec.matchers)]
    if not members:
        raise DefinitionError(
            f"no member of {spec.metric.name} matches", "use a store, an operation or a direction that it has"
        )
    unlabelled = len(members) == 1 and not set(spec.distinguishing_labels) & set(spec.output_labels)
    calls = (Call(function, (Selector(member.counter.name, raw_matchers, range_),)) for member in members)
    labelled = (
        call if unlabelled else _with_labels(call, member.distinguishing_labels)
        for call, member in zip(calls, members, strict=True)
    )
    return reduce(lambda left, right: Binary("or", left, right), labelled)


def counters_of(spec: IncreaseSpec) -> tuple[str, ...]:
    """The names of the raw counters of an increase."""
    if isinstance(spec.metric, CombinedCounter):
        return tuple(member.counter.name for member in spec.metric.members)
    return (spec.name,)


def _over(function: str, range_: RangeDuration, series: str, matchers: tuple[Matcher, ...]) -> Expression:
    return Call(function, (Selector(series, matchers, range_),))


def _matches(member: Member, matcher: Matcher) -> bool:
    value = member.distinguishing_labels.get(matcher.label)
    return value is None or (value == matcher.value) == (matcher.operator == "=")


def _with_labels(expression: Expression, labels: Mapping[Label, str]) -> Expression:
    for label, value in labels.items():
        arguments = (expression, String(label.name), String(value), String(""), String(""))
        expression = Call("label_replace", arguments)
    return expression


def recorded_increase(rules: RecordingRules, spec: IncreaseSpec, window: Duration) -> str:
    """The name of the recorded series of the increase over a fixed window, added with everything that it reads."""
    labels = spec.recorded_labels(window)
    name = f"{level(labels)}:{spec.name}:increase{window}"
    if name in rules:
        return name
    if window != BASE_WINDOW and window.seconds % BASE_WINDOW.seconds == 0:
        base = recorded_increase(rules, spec, BASE_WINDOW)
        total = Call("sum_over_time", (Selector(base, (), window, BASE_WINDOW),))
        # Summed also where the labels are the same: of a label that all rules get one day, the series recorded before
        # have none, and their sums would be two results with the same labels for as long as the window.
        expression = Aggregate("sum", total, labels)
        area = rules.area_of(spec.metric)
        interval = FAST_INTERVAL if window <= LONGEST_FAST_WINDOW else SLOW_INTERVAL
        rules.add(name, (RecordingRule(name, labels, expression, area, depth=1, interval=interval),))
    else:
        blank = RecordingRule(name, labels, Scalar(Fraction(0)), rules.area_of(spec.metric))
        rules.add(name, rules_from_counters(blank, spec, partial(increase_of_counter, window=window)))
    return name


def rules_from_counters(blank: RecordingRule, spec: IncreaseSpec, of_counter: OfCounter) -> tuple[RecordingRule, ...]:
    """The rules that record what `of_counter` makes of each raw counter, by its name, summed by the labels of `blank`;
    a member of a combined counter has its distinguishing labels."""
    if not isinstance(spec.metric, CombinedCounter):
        if isinstance(spec.metric, Observations) and spec.metric.threshold is not None:
            return (replace(blank, expression=of_threshold(spec.metric, of_counter, (), blank.labels)),)
        return (replace(blank, expression=Aggregate("sum", of_counter(spec.name, ()), blank.labels)),)
    rules = []
    for member in spec.metric.members:
        raw_labels = tuple(label for label in blank.labels if label not in member.distinguishing_labels)
        total = Aggregate("sum", of_counter(member.counter.name, ()), raw_labels)
        rules.append(replace(blank, expression=total, static_labels=tuple(member.distinguishing_labels.items())))
    return tuple(rules)


def increase_of_counter(counter: str, matchers: tuple[Matcher, ...], window: Duration) -> Expression:
    """The increase of a raw counter over a window."""
    return Call("increase", (Selector(counter, matchers, window),))


def grouped(expression: Expression, spec: IncreaseSpec, labels: tuple[Label, ...]) -> Expression:
    """Recorded series with these labels, summed by the output labels."""
    if set(labels) == set(spec.output_labels):
        return expression
    return Aggregate("sum", expression, spec.output_labels)
