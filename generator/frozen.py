"""Frozen dataclasses that cost little to define.

`dataclass(frozen=True)` compiles six methods of each class from text. A build is a short process that defines 190 such
classes, which was an eighth of it. Here only `__init__` is compiled; the other methods are functions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform, overload

Class = TypeVar("Class", bound=type)


@overload
def frozen(kind: Class, /) -> Class: ...
@overload
def frozen(*, eq: bool = True, kw_only: bool = False) -> Callable[[Class], Class]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(kind: Class | None = None, /, *, eq: bool = True, kw_only: bool = False) -> Class | Callable[[Class], Class]:
    """Make a class a dataclass whose fields are set once, by `__init__`; with `eq`, it is compared and hashed by them.

    Its instances behave as those of `dataclass(frozen=True, eq=…, kw_only=…)` do. `field(init=False)` is not supported.
    """

    def make(kind: Class) -> Class:
        dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(kind)
        methods = {"__init__": _initializer(kind), "__repr__": _description}
        methods |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
        for name, method in (methods | (_equality(kind) if eq else {})).items():
            if name not in vars(kind):
                setattr(kind, name, method)
        return kind

    return make if kind is None else make(kind)


def _initializer(kind: type) -> Callable[..., object]:
    """The `__init__` of a class: Python itself then reports missing and unexpected arguments."""
    values: dict[str, Any] = {"set_": object.__setattr__, "missing": MISSING}
    positional, named, body = ["self"], ["*"], ["pass"]
    for each in fields(kind):
        (named if each.kw_only else positional).append(_parameter(each, values))
        value = each.name
        if each.default_factory is not MISSING:
            value = f"factory_{each.name}() if {each.name} is missing else {each.name}"
        body.append(f"set_(self, {each.name!r}, {value})")
    if hasattr(kind, "__post_init__"):
        body.append("self.__post_init__()")
    parameters = [*positional, *(named if len(named) > 1 else [])]
    exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(body), values)
    initializer: Callable[..., object] = values["__init__"]
    initializer.__qualname__ = f"{kind.__qualname__}.__init__"
    return initializer


def _parameter(each: Field[Any], values: dict[str, Any]) -> str:
    """A parameter of `__init__`, whose default is added to the values that its text names."""
    if each.default_factory is not MISSING:
        values[f"factory_{each.name}"] = each.default_factory
        return f"{each.name}=missing"
    if each.default is not MISSING:
        values[f"default_{each.name}"] = each.default
        return f"{each.name}=default_{each.name}"
    return each.name


def _refuse_to_set(instance: object, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(instance: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _description(instance: Any) -> str:
    shown = (f"{each.name}={getattr(instance, each.name)!r}" for each in fields(instance) if each.repr)
    return f"{type(instance).__qualname__}({', '.join(shown)})"


def _equality(kind: type) -> dict[str, Callable[..., object]]:
    """Instances are equal if they are of one class and have equal values; a value is equal to itself, as in a tuple."""
    names = [each.name for each in fields(kind) if each.compare]
    values: Callable[[object], object]
    if len(names) > 1:
        values = attrgetter(*names)
    else:

        def values(instance: object) -> object:
            return tuple([getattr(instance, name) for name in names])

    def equal(instance: object, other: object) -> object:
        return values(instance) == values(other) if other.__class__ is instance.__class__ else NotImplemented

    def hash_of(instance: object) -> int:
        return hash(values(instance))

    return {"__eq__": equal, "__hash__": hash_of}
