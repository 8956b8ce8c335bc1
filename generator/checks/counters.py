"""Checks of how counters and histograms are read: through their increase, and through all buckets."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache

from promql_parser import (
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    MatchOp,
    MatrixSelector,
    ParenExpr,
    SubqueryExpr,
    VectorSelector,
)

from generator.check import check
from generator.checks.growth import places_of_growth
from generator.checks.parsed_output import ParsedOutput
from generator.checks.series import EXTREMES_OVER_TIME, RELABELLING, SUMS_OVER_TIME, SeriesType
from generator.checks.stages import COMPILED
from generator.dsl.labels import BUCKET_BOUND
from generator.dsl.metrics import Histogram
from generator.errors import Problem
from generator.frozen import frozen
from generator.promql.parser import children, name_of, nodes, selectors

COUNTER_FUNCTIONS = {"rate", "increase", "irate", "resets"}
PRESENCE_FUNCTIONS = {"absent", "absent_over_time", "present_over_time", "group"}
"""Functions and aggregations that depend on which series exist, and not on their values."""
LE = BUCKET_BOUND.name


@frozen
class SelectorUse:
    """A selector with the function or aggregation that is applied to it, and whether it is read over a window."""

    selector: VectorSelector
    function: str = ""
    over_time: bool = False

    @property
    def name(self) -> str:
        """The name of the series."""
        return name_of(self.selector)


@check(
    "promql/counter-without-rate",
    stage=COMPILED,
    bad="sum by (route) (requests_total)",
    good="sum by (route) (rate(requests_total[5m]))",
    message="requests_total is a counter, but sum() is applied to its value; read it through rate() or increase()",
)
def counters_are_read_through_rate(output: ParsedOutput) -> Iterator[Problem]:
    """A counter is read through `rate`, `increase`, `irate` or `resets`, or only for its presence; a rule may record it
    under the name of a convention.

    The value of a counter is the total since the process started. It drops to zero at every restart, so a comparison or
    a sum of values means nothing. The rules of recorded growth alone read it: they compare it with the last one.
    """
    exempt = places_of_growth(output) | {
        located.where for located in output.rules if located.rule.name in output.series.copies
    }
    for where, use in _uses_of(output, SeriesType.COUNTER):
        if where not in exempt and use.function not in COUNTER_FUNCTIONS | PRESENCE_FUNCTIONS:
            how = f"{use.function}() is applied to its value" if use.function else "its value is read"
            yield Problem(where, f"{use.name} is a counter, but {how}", "read it through rate() or increase()")


@check(
    "promql/rate-without-counter",
    stage=COMPILED,
    bad="rate(telemetry_heartbeat_timestamp_seconds[5m])",
    good="time() - telemetry_heartbeat_timestamp_seconds",
    message="telemetry_heartbeat_timestamp_seconds is a gauge, but is read through rate(); read its value",
)
def only_counters_are_read_through_rate(output: ParsedOutput) -> Iterator[Problem]:
    """`rate`, `increase`, `irate` and `resets` are applied to counters alone.

    These functions take every decrease for a restart and add it up: the rate of a gauge is wrong whenever it falls.
    """
    for type_ in (SeriesType.GAUGE, SeriesType.INCREASE):
        for where, use in _uses_of(output, type_):
            if use.function in COUNTER_FUNCTIONS:
                what = f"{use.name} is {type_.value}, but is read through {use.function}()"
                yield Problem(where, what, "read its value")


@check(
    "promql/increase-over-time",
    stage=COMPILED,
    bad="quantile_over_time(0.5, route_service:requests_total:increase5m[1h:5m])",
    good="sum_over_time(route_service:requests_total:increase5m[1h:5m])",
    message="route_service:requests_total:increase5m is an increase, but is read through "
    "quantile_over_time(); use one of avg_over_time, last_over_time, max_over_time, min_over_time, sum_over_time",
)
def increases_are_summed_over_time(output: ParsedOutput) -> Iterator[Problem]:
    """A recorded increase is read over time through `sum_over_time`, `avg_over_time`, `last_over_time`, `max_over_time`
    or `min_over_time`.

    Sums, averages, the last, the highest and the lowest of increases are increases. A rate or a quantile of them is
    neither an increase nor a rate of the counter.
    """
    readings = SUMS_OVER_TIME | EXTREMES_OVER_TIME
    allowed = readings | PRESENCE_FUNCTIONS | COUNTER_FUNCTIONS
    for where, use in _uses_of(output, SeriesType.INCREASE):
        if use.over_time and use.function not in allowed:
            what = f"{use.name} is an increase, but is read through {use.function}()"
            yield Problem(where, what, f"use one of {', '.join(sorted(readings))}")


@check(
    "promql/buckets-without-le",
    stage=COMPILED,
    bad="histogram_quantile(0.95, sum by (route) (rate(latency_ms_bucket[5m])))",
    good="histogram_quantile(0.95, sum by (route, le) (rate(latency_ms_bucket[5m])))",
    message="`sum` drops the label le of buckets; keep le in by (…), up to histogram_quantile",
)
def aggregations_of_buckets_keep_their_bounds(output: ParsedOutput) -> Iterator[Problem]:
    """An aggregation of a histogram's buckets keeps the label `le`, until `histogram_quantile` reads it, unless a
    matcher selects one bound.

    Buckets are cumulative: a sum over different bounds counts each observation once for every bound above it.
    """
    labels = output.series.output_labels
    bounds = _bounds(output)
    for where, tree in output.trees:
        for node in nodes(tree):
            if (
                isinstance(node, AggregateExpr)
                and str(node.op) not in PRESENCE_FUNCTIONS
                and LE in (labels.of(*children(node)) or ())
                and LE not in (labels.of(node) or ())
                and not _select_one_bound(_bucket_selectors(node.expr, output), bounds)
            ):
                hint = f"keep {LE} in by (…), up to histogram_quantile"
                yield Problem(where, f"`{node.op}` drops the label {LE} of buckets", hint)


@check(
    "promql/bucket-bound-equality",
    stage=COMPILED,
    bad='rate(latency_ms_bucket{le="500"}[5m])',
    good="histogram_quantile(0.95, sum by (le) (rate(latency_ms_bucket[5m])))",
    message='latency_ms_bucket is matched with le="500"; read a quantile, or all buckets',
)
def no_matcher_compares_a_bucket_bound(output: ParsedOutput) -> Iterator[Problem]:
    """No matcher compares `le` by `=` or `!=`.

    The same bound may be written `500` by one client library and `500.0` by another; a regular expression matches both.
    """
    for where, tree in output.trees:
        for selector in selectors(tree):
            for matcher in selector.matchers.matchers:
                if matcher.name == LE and matcher.op in (MatchOp.Equal, MatchOp.NotEqual):
                    operator = "=" if matcher.op == MatchOp.Equal else "!="
                    what = f'{name_of(selector)} is matched with {LE}{operator}"{matcher.value}"'
                    yield Problem(where, what, "read a quantile, or all buckets")


def _bounds(output: ParsedOutput) -> tuple[str, ...]:
    """The bounds of all histograms of the contract, as Prometheus writes them, and that of all observations."""
    metrics = output.compiled.lowered.definitions.contract.metrics
    bounds = {bound for metric in metrics if isinstance(metric, Histogram) for bound in metric.buckets}
    return (*(f"{bound:g}" for bound in bounds), "+Inf")


def _bucket_selectors(node: Expr, output: ParsedOutput) -> list[VectorSelector]:
    """The selectors of an expression whose series have bounds, or are not known."""
    labels = output.series.labels
    return [each for each in selectors(node) if LE in (labels.get(name_of(each)) or (LE,))]


def _select_one_bound(buckets: Sequence[VectorSelector], bounds: Collection[str]) -> bool:
    return bool(buckets) and all(_selects_one_bound(each, bounds) for each in buckets)


def _selects_one_bound(selector: VectorSelector, bounds: Collection[str]) -> bool:
    """Whether a matcher of a selector matches at most one of these bounds."""
    of_bound = [matcher for matcher in selector.matchers.matchers if matcher.name == LE and matcher.op == MatchOp.Re]
    return any(sum(re.fullmatch(matcher.value, bound) is not None for bound in bounds) <= 1 for matcher in of_bound)


def uses(node: Expr, function: str = "", over_time: bool = False) -> Iterator[SelectorUse]:
    """Every selector of an expression, with how it is read."""
    match node:
        case VectorSelector():
            yield SelectorUse(node, function, over_time)
            return
        case Call() if node.func.name in RELABELLING:
            pass
        case Call():
            function, over_time = node.func.name, False
        case AggregateExpr():
            function, over_time = str(node.op), False
        case MatrixSelector() | SubqueryExpr():
            over_time = True
        case ParenExpr():
            pass
        case BinaryExpr() if str(node.op) == "or":
            pass
        case _:
            function, over_time = "", False
    for child in children(node):
        yield from uses(child, function, over_time)


def _uses_of(output: ParsedOutput, type_: SeriesType) -> Iterator[tuple[str, SelectorUse]]:
    """Every use of a series of a type, with its place. Unknown series have no type; another check reports them."""
    for where, tree in output.trees:
        yield from ((where, use) for use in _all_uses(tree) if output.series.type_of(use.name) is type_)


@cache
def _all_uses(tree: Expr) -> tuple[SelectorUse, ...]:
    """Every selector of a whole expression, for all checks."""
    return tuple(uses(tree))
