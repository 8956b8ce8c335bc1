"""The structure of an expression: from its tree, and from its text as a real parser reads it; and random trees."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from random import Random
from typing import TypeAlias

import promql_parser

from contract.labels import MODEL, ROUTE, TENANT
from generator.dsl.labels import Matcher
from generator.dsl.units import days, minutes
from generator.ir.expression import (
    Aggregate,
    Binary,
    Call,
    Expression,
    GrafanaDuration,
    RangeDuration,
    Scalar,
    Selector,
    String,
)
from generator.rendering.promql import SET_OPERATORS

Structure: TypeAlias = tuple[object, ...]
GRAFANA_DURATIONS = {GrafanaDuration.RATE_INTERVAL: minutes(2), GrafanaDuration.RANGE: days(7)}
OPERATORS = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}


def of_tree(node: Expression) -> Structure:
    """The structure of a tree. Numbers become floats, durations seconds."""
    match node:
        case Selector(name=name, matchers=matchers, range=range, step=step):
            texts = tuple((matcher.label.name, matcher.operator, _value(matcher)) for matcher in matchers)
            return ("series", name, texts, _seconds(range), step.seconds if step is not None else None)
        case Call(function=function, arguments=arguments):
            return ("call", function, *map(of_tree, arguments))
        case Aggregate(operator=operator, inner=inner, by=by, parameter=parameter):
            labels = tuple(label.name for label in by)
            return ("aggregate", operator, labels, of_tree(inner), of_tree(parameter) if parameter else None)
        case Binary(operator=operator, left=left, right=right, on=on, many=many):
            matched = None if on is None else tuple(label.name for label in on)
            return ("binary", operator, matched, many, of_tree(left), of_tree(right))
        case Scalar(value=value):
            return ("number", float(value))
        case String(value=value):
            return ("string", value)
    raise TypeError(node)


def _value(matcher: Matcher) -> str:
    return f"${{{matcher.value}:regex}}{'|' * matcher.or_absent}" if matcher.variable else matcher.value


def _seconds(duration: RangeDuration | None) -> int | None:
    if duration is None:
        return None
    return (GRAFANA_DURATIONS[duration] if isinstance(duration, GrafanaDuration) else duration).seconds


def of_text(text: str) -> Structure:
    """The structure of a text as promql-parser reads it, with values for Grafana's durations."""
    for variable, duration in GRAFANA_DURATIONS.items():
        text = text.replace(variable.value, str(duration))
    return _parsed(promql_parser.parse(text))


def _parsed(node: promql_parser.Expr) -> Structure:
    match node:
        case promql_parser.ParenExpr():
            return _parsed(node.expr)
        case promql_parser.VectorSelector():
            return _series(node, None, None)
        case promql_parser.MatrixSelector():
            return _series(node.vector_selector, node.range, None)
        case promql_parser.SubqueryExpr():
            assert isinstance(node.expr, promql_parser.VectorSelector)
            return _series(node.expr, node.range, node.step)
        case promql_parser.Call():
            return ("call", node.func.name, *map(_parsed, node.args))
        case promql_parser.AggregateExpr():
            labels = tuple(node.modifier.labels) if node.modifier else ()
            return ("aggregate", str(node.op), labels, _parsed(node.expr), _parsed(node.param) if node.param else None)
        case promql_parser.BinaryExpr():
            return ("binary", str(node.op), *_matched(node.modifier), _parsed(node.lhs), _parsed(node.rhs))
        case promql_parser.NumberLiteral():
            return ("number", node.val)
        case promql_parser.StringLiteral():
            return ("string", node.val)
    raise TypeError(node)


def _matched(modifier: promql_parser.BinModifier | None) -> tuple[object, bool]:
    if modifier is None:
        return None, False
    on = tuple(modifier.matching.labels) if modifier.matching else None
    return on, modifier.card == promql_parser.VectorMatchCardinality.ManyToOne


def _series(node: promql_parser.VectorSelector, range: timedelta | None, step: timedelta | None) -> Structure:
    matched = tuple(
        (matcher.name, OPERATORS[str(matcher.op).removeprefix("MatchOp.")], matcher.value)
        for matcher in node.matchers.matchers
    )
    durations = (int(duration.total_seconds()) if duration else None for duration in (range, step))
    return ("series", node.name, matched, *durations)


def random_tree(random: Random, depth: int) -> Expression:
    """A valid tree of at most this depth, with any operator below any other."""
    kind = random.choice(("binary", "binary", "scaled", "sum", "call")) if depth else "series"
    match kind:
        case "series":
            name = random.choice(("requests_total", "route_service_model:ai_requests_total:increase5m"))
            matchers = (TENANT.is_("a"), ROUTE.matches_variable(), MODEL.is_not('"\\'))[: random.randrange(4)]
            return Selector(name, matchers)
        case "sum":
            labels = (TENANT, ROUTE)[: random.randrange(3)]
            return Aggregate("sum", random_tree(random, depth - 1), labels)
        case "call":
            return Call("sort", (random_tree(random, depth - 1),))
        case "scaled":
            pair = [random_tree(random, depth - 1), Scalar(Fraction(6, random.choice((1, 200))))]
            random.shuffle(pair)
            return Binary(random.choice("+-*/>"), pair[0], pair[1])
    operator = random.choice(("or", "and", "unless", ">", ">=", "+", "-", "*", "/"))
    on = random.choice((None, (TENANT,), (TENANT, ROUTE)))
    many = on is not None and operator not in SET_OPERATORS and random.random() < 0.5
    return Binary(operator, random_tree(random, depth - 1), random_tree(random, depth - 1), on, many)
