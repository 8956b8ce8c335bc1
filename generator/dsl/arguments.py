"""Checks of arguments, so that a wrong one is reported where a definition passes it and not deep in the compiler."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from generator.dsl.units import Duration, Quantity
from generator.errors import DefinitionError


def require(values: Iterable[object], kinds: type | tuple[type, ...], call: str, takes: str, hint: str) -> None:
    """Raise DefinitionError unless every argument of a call is an instance of one of these types."""
    for value in values:
        if not isinstance(value, kinds):
            raise DefinitionError(f"{call} takes {takes}, not {shown(value)}", hint)


def require_tuple(
    values: object, kinds: type | tuple[type, ...], call: str, takes: str, hint: str, may_be_empty: bool = False
) -> None:
    """Raise DefinitionError unless the argument of a call is a tuple of instances of one of these types."""
    if isinstance(values, kinds):
        raise DefinitionError(f"{call} takes a tuple of {takes}, not {shown(values)}", "write (…,) with a comma")
    require((values,), tuple, call, f"a tuple of {takes}", hint)
    assert isinstance(values, tuple)
    require(values, kinds, call, takes, hint)
    if not values and not may_be_empty:
        raise DefinitionError(f"{call} has no {takes}", hint)


def require_duration(value: object, call: str) -> None:
    """Raise DefinitionError unless the argument of a call is a duration."""
    number = value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 5
    hint = f"give it a unit, as seconds({number}) or minutes({number})"
    require((value,), Duration, call, "a duration", hint)


def shown(value: object) -> str:
    """How a message shows a wrong argument: numbers and texts as they are written, all else by its type and name."""
    if isinstance(value, Duration | Quantity):
        return value.text()
    if value is None or isinstance(value, int | float | str | Fraction):
        return repr(value)
    return f"{type(value).__name__} {getattr(value, 'name', '')}".strip()
