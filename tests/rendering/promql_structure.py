"""The structure of an expression, once from our tree and once from its text as a real parser reads it."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from random import Random
from typing import TypeAlias

import promql_parser

from contract.labels import MODEL, ROUTE, TENANT
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
from generator.rendering.promql import SETS

Structure: TypeAlias = tuple[object, ...]
FILLED = {GrafanaDuration.RATE_INTERVAL: minutes(2), GrafanaDuration.RANGE: days(7)}
OPERATORS = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}


def of_tree(node: Expression) -> Structure:
    """What a tree means: who is applied to what. Numbers become floats, spans seconds."""
    match node:
        case Selector(name=name, matchers=matchers, range=range, step=step):
            matches_variable = tuple(
                (one.label.name, one.operator, _value(one.value, one.variable, one.or_absent)) for one in matchers
            )
            return ("series", name, matches_variable, _seconds(range), step.seconds if step else None)
        case Call(function=function, arguments=arguments):
            return ("call", function, *map(of_tree, arguments))
        case Aggregate(operator=operator, inner=inner, by=by, parameter=parameter):
            firing = tuple(label.name for label in by)
            return ("aggregate", operator, firing, of_tree(inner), of_tree(parameter) if parameter else None)
        case Binary(operator=operator, left=left, right=right, on=on, many=many):
            matched = None if on is None else tuple(label.name for label in on)
            return ("binary", operator, matched, many, of_tree(left), of_tree(right))
        case Scalar(value=value):
            return ("number", float(value))
        case String(value=value):
            return ("string", value)
    raise TypeError(node)


def _value(value: str, variable: bool, absent: bool) -> str:
    return f"${{{value}:regex}}{'|' * absent}" if variable else value


def _seconds(range: RangeDuration | None) -> int | None:
    if range is None:
        return None
    return (FILLED[range] if isinstance(range, GrafanaDuration) else range).seconds


def of_text(text: str) -> Structure:
    """What a text means to the parser, Grafana's windows filled in."""
    for window, duration in FILLED.items():
        text = text.replace(window.value, str(duration))
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
            firing = tuple(node.modifier.labels) if node.modifier else ()
            return ("aggregate", str(node.op), firing, _parsed(node.expr), _parsed(node.param) if node.param else None)
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
    matches_variable = tuple(
        (one.name, OPERATORS[str(one.op).removeprefix("MatchOp.")], one.value) for one in node.matchers.matchers
    )
    return (
        "series",
        node.name,
        matches_variable,
        *(int(each.total_seconds()) if each else None for each in (range, step)),
    )


def random_tree(chance: Random, depth: int) -> Expression:
    """A tree that Prometheus would take, at most so many floors high: any operator over any other."""
    kind = chance.choice(("binary", "binary", "scaled", "sum", "call")) if depth else "series"
    match kind:
        case "series":
            name = chance.choice(("requests_total", "route_service_model:ai_requests_total:increase5m"))
            matchers = (TENANT.is_("a"), ROUTE.matches_variable(), MODEL.is_not('"\\'))[: chance.randrange(4)]
            return Selector(name, matchers)
        case "sum":
            labels = (TENANT, ROUTE)[: chance.randrange(3)]
            return Aggregate("sum", random_tree(chance, depth - 1), labels)
        case "call":
            return Call("sort", (random_tree(chance, depth - 1),))
        case "scaled":
            pair = [random_tree(chance, depth - 1), Scalar(Fraction(6, chance.choice((1, 200))))]
            chance.shuffle(pair)
            return Binary(chance.choice("+-*/>"), pair[0], pair[1])
    operator = chance.choice(("or", "and", "unless", ">", ">=", "+", "-", "*", "/"))
    on = chance.choice((None, (TENANT,), (TENANT, ROUTE)))
    many = on is not None and operator not in SETS and chance.random() < 0.5
    return Binary(operator, random_tree(chance, depth - 1), random_tree(chance, depth - 1), on, many)
