"""Expected query results, computed from simulated events with numpy: without PromQL, recorded series or query trees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import sqrt
from typing import TypeAlias

import numpy as np

from contract.ai import AI_REQUESTS, AI_TOKENS_INPUT
from contract.api import OBJECT_REQUESTS, REQUESTS, ROWS_WRITTEN
from contract.labels import TENANT
from contract.storage import (
    D1_ROWS_READ,
    D1_ROWS_WRITTEN,
    DO_ALARMS,
    DO_REQUESTS,
    DO_ROWS_READ,
    DO_ROWS_WRITTEN,
    KV_DELETES,
    KV_LISTS,
    KV_READS,
    KV_WRITES,
    QUEUE_MESSAGES_CONSUMED,
    QUEUE_MESSAGES_SENT,
    R2_LISTS,
    R2_READS,
    R2_WRITES,
)
from generator.dsl.labels import Label
from generator.dsl.metrics import CombinedCounter, Counter, Histogram
from generator.dsl.query import DashboardWindow, ThresholdTable, Window
from tests.truth.dashboard_view import FIVE_MINUTES, DashboardView, LabelSet

STEP = DashboardWindow.STEP
TOLERANCE = 0.01
MANY_EVENTS = 2_000
"""From this number of events, sums of 5-minute windows are accurate to 1 %, though they exclude one step in twenty."""
LIST_PRICES: dict[str, dict[Counter, str]] = {
    "workers": {REQUESTS: "0.30"},
    "kv": {KV_READS: "0.50", KV_WRITES: "5.00", KV_LISTS: "5.00", KV_DELETES: "5.00"},
    "durable_objects": {
        DO_REQUESTS: "0.15",
        DO_ALARMS: "0.15",
        DO_ROWS_READ: "0.001",
        DO_ROWS_WRITTEN: "1.00",
    },
    "d1": {D1_ROWS_READ: "0.001", D1_ROWS_WRITTEN: "1.00"},
    "r2": {R2_READS: "0.36", R2_WRITES: "4.50", R2_LISTS: "4.50"},
    "queues": {QUEUE_MESSAGES_SENT: "0.80", QUEUE_MESSAGES_CONSUMED: "0.40"},
    "telemetry": {ROWS_WRITTEN: "1.00", OBJECT_REQUESTS: "0.15"},
}
"""US dollars per million; of a message that is sent, the write and the later delete are billed."""
AnyCounter: TypeAlias = Counter | CombinedCounter


@dataclass(frozen=True)
class Approximate:
    """A value and the tolerance of a query result."""

    value: float
    tolerance: float

    def times(self, factor: float) -> Approximate:
        """Return the value multiplied by a factor."""
        return Approximate(self.value * factor, self.tolerance * abs(factor))


ResultValues: TypeAlias = dict[LabelSet, Approximate]
Expected: TypeAlias = Callable[[DashboardView], ResultValues]
"""Computes the expected result of a query, by the labels of its series."""


@dataclass(frozen=True)
class Aggregation:
    """The window of a query, the labels that it groups by, and the labels that its variables filter by (None: all)."""

    window: Window = STEP
    by: tuple[Label, ...] = ()
    filtered_by: tuple[Label, ...] | None = None

    def group(self, labels: dict[str, str]) -> LabelSet:
        """Return the group of a series."""
        return tuple(sorted((label.name, labels[label.name]) for label in self.by))

    def series(self, view: DashboardView, metric: AnyCounter | Histogram) -> dict[LabelSet, list[dict[str, str]]]:
        """Return the labels of a metric's series, by group."""
        series_by_group: dict[LabelSet, list[dict[str, str]]] = {}
        filtered_by = None if self.filtered_by is None else tuple(label.name for label in self.filtered_by)
        for labels in view.labels(metric, filtered_by):
            series_by_group.setdefault(self.group(labels), []).append(labels)
        return series_by_group


def approximate(value: float, events: int, view: DashboardView, window: Window) -> Approximate:
    """Return a value with its tolerance: 1 %, or more for a sum of 5-minute windows of few events.

    Such windows include 19 of 20 steps; the tolerance is four standard deviations of the number of excluded events.
    """
    is_random = events and events < MANY_EVENTS and view.is_sum_of_windows(window)
    deviation = 4 * sqrt(0.05 / events) if is_random else 0
    return Approximate(value, abs(value) * max(TOLERANCE, deviation))


def increase(metric: AnyCounter, aggregation: Aggregation, per_seconds: float = 0) -> Expected:
    """Expect the increase of a counter over a window, or its average increase in `per_seconds` of the window."""

    def expect(view: DashboardView) -> ResultValues:
        window, values = aggregation.window, {}
        for group, series in aggregation.series(view, metric).items():
            total, events = _total(view, metric, window, series)
            scale = per_seconds / view.seconds(window) if per_seconds else 1
            values[group] = approximate(total * scale * view.extrapolation(window), events, view, window)
        return values

    return expect


def whole(expected: Expected) -> Expected:
    """Expect whole numbers: a count is rounded."""

    def expect(view: DashboardView) -> ResultValues:
        return {group: Approximate(each.value, each.tolerance + 0.5) for group, each in expected(view).items()}

    return expect


def where_enough(expected: Expected, count: Expected, minimum: Callable[[DashboardView], float]) -> Expected:
    """Expect values only of groups with at least a minimum of what is counted. A group whose count is so close to the
    minimum that its tolerance decides is a mistake of the simulation: choose another one."""

    def expect(view: DashboardView) -> ResultValues:
        counts, least = count(view), minimum(view)
        near = [group for group, each in counts.items() if abs(each.value - least) <= each.tolerance]
        assert not near, f"{near} have about {least:g}"
        return {
            group: each for group, each in expected(view).items() if counts.get(group, Approximate(0, 0)).value >= least
        }

    return expect


def of_value(metric: Counter, label: Label, value: str, aggregation: Aggregation) -> Expected:
    """Expect the increase of a counter's series with one value of a label."""
    by_value = increase(metric, replace(aggregation, by=(*aggregation.by, label)))

    def expect(view: DashboardView) -> ResultValues:
        own = (label.name, value)
        values = by_value(view).items()
        return {tuple(each for each in group if each != own): total for group, total in values if own in group}

    return expect


def share_up_to(histogram: Histogram, bound: float, aggregation: Aggregation) -> Expected:
    """Expect the share of a histogram's observations that are at most a bound."""

    def expect(view: DashboardView) -> ResultValues:
        start, end = view.limits(aggregation.window)
        values = {}
        for group, series in aggregation.series(view, histogram).items():
            observed = np.concatenate([view.truth.values(histogram, start, end, **labels) for labels in series])
            if observed.size:
                values[group] = Approximate(float((observed <= bound).mean()), TOLERANCE)
        return values

    return expect


def rate(metric: AnyCounter, *by: Label, where: Label | None = None, value: str = "") -> Expected:
    """Expect the increase of a counter per second; `where` and `value` select members of a combined counter."""
    if where is None:
        return increase(metric, Aggregation(STEP, by), per_seconds=1)
    expected = increase(metric, Aggregation(STEP, (where,)), per_seconds=1)
    return lambda view: {(): expected(view)[((where.name, value),)]}


def ratio(numerator: AnyCounter, denominator: AnyCounter, aggregation: Aggregation) -> Expected:
    """Expect the ratio of two increases; there is no result for a group whose denominator is 0."""

    def expect(view: DashboardView) -> ResultValues:
        numerator_series, values = aggregation.series(view, numerator), {}
        for group, series in aggregation.series(view, denominator).items():
            denominator_total, _ = _total(view, denominator, aggregation.window, series)
            if denominator_total:
                total, events = _total(view, numerator, aggregation.window, numerator_series.get(group, []))
                values[group] = approximate(total / denominator_total, events, view, aggregation.window)
        return values

    return expect


def quantile(histogram: Histogram, q: float, aggregation: Aggregation) -> Expected:
    """Expect a quantile, with the width of its bucket as tolerance."""

    def expect(view: DashboardView) -> ResultValues:
        start, end = view.limits(aggregation.window)
        values = {}
        for group, series in aggregation.series(view, histogram).items():
            observed = np.concatenate([view.truth.values(histogram, start, end, **labels) for labels in series])
            if observed.size:
                exact = float(np.quantile(observed, q, method="inverted_cdf"))
                bucket = int(np.searchsorted(histogram.buckets, exact))
                bounds = (0, *histogram.buckets)
                values[group] = Approximate(exact, float(bounds[bucket + 1] - bounds[bucket]))
        return values

    return expect


def bucket_counts(histogram: Histogram, window: DashboardWindow) -> Expected:
    """Expect the number of values at or below each bound, over the range or as an average per 5 minutes; the tolerance
    is 1 % of all values."""

    def expect(view: DashboardView) -> ResultValues:
        start, end = view.limits(window)
        scale = FIVE_MINUTES.seconds / view.seconds(window) if window is STEP else 1
        all_series = [labels for series in Aggregation().series(view, histogram).values() for labels in series]
        observed = np.concatenate([view.truth.values(histogram, start, end, **labels) for labels in all_series])
        tolerance = TOLERANCE * observed.size * scale
        return {
            (("le", str(float(bound))),): Approximate(int((observed <= bound).sum()) * scale, tolerance)
            for bound in (*histogram.buckets, np.inf)
        }

    return expect


def cost(aggregation: Aggregation) -> Expected:
    """Expect the cost of tokens, in dollars."""

    def expect(view: DashboardView) -> ResultValues:
        start, end = view.limits(aggregation.window)
        values = {}
        for group, series in aggregation.series(view, AI_REQUESTS).items():
            dollars = sum(view.truth.cost_dollars(start, end, **labels) for labels in series)
            calls = sum(view.truth.count(AI_TOKENS_INPUT, start, end, **labels) for labels in series)
            values[group] = approximate(dollars, calls, view, aggregation.window)
        return values

    return expect


def cost_by_product(aggregation: Aggregation, pace: int = 1) -> Expected:
    """Expect what each product costs at Cloudflare's list prices, in dollars, times `pace`; tokens at the prices of
    their models. What has no tenant is missing where a tenant is selected."""

    def expect(view: DashboardView) -> ResultValues:
        values: ResultValues = {}
        for product, prices in LIST_PRICES.items():
            parts = [increase(counter, aggregation)(view) for counter in prices if _is_shown(counter, aggregation)]
            per_unit = [Fraction(dollars) / 1_000_000 for dollars in prices.values()]
            pairs = zip(parts, per_unit, strict=False)
            of_product = [each.times(float(price) * pace) for part, price in pairs for each in part.values()]
            if of_product:
                values[(("product", product),)] = _sum(of_product)
        scale = view.extrapolation(aggregation.window) * pace
        tokens = [each.times(scale) for each in cost(aggregation)(view).values()]
        return {**values, (("product", "workers_ai"),): _sum(tokens)}

    return expect


def total(expected: Expected) -> Expected:
    """Expect the sum of all values."""
    return lambda view: {(): _sum(list(expected(view).values()))}


def each(dollars: Expected, counted: Expected, number: int = 1) -> Expected:
    """Expect dollars divided by what was counted, times `number`; nothing where nothing was."""

    def expect(view: DashboardView) -> ResultValues:
        counts, values = counted(view), {}
        for group, cost_of_group in dollars(view).items():
            count = counts.get(group, Approximate(0, 0))
            if count.value:
                relative = cost_of_group.tolerance / (cost_of_group.value or 1) + count.tolerance / count.value
                value = number * cost_of_group.value / count.value
                values[group] = Approximate(value, value * relative)
        return values

    return expect


def cost_of_tenants(*products: str, window: Window) -> Expected:
    """Expect what each tenant's use of some products costs (without names: of all), in dollars, by tenant."""

    def expect(view: DashboardView) -> ResultValues:
        values: dict[LabelSet, list[Approximate]] = {}
        by_tenant = Aggregation(window, (TENANT,), filtered_by=())
        for product, prices in LIST_PRICES.items():
            for counter, dollars in prices.items():
                if TENANT in counter.labels and product in (products or LIST_PRICES):
                    for group, counted in increase(counter, by_tenant)(view).items():
                        values.setdefault(group, []).append(counted.times(float(dollars) / 1_000_000))
        for group, tokens in ({} if products else cost(by_tenant)(view)).items():
            values.setdefault(group, []).append(tokens)
        return {group: _sum(parts) for group, parts in values.items()}

    return expect


def of_products(expected: Expected, *products: str) -> Expected:
    """Expect the values of some products."""
    return lambda view: {group: value for group, value in expected(view).items() if dict(group)["product"] in products}


def _is_shown(counter: Counter, aggregation: Aggregation) -> bool:
    return aggregation.filtered_by != (TENANT,) or TENANT in counter.labels


def _sum(values: list[Approximate]) -> Approximate:
    return Approximate(sum(each.value for each in values), sum(each.tolerance for each in values))


def fraction_of(expected: Expected, limit: Callable[[DashboardView], ThresholdTable], label: Label) -> Expected:
    """Expect a value divided by the limit of its label's value."""

    def expect(view: DashboardView) -> ResultValues:
        return {
            group: value.times(1 / _limit(view, limit, dict(group)[label.name]))
            for group, value in expected(view).items()
        }

    return expect


def between(
    expected: Expected, limit: Callable[[DashboardView], ThresholdTable], label: Label, low: float, high: float
) -> Expected:
    """Expect only the values from `low` to below `high` times the limit of their label's value."""

    def expect(view: DashboardView) -> ResultValues:
        return {
            group: value
            for group, value in expected(view).items()
            if low <= value.value / _limit(view, limit, dict(group)[label.name]) < high
        }

    return expect


def multiple_of(expected: Expected, factor: float) -> Expected:
    """Expect each value times a factor."""
    return lambda view: {group: value.times(factor) for group, value in expected(view).items()}


def error_budget_remaining(error_ratio: Expected) -> Expected:
    """Expect the remaining fraction of the error budget, from the ratio of errors."""

    def expect(view: DashboardView) -> ResultValues:
        budget = 1 - float(view.simulation.plan.platform.availability.target.amount)
        spent = {group: value.times(1 / budget) for group, value in error_ratio(view).items()}
        return {group: Approximate(1 - value.value, value.tolerance) for group, value in spent.items()}

    return expect


def limits(limit: Callable[[DashboardView], ThresholdTable], label: Label, *values: str) -> Expected:
    """Expect the limit of each of a label's values, or of each selected value."""

    def expect(view: DashboardView) -> ResultValues:
        names = values or view.selected[label.name]
        selected = view.selected.get(label.name, names)
        return {((label.name, name),): Approximate(_limit(view, limit, name), 0) for name in names if name in selected}

    return expect


def near(limit: Expected, values: Expected, label: Label | None = None) -> Expected:
    """Expect a limit only where the greatest value, of its label's value if it has one, is above a quarter of it:
    further away it would rule the axis. Where the tolerance of that value decides, both is right."""

    def key(group: LabelSet) -> str:
        return dict(group)[label.name] if label is not None else ""

    def expect(view: DashboardView) -> ResultValues:
        greatest: dict[str, Approximate] = {}
        for group, each in values(view).items():
            greatest[key(group)] = max(greatest.get(key(group), each), each, key=lambda value: value.value)
        expected: ResultValues = {}
        for group, each in limit(view).items():
            value = greatest.get(key(group), Approximate(0, 0))
            if 4 * (value.value - value.tolerance) > each.value:
                expected[group] = each
            elif 4 * (value.value + value.tolerance) > each.value:
                expected[group] = Approximate(each.value / 2, each.value / 2)
        return expected

    return expect


def _limit(view: DashboardView, limit: Callable[[DashboardView], ThresholdTable], value: str) -> float:
    limits = limit(view)
    quantity = limits.overrides.get(value, limits.default)
    assert quantity is not None
    return float(quantity.amount)


def _total(view: DashboardView, metric: AnyCounter, window: Window, series: list[dict[str, str]]) -> tuple[int, int]:
    """Return the increase over all series, and the number of their events."""
    start, end = view.limits(window)
    total = sum(view.truth.total(metric, start, end, **labels) for labels in series)
    return total, sum(view.truth.count(metric, start, end, **labels) for labels in series)
