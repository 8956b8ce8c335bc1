"""Makes hostile log texts safe for a terminal, and picks glyphs and colour that the terminal has."""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Mapping
from itertools import accumulate
from typing import TextIO

from generator.frozen import frozen

MIN_COLUMNS = 60
RED, RESET = "\033[31m", "\033[0m"


@frozen
class Glyphs:
    """The characters of bars and marks. `partial` are the ends of a bar that fill one to seven eighths of a cell."""

    full: str
    partial: str
    instant: str
    event: str
    failed: str
    warning: str
    ellipsis: str


BLOCKS = Glyphs(full="█", partial="▏▎▍▌▋▊▉", instant="▏", event="•", failed="✗", warning="!", ellipsis="…")
ASCII = Glyphs(full="#", partial="", instant="|", event=".", failed="x", warning="!", ellipsis="~")


@frozen
class Screen:
    """A terminal or an output file: its width, its encoding, and whether it shows colour."""

    columns: int = 100
    encoding: str = "utf-8"
    colour: bool = False

    @property
    def glyphs(self) -> Glyphs:
        """Block characters, or ASCII if the encoding has no block characters."""
        return BLOCKS if _can_encode("".join(vars(BLOCKS).values()), self.encoding) else ASCII

    def red(self, text: str) -> str:
        """Return the text in red if the screen shows colour."""
        return f"{RED}{text}{RESET}" if self.colour else text

    def safe(self, text: str) -> str:
        """Escape what would control or deceive the terminal, and what its encoding does not have."""
        printable = "".join(character if character.isprintable() else _escape(character) for character in text)
        return printable.encode(self.encoding, "backslashreplace").decode(self.encoding)

    def fit(self, text: str, columns: int) -> str:
        """Truncate or pad a safe text to exactly this many columns."""
        widths = list(accumulate(map(width, text)))
        if widths and widths[-1] > columns:
            text = text[: sum(end < columns for end in widths)] + self.glyphs.ellipsis
        return text + " " * (columns - width(text))


def screen_of(stream: TextIO, environment: Mapping[str, str] = os.environ) -> Screen:
    """Return the screen of an output stream; without colour if it is not a terminal or NO_COLOR is set."""
    colour = stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
    columns = shutil.get_terminal_size((100, 24)).columns
    return Screen(max(columns, MIN_COLUMNS), stream.encoding or "ascii", colour)


def width(text: str) -> int:
    """Return the number of columns of a safe text: wide characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _can_encode(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
