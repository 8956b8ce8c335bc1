"""Metrics as the Workers emit them, and the queries that read them: increases, rates, quantiles and what derives from
these. Definitions call the methods of a metric: `ERRORS.ratio_to(REQUESTS, minutes(5)).by(ROUTE)`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import field, replace

from generator.dsl.arguments import require, require_duration, require_tuple, shown
from generator.dsl.conventions import ConventionMetric, NoCounterpart
from generator.dsl.error_budget import BurnRate, ErrorBudgetRemaining, require_target
from generator.dsl.fields import check_fields
from generator.dsl.labels import Label, require_labels
from generator.dsl.named import READ_A_METRIC, Named
from generator.dsl.query import DashboardWindow, DerivedQuery, MetricQuery, Objective, Query, Window
from generator.dsl.renames import Renamed
from generator.dsl.text import require_no_templates
from generator.dsl.units import (
    DOLLARS,
    RATIO,
    SECONDS,
    TENANTS_UNIT,
    Duration,
    Quantity,
    Unit,
)
from generator.errors import DefinitionError
from generator.frozen import frozen


@frozen
class Seed:
    """The plan names this metric; its name and type must not change. `section` is the plan's."""

    section: str

    def __post_init__(self) -> None:
        check_fields(self)
        require_no_templates("Seed", section=self.section)


@frozen
class Extension:
    """We add this metric, because of `reason`."""

    reason: str

    def __post_init__(self) -> None:
        check_fields(self)
        require_no_templates("Extension", reason=self.reason)


@frozen(kw_only=True)
class Metric(Named):
    """A metric of the contract. `help` says what is counted, in a sentence or two. With a `store`, whose calls it
    counts, it exists only on platforms that use the store. `convention` is its counterpart in a semantic convention, or
    why there is none; `renamed_from` is its earlier name, for as long as both are read."""

    name: str
    unit: Unit
    labels: tuple[Label, ...]
    help: str
    origin: Seed | Extension
    store: str = ""
    convention: ConventionMetric | NoCounterpart | None = None
    renamed_from: Renamed | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        require_no_templates(type(self).__name__, help=self.help)

    def names(self) -> tuple[str, ...]:
        """The names under which Prometheus stores the metric's series."""
        return (self.name,)

    @property
    def earlier(self) -> Metric:
        """The metric by its earlier name, or itself where it has none."""
        return self if self.renamed_from is None else replace(self, name=self.renamed_from.name, renamed_from=None)


class Countable(Named):
    """What is read through its increase: a counter, or several counters combined."""

    name: str
    unit: Unit
    labels: tuple[Label, ...]

    def rate(self) -> Rate:
        """The increase per second, over one step of the panel."""
        return Rate(metric=self, window=DashboardWindow.STEP)

    def increase(self, window: Window) -> Increase:
        """The increase over a window."""
        return Increase(metric=self, window=checked_window(window, ".increase(…)"))

    def ratio_to(self, total: Countable, window: Window = DashboardWindow.STEP) -> Ratio:
        """This divided by `total`, over a window: a ratio between 0 and 1. Raises DefinitionError where this is not
        counted in `total`."""
        require((total,), Countable, ".ratio_to(…)", "a counter", "write .ratio_to(COUNTER, minutes(5))")
        if total is self:
            raise DefinitionError(f"{self.name} is divided by itself", "name the counter of all events, as REQUESTS")
        if not self.unit.is_part_of(total.unit):
            part, whole = self.unit.name, total.unit.name
            hint = f'write .per(…) for {part} per {whole}, or give the unit of {part} part_of=("{whole}",)'
            if total.unit.is_part_of(self.unit):
                hint = f"swap the two: {whole} are counted among {part}"
            raise DefinitionError(f"a ratio of {part} to {whole}, which they are not counted among", hint)
        return self._divided_by(total, window, RATIO, "ratio_to")

    def per(self, other: Countable, window: Window = DashboardWindow.STEP) -> Ratio:
        """This divided by `other`, over a window, in this counter's unit: tokens per call."""
        return self._divided_by(other, window, self.unit, "per")

    def _divided_by(self, other: Countable, window: Window, unit: Unit, method: str) -> Ratio:
        require((other,), Countable, f".{method}(…)", "a counter", f"write .{method}(COUNTER, minutes(5))")
        checked_window(window, f".{method}(…)")
        return Ratio(self.increase(window), other.increase(window), unit)


@frozen(kw_only=True)
class Counter(Metric, Countable):
    """A number that only grows, until the process that reports it restarts."""


def uses(stores: Collection[str], metric: Metric) -> bool:
    """Whether a metric exists on a platform with these stores."""
    return not metric.store or metric.store in stores


@frozen
class Member:
    """A counter of a combined counter, with the labels that distinguish it from the others."""

    counter: Counter
    distinguishing_labels: Mapping[Label, str]

    def __post_init__(self) -> None:
        check_fields(self)
        for label, value in self.distinguishing_labels.items():
            label.is_(value)


@frozen(kw_only=True)
class CombinedCounter(Countable):
    """Counters of one kind recorded under one name, each with labels of its own.

    A sum `a + b` in PromQL drops series that exist on one side only; series of one name are summed without that loss.
    """

    name: str
    unit: Unit
    help: str
    members: tuple[Member, ...]

    def __post_init__(self) -> None:
        check_fields(self)
        require_no_templates("CombinedCounter", help=self.help)
        require_tuple(
            self.members, Member, "CombinedCounter(…)", "members", "write (Member(COUNTER, {LABEL: value}), …)"
        )
        if len({frozenset(member.distinguishing_labels.items()) for member in self.members}) < len(self.members):
            raise DefinitionError(f"two members of {self.name} have the same labels", "give each different values")
        if len({frozenset(member.distinguishing_labels) for member in self.members}) != 1:
            raise DefinitionError(
                f"the members of {self.name} are distinguished by different labels", "use the same labels for each"
            )

    @property
    def labels(self) -> tuple[Label, ...]:  # type: ignore[override]
        """The labels that all members have, and those that distinguish them."""
        counters = [member.counter for member in self.members]
        shared = [label for label in counters[0].labels if all(label in counter.labels for counter in counters)]
        return (*shared, *self.members[0].distinguishing_labels)

    def of_stores(self, stores: Collection[str]) -> CombinedCounter | None:
        """The combined counter of the counters that a platform with these stores has, or None where it has none."""
        members = tuple(member for member in self.members if uses(stores, member.counter))
        if len(members) == len(self.members):
            return self
        return replace(self, members=members) if members else None


@frozen(kw_only=True)
class Histogram(Metric):
    """A distribution of values, in buckets whose upper bounds are in the metric's unit."""

    buckets: tuple[int | float, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        require_tuple(
            self.buckets, (int, float), "Histogram(…)", "bucket bounds", "write (5, 10, 25), in the metric's unit"
        )
        if list(self.buckets) != sorted(set(self.buckets)):
            raise DefinitionError(
                f"the bucket bounds of {self.name} are not in ascending order",
                "list each bound once, the smallest first",
            )

    def names(self) -> tuple[str, ...]:
        """The names of its buckets, its sum and its count."""
        return (f"{self.name}_bucket", f"{self.name}_sum", f"{self.name}_count")

    def quantile(self, q: float, window: Window = DashboardWindow.STEP) -> Quantile:
        """The value below which the fraction `q` of all observations lies, accurate to a bucket's width."""
        quantile = checked_quantile(q, ".quantile(…)")
        return Quantile(metric=self, window=checked_window(window, ".quantile(…)"), q=quantile)

    def bucket_counts(self, window: Window = DashboardWindow.STEP) -> Buckets:
        """The number of observations in each bucket."""
        return Buckets(metric=self, window=checked_window(window, ".bucket_counts(…)"))


P95 = 0.95
"""The quantile that latency SLOs are about."""


def percentile(q: float) -> str:
    """A quantile as texts name it: p95, p99.9. Raises DefinitionError unless it is between 0 and 1."""
    return f"p{checked_quantile(q, 'percentile(…)') * 100:g}"


def checked_quantile(q: object, call: str) -> float:
    """The quantile of a call. Raises DefinitionError unless it is a number between 0 and 1, both exclusive."""
    if not isinstance(q, float) or not 0 < q < 1:
        fraction = q / 100 if isinstance(q, int | float) and 2 <= q < 100 else P95
        raise DefinitionError(f"{call} takes a number between 0 and 1, not {shown(q)}", f"write {fraction:g}")
    return q


@frozen(kw_only=True)
class Gauge(Metric):
    """A number that goes up and down. With `recorded_from`, a recording rule computes it and no Worker emits it."""

    recorded_from: Query | None = field(default=None, compare=False)

    def latest(self) -> Latest:
        """The current value."""
        return Latest(metric=self)

    def age(self, lookback: Duration, expected: Label) -> Age:
        """The time since the timestamp that the gauge holds, searched within `lookback`; a value of the label
        `expected` without a sample is as old as `lookback`.
        """
        require_duration(lookback, ".age(…)")
        require_labels((expected,), self.labels, ".age(…)")
        return Age(metric=self, lookback=lookback, expected=expected)


@frozen(eq=False, kw_only=True)
class CounterQuery(MetricQuery):
    """A query of a counter over a window."""

    metric: Countable
    window: Window

    @property
    def fixed_window(self) -> Duration | None:
        return self.window if isinstance(self.window, Duration) else None

    def over(self, window: Duration) -> MetricQuery:
        return self if self.fixed_window is None else replace(self, window=window)


@frozen(eq=False, kw_only=True)
class Increase(CounterQuery):
    """The increase of a counter over a window."""

    @property
    def unit(self) -> Unit:
        return self.metric.unit

    def forecast(self, horizon: Duration, recent: Duration) -> Forecast:
        """The increase over `horizon` if the remaining time continues at the rate of the last `recent`. Raises
        DefinitionError where no time remains."""
        for duration in (horizon, recent):
            require_duration(duration, ".forecast(…)")
        if not isinstance(self.window, Duration) or self.window >= horizon:
            raise DefinitionError(
                f"no time remains to forecast of {horizon.text()}",
                f"write .increase(…) with a fixed window shorter than {horizon.text()}",
            )
        return Forecast(self, replace(self, window=recent), horizon)

    def pace(self, period: Duration) -> Pace:
        """The increase over a period, if all of it were as the window. Raises DefinitionError for a window that the
        dashboard chooses."""
        require_duration(period, ".pace(…)")
        require_duration(self.window, ".increase(…).pace(…)")
        return Pace(self, period)

    def priced(self) -> Priced:
        """The cost of these tokens, by the prices of their models."""
        return Priced(self)


@frozen(eq=False, kw_only=True)
class Rate(CounterQuery):
    """The increase of a counter per second."""

    @property
    def unit(self) -> Unit:
        return self.metric.unit.rate()


@frozen(eq=False, kw_only=True)
class HistogramQuery(MetricQuery):
    """A query of a histogram over a window."""

    metric: Histogram
    window: Window

    @property
    def unit(self) -> Unit:
        return self.metric.unit

    @property
    def fixed_window(self) -> Duration | None:
        return self.window if isinstance(self.window, Duration) else None

    def over(self, window: Duration) -> MetricQuery:
        return self if self.fixed_window is None else replace(self, window=window)


@frozen(eq=False, kw_only=True)
class Quantile(HistogramQuery):
    """The value below which the fraction `q` of all observations lies. An alert compares the share above it."""

    q: float

    @property
    def alert_unit(self) -> Unit:
        return RATIO


@frozen(eq=False, kw_only=True)
class Buckets(HistogramQuery):
    """The number of observations in each bucket."""


@frozen(eq=False, kw_only=True)
class Latest(MetricQuery):
    """A gauge's current value."""

    metric: Gauge

    @property
    def unit(self) -> Unit:
        return self.metric.unit


@frozen(eq=False, kw_only=True)
class Age(MetricQuery):
    """The time since the timestamp that a gauge holds."""

    metric: Gauge
    lookback: Duration
    expected: Label

    @property
    def unit(self) -> Unit:
        return SECONDS

    @property
    def fixed_window(self) -> Duration | None:
        return self.lookback

    def over(self, window: Duration) -> MetricQuery:
        return replace(self, lookback=window)


@frozen(eq=False)
class Ratio(Query):
    """One increase divided by another."""

    numerator: Query
    denominator: Query
    result_unit: Unit

    @property
    def unit(self) -> Unit:
        return self.result_unit

    def metric_queries(self) -> Iterator[MetricQuery]:
        yield from self.numerator.metric_queries()
        yield from self.denominator.metric_queries()

    def map_metric_queries(self, change: Callable[[MetricQuery], MetricQuery]) -> Ratio:
        numerator, denominator = self.numerator.map_metric_queries(change), self.denominator.map_metric_queries(change)
        return replace(self, numerator=numerator, denominator=denominator)

    def error_budget_remaining(self, target: Objective) -> ErrorBudgetRemaining:
        """The fraction of the error budget that remains, where this is the error ratio and `target` the SLO, which may
        differ by label value."""
        call = ".error_budget_remaining(…)"
        require_target(target, call)
        return ErrorBudgetRemaining(self, target)

    def burn_rate(self, target: Objective) -> BurnRate:
        """How many times faster than the SLO allows its error budget burns, where this is the error ratio."""
        require_target(target, ".burn_rate(…)")
        return BurnRate(self, target)

    def check_threshold(self, threshold: Quantity) -> None:
        if self.unit == RATIO and not 0 < threshold.amount < 1:
            raise DefinitionError(
                f"a ratio, which is between 0% and 100%, is compared with {threshold.text()}",
                "give a percentage between the two, as percent(5)",
            )
        super().check_threshold(threshold)


@frozen(eq=False)
class Priced(DerivedQuery):
    """The cost of tokens."""

    @property
    def unit(self) -> Unit:
        return DOLLARS


@frozen(eq=False)
class Pace(DerivedQuery):
    """An increase as it would be over a longer or shorter period."""

    period: Duration

    @property
    def window(self) -> Duration:
        """The window that is measured."""
        (window,) = fixed_windows(self.inner)
        return window

    @property
    def unit(self) -> Unit:
        return self.inner.unit


@frozen(eq=False)
class SeriesCount(DerivedQuery):
    """The number of series of a query that are above zero: active tenants."""

    def __post_init__(self) -> None:
        require((self.inner,), Query, "SeriesCount(…)", "a query", READ_A_METRIC)

    @property
    def unit(self) -> Unit:
        return TENANTS_UNIT

    @property
    def output_labels(self) -> tuple[Label, ...]:
        return ()


@frozen(eq=False)
class Forecast(Query):
    """An increase so far, plus what the remaining time until `horizon` adds at the rate of a shorter, recent window."""

    so_far: Increase
    recent: Increase
    horizon: Duration

    @property
    def recent_window(self) -> Duration:
        """The window whose rate is assumed to continue."""
        assert isinstance(self.recent.window, Duration)
        return self.recent.window

    @property
    def unit(self) -> Unit:
        return self.so_far.unit

    def metric_queries(self) -> Iterator[MetricQuery]:
        yield self.so_far
        yield self.recent

    def map_metric_queries(self, change: Callable[[MetricQuery], MetricQuery]) -> Query:
        so_far, recent = change(self.so_far), change(self.recent)
        assert isinstance(so_far, Increase)
        assert isinstance(recent, Increase)
        return replace(self, so_far=so_far, recent=recent)


def checked_window(window: Window, call: str) -> Window:
    """The window of a call. Raises DefinitionError for what is neither a duration nor a window of the dashboard."""
    if not isinstance(window, DashboardWindow):
        require_duration(window, call)
    return window


def fixed_windows(query: Query) -> list[Duration]:
    """The fixed windows that a query is read over, the first one first; a forecast's is its horizon."""
    if isinstance(query, Forecast):
        return [query.horizon]
    windows = (metric_query.fixed_window for metric_query in query.metric_queries())
    return [window for window in windows if window is not None]
