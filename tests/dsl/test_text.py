"""Texts: placeholders are split from the literal text, and texts that cannot be filled are errors."""

from __future__ import annotations

import pytest

from generator.dsl.text import Placeholder, one_line, template_parts
from tests.dsl.definition_errors import definition_error


def test_placeholders_are_split_from_the_literal_text() -> None:
    """A text can start and end with either; without placeholders it has one part, and an empty text has none."""
    assert template_parts("{guest} spilt {value} of it") == (
        Placeholder("guest"),
        " spilt ",
        Placeholder("value"),
        " of it",
    )
    assert template_parts("{a}{b}") == (Placeholder("a"), Placeholder("b"))
    assert template_parts("all is well") == ("all is well",)
    assert template_parts("") == ()


def test_doubled_braces_are_literal_braces() -> None:
    """{{x}} is the literal text {x}, without a placeholder."""
    assert "".join(str(part) for part in template_parts("a {{x}} b")) == "a {x} b"


@pytest.mark.parametrize("text", ["{guest is late", "guest} is late", "{guest"])
def test_an_unbalanced_brace_is_an_error(text: str) -> None:
    """A brace that is only opened or only closed is an error that quotes the text."""
    message = definition_error(lambda: template_parts(text))
    assert message.startswith(f"the text {text!r} cannot be parsed: ")
    assert message.endswith("; close every brace, and write {{ for a literal brace")


@pytest.mark.parametrize("text", ["{value:.2f}", "{value!r}"])
def test_a_placeholder_with_a_format_is_an_error(text: str) -> None:
    """The unit decides how a value is formatted, so a format specification would have no effect."""
    assert definition_error(lambda: template_parts(text)) == (
        "the placeholder value has a format; write {value}: the unit decides the format"
    )


def test_white_space_becomes_one_space() -> None:
    """Line ends, tabs and indents become one space; the text has none at its ends."""
    assert one_line("\n  one\n\ttwo   three \n") == "one two three"
