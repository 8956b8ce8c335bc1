"""The fields of a definition are of the types that its class declares, checked when it is made.

Python does not check types: a text in the place of a tuple would be read letter by letter, and True counts as 1.
"""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import Enum
from functools import cache
from typing import Any

from generator.dsl.arguments import shown
from generator.errors import DefinitionError

DESCRIPTIONS: Mapping[str, tuple[str, str]] = {
    "str": ("a text", "write it in quotes"),
    "int": ("a whole number", "write it in digits, as 8"),
    "float": ("a number", "write it in digits, as 0.5"),
    "bool": ("True or False", "write True or False"),
    "NoneType": ("None", "leave it out"),
    "Duration": ("a duration", "give it a unit, as minutes(5)"),
    "Fraction": ("an exact number", "write quantity(5, UNIT) or percent(5)"),
    "Quantity": ("a quantity", "give it a unit, as percent(5), milliseconds(500) or quantity(5, UNIT)"),
    "Unit": ("a unit", "import one from generator.dsl.units, as REQUESTS_UNIT"),
    "Label": ("a label of the contract", "import it from contract.labels"),
    "Matcher": ("a matcher", 'write LABEL.is_("value")'),
    "Metric": ("a metric of the contract", "import it from contract"),
    "Counter": ("a counter of the contract", "import it from contract"),
    "Histogram": ("a histogram of the contract", "import it from contract"),
    "Query": ("a query", "read a metric, as COUNTER.increase(minutes(5))"),
    "Condition": ("a condition", "end the query with .above(…) or .at_least(…)"),
    "ThresholdSeries": ("a threshold of each label value", "pass one of contract.objectives, or table.per(LABEL)"),
    "Severity": ("a severity", "write PAGE, TICKET or NONE"),
    "Coverage": ("a kind of coverage", "write one of generator.dsl.alert_test, as FIRES"),
    "Alert": ("an alert", "name the function that @alert(…) decorates, as errors.route_down"),
    "Panel": ("a panel", "decorate its function with @panel(title, id=…)"),
    "Seed": ("a Seed", 'write Seed("3.1") for a metric of the plan'),
    "Extension": ("an Extension", 'write Extension("why it is needed")'),
}
"""How messages call a type, and what to write instead, by its name; others are written as they are called."""


def check_fields(definition: object) -> None:
    """Raise DefinitionError for a field whose value is not of its type, at any depth of tuples and mappings."""
    kind: Any = type(definition)
    for name, hint in _types(kind):
        wrong = _wrong(getattr(definition, name), hint)
        if wrong is not None:
            value, expected = wrong
            call = f"{kind.__name__}({name}=…)"
            raise DefinitionError(f"{call} takes {described(hint)}, not {shown(value)}", _instead(value, expected))


@cache
def _types(kind: Any) -> tuple[tuple[str, Any], ...]:
    hints = typing.get_type_hints(kind)
    return tuple((field.name, hints[field.name]) for field in fields(kind))


def _wrong(value: object, hint: Any) -> tuple[object, Any] | None:
    """The innermost value that is not of its type, and that type; None where all are."""
    if isinstance(hint, type) and not isinstance(hint, types.GenericAlias):
        return None if _is_a(value, hint) else (value, hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        attempts = [_wrong(value, each) for each in arguments]
        matching = [
            wrong for wrong, each in zip(attempts, arguments, strict=True) if wrong is None or _is_inner(wrong, value)
        ]
        return next((wrong for wrong in matching if wrong is None), matching[0] if matching else (value, hint))
    if origin is tuple:
        if not isinstance(value, tuple):
            return value, hint
        return next((wrong for each in value if (wrong := _wrong(each, arguments[0])) is not None), None)
    if origin is Mapping:
        if not isinstance(value, Mapping):
            return value, hint
        pairs = ((each, argument) for item in value.items() for each, argument in zip(item, arguments, strict=True))
        return next((wrong for each, argument in pairs if (wrong := _wrong(each, argument)) is not None), None)
    if origin is Callable:
        return None if callable(value) else (value, hint)
    return None


def _is_a(value: object, kind: type) -> bool:
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return isinstance(value, kind)


def _is_inner(wrong: tuple[object, Any], value: object) -> bool:
    """Whether a part of the value is wrong, and not the value itself."""
    return wrong[0] is not value


def described(hint: Any, plural: bool = False) -> str:
    """How messages call a type."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(described(each, plural) for each in arguments)
    if origin is tuple:
        return f"a tuple of {described(arguments[0], plural=True)}"
    if origin is Mapping:
        return f"a mapping from {described(arguments[0], plural=True)} to {described(arguments[1], plural=True)}"
    if origin is Callable:
        return "a function"
    name = getattr(hint, "__name__", str(hint))
    singular = DESCRIPTIONS[name][0] if name in DESCRIPTIONS else f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"
    return _plural(singular) if plural else singular


def _plural(singular: str) -> str:
    noun, of, rest = singular.partition(" of ")
    article, _, word = noun.partition(" ")
    if article not in ("a", "an"):
        return singular
    return (f"{word[:-1]}ies" if word.endswith("y") else f"{word}s" if not word.endswith("s") else word) + of + rest


def _instead(value: object, hint: Any) -> str:
    """The hint: what to write in the place of a value."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        return (
            "write (…,) with a comma"
            if _wrong(value, arguments[0]) is None
            else f"write a tuple: {_instead(None, arguments[0])}"
        )
    if origin is Mapping:
        return "write {…: …}"
    if origin is Callable:
        return "name a function, without calling it"
    if origin in (typing.Union, types.UnionType):
        return _instead(value, arguments[0])
    if isinstance(hint, type) and issubclass(hint, Enum):
        members = ", ".join(f"{hint.__name__}.{member.name}" for member in hint)
        return DESCRIPTIONS[hint.__name__][1] if hint.__name__ in DESCRIPTIONS else f"write one of {members}"
    name = getattr(hint, "__name__", str(hint))
    return DESCRIPTIONS[name][1] if name in DESCRIPTIONS else f"write {name}(…)"
