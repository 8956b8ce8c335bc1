"""Texts with placeholders, which the renderer turns into the templates of annotations."""

from __future__ import annotations

import re
from string import Formatter
from typing import TypeAlias

from generator.errors import DefinitionError
from generator.frozen import frozen


@frozen
class Placeholder:
    """A part of a text that is filled when the alert fires: the name of a label, `value`, `threshold`, `window`, or
    a value of the alert's own."""

    name: str


TemplatePart: TypeAlias = str | Placeholder
GO_TEMPLATE = re.compile(
    r"\{\{-?(?:\s|[$.]|(?:if|range|with|end|else|define|template|printf|query)\b)|\$(?:value|labels|external\w+)\b"
)
"""The beginning of an action of a Go template, or one of its variables, as Prometheus and Helm write them."""
GRAFANA_VARIABLE = re.compile(r"\$\{|\$[A-Za-z_]|\[\[|\{\{")
"""The beginning of a template variable or of a label in a legend, as Grafana writes them."""
TEMPLATE = re.compile(rf"\{{\{{|\$\{{|{GO_TEMPLATE.pattern}")
"""The beginning of a template of any kind."""


def template_parts(text: str) -> tuple[TemplatePart, ...]:
    """Split a text at its placeholders `{name}`. Raises DefinitionError for unbalanced braces, for format
    specifications and for Go templates."""
    if action := GO_TEMPLATE.search(text):
        raise DefinitionError(
            f"the text has a Go template: {_excerpt(text, action)}",
            "write {value}, {threshold}, {window} or the name of a label in single braces",
        )
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


def require_no_variables(text: str, call: str) -> None:
    """Raise DefinitionError for a text that Grafana would expand: `$name`, `${name}`, `[[name]]` or `{{label}}`."""
    if variable := GRAFANA_VARIABLE.search(text):
        raise DefinitionError(
            f"the text of {call} has a template of Grafana: {_excerpt(text, variable)}",
            "write plain text: the legend names the labels, and the dashboard shows its variables",
        )


def require_no_templates(call: str, **texts: str) -> None:
    """Raise DefinitionError for a text of a call, by the name of its argument, that holds a template: `{{ … }}`,
    `${name}` or `$labels`. Pages show it, or annotations and metadata have it, as it is written."""
    for name, text in texts.items():
        if template := TEMPLATE.search(text):
            what = f"the text of {call}({name}=…) has a template: {_excerpt(text, template)}"
            raise DefinitionError(what, "write plain text: nothing fills a template there")


def _excerpt(text: str, match: re.Match[str]) -> str:
    return repr(text[match.start() : match.start() + 20])


def one_line(text: str) -> str:
    """The text with every run of white space replaced by one space."""
    return " ".join(text.split())
