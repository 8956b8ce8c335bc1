"""Texts with placeholders, which the renderer turns into the templates of annotations."""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter
from typing import TypeAlias

from generator.errors import DefinitionError


@dataclass(frozen=True)
class Placeholder:
    """A part of a text that is filled when the alert fires: the name of a label, `value`, `threshold`, `window`, or
    a value of the alert's own."""

    name: str


TemplatePart: TypeAlias = str | Placeholder


def template_parts(text: str) -> tuple[TemplatePart, ...]:
    """Split a text at its placeholders `{name}`. Raises DefinitionError for unbalanced braces and for format
    specifications."""
    parts: list[TemplatePart] = []
    try:
        for literal, name, format_spec, conversion in Formatter().parse(text):
            if format_spec or conversion:
                raise DefinitionError(
                    f"the placeholder {name} has a format", f"write {{{name}}}: the unit decides the format"
                )
            if literal:
                parts.append(literal)
            if name is not None:
                parts.append(Placeholder(name))
    except ValueError as error:
        raise DefinitionError(
            f"the text {text!r} cannot be parsed: {error}", "close every brace, and write {{ for a literal brace"
        ) from None
    return tuple(parts)


def one_line(text: str) -> str:
    """The text with every run of white space replaced by one space."""
    return " ".join(text.split())
