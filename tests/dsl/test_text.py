"""Texts: holes are found, braces are kept, and what cannot be filled is refused."""

from __future__ import annotations

import pytest

from generator.dsl.text import Placeholder, one_line, template_parts
from tests.dsl.refused import refused


def test_holes_are_told_from_what_stands_between() -> None:
    """A text begins and ends with either; without holes it is one piece, and nothing is none."""
    assert template_parts("{guest} spilt {value} of it") == (
        Placeholder("guest"),
        " spilt ",
        Placeholder("value"),
        " of it",
    )
    assert template_parts("{a}{b}") == (Placeholder("a"), Placeholder("b"))
    assert template_parts("all is well") == ("all is well",)
    assert template_parts("") == ()


def test_two_braces_stand_for_one() -> None:
    """What an author writes as {{x}} is said as {x}, with no hole in it."""
    assert "".join(str(piece) for piece in template_parts("a {{x}} b")) == "a {x} b"


@pytest.mark.parametrize("text", ["{guest is late", "guest} is late", "{guest"])
def test_a_brace_that_stands_alone_is_refused(text: str) -> None:
    """Opened and not closed, or closed and not opened; the message quotes the text."""
    said = refused(lambda: template_parts(text))
    assert said.startswith(f"the text {text!r} cannot be read: ")
    assert said.endswith("; close every brace; {{ stands for a brace")


@pytest.mark.parametrize("text", ["{value:.2f}", "{value!r}"])
def test_a_hole_that_says_how_it_is_filled_is_refused(text: str) -> None:
    """A form would be dropped in silence: the unit says how a value is told."""
    assert (
        refused(lambda: template_parts(text))
        == "the hole value says how to be filled; write {value}: its unit says how"
    )


def test_white_space_is_one_space() -> None:
    """Line ends, tabs and indents vanish, around the text too."""
    assert one_line("\n  one\n\ttwo   three \n") == "one two three"
