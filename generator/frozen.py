"""Frozen dataclasses that cost little to define.

`dataclass(frozen=True)` compiles six methods of each class from text. A build is a short process that defines 200 such
classes, which was an eighth of it. Here only `__init__` is compiled, once for all classes with as many fields; the
other methods are functions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from functools import cache
from operator import attrgetter
from types import CodeType, FunctionType
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


def _initializer(kind: type) -> Callable[..., None]:
    """The `__init__` of a class: Python itself then reports missing and unexpected arguments."""
    declared = fields(kind)
    positional = [each for each in declared if not each.kw_only]
    named = [each for each in declared if each.kw_only]
    parameters = [*positional, *named]
    factories = {number: each.default_factory for number, each in enumerate(parameters) if _has_factory(each)}
    template = _template(len(positional), len(named), tuple(factories), hasattr(kind, "__post_init__"))
    names = {f"field_{number}": each.name for number, each in enumerate(parameters)}
    code = template.replace(
        co_varnames=("self", *names.values()),
        co_consts=tuple(names.get(constant, constant) for constant in template.co_consts),
        co_qualname=f"{kind.__qualname__}.__init__",
    )
    values = {"set_": object.__setattr__, "missing": MISSING}
    values |= {f"factory_{number}": factory for number, factory in factories.items()}
    initializer = FunctionType(code, values, "__init__", _defaults(kind, positional))
    initializer.__kwdefaults__ = {each.name: each.default for each in named if _has_default(each)}
    initializer.__qualname__ = code.co_qualname
    return initializer


@cache
def _template(positional: int, named: int, factories: tuple[int, ...], checks: bool) -> CodeType:
    """The code of an `__init__` of fields called `field_0`, `field_1` …: it is compiled once for all classes of a
    shape, which then get it with their own names."""
    names = [f"field_{number}" for number in range(positional + named)]
    made = {number: f"factory_{number}() if field_{number} is missing else " for number in factories}
    body = [f"set_(self, {name!r}, {made.get(number, '')}{name})" for number, name in enumerate(names)]
    body += ["self.__post_init__()" if checks else "pass"]
    parameters = ["self", *names[:positional], *(["*", *names[positional:]] if named else [])]
    values: dict[str, Any] = {}
    exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(body), values)
    code: CodeType = values["__init__"].__code__
    return code


def _defaults(kind: type, positional: Sequence[Field[Any]]) -> tuple[object, ...]:
    """The defaults of the last positional parameters; MISSING where a call makes the value. Raises TypeError for a
    field without a default after one with a default."""
    optional = [each for each in positional if _has_default(each)]
    for each in positional[len(positional) - len(optional) :]:
        if not _has_default(each):
            raise TypeError(
                f"{kind.__qualname__}: the field {each.name!r} without a default follows one with a default"
            )
    return tuple(each.default for each in optional)


def _has_factory(each: Field[Any]) -> bool:
    return each.default_factory is not MISSING


def _has_default(each: Field[Any]) -> bool:
    return each.default is not MISSING or _has_factory(each)


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
