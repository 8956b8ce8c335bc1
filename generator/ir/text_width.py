"""The width of a text in Grafana's font, so that a build knows what fits on a page without a browser."""

from __future__ import annotations

from string import ascii_lowercase, ascii_uppercase, digits

from generator.frozen import frozen

TITLE_SIZE, LEGEND_SIZE = 14, 12
"""The sizes of the font in panel titles and table cells, and in legends, in pixels."""
LETTER_SPACING = 0.15
"""What Grafana adds to each character, in pixels."""
OTHER = 700
"""The width of a character that is not listed: a capital letter's."""
_UPPER = "709 657 733 722 603 589 748 745 272 575 688 565 913 756 767 642 769 648 646 653 740 709 1003 701 696 641"
_LOWER = "568 618 577 618 587 379 620 602 252 252 559 252 888 602 604 618 618 387 539 340 602 575 829 557 575 559"
_DIGITS = "646 415 616 627 656 603 630 571 629 630"
_SIGNS = {
    " ": 267,
    "!": 304,
    "#": 639,
    "$": 646,
    "%": 993,
    "&": 653,
    "'": 313,
    "(": 369,
    ")": 369,
    "*": 521,
    "+": 667,
    ",": 303,
    "-": 462,
    ".": 303,
    "/": 370,
    ":": 303,
    ";": 315,
    "=": 667,
    "?": 527,
    "@": 982,
    "[": 369,
    "]": 369,
    "_": 463,
    "|": 346,
    "·": 303,
    "–": 500,
    "…": 910,
    "<": 667,
    ">": 667,
}
ADVANCES = {
    **dict(zip(ascii_uppercase, map(int, _UPPER.split()), strict=True)),
    **dict(zip(ascii_lowercase, map(int, _LOWER.split()), strict=True)),
    **dict(zip(digits, map(int, _DIGITS.split()), strict=True)),
    **_SIGNS,
}
"""The advance widths of Inter Medium, in thousandths of its size; they are a little above those of the regular font."""


def text_width(text: str, size: int) -> float:
    """The width of a text on one line in pixels, at a size of the font in pixels. It ignores kerning, which makes a
    text narrower by less than 2 %."""
    return sum(ADVANCES.get(character, OTHER) * size / 1000 + LETTER_SPACING for character in text)


@frozen
class Window:
    """A browser's window: its width, and that of the grid of panels in it, both in pixels. Below 992 pixels Grafana
    draws each legend below its graph, and below 769 one panel a line."""

    width: int
    grid: int

    @property
    def stacks_panels(self) -> bool:
        """Whether each panel has the whole width."""
        return self.width < 769

    def panel_width(self, columns: int) -> int:
        """The width of a panel with so many of the grid's 24 columns, which are 8 pixels apart."""
        if self.stacks_panels:
            return self.grid
        return int(columns * (self.grid - 23 * 8) / 24 + (columns - 1) * 8)


DESKTOP, PHONE = Window(1280, 948), Window(390, 358)
"""The narrowest windows that dashboards are made for: a small desktop with Grafana's menu, and a phone."""
TITLE_MARGIN = 102
"""What a panel's border, padding, description icon and menu button take of the line of its title, in pixels. Grafana 12
takes 74, Grafana 13 all of it."""


def title_fits(title: str, columns: int) -> bool:
    """Whether a title is shown whole on a panel of so many columns on a small desktop. On a phone, each panel is as
    wide as nine of them."""
    return round(text_width(title, TITLE_SIZE)) + TITLE_MARGIN <= DESKTOP.panel_width(columns)
