"""Expressions as PromQL text: short ones on one line, long ones broken at their operators."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import cache

from generator.dsl.labels import Label, Matcher
from generator.ir.expression import (
    Aggregate,
    Binary,
    Call,
    Expression,
    GrafanaDuration,
    NegativeInfinity,
    RangeDuration,
    Scalar,
    Selector,
    String,
)

WIDTH = 100
ENCODER = json.JSONEncoder(ensure_ascii=False)
"""Reused: `json.dumps` makes a new one for each string."""
PRECEDENCE = {
    "or": 1,
    "and": 2,
    "unless": 2,
    ">": 3,
    ">=": 3,
    "<": 3,
    "<=": 3,
    "==": 3,
    "!=": 3,
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
    "%": 5,
}
ASSOCIATIVE = {"or", "and", "+", "*"}
SET_OPERATORS = {"or", "and", "unless"}


def text(node: Expression, indent: int = 0) -> str:
    """The expression as PromQL, indented by `indent` spaces where it is broken over several lines."""
    line = flat(node)
    if len(line) + indent <= WIDTH or not isinstance(node, Binary):
        return line
    pad = " " * indent
    left = _side(node, node.left, indent, right=False)
    right = _side(node, node.right, indent, right=True)
    separator = "\n" + pad if node.operator in SET_OPERATORS or "\n" in right else " "
    return f"{left}\n{pad}{_operator(node)}{separator}{right}"


def _side(node: Binary, side: Expression, indent: int, right: bool) -> str:
    if not _needs_parentheses(node, side, right):
        return text(side, indent)
    inner = flat(side)
    if len(inner) + indent + 2 <= WIDTH:
        return f"({inner})"
    pad = " " * (indent + 2)
    return f"(\n{pad}{text(side, indent + 2)}\n{' ' * indent})"


def flat(node: Expression) -> str:
    """The expression on one line."""
    match node:
        case Selector():
            return _selector(node)
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(flat(argument) for argument in arguments)})"
        case Aggregate():
            return _aggregate(node)
        case Binary():
            left, right = _inline(node, node.left, right=False), _inline(node, node.right, right=True)
            return f"{left} {_operator(node)} {right}"
        case Scalar(value=value):
            return number(value)
        case NegativeInfinity():
            return "-Inf"
        case String(value=value):
            return quoted(value)
    raise TypeError(node)


def number(value: Fraction) -> str:
    """A number as PromQL, with as few digits as possible."""
    return str(value.numerator) if value.denominator == 1 else repr(float(value))


@cache
def quoted(value: str) -> str:
    """A string as PromQL, in double quotes."""
    return ENCODER.encode(value)


def names(labels: tuple[Label, ...]) -> str:
    """Labels as a list in parentheses."""
    return f"({', '.join(label.name for label in labels)})"


def matcher(label_matcher: Matcher) -> str:
    """A matcher. Grafana inserts a variable's value as a regular expression into a raw string, which no value can end,
    because values of labels have no backticks."""
    name, operator, value = label_matcher.label.name, label_matcher.operator, label_matcher.value
    if label_matcher.variable:
        return f"{name}{operator}`${{{value}:regex}}{'|' if label_matcher.or_absent else ''}`"
    return f"{name}{operator}{quoted(value)}"


def _selector(node: Selector) -> str:
    matchers = ",".join(matcher(label_matcher) for label_matcher in node.matchers)
    base = f"{node.name}{{{matchers}}}" if matchers else node.name
    if node.range is not None:
        base += f"[{_duration(node.range)}:{node.step}]" if node.step is not None else f"[{_duration(node.range)}]"
    return f"{base} offset {_duration(node.offset)}" if node.offset is not None else base


def _duration(duration: RangeDuration) -> str:
    return duration.value if isinstance(duration, GrafanaDuration) else str(duration)


def _aggregate(node: Aggregate) -> str:
    operator = f"{node.operator} by {names(node.by)} " if node.by else node.operator
    parameter = f"{flat(node.parameter)}, " if node.parameter else ""
    return f"{operator}({parameter}{flat(node.inner)})"


def _operator(node: Binary) -> str:
    on = f" on {names(node.on)}" if node.on is not None else ""
    many = f" group_left {names(node.copied)}" if node.many else ""
    return f"{node.operator}{on}{many}"


def _inline(node: Binary, side: Expression, right: bool) -> str:
    line = flat(side)
    return f"({line})" if _needs_parentheses(node, side, right) else line


def _needs_parentheses(node: Binary, side: Expression, right: bool) -> bool:
    if not isinstance(side, Binary):
        return False
    outer, inner = PRECEDENCE[node.operator], PRECEDENCE[side.operator]
    same_chain = side.operator == node.operator and node.operator in ASSOCIATIVE and side.on == node.on
    mixed_set_operators = outer <= 2 and inner <= 2 and not same_chain
    return inner < outer or (inner == outer and (right or not same_chain)) or mixed_set_operators
