"""Default metrics that a project replaces by its own of the same name: what a replacement may change, and the alert
tests and template variables as they read it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from generator.dsl.alert_test import AlertTest, ConstantRate, InputSeries, NotPossible, Scenario
from generator.dsl.built_in import BuiltIn
from generator.dsl.contract import Contract, Declared
from generator.dsl.dashboard import Dashboard
from generator.dsl.metrics import CombinedCounter, Counter, Gauge, Histogram, Metric
from generator.dsl.platform import Platform
from generator.errors import DefinitionError, Problem
from generator.frozen import frozen
from generator.own_definitions import Located


def replacement_problems(located: Located[Declared], default: Declared) -> Iterator[Problem]:
    """Why a project's definition cannot replace the default one of its name."""
    own = located.definition
    if isinstance(own, BuiltIn) or isinstance(default, BuiltIn) or type(own) is not type(default):
        what = f'the default "{own.name}" is a {_kind(default)}, which a {_kind(own)} cannot replace'
        hint = "give it another name, and leave the default one out with disabled(…)"
        yield Problem(located.where, what, hint)
        return
    if own.unit != default.unit:
        what = f"{own.name} is in {own.unit.name}, and the default one in {default.unit.name}"
        yield Problem(located.where, what, "keep the unit, in which thresholds and panels read it")
    if isinstance(own, CombinedCounter) and isinstance(default, CombinedCounter):
        yield from _member_problems(located.where, own, default)
    elif isinstance(own, Metric) and isinstance(default, Metric):
        yield from _metric_problems(located.where, own, default)


def _member_problems(where: str, own: CombinedCounter, default: CombinedCounter) -> Iterator[Problem]:
    own_labels, default_labels = (each.members[0].distinguishing_labels for each in (own, default))
    if set(own_labels) != set(default_labels):
        own_names, default_names = (", ".join(label.name for label in each) for each in (own_labels, default_labels))
        what = (
            f"the members of {own.name} are distinguished by {own_names}, those of the default one by {default_names}"
        )
        yield Problem(where, what, f"give each member its {default_names}, by which definitions read them")


def _metric_problems(where: str, own: Metric, default: Metric) -> Iterator[Problem]:
    if own.store != default.store:
        what = f"{own.name} counts calls to another store than the default one"
        yield Problem(where, what, f'write store="{default.store}"')
    for label in own.labels:
        if label not in default.labels and not label.fallback:
            what = f"{own.name} has the new label {label.name}, which has no fallback"
            hint = f'write Label("{label.name}", …, fallback="other"): the Workers\' library counts without it'
            yield Problem(where, what, hint)
    if isinstance(own, Gauge) and isinstance(default, Gauge):
        yield from _recorded_gauge_problems(where, own, default)


def _recorded_gauge_problems(where: str, own: Gauge, default: Gauge) -> Iterator[Problem]:
    if (own.recorded_from is None) != (default.recorded_from is None):
        emitter = "the Workers emit" if default.recorded_from is None else "a rule records"
        yield Problem(where, f"{own.name} is a gauge that {emitter}", "keep recorded_from as the default one has it")
    elif own.recorded_from is not None and set(own.labels) != set(own.recorded_from.output_labels):
        labels = ", ".join(label.name for label in own.recorded_from.output_labels)
        hint = "give both the same labels, with .by(…) at the end of recorded_from"
        yield Problem(where, f"{own.name} is recorded by {labels}, which are not its labels", hint)


def _kind(declared: Declared) -> str:
    names = {
        "CombinedCounter": "combined counter",
        "BuiltIn": "built-in series",
        "ServerCounter": "counter of a server",
    }
    return names.get(type(declared).__name__, type(declared).__name__.lower())


def with_current_members(combined: CombinedCounter, current: Mapping[str, Declared]) -> CombinedCounter:
    """A combined counter of the replacements of its counters; the same object where none is replaced."""
    counters = [current.get(member.counter.name, member.counter) for member in combined.members]
    members = tuple(
        replace(member, counter=counter) if isinstance(counter, Counter) else member
        for member, counter in zip(combined.members, counters, strict=True)
    )
    return combined if members == combined.members else replace(combined, members=members)


def with_current_variables(dashboard: Dashboard, contract: Contract, problems: list[Problem]) -> Dashboard:
    """A dashboard whose template variables list the values of the contract's metrics. A label that the metric no longer
    has is a problem; through one that it no longer has, it filters nothing."""
    variables = []
    for variable in dashboard.variables:
        metric = contract.current(variable.metric)
        if variable.label not in metric.labels:
            what = f"its variable lists values of {variable.label.name}, a label that {metric.name} no longer has"
            hint = f"keep the label in {contract.place_of(metric)}, or replace the dashboard"
            problems.append(Problem(f'the dashboard "{dashboard.id}"', what, hint))
        else:
            through = variable.through if all(label in metric.labels for label in variable.through) else ()
            variables.append(replace(variable, metric=metric, through=through))
    return replace(dashboard, variables=tuple(variables)) if len(variables) == len(dashboard.variables) else dashboard


def with_current_series(test: AlertTest, contract: Contract) -> AlertTest:
    """An alert test whose input series are of the contract's metrics: with the fallbacks of labels that a replacement
    adds, as the Workers' library counts, and without those that it leaves out."""
    return replace(test, build=partial(_current_scenario, test, contract))


def _current_scenario(test: AlertTest, contract: Contract, platform: Platform) -> Scenario | NotPossible:
    built = test.build(platform)
    if isinstance(built, NotPossible) or all(contract.current(each.metric) is each.metric for each in built.series):
        return built
    series = tuple(_current(each, contract) for each in built.series)
    seen: set[tuple[str, frozenset[tuple[str, str]]]] = set()
    for own, default in zip(series, built.series, strict=True):
        key = own.metric.name, frozenset(own.labels.items())
        if key in seen and own.labels.keys() != default.labels.keys() and not isinstance(own.metric, Histogram):
            lost = ", ".join(sorted(default.labels.keys() - own.labels.keys()))
            what = f"two input series of {own.metric.name} differ in {lost} alone, which it no longer has"
            raise DefinitionError(what, f"keep the label in {contract.place_of(own.metric)}, or replace this test")
        seen.add(key)
    return replace(built, series=series)


def _current(series: InputSeries, contract: Contract) -> InputSeries:
    metric = contract.current(series.metric)
    if metric is series.metric:
        return series
    labels = {label.name: series.labels.get(label.name, label.fallback) for label in metric.labels}
    return replace(series, metric=metric, labels=labels)


@frozen
class OtherBuckets:
    """The default histograms that a project gives other buckets, each with its replacement, by name."""

    histograms: Mapping[str, tuple[Histogram, Histogram]]

    def fits(self, scenario: Scenario) -> bool:
        """Whether every observed value is in a bucket of the same bounds as by default, so that every quantile is the
        one that the scenario was written for."""
        return all(
            _bucket(default, segment) == _bucket(own, segment)
            for series in scenario.series
            if series.metric.name in self.histograms
            for default, own in (self.histograms[series.metric.name],)
            for segment in series.segments
            if isinstance(segment, ConstantRate)
        )


def other_buckets(defaults: Iterable[Metric], contract: Contract) -> OtherBuckets:
    """The histograms among the default metrics that have other buckets in the contract."""
    pairs = ((default, contract.current(default)) for default in defaults)
    return OtherBuckets(
        {
            default.name: (default, own)
            for default, own in pairs
            if isinstance(default, Histogram) and isinstance(own, Histogram) and default.buckets != own.buckets
        }
    )


def _bucket(histogram: Histogram, segment: ConstantRate) -> tuple[float, float]:
    bounds = (float("-inf"), *histogram.buckets, float("inf"))
    index = bisect_left(bounds, float(segment.value or 0), lo=1)
    return bounds[index - 1], bounds[index]
