"""What a terminal is given: nothing that steers it, no sign that it lacks, no colour that it did not ask for."""

from __future__ import annotations

import io

import pytest

from generator.logs.trace.terminal import ASCII, BLOCKS, Screen, screen_of, width


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\nb\r\tc\x00", r"a\x0ab\x0d\x09c\x00"),
        ("\x9b2J\x7f", r"\x9b2J\x7f"),
        ("abc\u202ecba", r"abc\u202ecba"),
        ("a\u200bb\u2028c\ufeff", r"a\u200bb\u2028c\ufeff"),
        ("half \ud800", r"half \ud800"),
        ("tag \U000e0041", r"tag \U000e0041"),
        ("grüße, 漢字 ✓", "grüße, 漢字 ✓"),
    ],
)
def test_what_steers_or_deceives_is_escaped(hostile: str, shown: str) -> None:
    """ANSI, new lines, C1 controls, text turned around, signs without width, half pairs, hidden tags; not letters."""
    assert Screen().safe(hostile) == shown


def test_what_an_encoding_lacks_is_escaped() -> None:
    """A terminal of ASCII gets ASCII: in texts, bars and marks."""
    assert Screen(encoding="ascii").safe("grüße ✓") == r"gr\xfc\xdfe \u2713"
    assert (Screen(encoding="ascii").signs, Screen(encoding="latin-1").signs, Screen().signs) == (ASCII, ASCII, BLOCKS)
    assert "".join(vars(ASCII).values()).isascii()


@pytest.mark.parametrize(
    ("text", "fitted"),
    [("abc", "abc  "), ("abcde", "abcde"), ("abcdef", "abcd…"), ("漢字漢", "漢字…"), ("漢字", "漢字 "), ("", "     ")],
)
def test_a_text_takes_exactly_its_columns(text: str, fitted: str) -> None:
    """Five columns: filled up, or cut with a mark; a sign of East Asia takes two of them."""
    assert Screen().fit(text, 5) == fitted
    assert width(fitted) == 5


@pytest.mark.parametrize(
    ("terminal", "environment", "red"),
    [
        (True, {}, True),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
        (False, {}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(terminal: bool, environment: dict[str, str], red: bool) -> None:
    """Red in a terminal; not in a file, nor where NO_COLOR or a dumb terminal forbids it."""
    screen = screen_of(Terminal() if terminal else io.StringIO(), environment)
    assert screen.red("no") == ("\x1b[31mno\x1b[0m" if red else "no")


@pytest.mark.parametrize(("columns", "expected"), [("132", 132), ("10", 60)])
def test_the_width_is_the_terminal_s(monkeypatch: pytest.MonkeyPatch, columns: str, expected: int) -> None:
    """As wide as the terminal, and no narrower than a picture can be."""
    monkeypatch.setenv("COLUMNS", columns)
    assert screen_of(io.StringIO()).columns == expected
