"""Checks of arguments, so that a wrong one is reported where a definition passes it and not deep in the compiler."""

from __future__ import annotations

from collections.abc import Iterable

from generator.errors import DefinitionError


def require(values: Iterable[object], kinds: type | tuple[type, ...], what: str, hint: str) -> None:
    """Raise DefinitionError unless every value is an instance of one of these types."""
    if not all(isinstance(value, kinds) for value in values):
        raise DefinitionError(what, hint)
