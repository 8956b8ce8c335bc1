"""The condition that failures are too many to be chance, as rules that record only what fails, and one expression.

Every recorded series here exists for what fails only: of 30,000 tenants and routes those few that have failures. The
expression is the same for all, so its cost follows the number of failures, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from generator.dsl.chance import (
    ALLOWED,
    ENOUGH_PER_HOUR,
    EXCEEDED_FOR,
    FAILING_FOR,
    FAILING_STEPS,
    HOUR,
    LONGEST,
    MARGIN,
    MOST,
    REMEMBERED,
    SHORTEST,
    STILL_FAILING,
    STILL_FAILING_SPARSE,
    STILL_FAILING_STEPS,
    ShareBeyondChance,
    TooManyToBeChance,
    offset_of,
    threshold_name,
)
from generator.dsl.labels import Label
from generator.dsl.metrics import Increase, Ratio, fixed_windows
from generator.dsl.query import Query, ThresholdSeries
from generator.dsl.units import Duration, minutes
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector
from generator.ir.rules import BASE_WINDOW, FAST_INTERVAL, SLOW_INTERVAL, RecordingRule
from generator.lowering.increases import LONGEST_FAST_WINDOW, IncreaseSpec, grouped, recorded_increase
from generator.lowering.recording_rules import level
from generator.lowering.thresholds import LowersQueries, threshold_series

MINUTE = minutes(1)
ZERO = Scalar(Fraction(0))


def lower_chance(lowering: LowersQueries, condition: TooManyToBeChance) -> Expression:
    """The expression of the condition: its value is the failing share of the window that decides, plus the window's
    offset."""
    return _Chance(lowering, condition).expression()


def lower_share(lowering: LowersQueries, query: ShareBeyondChance) -> Expression:
    """The share of a longer window that may decide a condition, as it is recorded for the condition."""
    chance = _Chance(lowering, query.condition)
    (window, *_) = fixed_windows(query)
    matchers = next(query.metric_queries()).matchers
    return Selector(chance.share_series(window), matchers)


@dataclass(frozen=True)
class _Chance:
    """One condition, and where its recording rules are added."""

    lowering: LowersQueries
    condition: TooManyToBeChance

    def expression(self) -> Expression:
        """The alternatives, the one of the shortest window first: `or` keeps its value."""
        above = Selector(self._above_threshold())
        exceeded_for = _steps(self._exceeded(SHORTEST), EXCEEDED_FOR, MINUTE)
        at_once = _all(above, _steps(above, FAILING_FOR, MINUTE), exceeded_for)
        still = Selector(self._still_failing())
        remembered = Call("count_over_time", (Selector(self._exceeded(HOUR).name, (), REMEMBERED),))
        result: Expression = at_once
        for window, decides in (
            (HOUR, _all(still, remembered)),
            (LONGEST, _all(self._exceeded(LONGEST), still)),
        ):
            result = Binary("or", result, Binary("+", decides, Scalar(Fraction(offset_of(window)))))
        return result

    def share_series(self, window: Duration) -> str:
        """The recorded series of the share of a longer window that may decide."""
        return self._still_failing() if window == HOUR else self._exceeded(window).name

    @property
    def _labels(self) -> tuple[Label, ...]:
        return self.condition.query.output_labels

    def _counts(self, window: Duration) -> tuple[Expression, Expression]:
        """The failures and all events of a window: those of longer windows exist where there are failures."""
        if window == SHORTEST:
            failures, events = self._ratio_parts()
            return self.lowering.of_shares.lower(failures), self.lowering.of_shares.lower(events)
        return Selector(self._failures(window)), Selector(self._events(window))

    def _ratio_parts(self) -> tuple[Query, Query]:
        ratio = self.condition.query
        assert isinstance(ratio, Ratio)
        return ratio.numerator, ratio.denominator

    def _sum(self, query: Query, window: Duration) -> Expression:
        """The increase of a window as a sum of 5-minute increases."""
        spec = self._spec(query)
        base = recorded_increase(self.lowering.rules, spec, BASE_WINDOW)
        total = Call("sum_over_time", (Selector(base, spec.matchers, window, BASE_WINDOW),))
        summed = grouped(total, spec, spec.base_labels)
        return summed if isinstance(summed, Aggregate) else Aggregate("sum", summed, self._labels)

    def _failures(self, window: Duration) -> str:
        failures, _ = self._ratio_parts()
        return self._record(failures, f"nonzero{window}", Binary(">", self._sum(failures, window), ZERO), 1, window)

    def _events(self, window: Duration) -> str:
        failures, events = self._ratio_parts()
        where_failing = Binary("and", self._sum(events, window), Selector(self._failures(window)))
        operation = f"increase{window}_where_{self._name(failures)}"
        return self._record(events, operation, where_failing, 2, window)

    def _above_threshold(self) -> str:
        """The failing share of 5 minutes, where it is above the threshold."""
        return self._record_share("share5m_above", self._share(SHORTEST), SHORTEST, depth=3)

    def _exceeded(self, window: Duration) -> Selector:
        """The failing share of a window, where it is above the threshold and its failures are too many to be chance."""
        failures, events = self._counts(window)
        expected = Binary("*", Scalar(ALLOWED), events)
        root = Binary("+", Scalar(MARGIN), Call("sqrt", (self._with_threshold("*", expected),)))
        share = Selector(self._above_threshold()) if window == SHORTEST else self._share(window)
        exceeded: Expression = Binary("and", share, Binary(">", Call("sqrt", (failures,)), root))
        if window in FAILING_STEPS:
            above = Selector(self._above_threshold())
            exceeded = Binary("and", exceeded, _steps(above, window, BASE_WINDOW, FAILING_STEPS[window]))
        return Selector(self._record_share(f"no_chance{window}_above", exceeded, window, depth=4))

    def _still_failing(self) -> str:
        """The failing share of an hour, where it is above the threshold and requests still fail."""
        above = Selector(self._above_threshold())
        recently = _steps(above, STILL_FAILING, BASE_WINDOW, STILL_FAILING_STEPS)
        sparse = _steps(above, STILL_FAILING_SPARSE, BASE_WINDOW, STILL_FAILING_STEPS)
        failures, events = self._counts(HOUR)
        most = Binary(">=", Binary("/", failures, events), Scalar(MOST))
        few = Binary("unless", Binary("or", sparse, most), Binary(">=", events, Scalar(ENOUGH_PER_HOUR)))
        still = Binary("and", self._share(HOUR), Binary("or", recently, few))
        return self._record_share("still_above", still, HOUR, depth=4)

    def _share(self, window: Duration) -> Expression:
        """The failing share of a window where it is above the threshold."""
        failures, events = self._counts(window)
        return self._with_threshold(">", Binary("/", failures, events))

    def _with_threshold(self, operator: str, left: Expression) -> Binary:
        threshold = self.condition.threshold
        if not isinstance(threshold, ThresholdSeries):
            return Binary(operator, left, Scalar(threshold.amount))
        series, label = Selector(threshold_series(self.lowering, threshold)), threshold.label
        return Binary(operator, left, series, (label,), many=self._labels != (label,))

    def _record_share(self, operation: str, expression: Expression, window: Duration, depth: int) -> str:
        failures, _ = self._ratio_parts()
        name = f"{operation}_{threshold_name(self.condition)}"
        return self._record(failures, name, expression, depth, window)

    def _record(self, query: Query, operation: str, expression: Expression, depth: int, window: Duration) -> str:
        name = f"{level(self._labels)}:{self._name(query)}:{operation}"
        interval = FAST_INTERVAL if window <= LONGEST_FAST_WINDOW else SLOW_INTERVAL
        area = self.lowering.rules.area_of(self._spec(query).metric)
        rule = RecordingRule(name, self._labels, expression, area, depth=depth, interval=interval)
        self.lowering.rules.add(name, (rule,))
        return name

    def _name(self, query: Query) -> str:
        return self._spec(query).name

    def _spec(self, query: Query) -> IncreaseSpec:
        assert isinstance(query, Increase)
        return self.lowering.increase_spec(query)


def _steps(series: Selector, window: Duration, step: Duration, at_least: int | None = None) -> Expression:
    """Whether a recorded series exists at so many steps of a window (None: at each)."""
    count = Call("count_over_time", (Selector(series.name, (), window, step),))
    return Binary(">=", count, Scalar(Fraction(window.seconds // step.seconds if at_least is None else at_least)))


def _all(first: Expression, *others: Expression) -> Expression:
    """The first expression, where the others have a result too."""
    result = first
    for each in others:
        result = Binary("and", result, each)
    return result
