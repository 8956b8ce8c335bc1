"""Observations of a histogram as increases: those within a threshold are in one bucket, and the others are the rest of
all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import TypeAlias

from generator.dsl.labels import BUCKET_BOUND, Label, Matcher
from generator.dsl.observations import Observations
from generator.dsl.query import Readable, ThresholdSeries
from generator.dsl.units import Quantity
from generator.ir.expression import Aggregate, Binary, Expression
from generator.lowering.recording_rules import in_contract_order

OfCounter: TypeAlias = Callable[[str, tuple[Matcher, ...]], Expression]
"""What is read of a raw series, by its name, with these matchers."""
SMALLEST_EXPONENT = 6
"""Go writes numbers from 1e+06 on with an exponent."""
REGEX_CHARACTER = re.compile(r"[\\^$*+?.()|\[\]{}]")


def of_threshold(
    metric: Observations, of_counter: OfCounter, matchers: Sequence[Matcher], labels: tuple[Label, ...]
) -> Expression:
    """The observations above the threshold, summed by labels: all of them without those within it; or those within
    it."""
    threshold = metric.threshold
    kept = labels if not isinstance(threshold, ThresholdSeries) else in_contract_order((*labels, threshold.label))
    name = metric.histogram.name
    of_all = Aggregate("sum", of_counter(f"{name}_count", tuple(matchers)), kept)
    within: Iterable[Expression] = (
        Aggregate("sum", of_counter(f"{name}_bucket", (*matchers, *bucket)), kept) for bucket in _buckets(metric)
    )
    up_to = reduce(lambda left, right: Binary("or", left, right), within)
    rest = up_to if metric.up_to else Binary("-", of_all, up_to)
    return rest if kept == labels else Aggregate("sum", rest, labels)


def declared_name(metric: Readable) -> str:
    """The name under which the contract declares what is read."""
    return metric.histogram.name if isinstance(metric, Observations) else metric.name


def bound_text(bound: Fraction) -> str:
    """A regular expression of a bucket's bound: clients and versions of Prometheus write 500 or 500.0."""
    number = Decimal(bound.numerator) / Decimal(bound.denominator)
    text = f"{number:f}"
    if "." in text:
        return _escaped(text.rstrip("0").rstrip("."))
    exponent = number.adjusted()
    if exponent < SMALLEST_EXPONENT:
        return f"{text}(\\.0)?"
    digits = str(number.scaleb(-exponent).normalize())
    return f"{text}(\\.0)?|{_escaped(f'{digits}e+{exponent:02}')}"


def _buckets(metric: Observations) -> Iterator[tuple[Matcher, ...]]:
    """The matchers of the bucket at the threshold; of one bucket for each of the thresholds by label value."""
    match metric.threshold:
        case Quantity(amount=amount):
            yield (_at(amount),)
        case ThresholdSeries(label=label, table=table):
            default = table.default.amount if table.default is not None else None
            values: dict[Fraction, list[str]] = {}
            for value, quantity in sorted(table.overrides.items()):
                if quantity.amount != default:
                    values.setdefault(quantity.amount, []).append(value)
            for amount, of_amount in sorted(values.items()):
                yield _one_of(label, of_amount), _at(amount)
            if default is not None:
                yield *_none_of(label, sorted(value for each in values.values() for value in each)), _at(default)


def _at(amount: Fraction) -> Matcher:
    return Matcher(BUCKET_BOUND, "=~", bound_text(amount))


def _one_of(label: Label, values: Sequence[str]) -> Matcher:
    return Matcher(label, "=~", _alternatives(values)) if values[1:] else Matcher(label, "=", values[0])


def _none_of(label: Label, values: Sequence[str]) -> Iterator[Matcher]:
    if values:
        yield Matcher(label, "!~", _alternatives(values)) if values[1:] else Matcher(label, "!=", values[0])


def _alternatives(values: Sequence[str]) -> str:
    return "|".join(map(_escaped, values))


def _escaped(text: str) -> str:
    return REGEX_CHARACTER.sub(lambda character: "\\" + character[0], text)
