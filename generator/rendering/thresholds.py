"""Thresholds as a page says them: what is measured, over which window, and the value from which it is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from generator.dsl.condition import Both, Compared, Condition, Either, Unpriced
from generator.dsl.derived import Forecast, Priced, Ratio, UsedOf, Wrapped
from generator.dsl.limit import LimitPer
from generator.dsl.measure import Leaf, Measure
from generator.dsl.readings import Age, Quantile
from generator.dsl.units import Quantity, plain
from generator.lowering.alerts import windows

MOST_LISTED = 50
"""How many limits of its own a page lists: more are read in platform.yaml."""
BEYOND = {">": "more than {}", ">=": "{} or more"}


@dataclass(frozen=True)
class Threshold:
    """One comparison in words: what is measured, over the last how long, and how much it takes."""

    what: str
    window: str
    told: str


@dataclass(frozen=True)
class LimitTable:
    """Limits of each value of a label: the value, its limit and, where a part of it is told already, that part of it.

    `rest` is the row of all values that are not listed, where there is a default; `unlisted` counts overrides beyond
    those that are listed; `part` is empty where the limit itself is told."""

    label: str
    part: str
    rows: tuple[tuple[str, str, str], ...]
    unlisted: int
    rest: tuple[str, str] | None


def alternatives(condition: Condition) -> tuple[tuple[Threshold, ...], ...]:
    """Each way in which a condition can be so: what must be so at once."""
    match condition:
        case Both(left=left, right=right):
            return tuple((*one, *other) for one in alternatives(left) for other in alternatives(right))
        case Either(left=left, right=right):
            return (*alternatives(left), *alternatives(right))
        case Compared(measure=measure, operator=operator, threshold=threshold):
            limit = (
                threshold.spoken() if isinstance(threshold, Quantity) else f"the limit of its `{threshold.label.name}`"
            )
            return ((Threshold(said(measure), _window(measure), BEYOND[operator].format(limit)),),)
        case Unpriced(measure=measure):
            return ((Threshold(said(measure), _window(measure), "any, of a `model` and `direction` without a price"),),)
    return ()


def _window(measure: Measure) -> str:
    found = windows(measure)
    return found[0].span() if found else ""


def said(measure: Measure) -> str:
    """What is measured, by the contract's own names."""
    match measure:
        case Ratio(top=top, bottom=bottom):
            return f"{said(top)} / {said(bottom)}"
        case Forecast(so_far=so_far):
            return f"{said(so_far)} that the day comes to"
        case UsedOf(inner=inner, limit=limit):
            return f"{said(inner)} / the limit of its `{limit.label.name}`"
        case Priced(inner=inner):
            return f"dollars for {said(inner)}"
        case Quantile(of=of, q=q):
            return f"p{plain(Fraction(str(q)) * 100)} of `{of.name}`"
        case Age(of=of):
            return f"age of `{of.name}`"
        case Wrapped(inner=inner):
            return said(inner)
        case Leaf(of=of):
            return f"`{of.name}`"
    return measure.unit.name


def limits(condition: Condition) -> tuple[LimitTable, ...]:
    """The limits that a condition's comparisons look up, each once."""
    tables = (table for one in condition.comparisons() for table in _limits(one))
    return tuple(dict.fromkeys(tables))


def _limits(one: Compared) -> Iterator[LimitTable]:
    if isinstance(one.threshold, LimitPer):
        yield _table(one.threshold, None)
    elif isinstance(one.measure, UsedOf):
        yield _table(one.measure.limit, one.threshold)


def _table(per: LimitPer, part: Quantity | None) -> LimitTable:
    limit, share = per.limit, part.amount if part else Fraction(1)

    def row(given: Quantity) -> tuple[str, str]:
        return given.spoken(), Quantity(given.amount * share, given.unit).spoken()

    given = sorted(limit.overrides.items())
    return LimitTable(
        label=per.label.name,
        part=part.spoken() if part and share != 1 else "",
        rows=tuple((value, *row(each)) for value, each in given[:MOST_LISTED]),
        unlisted=len(given[MOST_LISTED:]),
        rest=row(limit.default) if limit.default else None,
    )
