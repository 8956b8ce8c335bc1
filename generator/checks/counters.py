"""Law 2: what only grows is read through its growth; what is spread over buckets, through all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from promql_parser import AggregateExpr, Call, Expr, MatchOp, MatrixSelector, ParenExpr, SubqueryExpr, VectorSelector

from generator.checks.expressions import understood
from generator.checks.series import Kind, known
from generator.dsl.labels import BUCKET_BOUND
from generator.errors import Problem
from generator.ir.build import Compiled
from generator.promql.output_labels import output_labels
from generator.promql.parser import below, name_of, nodes, selectors

GROWTH = {"rate", "increase", "irate", "resets"}
PRESENCE = {"absent", "absent_over_time", "present_over_time", "group"}
"""What asks whether series are there, and not what they say."""
ADDING = {"avg_over_time", "sum_over_time", "last_over_time"}
"""What may be done to increases that are recorded again and again."""
LE = BUCKET_BOUND.name


@dataclass(frozen=True)
class Use:
    """A selector, the function or aggregation right above it, and whether it is read over a span of time."""

    selector: VectorSelector
    function: str = ""
    spanned: bool = False

    @property
    def said(self) -> str:
        """The use, as a person says it."""
        return f"through {self.function}" if self.function else "bare"


def counters_are_read_by_their_growth(compiled: Compiled) -> list[Problem]:
    """A counter is read through rate or increase, and nothing else is; a recorded increase is read as it is, or
    averaged, added up or taken last over time."""
    there = known(compiled)
    return [
        Problem(where, *said)
        for where, expression in understood(compiled)
        for use in uses(expression)
        for said in _misread(use, there.kind(name_of(use.selector)))
    ]


def buckets_keep_their_bounds(compiled: Compiled) -> list[Problem]:
    """A histogram's buckets are told apart by `le` until histogram_quantile takes them together: added up without it,
    every value counts once for each bound above it."""
    labels = known(compiled).labels
    hint = f"keep {LE} in by (…), up to histogram_quantile"
    return [
        Problem(where, f"{node.op} adds up buckets of different bounds", hint)
        for where, expression in understood(compiled)
        for node in nodes(expression)
        if isinstance(node, AggregateExpr)
        and str(node.op) not in PRESENCE
        and LE in (output_labels(node.expr, labels) or ())
        and LE not in (output_labels(node, labels) or ())
    ]


def no_bound_is_asked_for(compiled: Compiled) -> list[Problem]:
    """No matcher asks `le` for equality: 500 and 500.0 are both out there."""
    return [
        Problem(where, f'{name_of(selector)} is asked for {LE}="{matcher.value}"', "read a quantile, or all buckets")
        for where, expression in understood(compiled)
        for selector in selectors(expression)
        for matcher in selector.matchers.matchers
        if matcher.name == LE and matcher.op in (MatchOp.Equal, MatchOp.NotEqual)
    ]


def uses(node: Expr, function: str = "", spanned: bool = False) -> Iterator[Use]:
    """Every selector below a node, with how it is read."""
    match node:
        case VectorSelector():
            yield Use(node, function, spanned)
            return
        case Call():
            function, spanned = node.func.name, False
        case AggregateExpr():
            function, spanned = str(node.op), False
        case MatrixSelector() | SubqueryExpr():
            spanned = True
        case ParenExpr():
            pass
        case _:
            function, spanned = "", False
    for child in below(node):
        yield from uses(child, function, spanned)


def _misread(use: Use, kind: Kind) -> Iterator[tuple[str, str]]:
    name = name_of(use.selector)
    if use.function in PRESENCE:
        return
    if kind is Kind.COUNTER and use.function not in GROWTH:
        yield f"{name} is a counter, and is read {use.said}", "read it through rate or increase"
    elif kind is not Kind.COUNTER and use.function in GROWTH:
        yield f"{name} is {kind.value}, and is read {use.said}", "read it as it is"
    elif kind is Kind.INCREASE and use.spanned and use.function not in ADDING:
        yield f"{name} is an increase already, and is read {use.said}", f"use one of {', '.join(sorted(ADDING))}"
