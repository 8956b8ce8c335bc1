"""Expressions of PromQL, as inert trees: what a rule or a panel asks, before anybody writes it down."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import TypeAlias

from generator.dsl.labels import Label, Matcher
from generator.dsl.units import Duration


class Dynamic(Enum):
    """Windows that Grafana fills in."""

    INTERVAL = "$__interval"
    RATE_INTERVAL = "$__rate_interval"
    RANGE = "$__range"


Span: TypeAlias = Duration | Dynamic


@dataclass(frozen=True)
class Selector:
    """The series of a name that match; with a span, their samples over it; with a step, read once every step; with
    `before`, as they were so long ago."""

    name: str
    matchers: tuple[Matcher, ...] = ()
    span: Span | None = None
    step: Duration | None = None
    before: Span | None = None


@dataclass(frozen=True)
class Call:
    """A function of expressions."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Aggregate:
    """Series taken together, one for each value of the labels; a parameter for topk and its kin."""

    operator: str
    inner: Expression
    by: tuple[Label, ...]
    parameter: Expression | None = None


@dataclass(frozen=True)
class Binary:
    """Two expressions and an operator. `on` are the labels to match on (None: all); `many` marks a left side that has
    several series for one on the right."""

    operator: str
    left: Expression
    right: Expression
    on: tuple[Label, ...] | None = None
    many: bool = False


@dataclass(frozen=True)
class Scalar:
    """A number."""

    value: Fraction


@dataclass(frozen=True)
class Text:
    """A string."""

    value: str


Expression: TypeAlias = Selector | Call | Aggregate | Binary | Scalar | Text


def children(node: Expression) -> tuple[Expression, ...]:
    """The expressions right below a node."""
    match node:
        case Call(arguments=arguments):
            return arguments
        case Aggregate(inner=inner):
            return (inner,)
        case Binary(left=left, right=right):
            return (left, right)
    return ()


def selectors(node: Expression) -> tuple[Selector, ...]:
    """All selectors of a tree, from left to right."""
    here = (node,) if isinstance(node, Selector) else ()
    return (*here, *(found for child in children(node) for found in selectors(child)))
