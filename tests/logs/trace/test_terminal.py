"""Output for a terminal: no control characters, no characters outside its encoding, and colour only if enabled."""

from __future__ import annotations

import io

import pytest

from generator.logs.trace.terminal import ASCII, BLOCKS, Screen, screen_of, width


class Terminal(io.StringIO):
    """A stream that is a terminal."""

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
def test_control_and_invisible_characters_are_escaped(hostile: str, shown: str) -> None:
    """ANSI codes, newlines, C1 controls, bidi overrides, zero-width characters, surrogates and tags are escaped."""
    assert Screen().safe(hostile) == shown


def test_characters_outside_the_encoding_are_escaped() -> None:
    """With the encoding ASCII, texts, bars and marks are ASCII."""
    assert Screen(encoding="ascii").safe("grüße ✓") == r"gr\xfc\xdfe \u2713"
    glyphs = (Screen(encoding="ascii").glyphs, Screen(encoding="latin-1").glyphs, Screen().glyphs)
    assert glyphs == (ASCII, ASCII, BLOCKS)
    assert "".join(vars(ASCII).values()).isascii()


@pytest.mark.parametrize(
    ("text", "fitted"),
    [("abc", "abc  "), ("abcde", "abcde"), ("abcdef", "abcd…"), ("漢字漢", "漢字…"), ("漢字", "漢字 "), ("", "     ")],
)
def test_a_text_fits_its_columns(text: str, fitted: str) -> None:
    """A text is padded to five columns or truncated with an ellipsis; a wide character takes two columns."""
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
def test_colour_needs_a_terminal_that_allows_it(terminal: bool, environment: dict[str, str], red: bool) -> None:
    """Failures are red in a terminal, but not in a file, with NO_COLOR or in a dumb terminal."""
    screen = screen_of(Terminal() if terminal else io.StringIO(), environment)
    assert screen.red("no") == ("\x1b[31mno\x1b[0m" if red else "no")


@pytest.mark.parametrize(("columns", "expected"), [("132", 132), ("10", 60)])
def test_the_width_is_the_width_of_the_terminal(monkeypatch: pytest.MonkeyPatch, columns: str, expected: int) -> None:
    """A screen is as wide as the terminal, but not narrower than a waterfall needs."""
    monkeypatch.setenv("COLUMNS", columns)
    assert screen_of(io.StringIO()).columns == expected
