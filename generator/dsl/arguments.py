"""Checks of arguments, so that a wrong one is reported where a definition passes it and not deep in the compiler."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from fractions import Fraction
from types import FunctionType

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


def require_count(value: object, call: str, minimum: int = 1) -> None:
    """Raise DefinitionError unless the argument of a call is a whole number of at least `minimum`."""
    if not isinstance(value, int) or isinstance(value, bool) or value < minimum:
        what = f"{call} takes a whole number from {minimum} on, not {shown(value)}"
        raise DefinitionError(what, f"write {max(minimum, 8)}")


def require_one_of(value: object, known: tuple[str, ...], call: str) -> None:
    """Raise DefinitionError unless a value is one of the known ones."""
    if value not in known:
        raise DefinitionError(f"{call} takes one of {', '.join(known)}, not {shown(value)}", f'write "{known[0]}"')


def require_text(value: object, call: str) -> None:
    """Raise DefinitionError unless the argument of a call is a text that is not blank."""
    require((value,), str, call, "a text", "write it in quotes")
    assert isinstance(value, str)
    if not value.strip():
        raise DefinitionError(f"the text of {call} is empty", "write what people read there")


def require_function(value: object, call: str, parameter: str = "platform") -> None:
    """Raise DefinitionError unless the argument of a call is a function of one parameter that returns its result."""
    example = f"write def name({parameter}: …) -> …: and return the result"
    if not isinstance(value, FunctionType):
        raise DefinitionError(f"{call} takes a function, not {shown(value)}", example)
    code = value.__code__
    if code.co_flags & (inspect.CO_COROUTINE | inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR):
        raise DefinitionError(f"the function {value.__name__} is asynchronous or has a yield", "use def and return")
    required = code.co_argcount - len(value.__defaults__ or ())
    is_called_with_one = required <= 1 and (code.co_argcount >= 1 or bool(code.co_flags & inspect.CO_VARARGS))
    if not is_called_with_one or len(value.__kwdefaults__ or ()) < code.co_kwonlyargcount:
        raise DefinitionError(f"the function {value.__name__} does not take exactly one argument", example)


def shown(value: object) -> str:
    """How a message shows a wrong argument: numbers and texts as they are written, all else by its type and name."""
    if isinstance(value, Duration | Quantity):
        return value.text()
    if value is None or isinstance(value, int | float | str | Fraction):
        return repr(value)
    if isinstance(value, FunctionType):
        return f"the function {value.__name__}"
    name = getattr(value, "name", "")
    return f"{type(value).__name__} {name}".strip() if isinstance(name, str) else type(value).__name__
