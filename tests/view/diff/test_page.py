"""The page: the content that a reviewer reads, and that no title or query becomes markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser

import pytest

from generator.view.diff.comparison import BuildChange, ChangeKind, ChangeState, LineDifference, ValueDifference
from generator.view.diff.dependencies import Affected
from generator.view.diff.expressions import NumberDifference
from generator.view.diff.page import highlighted, panel_notes, redraw_reasons, render_page
from generator.view.diff.panel_pairs import PanelPair, PanelScreenshot
from generator.view.diff.snapshot import PanelKey
from generator.view.diff.text import DifferenceText
from tests.view.diff.builds import FIRING, REQUESTS, TENANTS, build, compared_build, screenshot

CHANGED = ChangeState.CHANGED
HOSTILE = """</style></title><script>alert(1)</script><img src=x onerror='alert(2)'>"&amp;"""
BUILDS = (compared_build("main (1f2e3d4, Add a metric)", build()), compared_build("the sources", build()))
UNIT = ValueDifference(("unit",), "reqps", "ops")
PANEL = BuildChange(ChangeKind.PANEL, "Overview / Requests", CHANGED, (UNIT,), redrawn=(REQUESTS,))


class PageReader(HTMLParser):
    """A page as a browser parses it: its tags with their attributes, and its text outside the style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        if self.lasttag != "style":
            self.text += data

    def values(self, name: str) -> list[str]:
        """The values of an attribute, in the order of the page."""
        return [attributes[name] for _, attributes in self.tags if name in attributes]


def pair(
    before: PanelScreenshot | None,
    after: PanelScreenshot | None,
    place: str = "Overview / Requests",
    missing_metrics: tuple[str, ...] = (),
) -> PanelPair:
    """A panel's screenshots."""
    return PanelPair(REQUESTS, place, (PANEL,), before, after, missing_metrics)


def read(changes: Sequence[BuildChange] = (), pairs: Sequence[PanelPair] = (), **options: str) -> PageReader:
    """The page as a browser parses it."""
    before, after = BUILDS
    return PageReader(render_page(before, after, changes, pairs, **options))


@pytest.mark.parametrize(
    ("before", "after", "sides"),
    [
        (screenshot("old"), screenshot("new"), ["before", "after"]),
        (None, screenshot("new"), ["after"]),
        (screenshot("old"), None, ["before"]),
    ],
)
def test_a_panel_is_shown_on_the_sides_that_have_it(
    before: PanelScreenshot | None, after: PanelScreenshot | None, sides: list[str]
) -> None:
    """Changed: before and after, in this order; added: only after; removed: only before."""
    page = read(pairs=[pair(before, after)], incidents="none")
    assert page.values("alt") == [f"Overview / Requests, {side}" for side in sides]
    letters = {"before": "old", "after": "new"}
    assert page.values("src") == [f"data:image/png;base64,{letters[side]}L" for side in sides]
    assert page.values("srcset") == [f"data:image/png;base64,{letters[side]}D" for side in sides]


def test_an_identical_panel_is_named_and_not_shown() -> None:
    """Two equal screenshots add nothing; that they are equal does."""
    page = read(pairs=[pair(screenshot("same"), screenshot("same"))], incidents="none")
    assert page.values("alt") == []
    assert "identical in every pixel on this day: Overview / Requests" in page.text


def test_a_page_without_changes_states_it() -> None:
    """For the text and for the screenshots."""
    text = read().text
    assert "Nothing that is deployed changes." in text
    assert "No change affects how a panel looks." in text


def test_changes_that_redraw_no_panel_are_listed() -> None:
    """A changed alert test has no screenshot."""
    text = read([BuildChange(ChangeKind.ALERT_TEST, "errors.error_rate_rises", CHANGED)]).text
    assert "1 alert test" in text
    assert "errors.error_rate_rises" in text
    assert "No change affects how a panel looks." in text


def test_the_page_gives_the_reason_for_missing_screenshots() -> None:
    """A page without screenshots must not look as if nothing had changed."""
    text = read([PANEL], skipped="Node.js is not on the PATH").text
    assert "No screenshots: Node.js is not on the PATH" in text
    assert "No change affects how a panel looks." not in text


def test_a_changed_metric_lists_everything_that_it_affects() -> None:
    """Every panel, alert and alert test, however many."""
    affected = Affected(
        tuple(f"Overview / {number}" for number in range(40)), ("Down (page)",), ("errors.error_rate_rises",)
    )
    help_text = ValueDifference(("help",), "All.", "Many.")
    text = read([BuildChange(ChangeKind.METRIC, "requests_total", CHANGED, (help_text,), affected)]).text
    assert "1 metric" in text
    assert re.search(r"help: All\. +→ +Many\.", text)
    assert "affects 40 panels" in text
    assert "affects 1 alert" in text
    assert [f"Overview / {number}" in text for number in range(40)] == [True] * 40
    assert "errors.error_rate_rises" in text


def test_a_listed_panel_links_to_its_screenshots() -> None:
    """Each link has exactly one target, for different and for identical screenshots."""
    changes = [
        BuildChange(ChangeKind.PANEL, f"Overview / {key.id}", CHANGED, redrawn=(key,)) for key in (REQUESTS, FIRING)
    ]
    pairs = [
        PanelPair(REQUESTS, "Overview / 7", (), screenshot("a"), screenshot("b")),
        PanelPair(FIRING, "Overview / 8", (), screenshot("a"), screenshot("a")),
        PanelPair(TENANTS, "Overview / 9", (), screenshot("a"), screenshot("b")),
    ]
    page = read(changes, pairs, incidents="none")
    links = [target for target in page.values("href") if target.startswith("#")]
    assert links == ["#overview-7", "#overview-8"]
    assert sorted(page.values("id")) == ["overview-7", "overview-8", "overview-9"]


def hostile_page(text: str, other_text: str) -> PageReader:
    """A page with a text wherever a build, a revision or Prometheus supplies one."""
    build_name = compared_build(text, build())
    differences = (ValueDifference((text,), text, other_text), LineDifference(ChangeState.ADDED, text))
    change = BuildChange(
        ChangeKind.PANEL, text, CHANGED, differences, Affected((text,), (text,), (text,)), (PanelKey(text, 1),)
    )
    failed = screenshot("a", state="failed", error=text)
    panel = PanelPair(REQUESTS, text, (change,), failed, screenshot("b"), (text,))
    return PageReader(render_page(build_name, build_name, [change], [panel], incidents=text))


def test_hostile_text_stays_text() -> None:
    """A title, a query, an error, an incident and a revision with markup add no tag to the page."""
    hostile, plain = hostile_page(HOSTILE, f"{HOSTILE}!"), hostile_page("this", "this!")
    tags = [tag for tag, _ in hostile.tags if tag != "mark"]
    assert tags == [tag for tag, _ in plain.tags if tag != "mark"]
    assert HOSTILE in hostile.text
    assert hostile.values("alt") == [f"{HOSTILE}, before", f"{HOSTILE}, after"]


def test_the_page_loads_nothing() -> None:
    """It can be mailed: no external address, no script, and a policy that forbids both."""
    page = read([PANEL], [pair(screenshot("a"), screenshot("b"))], incidents="none")
    addresses = [*page.values("src"), *page.values("srcset"), *page.values("href")]
    assert [address for address in addresses if not address.startswith(("data:", "#"))] == []
    assert "script" not in {tag for tag, _ in page.tags}
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in page.values("content")


def test_a_panel_lists_why_it_may_look_different() -> None:
    """All differences of its own; of another change the name and the first difference."""
    threshold, duration = NumberDifference(0.5, 0.4, threshold=True), ValueDifference(("for",), "1m", "2m")
    reasons = {
        "own": BuildChange(ChangeKind.PANEL, "Overview / Requests", CHANGED, (UNIT, duration)),
        "added": BuildChange(ChangeKind.PANEL, "Overview / Firing", ChangeState.ADDED),
        "alert": BuildChange(ChangeKind.ALERT, "Down (page)", CHANGED, (threshold, duration)),
        "rule": BuildChange(ChangeKind.RECORDING_RULE, "a:b:c", ChangeState.ADDED, (), Affected(("Overview / A",))),
    }
    assert {name: [str(reason) for reason in redraw_reasons(change)] for name, change in reasons.items()} == {
        "own": ["unit: reqps → ops", "for: 1m → 2m"],
        "added": ["added"],
        "alert": ["alert Down (page) changed: threshold 0.5 → 0.4"],
        "rule": ["recording rule a:b:c added"],
    }


def test_a_panel_has_notes_on_what_its_screenshots_do_not_show() -> None:
    """An error with its message and side, a query without data, and a metric that today's contract lacks."""
    failed = screenshot("b", state="failed", error="bad_data: no such function")
    assert list(panel_notes(pair(screenshot("a"), failed))) == [
        "After: the panel fails: bad_data: no such function",
    ]
    assert list(panel_notes(pair(screenshot("a", state="empty"), screenshot("b"), missing_metrics=("a", "b")))) == [
        "Before: the queries return no data on the simulated day.",
        "Before: the panel reads a, b, which the contract no longer has: the simulated day lacks it.",
    ]


@pytest.mark.parametrize(
    ("before", "after", "removed", "added"),
    [
        ("", "", [], []),
        ("0.05", "0.02", ["0.05"], ["0.02"]),
        ("sum by (a) (b)", "sum by (c) (b)", ["a"], ["c"]),
        ("a_b > 1", "a_c > 1", ["a_b"], ["a_c"]),
    ],
)
def test_differing_words_are_highlighted(before: str, after: str, removed: list[str], added: list[str]) -> None:
    """Word by word; a number or a name is one word."""
    view = highlighted(DifferenceText("query:", before, after))
    assert view.label == "query:"
    for pieces, text, differing in ((view.before, before, removed), (view.after, after, added)):
        assert "".join(piece for piece, _ in pieces) == text
        assert [piece for piece, differs in pieces if differs] == differing
