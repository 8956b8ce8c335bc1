"""What a terminal can show: texts of logs are hostile, and not every terminal has every sign or wants colour."""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import TextIO

NARROWEST = 60
RED, PLAIN = "\033[31m", "\033[0m"


@dataclass(frozen=True)
class Signs:
    """What bars and marks are drawn with. `ends` are the ends of a bar, by the eighths of a cell that they fill."""

    full: str
    ends: str
    instant: str
    said: str
    failed: str
    warned: str
    cut: str


BLOCKS = Signs(full="█", ends="▏▎▍▌▋▊▉", instant="▏", said="•", failed="✗", warned="!", cut="…")
ASCII = Signs(full="#", ends="", instant="|", said=".", failed="x", warned="!", cut="~")


@dataclass(frozen=True)
class Screen:
    """A terminal, or a file in its place: columns, the signs that its encoding has, and whether red may be used."""

    columns: int = 100
    encoding: str = "utf-8"
    colour: bool = False

    @property
    def signs(self) -> Signs:
        """Blocks, or ASCII where the encoding has no blocks."""
        return BLOCKS if _encodes("".join(vars(BLOCKS).values()), self.encoding) else ASCII

    def red(self, text: str) -> str:
        """A text in red, where colour may be used."""
        return f"{RED}{text}{PLAIN}" if self.colour else text

    def safe(self, text: str) -> str:
        """A text as this screen can show it: what would steer or deceive a terminal is escaped."""
        plain = "".join(sign if sign.isprintable() else _escape(sign) for sign in text)
        return plain.encode(self.encoding, "backslashreplace").decode(self.encoding)

    def fit(self, text: str, columns: int) -> str:
        """A safe text in exactly so many columns: cut, or filled up with spaces."""
        widths = list(accumulate(map(width, text)))
        if widths and widths[-1] > columns:
            text = text[: sum(one < columns for one in widths)] + self.signs.cut
        return text + " " * (columns - width(text))


def screen_of(stream: TextIO, environment: Mapping[str, str] = os.environ) -> Screen:
    """The screen that a stream writes to. No colour where it is no terminal, or where NO_COLOR is set."""
    colour = stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
    columns = shutil.get_terminal_size((100, 24)).columns
    return Screen(max(columns, NARROWEST), stream.encoding or "ascii", colour)


def width(text: str) -> int:
    """How many columns a safe text takes: signs of East Asia two, what combines with the sign before none."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


def _escape(sign: str) -> str:
    number = ord(sign)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _encodes(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
