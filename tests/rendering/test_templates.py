"""A missing value is an error, and no text breaks a Markdown table."""

from __future__ import annotations

import jinja2
import pytest

from generator.rendering.templates import ENVIRONMENT, cell, code, render


def test_a_missing_value_is_an_error() -> None:
    """A template without one of its values raises an error instead of rendering an empty string."""
    with pytest.raises(jinja2.UndefinedError, match="label"):
        render("label_values.md.j2")


def test_texts_are_not_escaped_as_html() -> None:
    """Texts for Prometheus and Markdown keep the special characters of HTML."""
    assert ENVIRONMENT.from_string("{{ text }}").render(text='a < "b" & c') == 'a < "b" & c'


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a | b", r"a \| b"), ("two\nlines\r\n", "two lines"), (7, "7")],
)
def test_a_cell_stays_in_its_table(text: object, expected: str) -> None:
    """A cell has no unescaped pipe and no newline."""
    assert cell(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("plain", "`plain`"), ("a`b", "``a`b``"), ("`a``b", "``` `a``b ```"), ("a|b", r"`a\|b`")],
)
def test_code_is_between_more_backticks_than_it_contains(text: str, expected: str) -> None:
    """Code with backticks is still rendered as code."""
    assert code(text) == expected
