"""Conditions as expressions that have a result while the condition is true, and none otherwise."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial, reduce

from contract import ALERTS_SERIES
from contract.labels import ALERTNAME, ALERTSTATE, DIRECTION, MODEL, SEVERITY
from generator.dsl.alert import Alert
from generator.dsl.chance import TooManyToBeChance
from generator.dsl.inhibitor import AlertsFire, FiringAlerts
from generator.dsl.labels import Matcher
from generator.dsl.metrics import Increase, Quantile
from generator.dsl.observations import allowed_share, share_above
from generator.dsl.presence import Absent, NotRecorded, Observed, Unless, WithPrice
from generator.dsl.query import (
    Always,
    And,
    Comparison,
    Condition,
    OfQuery,
    Or,
    Query,
    ThresholdSeries,
    WithoutPrice,
    labels_of,
)
from generator.dsl.runaway import Runaway
from generator.dsl.stops import StopsComing
from generator.dsl.units import Duration, Quantity
from generator.dsl.unusual import FACTOR, PERIODS, TOLERANCE, Unusual
from generator.errors import DefinitionError
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector
from generator.lowering.chance import lower_chance
from generator.lowering.increases import counters_of
from generator.lowering.recording_rules import in_contract_order
from generator.lowering.runaway import lower_no_runaway
from generator.lowering.stops import lower_stopped
from generator.lowering.thresholds import LowersQueries, constant, price_series, threshold_series


def lower_condition(lowering: LowersQueries, condition: Condition) -> Expression:
    """The expression of a condition; its value is that of the first comparison."""
    match condition:
        case TooManyToBeChance():
            return lower_chance(lowering, condition)
        case WithPrice(direction=direction):
            price = Selector(price_series(lowering), (DIRECTION.is_(direction),))
            return Binary("and", lower_condition(lowering, condition.comparison), price, (MODEL,))
        case Comparison():
            return _compared(lowering, condition)
        case And(left=left, right=right):
            _require_same_labels("and", left, right)
            if isinstance(right, Unusual | Runaway):
                return Binary("unless", lower_condition(lowering, left), _as_before(lowering, right))
            return Binary("and", lower_condition(lowering, left), lower_condition(lowering, right))
        case Or(left=left, right=right):
            _require_same_labels("or", left, right)
            return Binary("or", lower_condition(lowering, left), lower_condition(lowering, right))
        case Unless(left=left, right=right):
            _require_same_labels("unless", left, right)
            return Binary("unless", lower_condition(lowering, left), lower_condition(lowering, right))
        case Always() | Absent():
            return _without_query(condition)
        case OfQuery():
            return _of_query(lowering, condition)
    raise TypeError(f"no lowering of {type(condition).__name__}")


def _without_query(condition: Always | Absent) -> Expression:
    """A condition that is true of nothing in particular."""
    if isinstance(condition, Absent):
        return Call("absent", (Selector(condition.series.name),))
    return constant(Fraction(1))


def _of_query(lowering: LowersQueries, condition: OfQuery) -> Expression:
    """A condition on one query that compares it with no threshold of the definition."""
    match condition:
        case StopsComing():
            return lower_stopped(lowering, condition)
        case NotRecorded(query=query):
            return _not_recorded(lowering, query)
        case AlertsFire(query=query):
            return _firing(query)
        case Observed(query=query):
            return Aggregate("group", Binary(">", lowering.lower(query), Scalar(Fraction(0))), query.output_labels)
        case WithoutPrice(query=query):
            used = Binary(">", lowering.lower(query), Scalar(Fraction(0)))
            return Binary("unless", used, Selector(price_series(lowering)), (MODEL, DIRECTION))
        case Unusual(query=query) | Runaway(query=query):
            return Binary("unless", lowering.lower(query), _as_before(lowering, condition))
    raise TypeError(f"no lowering of {type(condition).__name__}")


def _not_recorded(lowering: LowersQueries, query: Query) -> Expression:
    assert isinstance(query, Increase)
    names = counters_of(lowering.increase_spec(query))
    present: list[Expression] = [Aggregate("group", Selector(name), query.output_labels) for name in names]
    return Binary("unless", reduce(partial(Binary, "or"), present), lowering.lower(query))


def _firing(query: FiringAlerts) -> Expression:
    """The groups of firing alerts of each severity: names of severities are replaced later, so each is one value."""
    by_severity: dict[str, list[Alert]] = {}
    for alert in query.alerts:
        by_severity.setdefault(alert.severity.value, []).append(alert)
    groups: list[Expression] = []
    for severity, alerts in by_severity.items():
        matchers = (names_matcher(tuple(alert.name for alert in alerts)), ALERTSTATE.is_("firing"))
        firing = Selector(ALERTS_SERIES, (*matchers, SEVERITY.is_(severity)))
        groups.append(Aggregate("group", firing, query.labels))
    return reduce(partial(Binary, "or"), groups)


def names_matcher(alerts: tuple[str, ...]) -> Matcher:
    """The matcher of alerts by their names."""
    return ALERTNAME.is_(alerts[0]) if len(alerts) == 1 else Matcher(ALERTNAME, "=~", "|".join(alerts))


def _compared(lowering: LowersQueries, comparison: Comparison) -> Expression:
    query, operator, threshold = comparison.query, comparison.operator, comparison.threshold
    if isinstance(query, Quantile):
        return _share_above(lowering, query, threshold)
    if isinstance(threshold, ThresholdSeries):
        series, label = Selector(threshold_series(lowering, threshold)), threshold.label
        return Binary(operator, lowering.lower(query), series, (label,), query.output_labels != (label,))
    of_side = lowering.of_shares if operator == ">=" else lowering
    return Binary(operator, of_side.lower(query), Scalar(threshold.amount))


def _share_above(lowering: LowersQueries, quantile: Quantile, threshold: Quantity | ThresholdSeries) -> Expression:
    """The share of observations above the threshold of a quantile, where it is more than the quantile allows."""
    if isinstance(threshold, ThresholdSeries):
        # Texts and panels read the threshold; the expression has a bucket for each.
        threshold_series(lowering, threshold)
    share = share_above(quantile, threshold)
    above, of_all = (lowering.of_shares.lower(each) for each in (share.numerator, share.denominator))
    # `1 - within / all > 0.05` would be true at exactly 5 %, because 0.95 has no exact binary form.
    too_many = Binary(">", above, Binary("*", Scalar(allowed_share(quantile)), of_all))
    return Binary("/", too_many, of_all)


def _as_before(lowering: LowersQueries, condition: Unusual | Runaway) -> Expression:
    """The values of a query that its past explains."""
    return _usual(lowering, condition) if isinstance(condition, Unusual) else lower_no_runaway(lowering, condition)


def _usual(lowering: LowersQueries, condition: Unusual) -> Expression:
    """The values that are as high as they were a period ago."""
    now = lowering.lower(condition.query)
    earlier = (_highest(now, TOLERANCE * 2, period - TOLERANCE) for period in PERIODS)
    as_before = (Binary("<=", now, Binary("*", Scalar(FACTOR), then)) for then in earlier)
    return reduce(partial(Binary, "or"), as_before)


def _highest(node: Expression, window: Duration, offset: Duration) -> Expression:
    """The sum of the highest values that recorded series had in a window before now."""
    match node:
        case Selector(range=None, step=None, offset=None):
            return Call("max_over_time", (replace(node, range=window, offset=offset),))
        case Aggregate(inner=inner):
            return replace(node, inner=_highest(inner, window, offset))
    raise DefinitionError("Unusual(…) of a query that is not recorded", "group it by the labels of an alert, as TENANT")


def _require_same_labels(operator: str, left: Condition, right: Condition) -> None:
    """Raises DefinitionError where two conditions are grouped by different labels: the alert could never fire, or would
    fire without some of its labels."""
    left_labels, right_labels = set(labels_of(left)), set(labels_of(right))
    if left_labels != right_labels:
        missing = in_contract_order(left_labels ^ right_labels)
        sides = (", ".join(label.name for label in in_contract_order(side)) for side in (left_labels, right_labels))
        left_text, right_text = sides
        raise DefinitionError(
            f"the left side of `{operator}` is grouped by ({left_text}), the right side by ({right_text})",
            f"group both by the same labels: only one side has {', '.join(label.name for label in missing)}",
        )
