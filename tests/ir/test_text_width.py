"""The width of texts in Grafana's font, and of panels in windows; measured in a Chromium and in a Grafana 12.3."""

from __future__ import annotations

import pytest

from generator.ir.text_width import DESKTOP, PHONE, TITLE_SIZE, Window, text_width, title_fits


@pytest.mark.parametrize(
    ("text", "measured"),
    [
        ("Rate-limited", 80.8),
        ("First token, p95 now", 136.2),
        ("p95 latency, % of SLO", 148.0),
        ("Error rate by route", 121.7),
    ],
)
def test_the_width_is_that_which_a_browser_measures(text: str, measured: float) -> None:
    """Chromium draws these titles in Inter Medium of 14 pixels as wide, without the spacing of 0.15 pixels a letter."""
    assert text_width(text, TITLE_SIZE) - 0.15 * len(text) == pytest.approx(measured, rel=0.02)


def test_a_character_that_is_not_listed_is_as_wide_as_a_capital_letter() -> None:
    """A text in another script is not taken for an empty one."""
    assert text_width("日", 10) == pytest.approx(7.15)


def test_a_panel_is_as_wide_as_in_grafana() -> None:
    """At 1,600 pixels the grid has 1,268, and a panel of three columns 151 of them; on a phone it has all."""
    assert Window(1600, 1268).panel_width(3) == 151
    assert DESKTOP.panel_width(24) == 948
    assert PHONE.panel_width(3) == PHONE.panel_width(24) == 358


def test_a_title_of_a_narrow_panel_is_cut() -> None:
    """The titles that Grafana cut in panels of three and four columns do not fit; they do in wider ones."""
    assert not title_fits("Rate-limited", 3)
    assert not title_fits("First token, p95 now", 4)
    assert title_fits("Rate-limited", 6)
