"""PromQL expressions as trees."""

from __future__ import annotations

from enum import Enum
from fractions import Fraction
from typing import TypeAlias

from generator.dsl.labels import Label, Matcher
from generator.dsl.units import Duration
from generator.frozen import frozen


class GrafanaDuration(Enum):
    """Durations that Grafana fills in."""

    INTERVAL = "$__interval"
    RATE_INTERVAL = "$__rate_interval"
    RANGE = "$__range"


RangeDuration: TypeAlias = Duration | GrafanaDuration


@frozen
class Selector:
    """A vector selector; with `range`, a range selector; with `step` too, a subquery.

    `offset` shifts it back in time.
    """

    name: str
    matchers: tuple[Matcher, ...] = ()
    range: RangeDuration | None = None
    step: Duration | None = None
    offset: RangeDuration | None = None


@frozen
class Call:
    """A function call."""

    function: str
    arguments: tuple[Expression, ...]


@frozen
class Aggregate:
    """An aggregation; `parameter` is that of topk and bottomk, and the label that count_values adds."""

    operator: str
    inner: Expression
    by: tuple[Label, ...]
    parameter: Expression | None = None


@frozen
class Binary:
    """A binary operation. `on` are the labels to match on (None: all); `many` is `group_left`: several series of the
    left side match one of the right side. The result has the `copied` labels of that one, too.
    """

    operator: str
    left: Expression
    right: Expression
    on: tuple[Label, ...] | None = None
    many: bool = False
    copied: tuple[Label, ...] = ()


@frozen
class Scalar:
    """A number literal."""

    value: Fraction


@frozen
class NegativeInfinity:
    """The lowest number as a literal, -Inf."""


@frozen
class String:
    """A string literal."""

    value: str


Expression: TypeAlias = Selector | Call | Aggregate | Binary | Scalar | NegativeInfinity | String


def is_constant(node: Expression) -> bool:
    """Whether an expression is a number as a vector, which reads no series."""
    return isinstance(node, Call) and node.function == "vector"


def children(node: Expression) -> tuple[Expression, ...]:
    """The direct operands of a node."""
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
    own = (node,) if isinstance(node, Selector) else ()
    return (*own, *(selector for child in children(node) for selector in selectors(child)))


def series_names(node: Expression) -> frozenset[str]:
    """The names of all series that an expression reads."""
    return frozenset(selector.name for selector in selectors(node))
