"""Lines as JSON: hues that stay, limits that the legend leaves out, names without what says nothing."""

from __future__ import annotations

from dataclasses import replace

from generator.ir.dashboard import QueryFormat
from tests.rendering.drawn_samples import LATENCY, ROUTES
from tests.rendering.test_grafana import properties, written


def test_a_known_line_has_its_hue_on_every_panel() -> None:
    """A line that is known by its name is never red, and as blue on one panel as on the next."""
    read = written(replace(LATENCY, series_names=("/chat", "/search")))
    hues = [properties(read, name)["color"]["fixedColor"] for name in ("/chat", "/search")]
    assert hues == ["blue", "purple"]
    assert properties(read, "B")["color"]["fixedColor"] == "red"


def test_a_limit_is_not_in_the_legend() -> None:
    """The dashed red line is explained by the panel; the legend is for what is measured."""
    assert properties(written(LATENCY), "B")["custom.hideFrom"] == {"legend": True, "tooltip": False, "viz": False}


def test_the_part_of_names_that_says_nothing_is_renamed_away() -> None:
    """Grafana matches the whole name, and keeps what stands before and after."""
    (rename,) = written(replace(LATENCY, hidden_name_part="@cf/[^/]+/"))["transformations"]
    assert rename == {
        "id": "renameByRegex",
        "options": {"regex": "(.*)@cf/[^/]+/(.*)", "renamePattern": "$1$2"},
    }
    assert "transformations" not in written(LATENCY)


def test_what_fell_into_a_bucket_comes_whole() -> None:
    """Bars over buckets count things: 65.0 queries are 65."""
    bars = replace(ROUTES, unit="short")
    buckets = replace(bars, targets=tuple(replace(one, format=QueryFormat.HEATMAP) for one in bars.targets))
    assert written(buckets)["fieldConfig"]["defaults"]["decimals"] == 0
    assert "decimals" not in written(bars)["fieldConfig"]["defaults"]
