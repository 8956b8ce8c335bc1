"""Texts with holes: what an annotation says, before anybody writes it as a template."""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter
from typing import TypeAlias

from generator.errors import DefinitionError


@dataclass(frozen=True)
class Hole:
    """A place in a text that is filled when an alert fires: a label's value, `value`, `limit` or `window`."""

    name: str


Piece: TypeAlias = str | Hole


def pieces(text: str) -> tuple[Piece, ...]:
    """A text's pieces: `{name}` is a hole. Refuses braces that do not close, and holes that say how to be filled."""
    found: list[Piece] = []
    try:
        for literal, name, form, conversion in Formatter().parse(text):
            if form or conversion:
                raise DefinitionError(f"the hole {name} says how to be filled", f"write {{{name}}}: its unit says how")
            if literal:
                found.append(literal)
            if name is not None:
                found.append(Hole(name))
    except ValueError as error:
        raise DefinitionError(
            f"the text {text!r} cannot be read: {error}", "close every brace; {{ stands for a brace"
        ) from None
    return tuple(found)


def one_line(text: str) -> str:
    """The text with every run of white space made one space."""
    return " ".join(text.split())
