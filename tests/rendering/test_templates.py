"""Templates fail loudly, and Markdown tables stay whole."""

from __future__ import annotations

import jinja2
import pytest

from generator.rendering.templates import ENVIRONMENT, cell, code, render


def test_a_missing_value_is_an_error() -> None:
    """A template that is not given all its values fails; it does not leave a blank."""
    with pytest.raises(jinja2.UndefinedError, match="label"):
        render("label_values.md.j2")


def test_nothing_is_escaped_as_html() -> None:
    """Texts are for Prometheus and Markdown: what is HTML's business goes through as it is."""
    assert ENVIRONMENT.from_string("{{ text }}").render(text='a < "b" & c') == 'a < "b" & c'


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a | b", r"a \| b"), ("two\nlines\r\n", "two lines"), (7, "7")],
)
def test_a_cell_stays_in_its_table(text: object, expected: str) -> None:
    """Neither a pipe nor a line's end breaks a table's row."""
    assert cell(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("plain", "`plain`"), ("a`b", "``a`b``"), ("`a``b", "``` `a``b ```"), ("a|b", r"`a\|b`")],
)
def test_code_is_fenced_by_more_backticks_than_it_holds(text: str, expected: str) -> None:
    """Code that holds backticks is still code."""
    assert code(text) == expected
