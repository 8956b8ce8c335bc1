"""Comparisons of costs as expressions: with what they were, with what was counted, and with what a cache saved."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from contract.labels import TOKEN_CLASS
from generator.dsl.metrics import Increase
from generator.dsl.query import Query
from generator.dsl.spending import ChangeSince, Earlier, RelativeChangeSince, SavedByCache, UnitCost
from generator.dsl.units import Duration
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector
from generator.lowering.increases import summed
from generator.lowering.recording_rules import in_contract_order
from generator.lowering.thresholds import LowersQueries
from generator.lowering.token_prices import differences_by_class, priced_tokens

CACHED = TOKEN_CLASS.is_("cached_input")
ZERO, ONE = Scalar(Fraction(0)), Scalar(Fraction(1))


def lower_spending(lowering: LowersQueries, query: Earlier | UnitCost | SavedByCache) -> Expression:
    """The expression of a comparison."""
    match query:
        case ChangeSince(inner=inner, ago=ago):
            now = lowering.lower(inner)
            # What is new has no series of then: it counts from 0.
            return Binary("-", now, Binary("or", _at(now, ago), Binary("*", ZERO, now)))
        case RelativeChangeSince(inner=inner, ago=ago):
            now = lowering.lower(inner)
            return Binary("-", Binary("/", now, Binary(">", _at(now, ago), ZERO)), ONE)
        case Earlier(inner=inner, ago=ago):
            return _at(lowering.lower(inner), ago)
        case UnitCost(dollars=dollars, counted=counted, number=number):
            each = Binary("/", lowering.lower(dollars), Binary(">", _counted(lowering, counted), ZERO))
            return each if number == 1 else Binary("*", Scalar(Fraction(number)), each)
        case SavedByCache(inner=tokens):
            return _saved(lowering, tokens)


def _counted(lowering: LowersQueries, query: Increase) -> Expression:
    """What was counted, as an amount: a gap in the samples must not take more from it than from the cost. Of one tenant
    it is read from the counters, because nothing else needs it of each tenant."""
    spec = lowering.increase_spec(query)
    if spec.single_tenant and isinstance(query.window, Duration):
        return summed(spec, "increase", query.window)
    return lowering.lower(query)


def _saved(lowering: LowersQueries, tokens: Query) -> Expression:
    assert isinstance(tokens, Increase)
    nothing = Binary("*", ZERO, lowering.lower(tokens.priced()))
    if CACHED.value not in differences_by_class(lowering.platform):
        return nothing
    _, parts = priced_tokens(lowering)
    of_parts = replace(tokens, metric=parts.counter).where(CACHED)
    kept = in_contract_order((*tokens.by_labels, *parts.labels, *parts.counter.members[0].distinguishing_labels))
    cheaper = Binary("*", Scalar(Fraction(-1)), Selector(parts.prices, (CACHED,)))
    saved = Binary("*", lowering.lower(of_parts.by(*kept)), cheaper, parts.labels, many=set(kept) != set(parts.labels))
    return Binary("or", Aggregate("sum", saved, tokens.by_labels), nothing)


def _at(node: Expression, ago: Duration) -> Expression:
    """An expression as it was some time ago."""
    match node:
        case Selector():
            return replace(node, offset=ago)
        case Call(arguments=arguments):
            return replace(node, arguments=tuple(_at(argument, ago) for argument in arguments))
        case Aggregate(inner=inner):
            return replace(node, inner=_at(inner, ago))
        case Binary(left=left, right=right):
            return replace(node, left=_at(left, ago), right=_at(right, ago))
    return node
