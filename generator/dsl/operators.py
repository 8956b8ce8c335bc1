"""Python's operators on definitions: refused, because Python would apply them to the description of a query and not to
the value that Prometheus computes from it later.

`a and b` would drop `a`, `0 < query < 5` would drop `0 < query`, and `query == 5` would always be false.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from generator.dsl.word_order import WORDS, instead_of_word
from generator.errors import DefinitionError

COMPARISONS = dict.fromkeys(("lt", "le", "gt", "ge"), "< or >")
"""The comparisons: `5 < query` calls the method of `>`, so that the message cannot know which one was written."""
BINARY = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "matmul": "@",
    "and": "&", "or": "|", "xor": "^", "lshift": "<<", "rshift": ">>",
}  # fmt: skip
UNARY = {"neg": "-", "pos": "+", "invert": "~", "abs": "abs()", "round": "round()", "float": "float()", "int": "int()"}
OTHERS = {"getitem": "[…]", "contains": "in"}


class NoTruthValue:
    """A part of a definition that `and`, `or`, `not`, `if` and `while` refuse, and words of other parts too."""

    def __bool__(self) -> NoReturn:
        raise DefinitionError(f"{self.noun()} has no truth value in Python", self.instead_of("and", None))

    def noun(self) -> str:
        """What messages call it: a query, a condition."""
        raise NotImplementedError

    def instead_of(self, operator: str, other: object) -> str:
        """The hint: what to write instead of an operator. `and` stands for all that need a truth value."""
        raise NotImplementedError


class NoArithmetic(NoTruthValue):
    """A part of a definition that refuses arithmetic and order, too; equality and hashing stay Python's."""


class NoOperators(NoArithmetic):
    """A part of a definition that refuses every operator. Two are never equal but by identity, in sets and mappings.

    A subclass that is a dataclass needs `eq=False`: a generated `__eq__` would replace the one that refuses."""

    def __eq__(self, other: object) -> NoReturn:
        raise self._error("==", other)

    def __ne__(self, other: object) -> NoReturn:
        raise self._error("!=", other)

    __hash__ = object.__hash__

    def _error(self, operator: str, other: object) -> DefinitionError:
        return operator_error(self, operator, other)


def operator_error(value: NoTruthValue, operator: str, other: object) -> DefinitionError:
    """The error of an operator that is applied to a part of a definition."""
    return DefinitionError(f"Python's {operator} does not work on {value.noun()}", value.instead_of(operator, other))


def _refusing(operator: str) -> Callable[..., NoReturn]:
    def refuse(self: NoTruthValue, other: object = None, *_: object) -> NoReturn:
        raise operator_error(self, operator, other)

    return refuse


def _missing(self: NoTruthValue, name: str) -> object:
    """An attribute that the part does not have: a word that another part has is a DefinitionError."""
    if name in WORDS:
        raise DefinitionError(f"{self.noun()} has no .{name}(…)", instead_of_word(name, type(self)))
    return object.__getattribute__(self, name)


def _refuse_operators() -> None:
    """Give the class its methods here and not in its body: the type checker knows none of them, and reports their
    use."""
    operators = {
        **COMPARISONS,
        **BINARY,
        **{f"r{name}": operator for name, operator in BINARY.items()},
        **UNARY,
        **OTHERS,
    }
    methods = [(NoArithmetic, name, _refusing(operator)) for name, operator in operators.items()]
    for owner, name, method in (*methods, (NoTruthValue, "getattr", _missing)):
        setattr(owner, f"__{name}__", method)


_refuse_operators()
