"""Expressions as PromQL's text: short ones on one line, long ones broken at their operators."""

from __future__ import annotations

import json
from fractions import Fraction

from generator.dsl.labels import Label, Matcher
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

WIDTH = 100
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
}
ASSOCIATIVE = {"or", "and", "+", "*"}
SETS = {"or", "and", "unless"}


def text(node: Expression, indent: int = 0) -> str:
    """The expression as PromQL reads it; what does not fit a line is broken, `indent` deep."""
    line = flat(node)
    if len(line) + indent <= WIDTH or not isinstance(node, Binary):
        return line
    pad = " " * indent
    left = _side(node, node.left, indent, right=False)
    right = _side(node, node.right, indent, right=True)
    between = "\n" + pad if node.operator in SETS or "\n" in right else " "
    return f"{left}\n{pad}{_operator(node)}{between}{right}"


def _side(node: Binary, side: Expression, indent: int, right: bool) -> str:
    if not _needs_brackets(node, side, right):
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
            return f"{function}({', '.join(flat(x) for x in arguments)})"
        case Aggregate():
            return _aggregate(node)
        case Binary():
            left, right = _inline(node, node.left, right=False), _inline(node, node.right, right=True)
            return f"{left} {_operator(node)} {right}"
        case Scalar(value=value):
            return number(value)
        case String(value=value):
            return quoted(value)
    raise TypeError(node)


def number(value: Fraction) -> str:
    """A number as PromQL reads it, with no more digits than it needs."""
    return str(value.numerator) if value.denominator == 1 else repr(float(value))


def quoted(value: str) -> str:
    """A string as PromQL reads it."""
    return json.dumps(value, ensure_ascii=False)


def names(labels: tuple[Label, ...]) -> str:
    """Labels as a list in brackets."""
    return f"({', '.join(label.name for label in labels)})"


def matcher(one: Matcher) -> str:
    """A matcher. A variable's value goes, as a regular expression, into a raw string: nothing in it can end it."""
    if one.variable:
        return f"{one.label.name}{one.operator}`${{{one.value}:regex}}{'|' if one.or_absent else ''}`"
    return f"{one.label.name}{one.operator}{quoted(one.value)}"


def _selector(node: Selector) -> str:
    matchers = ",".join(matcher(one) for one in node.matchers)
    base = f"{node.name}{{{matchers}}}" if matchers else node.name
    if node.range is not None:
        base += f"[{_span(node.range)}:{node.step}]" if node.step else f"[{_span(node.range)}]"
    return f"{base} offset {_span(node.offset)}" if node.offset else base


def _span(range: RangeDuration) -> str:
    return range.value if isinstance(range, GrafanaDuration) else str(range)


def _aggregate(node: Aggregate) -> str:
    head = f"{node.operator} by {names(node.by)} " if node.by else node.operator
    parameter = f"{flat(node.parameter)}, " if node.parameter else ""
    return f"{head}({parameter}{flat(node.inner)})"


def _operator(node: Binary) -> str:
    on = f" on {names(node.on)}" if node.on is not None else ""
    many = " group_left ()" if node.many else ""
    return f"{node.operator}{on}{many}"


def _inline(node: Binary, side: Expression, right: bool) -> str:
    line = flat(side)
    return f"({line})" if _needs_brackets(node, side, right) else line


def _needs_brackets(node: Binary, side: Expression, right: bool) -> bool:
    if not isinstance(side, Binary):
        return False
    mine, other = PRECEDENCE[node.operator], PRECEDENCE[side.operator]
    same_chain = side.operator == node.operator and node.operator in ASSOCIATIVE and side.on == node.on
    return (
        other < mine or (other == mine and (right or not same_chain)) or (mine <= 2 and other <= 2 and not same_chain)
    )
