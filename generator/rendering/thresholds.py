"""The conditions of alerts as tables for people: which query, over which window, against which threshold."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from generator.dsl import runaway
from generator.dsl.chance import WINDOWS, TooManyToBeChance
from generator.dsl.inhibitor import AlertsFire
from generator.dsl.metrics import Age, Forecast, Pace, Priced, Quantile, Ratio, fixed_windows
from generator.dsl.presence import Observed, Unless, WithPrice
from generator.dsl.query import (
    And,
    Comparison,
    Condition,
    DerivedQuery,
    FractionOf,
    MetricQuery,
    OfQuery,
    Or,
    Query,
    ThresholdSeries,
    WithoutPrice,
)
from generator.dsl.runaway import Runaway
from generator.dsl.stops import StopsComing
from generator.dsl.units import Quantity, format_number
from generator.dsl.unusual import FACTOR, Unusual
from generator.frozen import frozen

MAX_ROWS = 50
"""The number of overrides that a page lists; the others are in platform.yaml."""
COMPARISONS = {">": "above {}", ">=": "at least {}"}


@frozen
class ComparisonText:
    """One comparison: the query, its window and its threshold."""

    query: str
    window: str
    threshold: str


@frozen
class ThresholdRows:
    """The thresholds of each value of a label; `column` is their heading.

    A row is the value, its threshold and, with `fraction`, that fraction of it. `unlisted` counts the overrides that
    are not listed; `default` is the row of all other values, if there is one.
    """

    label: str
    column: str
    fraction: str
    rows: tuple[tuple[str, str, str], ...]
    unlisted: int
    default: tuple[str, str] | None


def alternatives(condition: Condition) -> tuple[tuple[ComparisonText, ...], ...]:
    """The alternatives under which a condition is true; all comparisons of one alternative must be true."""
    match condition:
        case And(left=left, right=right):
            return tuple((*first, *second) for first in alternatives(left) for second in alternatives(right))
        case Or(left=left, right=right):
            return (*alternatives(left), *alternatives(right))
        case WithPrice(direction=direction):
            ((row,),) = alternatives(condition.comparison)
            priced = f"{row.threshold}, for a `model` with a price for its {direction} tokens"
            return ((ComparisonText(row.query, row.window, priced),),)
        case TooManyToBeChance(query=query, threshold=threshold):
            shorter, longest = ", ".join(window.text() for window in WINDOWS[:-1]), WINDOWS[-1].text()
            text = f"above {_threshold_text(threshold)}, too often to be chance, and still"
            return ((ComparisonText(query_text(query), f"{shorter} or {longest}", text),),)
        case Comparison(query=query, operator=operator, threshold=threshold):
            text = COMPARISONS[operator].format(_threshold_text(threshold))
            return ((ComparisonText(query_text(query), _window(query), text),),)
        case Unless(left=left, right=Comparison(query=query, operator=operator, threshold=threshold)):
            text = f"not {COMPARISONS[operator].format(_threshold_text(threshold))}"
            absent = ComparisonText(query_text(query), _window(query), text)
            return tuple((*conditions, absent) for conditions in alternatives(left))
        case Unless(left=left, right=Observed(query=query)):
            absent = ComparisonText(query_text(query), _window(query), "not observed")
            return tuple((*conditions, absent) for conditions in alternatives(left))
        case AlertsFire(query=query):
            names = dict.fromkeys(f"`{alert.name}`" for alert in query.alerts)
            return tuple((ComparisonText(name, "", "firing"),) for name in names)
        case OfQuery(query=query):
            return ((ComparisonText(query_text(query), _window(query), _text_without_threshold(condition)),),)
    return ()


def _text_without_threshold(condition: OfQuery) -> str:
    """What a condition on one query compares, which has no threshold of the definition."""
    match condition:
        case StopsComing(at_least=at_least):
            return f"0, after {at_least.text()} or more on average, and not 0 at this time a week ago"
        case WithoutPrice():
            return "above 0, for a `model` and `direction` without a price"
        case Unusual():
            return f"above {float(FACTOR):g} times what it was around this time yesterday, and a week ago"
        case Runaway():
            return (
                f"{float(runaway.FACTOR):g} times its highest value in the {runaway.HISTORY.text()} that ended "
                f"{runaway.CURRENT.text()} ago, or more; or younger than that"
            )
    return "observed"


def _threshold_text(threshold: Quantity | ThresholdSeries) -> str:
    if isinstance(threshold, Quantity):
        return threshold.text()
    return f"the threshold of its `{threshold.label.name}`"


def _window(query: Query) -> str:
    windows = fixed_windows(query)
    return windows[0].text() if windows else ""


def query_text(query: Query) -> str:
    """What a query measures, by the contract's names."""
    match query:
        case Ratio(numerator=numerator, denominator=denominator):
            return f"{query_text(numerator)} / {query_text(denominator)}"
        case Forecast(so_far=so_far):
            return f"{query_text(so_far)}, forecast"
        case FractionOf(inner=inner, threshold=threshold):
            return f"{query_text(inner)} / the budget of its `{threshold.label.name}`"
        case Priced(inner=inner):
            return f"cost of {query_text(inner)}"
        case Pace(inner=inner, period=period):
            return f"{query_text(inner)}, at the pace of {period.text()}"
        case Quantile(metric=metric, q=q):
            return f"p{format_number(Fraction(str(q)) * 100)} of `{metric.name}`"
        case Age(metric=metric):
            return f"time since `{metric.name}`"
        case DerivedQuery(inner=inner):
            return query_text(inner)
        case MetricQuery(metric=metric):
            return f"`{metric.name}`"
    return query.unit.name


def threshold_tables(condition: Condition) -> tuple[ThresholdRows, ...]:
    """The thresholds by label value that a condition uses, each once."""
    tables = (table for comparison in condition.comparisons() for table in _tables(comparison))
    return tuple(dict.fromkeys(tables))


def _tables(comparison: Comparison) -> Iterator[ThresholdRows]:
    if isinstance(comparison.threshold, ThresholdSeries):
        yield _table(comparison.threshold, None)
    elif isinstance(comparison.query, FractionOf):
        yield _table(comparison.query.threshold, comparison.threshold)


def _table(threshold: ThresholdSeries, fraction: Quantity | None) -> ThresholdRows:
    table, factor = threshold.table, fraction.amount if fraction is not None else Fraction(1)

    def row(quantity: Quantity) -> tuple[str, str]:
        return quantity.text(), Quantity(quantity.amount * factor, quantity.unit).text()

    overrides = sorted(table.overrides.items())
    return ThresholdRows(
        label=threshold.label.name,
        column="budget" if fraction is not None else "threshold",
        fraction=fraction.text() if fraction is not None and factor != 1 else "",
        rows=tuple((value, *row(quantity)) for value, quantity in overrides[:MAX_ROWS]),
        unlisted=len(overrides[MAX_ROWS:]),
        default=row(table.default) if table.default is not None else None,
    )
