"""Queries as expressions. Lowering a query adds the recording rules that it needs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial, reduce

from contract import ALERTS_SERIES, WATCHDOG
from contract.labels import ALERTNAME, ALERTSTATE, SERVICE, SEVERITY, TENANT
from generator.dsl.billing import Cost, CostOfMonth, RollingBill
from generator.dsl.built_in import FiringCount, FiringStarts
from generator.dsl.chance import ShareBeyondChance
from generator.dsl.conditional import Conditional, Numerator
from generator.dsl.error_budget import BurnRate, ErrorBudgetRemaining, TimeToExhaustion
from generator.dsl.labels import BUCKET_BOUND, Label
from generator.dsl.metrics import (
    Age,
    Buckets,
    CombinedCounter,
    Countable,
    Forecast,
    Increase,
    Latest,
    Pace,
    Priced,
    Quantile,
    Rate,
    Ratio,
    SeriesCount,
)
from generator.dsl.platform import Platform
from generator.dsl.query import DashboardWindow, FractionOf, MetricQuery, Objective, Query
from generator.dsl.server_counters import ServerIncrease
from generator.dsl.spending import Earlier, SavedByCache, UnitCost
from generator.dsl.units import PERCENT, RATIO, Duration, Quantity, minutes
from generator.errors import DefinitionError
from generator.frozen import frozen
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector
from generator.ir.rules import BASE_WINDOW, RecordingRule
from generator.lowering.amounts import recorded_amount
from generator.lowering.chance import lower_share
from generator.lowering.conditions import lower_condition, names_matcher
from generator.lowering.cost_days import lower_bill, lower_bill_forecast
from generator.lowering.cost_months import lower_month
from generator.lowering.costs import lower_cost
from generator.lowering.increases import LONGEST_FAST_WINDOW, IncreaseSpec, grouped, increase, raw, summed
from generator.lowering.observations import declared_name
from generator.lowering.recording_rules import RecordingRules, in_contract_order, level
from generator.lowering.spending import lower_spending
from generator.lowering.thresholds import AREA, constant, error_budgets, threshold_series
from generator.lowering.token_prices import priced_tokens

BASE_SECONDS = Scalar(Fraction(BASE_WINDOW.seconds))
ONE_MINUTE = minutes(1)
ZERO, ONE, HUNDRED = Scalar(Fraction(0)), Scalar(Fraction(1)), Scalar(Fraction(100))
MILLISECONDS_PER_SECOND = Scalar(Fraction(1000))


@frozen
class QueryLowering:
    """Lowers queries. With `for_dashboard`, a ratio is 0 where its numerator has no series and its denominator is above
    0, and a quantile of nothing is absent instead of NaN; a rule has no result in both cases. With `for_share`, a long
    window is a sum of 5-minute increases, of which a gap takes the same from numerators and denominators; without it,
    it is an amount. With `of_selected`, a matcher selects tenants, and what is not recorded by tenant is read from
    their own counters.
    """

    platform: Platform
    rules: RecordingRules
    for_dashboard: bool = False
    for_share: bool = False
    of_selected: bool = False

    def lower(self, query: Query) -> Expression:
        """The expression of a query. Raises DefinitionError for a label that the contract's metric does not have."""
        if isinstance(query, MetricQuery):
            query = self.current(query)
        match query:
            case Increase() | Buckets():
                return self._buckets(query) if isinstance(query, Buckets) else self._increase(query)
            case Rate(metric=metric, matchers=matchers, by_labels=labels):
                spec = IncreaseSpec(self._of_platform(metric), matchers, labels)
                per_step = increase(self.rules, spec, DashboardWindow.STEP, averaged=True)
                return per_step if spec.single_tenant else Binary("/", per_step, BASE_SECONDS)
            case Quantile():
                value = self._quantile(query)
                return Binary(">=", value, ZERO) if self.for_dashboard else value
            case Latest():
                return self._latest(query)
            case Age():
                return self._age(query)
            case FiringCount() | FiringStarts() | ServerIncrease():
                return self._of_servers(query)
            case ShareBeyondChance():
                return lower_share(self, query)
            case Earlier() | UnitCost() | SavedByCache():
                return lower_spending(self, query)
        return self._derived(query)

    def _increase(self, query: Increase) -> Expression:
        if isinstance(query.metric, Cost):
            return lower_bill(self, query) if isinstance(query, RollingBill) else lower_cost(self, query)
        spec, window = self.increase_spec(query), query.window
        if self.of_selected and isinstance(window, Duration) and window <= LONGEST_FAST_WINDOW:
            return summed(spec, "increase", window)
        if self.for_share or not isinstance(window, Duration) or window <= BASE_WINDOW:
            return increase(self.rules, spec, window)
        return grouped(Selector(recorded_amount(self.rules, spec, window), spec.matchers), spec, spec.needed_labels)

    def _buckets(self, query: Buckets) -> Expression:
        """The observations in each bucket; over a panel's step, per 5 minutes."""
        spec = IncreaseSpec(query.metric, query.matchers, (*query.by_labels, BUCKET_BOUND))
        counts = increase(self.rules, spec, query.window, averaged=True)
        is_rate = spec.single_tenant and query.window is DashboardWindow.STEP
        return Binary("*", BASE_SECONDS, counts) if is_rate else counts

    @property
    def of_shares(self) -> QueryLowering:
        """The lowering of what is divided by its like, or compared with a minimum of it."""
        return replace(self, for_share=True)

    @property
    def of_selected_tenants(self) -> QueryLowering:
        """The lowering of queries that a matcher limits to selected tenants."""
        return replace(self, of_selected=True)

    def current(self, query: MetricQuery) -> MetricQuery:
        """The query of the metric that a project has in place of the default one. Raises DefinitionError for a label
        that it left out."""
        metric = self.rules.contract.current(query.metric)
        if metric is query.metric:
            return query
        read = (*query.by_labels, *(matcher.label for matcher in query.matchers), *(query.filters or ()))
        for label in read:
            if label not in metric.labels:
                place = self.rules.contract.place_of_name(declared_name(metric))
                what = f"it reads {metric.name} by {label.name}, a label that {place} leaves out"
                raise DefinitionError(what, "keep the label, or replace or disable what reads it")
        return replace(query, metric=metric)

    def increase_spec(self, query: Increase) -> IncreaseSpec:
        """Which increase a query asks for: of the contract's metric, without the counters that the platform lacks."""
        current = self.current(query)
        assert isinstance(current, Increase)
        return IncreaseSpec(self._of_platform(current.metric), current.matchers, current.by_labels)

    def _of_platform(self, metric: Countable) -> Countable:
        """A combined counter of those counters alone that the platform has."""
        reduced = metric.of_stores(self.platform.stores) if isinstance(metric, CombinedCounter) else None
        return metric if reduced is None else reduced

    def _derived(self, query: Query) -> Expression:
        match query:
            case Ratio(numerator=numerator, denominator=denominator):
                return self._ratio(numerator, denominator)
            case ErrorBudgetRemaining(inner=inner, target=target):
                return Binary("-", ONE, self._budget_used(inner, target))
            case BurnRate(inner=inner, target=target):
                return self._budget_used(inner, target)
            case TimeToExhaustion():
                return self._time_to_exhaustion(query)
            case FractionOf(inner=inner, threshold=threshold):
                series, label = Selector(threshold_series(self, threshold)), threshold.label
                return Binary("/", self.lower(inner), series, (label,), many=inner.output_labels != (label,))
            case Conditional() | Numerator():
                return self._selected(query)
            case SeriesCount(inner=inner):
                return Aggregate("count", Binary(">", self.lower(inner), ZERO), ())
            case Priced(inner=inner):
                return self._priced(inner)
            case Forecast() | Pace() | CostOfMonth():
                return self._projected(query)
        raise TypeError(f"no lowering of {type(query).__name__}")

    def _projected(self, query: Forecast | Pace | CostOfMonth) -> Expression:
        """An increase of a longer time, at the rate of a window, or of a calendar month."""
        if isinstance(query, CostOfMonth):
            return lower_month(self, query)
        if isinstance(query, Pace):
            return Binary("*", Scalar(query.period / query.window), self.lower(query.inner))
        if isinstance(query.so_far, RollingBill):
            return lower_bill_forecast(self, query)
        assert isinstance(query.so_far.window, Duration)
        remaining = Scalar((query.horizon - query.so_far.window) / query.recent_window)
        return Binary("+", self.lower(query.so_far), Binary("*", remaining, self.lower(query.recent)))

    def _selected(self, query: Conditional | Numerator) -> Expression:
        """The values of the series for which a condition is true, or of which something was counted."""
        if isinstance(query, Conditional):
            return Binary("and", self.lower(query.inner), lower_condition(self, query.condition))
        count, total = self.lower(query.inner.numerator), self.lower(query.inner.denominator)
        return Binary("and", Binary("or", count, Binary("*", ZERO, total)), Binary(">", total, ZERO))

    def _budget_used(self, error_ratio: Query, target: Objective) -> Expression:
        """An error ratio divided by the error budget of its SLO. Where budgets differ by a label that the ratio is not
        grouped by, it is all errors divided by all errors that the budgets allow."""
        if isinstance(target, Quantity):
            return Binary("/", self.lower(error_ratio), Scalar(1 - target.amount))
        budget, label = Selector(threshold_series(self, error_budgets(target))), target.label
        labels = error_ratio.output_labels
        if label in labels:
            return Binary("/", self.lower(error_ratio), budget, (label,), many=labels != (label,))
        assert isinstance(error_ratio, Ratio)
        requests = self.of_shares.lower(error_ratio.denominator.by(*in_contract_order((*labels, label))))
        allowed = Binary("*", requests, budget, (label,), many=bool(labels))
        return self._divided(self.of_shares.lower(error_ratio.numerator), Aggregate("sum", allowed, labels))

    def _time_to_exhaustion(self, query: TimeToExhaustion) -> Expression:
        window_minutes = Scalar(query.window / ONE_MINUTE)
        left = Binary("/", Binary("*", self.lower(query.remaining), window_minutes), self.lower(query.burn_rate))
        return Binary("*", Scalar(Fraction(ONE_MINUTE.seconds)), Call("round", (left,)))

    def _ratio(self, numerator: Query, denominator: Query) -> Expression:
        return self._divided(self.of_shares.lower(numerator), self.of_shares.lower(denominator))

    def _divided(self, upper: Expression, lower: Expression) -> Expression:
        if not self.for_dashboard:
            return Binary("/", upper, lower)
        filled = Binary("or", upper, Binary("*", ZERO, lower))
        return Binary("/", filled, Binary(">", lower, ZERO))

    def _quantile(self, query: Quantile) -> Expression:
        spec = IncreaseSpec(query.metric, query.matchers, (*query.by_labels, BUCKET_BOUND))
        q = Scalar(Fraction(str(query.q)))
        if TENANT not in spec.needed_labels or not isinstance(query.window, Duration):
            return Call("histogram_quantile", (q, increase(self.rules, spec, query.window)))
        if spec.single_tenant:
            buckets = Aggregate("sum", raw(spec, "rate", query.window), spec.output_labels)
            return Call("histogram_quantile", (q, buckets))
        return Selector(self._recorded_quantile(query, query.window, q), query.matchers)

    def _recorded_quantile(self, query: Quantile, window: Duration, q: Scalar) -> str:
        """Recorded as a quantile, because recording the buckets of every tenant would double the raw series."""
        lost = [matcher.label.name for matcher in query.matchers if matcher.label not in query.by_labels]
        if lost:
            raise DefinitionError(
                f"a quantile of every tenant cannot be filtered by {', '.join(lost)}",
                "add .filtered_by(), or group by that label",
            )
        labels = in_contract_order(query.by_labels)
        percentile = f"{query.q * 100:g}".replace(".", "_")
        name = f"{level(labels)}:{query.metric.name}:p{percentile}_{window}"
        buckets = raw(IncreaseSpec(query.metric, (), ()), "rate", window)
        expression = Call("histogram_quantile", (q, Aggregate("sum", buckets, (*labels, BUCKET_BOUND))))
        self.rules.add(name, (RecordingRule(name, labels, expression, self.rules.area_of(query.metric)),))
        return name

    def _latest(self, query: Latest) -> Expression:
        gauge = query.metric
        if gauge.recorded_from is None:
            return Aggregate("max", Selector(gauge.name, query.matchers), query.by_labels)
        if set(query.by_labels) != set(gauge.labels):
            raise DefinitionError(f"{gauge.name} is a ratio and cannot be aggregated", "group it by all of its labels")
        self.record(gauge.name, gauge.labels, gauge.recorded_from, gauge.unit == PERCENT)
        return Selector(gauge.name, query.matchers)

    def record(self, name: str, labels: tuple[Label, ...], query: Query, in_percent: bool) -> None:
        """Record a query under a name of the contract; a ratio is recorded in percent where `in_percent`."""
        value = QueryLowering(self.platform, self.rules, for_dashboard=True).lower(query)
        if in_percent and query.unit == RATIO:
            value = Binary("*", HUNDRED, value)
        area = self.rules.contract.area_of(name)
        self.rules.add(name, (RecordingRule(name, in_contract_order(labels), value, area, depth=2),))

    def newest(self, query: Age) -> Expression:
        """The newest timestamp that a gauge held within the look-back of a query of its age, in seconds since 1970."""
        metric = self.rules.contract.current(query.metric)
        held = Call("last_over_time", (Selector(metric.name, query.matchers, query.lookback),))
        # What is in the future will look new for as long, whether anything follows or not: it counts as missing.
        latest = Binary("+", Call("time", ()), Scalar(Fraction(self.platform.telemetry_stale_after.seconds)))
        return Aggregate("max", Binary("<=", held, latest), query.by_labels)

    def _age(self, query: Age) -> Expression:
        age = Binary("-", Call("time", ()), self.newest(query))
        expected = Selector(self._expected(query.expected), query.matchers)
        never = Binary("*", Scalar(Fraction(query.lookback.seconds)), expected)
        # Without the join, a service that was removed from the platform counts as missing until the look-back ends.
        return Binary("or", Binary("and", age, expected, on=query.by_labels), never, on=query.by_labels)

    def _expected(self, label: Label) -> str:
        """The recorded series that has a sample for each service of the platform, whether it reports or not."""
        name = f"{label.name}:expected:info"
        constant_one = constant(ONE.value)
        self.rules.add(
            name,
            [
                RecordingRule(name, (label,), constant_one, AREA, ((label, service),))
                for service in self.platform.services
            ],
        )
        return name

    def _of_servers(self, query: FiringCount | FiringStarts | ServerIncrease) -> Expression:
        """What Prometheus and Alertmanager count themselves: nothing of it is recorded."""
        if isinstance(query, FiringCount):
            return self._firing_count(query)
        if isinstance(query, FiringStarts):
            return self._firing_starts(query)
        grown = Call("increase", (Selector(query.metric.name, query.matchers, query.window),))
        return Aggregate("sum", grown, query.by_labels)

    def _firing_count(self, query: FiringCount) -> Expression:
        firing = ALERTSTATE.is_("firing")
        severity = SEVERITY.is_(query.severity) if query.severity else SEVERITY.is_not("none")
        named = (names_matcher(query.alerts),) if query.alerts else ()
        alerts = Selector(query.metric.name, (firing, severity, *named, *query.matchers))
        count = Aggregate("count", alerts, query.by_labels)
        if query.by_labels:
            return count
        # Zero only while Watchdog fires: a dead Prometheus must not look like one without alerts.
        return Binary("or", count, self.while_watchdog_fires(ZERO))

    def _firing_starts(self, query: FiringStarts) -> Expression:
        """The earliest start of alerts that fire. Prometheus writes it of pending alerts, too."""
        matchers = (names_matcher(query.alerts), *query.matchers)
        start = Aggregate("min", Selector(query.metric.name, matchers), query.by_labels)
        firing = Selector(ALERTS_SERIES, (ALERTSTATE.is_("firing"), *matchers))
        of_firing = Binary("and", start, Aggregate("count", firing, query.by_labels), on=query.by_labels)
        return Binary("*", MILLISECONDS_PER_SECOND, of_firing)

    @property
    def always(self) -> str:
        """The name of a recorded series that exists as long as rules are evaluated, and has no tenant."""
        return self._expected(SERVICE)

    def while_watchdog_fires(self, value: Expression) -> Expression:
        """A value, 0 or no number, while Watchdog fires, which shows that alerting works."""
        watchdog = Selector(ALERTS_SERIES, (ALERTNAME.is_(WATCHDOG), ALERTSTATE.is_("firing")))
        return Aggregate("sum", Binary("*", value, watchdog), ())

    def _priced(self, tokens: Query) -> Expression:
        """Tokens times prices. The parts with prices of their own add what they cost more, or less, than the others."""
        labels = tokens.output_labels
        dollars = []
        for priced in priced_tokens(self):
            of_part = tokens.map_metric_queries(partial(_of_counter, counter=priced.counter))
            kept = in_contract_order((*labels, *priced.labels, *priced.counter.members[0].distinguishing_labels))
            by_price, many = self.lower(of_part.by(*kept)), set(kept) != set(priced.labels)
            dollars.append(Binary("*", by_price, Selector(priced.prices), priced.labels, many=many))
        return Aggregate("sum", reduce(partial(Binary, "or"), dollars), labels)


def _of_counter(query: MetricQuery, counter: CombinedCounter) -> MetricQuery:
    return replace(query, metric=counter)
