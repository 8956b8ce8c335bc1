"""Constants stand for what rules record of them: by labels, wherever a selector is, and nowhere else."""

from __future__ import annotations

from generator.promql.substitution import with_constants

LIMITS = [({"route": "/chat"}, "vector(10000)"), ({"route": "/search"}, "vector(500)")]


def test_a_selector_becomes_the_constants_that_it_selects() -> None:
    """Of two constants a matcher selects one; a name in a string or in a longer name is no selector."""
    text = 'a{x="r:limit"} > on (route) r:limit{route="/chat"} and r:limit:of_another'
    assert with_constants(text, "r:limit", LIMITS) == (
        'a{x="r:limit"} > on (route) (label_replace((vector(10000)), "route", "/chat", "", "")) and r:limit:of_another'
    )


def test_a_selector_of_all_becomes_their_union() -> None:
    """Without matchers, with a pattern and with an offset, both are selected: a constant is the same at any time."""
    union = (
        '(label_replace((vector(10000)), "route", "/chat", "", "") or '
        'label_replace((vector(500)), "route", "/search", "", ""))'
    )
    for selector in (
        "r:limit",
        'r:limit{route=~"/.*"}',
        'r:limit{route!="/ingest"} offset 5m',
        'r:limit {platform=""}',
    ):
        assert with_constants(f"a > {selector}", "r:limit", LIMITS) == f"a > {union}"


def test_a_selector_of_none_has_no_result() -> None:
    """A label that no constant has selects nothing, and so does a pattern that excludes all."""
    for selector in ('r:limit{tenant_id="a"}', 'r:limit{route!~"/.*"}'):
        assert with_constants(f"a > {selector}", "r:limit", LIMITS) == "a > (vector(0) > 1)"


def test_dollars_of_a_label_are_no_groups() -> None:
    """label_replace reads $1 as a group."""
    assert with_constants("r:limit", "r:limit", [({"route": "/$1"}, "vector(1)")]) == (
        '(label_replace((vector(1)), "route", "/$$1", "", ""))'
    )


def test_a_range_cannot_become_an_expression() -> None:
    """The samples of a window are those that were recorded; a name in a matcher is not written as one."""
    assert with_constants("count_over_time(r:limit[5m])", "r:limit", LIMITS) is None
    assert with_constants('{__name__="r:limit"}', "r:limit", LIMITS) is None
