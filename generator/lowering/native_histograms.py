"""Reads histograms as native ones with custom buckets, where a platform chooses them.

Workers push the same buckets. A backend that converts them stores one series with all buckets in place of one for each
bound, so nothing is grouped by `le`:

- What sums buckets by `le` sums whole histograms, and quantiles are read from these.
- A bucket at a threshold is the fraction of the observations up to it, of their count. The fraction begins at -Inf:
  from 0 on, the first bucket would be divided. Of no observations it is NaN, which a sum would keep: then it is 0.
- Rows of a heatmap are the same for each bound. Grafana draws custom buckets wrongly by itself.
- What compares buckets with a number compares their count: a histogram is no number, and the result would be empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import reduce

from generator.dsl.contract import Contract
from generator.dsl.labels import BUCKET_BOUND
from generator.dsl.metrics import Histogram
from generator.errors import DefinitionError
from generator.frozen import frozen
from generator.ir.build import Lowered
from generator.ir.dashboard import DashboardSpec
from generator.ir.expression import Aggregate, Binary, Call, Expression, NegativeInfinity, Scalar, Selector, String
from generator.ir.rules import AlertRule, RecordingRule
from generator.lowering.observations import bound_text
from generator.lowering.rewriting import rewritten_alert, rewritten_dashboard

BUCKETS, COUNT, SUM = "_bucket", "_count", "_sum"
OF_HISTOGRAMS = ("increase", "rate", "sum_over_time", "avg_over_time", "last_over_time")
"""The functions over time that take histograms."""
OF_PARTS = {COUNT: "histogram_count", SUM: "histogram_sum"}
ZERO, INFINITE = Scalar(Fraction(0)), "+Inf"
COMPARISONS = (">", ">=", "<", "<=", "==", "!=")


def with_native_histograms(lowered: Lowered) -> Lowered:
    """The build that reads native histograms, where the platform chooses them."""
    if not lowered.platform.native_histograms:
        return lowered
    native = NativeHistograms(lowered.definitions.contract, lowered.recording_rules)
    return replace(
        lowered,
        recording_rules=tuple(sorted(map(native.recording_rule, lowered.recording_rules), key=lambda rule: rule.key)),
        alerts=tuple(map(native.alert, lowered.alerts)),
        dashboards=tuple(map(native.dashboard, lowered.dashboards)),
    )


@frozen
class Rewritten:
    """An expression in place of another one, and what it counts: `histogram` is that of its values, None where they
    are numbers; `bound` the bucket at which they are to be counted, and `part` what of a histogram is wanted."""

    expression: Expression
    histogram: Histogram | None = None
    bound: Fraction | None = None
    part: str = BUCKETS

    def with_expression(self, expression: Expression) -> Rewritten:
        """The same histogram, in another expression."""
        return replace(self, expression=expression)


class NativeHistograms:
    """The histograms of a contract by their names, and the recorded series of their buckets, by their names, each with
    its new name."""

    def __init__(self, contract: Contract, rules: Iterable[RecordingRule]) -> None:
        declared = [metric for metric in contract.metrics if isinstance(metric, Histogram)]
        self._histograms = {name: each for each in declared for name in (each.name, each.earlier.name)}
        self._recorded: dict[str, tuple[str, Histogram]] = {}
        for rule in rules:
            level, _, rest = rule.name.partition(":")
            metric, _, operation = rest.partition(":")
            histogram = self._histograms.get(metric.removesuffix(BUCKETS))
            if BUCKET_BOUND in rule.labels and histogram is not None:
                name = f"{level.removesuffix(f'_{BUCKET_BOUND.name}')}:{metric.removesuffix(BUCKETS)}:{operation}"
                self._recorded[rule.name] = name, histogram

    def recording_rule(self, rule: RecordingRule) -> RecordingRule:
        """A recording rule of native histograms, or of numbers read from these. Recorded buckets become histograms."""
        rewritten = self._rewritten(rule.expression)
        name, _ = self._recorded.get(rule.name, (rule.name, None))
        labels = tuple(label for label in rule.labels if label != BUCKET_BOUND)
        expression = rewritten.expression if rule.name in self._recorded else self._number(rewritten)
        return replace(rule, name=name, labels=labels, expression=expression)

    def alert(self, rule: AlertRule) -> AlertRule:
        """An alerting rule that reads native histograms."""
        return rewritten_alert(rule, self.expression)

    def dashboard(self, dashboard: DashboardSpec) -> DashboardSpec:
        """A dashboard that reads native histograms; the rows of its heatmaps have the bounds as `le`."""
        return rewritten_dashboard(dashboard, self.expression)

    def expression(self, node: Expression) -> Expression:
        """An expression of numbers: buckets that are read by `le` become rows with that label."""
        return self._number(self._rewritten(node))

    def _rewritten(self, node: Expression) -> Rewritten:
        match node:
            case Selector():
                return self._selector(node)
            case Call():
                return self._call(node)
            case Aggregate(inner=inner, by=by):
                of_inner = self._rewritten(inner)
                labels = tuple(label for label in by if of_inner.histogram is None or label != BUCKET_BOUND)
                return of_inner.with_expression(replace(node, inner=of_inner.expression, by=labels))
            case Binary():
                return self._binary(node)
        return Rewritten(node)

    def _selector(self, node: Selector) -> Rewritten:
        if node.name in self._recorded:
            name, histogram = self._recorded[node.name]
            return Rewritten(replace(node, name=name), histogram)
        for part in (BUCKETS, *OF_PARTS):
            raw = self._histograms.get(node.name.removesuffix(part)) if node.name.endswith(part) else None
            if raw is not None:
                matchers = tuple(matcher for matcher in node.matchers if matcher.label != BUCKET_BOUND)
                native = replace(node, name=node.name.removesuffix(part), matchers=matchers)
                return Rewritten(native, raw, _bound(node, raw), part)
        return Rewritten(node)

    def _call(self, node: Call) -> Rewritten:
        rewritten = [self._rewritten(argument) for argument in node.arguments]
        histograms = [each.histogram for each in rewritten if each.histogram is not None]
        if not histograms or node.function == "histogram_quantile":
            return Rewritten(replace(node, arguments=tuple(each.expression for each in rewritten)))
        if node.function in OF_HISTOGRAMS:
            (argument,) = rewritten
            return argument.with_expression(replace(node, arguments=(argument.expression,)))
        if any(isinstance(each, Selector) and each.range is not None for each in node.arguments):
            what = f"{node.function} of the histogram {histograms[0].name} has no native form"
            raise DefinitionError(what, "read its increase, or set `histograms: classic` in the platform file")
        return Rewritten(replace(node, arguments=tuple(map(self._number, rewritten))))

    def _binary(self, node: Binary) -> Rewritten:
        left, right = self._rewritten(node.left), self._rewritten(node.right)
        if left.histogram is not None and node.operator in COMPARISONS:
            left = Rewritten(Call("histogram_count", (left.expression,)))
        return Rewritten(replace(node, left=self._number(left), right=self._number(right)))

    def _number(self, rewritten: Rewritten) -> Expression:
        """The numbers that are wanted of a histogram."""
        histogram, own = rewritten.histogram, rewritten.expression
        if histogram is None:
            return own
        if rewritten.part in OF_PARTS:
            return Call(OF_PARTS[rewritten.part], (own,))
        if rewritten.bound is not None:
            return _up_to(rewritten.bound, own)
        rows = [_with_bound(_up_to(Fraction(str(bound)), own), f"{bound:g}") for bound in histogram.buckets]
        every = _with_bound(Call("histogram_count", (own,)), INFINITE)
        return reduce(lambda left, right: Binary("or", left, right), (*rows, every))


def _bound(selector: Selector, histogram: Histogram) -> Fraction | None:
    """The bound of the bucket that a selector reads; None where it reads all of them."""
    for matcher in selector.matchers:
        if matcher.label == BUCKET_BOUND:
            bounds = (Fraction(str(bound)) for bound in histogram.buckets)
            return next(bound for bound in bounds if bound_text(bound) == matcher.value)
    return None


def _up_to(bound: Fraction, of: Expression) -> Expression:
    """The observations up to a bound. The fraction of none is NaN, which no comparison keeps: the count, 0, is there
    instead."""
    count = Call("histogram_count", (of,))
    fraction = Call("histogram_fraction", (NegativeInfinity(), Scalar(bound), of))
    return Binary("or", Binary(">=", Binary("*", fraction, count), ZERO), count)


def _with_bound(node: Expression, bound: str) -> Expression:
    return Call("label_replace", (node, String(BUCKET_BOUND.name), String(bound), String(""), String("")))
