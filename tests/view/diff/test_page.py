"""The page: what a reviewer reads, and that nothing in a title or a query becomes more than a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser

import pytest

from generator.view.diff.comparison import Change
from generator.view.diff.page import Part, page, part
from generator.view.diff.pairs import Pair, Shot
from tests.view.diff.builds import FIRING, REQUESTS, TENANTS, build, shot, side

HOSTILE = """</style></title><script>alert(1)</script><img src=x onerror='alert(2)'>"&amp;"""
SIDES = (side("main (1f2e3d4, What it did)", build()), side("the sources", build()))


class Reader(HTMLParser):
    """What a browser makes of a page: its tags with their attributes, and its text outside the style."""

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

    def all(self, name: str) -> list[str]:
        """The values of an attribute, in the order of the page."""
        return [attributes[name] for _, attributes in self.tags if name in attributes]


def pair(before: Shot | None, after: Shot | None, place: str = "Overview / Requests", **rest: object) -> Pair:
    """A panel's pictures."""
    return Pair(REQUESTS, place, ("unit: reqps → ops",), before, after, **rest)  # type: ignore[arg-type]


def read(changes: Sequence[Change] = (), pairs: Sequence[Pair] = (), **rest: str) -> Reader:
    """The page as a browser reads it."""
    return Reader(page(SIDES, changes, pairs, **rest))


@pytest.mark.parametrize(
    ("before", "after", "pictures"),
    [
        (shot("old"), shot("new"), ["before", "after"]),
        (None, shot("new"), ["after"]),
        (shot("old"), None, ["before"]),
    ],
)
def test_a_panel_is_shown_on_the_sides_that_have_it(
    before: Shot | None, after: Shot | None, pictures: list[str]
) -> None:
    """Changed: before and after, in this order; added: only after; removed: only before; each by its own picture."""
    found = read(pairs=[pair(before, after)], day="all is well")
    assert found.all("alt") == [f"Overview / Requests, {which}" for which in pictures]
    letters = {"before": "old", "after": "new"}
    assert found.all("src") == [f"data:image/png;base64,{letters[which]}L" for which in pictures]
    assert found.all("srcset") == [f"data:image/png;base64,{letters[which]}D" for which in pictures]


def test_a_panel_that_looks_the_same_is_named_and_not_shown() -> None:
    """Two equal pictures teach nothing; that they are equal does."""
    found = read(pairs=[pair(shot("same"), shot("same"))], day="all is well")
    assert found.all("alt") == []
    assert "the same in every point on this day: Overview / Requests" in found.text


def test_where_nothing_changes_the_page_says_so() -> None:
    """Both of the words and of the pictures."""
    text = read().text
    assert "Nothing that is deployed changes." in text
    assert "Nothing drawn changes: no panel looks different." in text


def test_where_nothing_drawn_changes_the_words_are_there() -> None:
    """A story that is told differently is no picture."""
    text = read([Change("story", "errors.it_sours changed", ("told differently",))]).text
    assert "1 story" in text
    assert "told differently" in text
    assert "Nothing drawn changes" in text


def test_why_there_are_no_pictures_is_said() -> None:
    """A page without pictures must not look as if nothing had changed."""
    text = read([Change("panel", "Overview / Requests changed")], left_out="Node.js is not on the PATH").text
    assert "No pictures: Node.js is not on the PATH" in text
    assert "Nothing drawn changes" not in text


def test_the_words_of_a_change_and_all_that_it_hits_are_listed() -> None:
    """A contract's change names every panel, alert and story, however many."""
    panels = [f"hits panel Overview / {number}" for number in range(40)]
    hits = (*panels, "hits alert Down (page)", "hits story errors.it_sours")
    text = read([Change("contract", "requests_total changed", ("help: All. → Many.", *hits))]).text
    assert "1 metric of the contract" in text
    assert re.search(r"help: All\. +→ +Many\.", text)
    assert "hits 40 panels" in text
    assert "hits 1 alert" in text
    assert [f"Overview / {number}" in text for number in range(40)] == [True] * 40
    assert "errors.it_sours" in text
    assert "hits panel" not in text


def test_a_panel_in_the_list_leads_to_its_pictures() -> None:
    """Each link leads to a place that is there once, whether its pictures are shown or the same."""
    changes = [Change("panel", f"Overview / {key[1]} changed", (), (key,)) for key in (REQUESTS, FIRING)]
    pairs = [
        Pair(REQUESTS, "Overview / 7", (), shot("a"), shot("b")),
        Pair(FIRING, "Overview / 8", (), shot("a"), shot("a")),
        Pair(TENANTS, "Overview / 9", (), shot("a"), shot("b")),
    ]
    found = read(changes, pairs, day="all is well")
    links = [target for target in found.all("href") if target.startswith("#")]
    assert links == ["#overview-7", "#overview-8"]
    assert sorted(found.all("id")) == ["overview-7", "overview-8", "overview-9"]


def test_what_is_hostile_stays_a_text() -> None:
    """A title, a query, a remark, a day and a revision of the worst kind: read as they are written, and no tag more."""
    hostile_sides = (side(HOSTILE, build()), side(HOSTILE, build()))
    change = Change(HOSTILE, f"{HOSTILE} changed", (f"{HOSTILE} → {HOSTILE}!", f"hits panel {HOSTILE}"), (("</a>", 1),))
    calm = Change("kind", "what changed", ("this → this!", "hits panel it"), (("a", 1),))
    found = Reader(
        page(hostile_sides, [change], [pair(shot("a"), shot("b"), HOSTILE, remarks=(HOSTILE,))], day=HOSTILE)
    )
    usual = Reader(page(SIDES, [calm], [pair(shot("a"), shot("b"), "place", remarks=("remark",))], day="day"))
    tags = [tag for tag, _ in found.tags if tag != "mark"]
    assert tags == [tag for tag, _ in usual.tags if tag != "mark"]
    assert HOSTILE in found.text
    assert found.all("alt") == [f"{HOSTILE}, before", f"{HOSTILE}, after"]


def test_the_page_needs_nothing_else() -> None:
    """It can be mailed: no address outside it, no script, and a policy that forbids both."""
    found = read(
        [Change("panel", "Overview / Requests changed", (), (REQUESTS,))], [pair(shot("a"), shot("b"))], day="x"
    )
    addresses = [*found.all("src"), *found.all("srcset"), *found.all("href")]
    assert [one for one in addresses if not one.startswith(("data:", "#"))] == []
    assert "script" not in {tag for tag, _ in found.tags}
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in found.all("content")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("added", Part("added")),
        ("threshold 0.05 → 0.02", Part("threshold ", (("0.05", True),), (("0.02", True),))),
        (
            "query: sum by (a) (b) → sum by (c) (b)",
            Part(
                "query: ",
                (("sum by (", False), ("a", True), (") (b)", False)),
                (("sum by (", False), ("c", True), (") (b)", False)),
            ),
        ),
        (
            "recorded series a:b:c changed: 1 → 2",
            Part("recorded series a:b:c changed: ", (("1", True),), (("2", True),)),
        ),
        ("1 → 2 queries", Part("", (("1", True),), (("2", True), (" queries", True)))),
    ],
)
def test_the_words_that_differ_are_marked(text: str, expected: Part) -> None:
    """Its label apart, what was and what is word by word; a number is one word."""
    found = part(text)
    assert found.label == expected.label
    for side_found, side_expected in ((found.was, expected.was), (found.now, expected.now)):
        assert "".join(word for word, _ in side_found) == "".join(word for word, _ in side_expected)
        differing = "".join(word for word, differs in side_found if differs)
        assert differing == "".join(word for word, differs in side_expected if differs)
