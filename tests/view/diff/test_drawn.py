"""Which panels a change may make look different: those are drawn, and no others."""

from __future__ import annotations

from collections.abc import Mapping

from generator.view.diff.comparison import Change, compare
from generator.view.diff.pairs import Pair, paired, reasons
from generator.view.diff.snapshot import Key, snapshot
from tests.view.diff.builds import FIRING, REQUESTS, RULES, TENANTS, build, shot, side


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """What a reviewer is told."""
    return compare(snapshot(before), snapshot(after))


def test_an_alert_is_seen_on_its_own_panel_and_where_alerts_are_counted() -> None:
    """Another threshold moves the marks on its panel, and the number of those that fire; nothing else moves."""
    (change,) = changes(build(), build(RULES.replace("> 0.05", "> 0.02")))
    assert change.panels == (REQUESTS, FIRING)


def test_an_alerts_words_are_seen_nowhere() -> None:
    """A summary is read on the pager, not on a wall."""
    (change,) = changes(build(), build(RULES.replace("Requests fail.", "Too many requests fail.")))
    assert change.panels == ()


def test_what_is_recorded_differently_is_seen_where_it_is_read() -> None:
    """One panel reads the series; an alert rests on it, so that its marks move, and the number of those that fire."""
    (change,) = changes(build(), build(RULES.replace("increase(requests_total", "idelta(requests_total")))
    assert change.kind == "recorded series"
    assert change.how[1:] == ("hits panel Overview / Tenants", "hits alert HighErrorRate (page)")
    assert change.panels == (TENANTS, REQUESTS, FIRING)


def test_a_panel_is_seen_itself() -> None:
    """Changed, removed or added: it alone."""
    assert [change.panels for change in changes(build(), build(panel9="count(up)"))] == [(TENANTS,)]
    assert [change.panels for change in changes(build(), build(panel9=""))] == [(TENANTS,)]
    assert [change.panels for change in changes(build(panel9=""), build())] == [(TENANTS,)]


def test_the_contract_alone_is_seen_nowhere() -> None:
    """A metric that nothing reads yet changes no picture."""
    (change,) = changes(build(), build(metrics=("requests_total", "errors_total")))
    assert (change.what, change.panels) == ("errors_total added", ())


def test_each_panel_says_what_may_have_changed_it() -> None:
    """Its own differences as they are; those of others with their names, and without what else they hit."""
    found = reasons(
        [
            Change("alert", "Down (page) changed", ("threshold 0.5 → 0.4", "for: 1m → 2m"), (REQUESTS,)),
            Change("panel", "Overview / Requests changed", ("unit: reqps → ops",), (REQUESTS,)),
            Change("panel", "Overview / Firing added", (), (FIRING,)),
            Change("recorded series", "a:b:c added", ("hits panel Overview / Tenants",), (TENANTS,)),
        ]
    )
    assert found == {
        REQUESTS: ("alert Down (page) changed: threshold 0.5 → 0.4", "unit: reqps → ops"),
        FIRING: ("added",),
        TENANTS: ("recorded series a:b:c added",),
    }


def pair(before: Mapping[str, str], after: Mapping[str, str], old: object, new: object) -> Pair:
    """The panel of requests with the pictures that it has on either side."""
    why: dict[Key, tuple[str, ...]] = {REQUESTS: ("because",)}
    taken = tuple({REQUESTS: one} if one else {} for one in (old, new))
    (found,) = paired(why, (side("old", before), side("new", after)), taken)  # type: ignore[arg-type]
    return found


def test_a_panel_is_the_same_where_both_pictures_are() -> None:
    """One point that differs on the dark ground alone is a difference, and so is a side without the panel."""
    assert pair(build(), build(), shot("a"), shot("a")).same
    assert not pair(build(), build(), shot("a"), shot("b")).same
    assert not pair(build(panel7=""), build(), None, shot("a")).same


def test_a_base_that_reads_a_metric_of_old_is_remarked() -> None:
    """The day is made from today's sources: a metric renamed since is not in it, and the empty panel is no fault."""
    found = pair(build(), build(metrics=("queries_total",)), shot("a", state="empty"), shot("b"))
    assert found.remarks == (
        "Before: its queries find nothing on the simulated day.",
        "Before: it reads requests_total, which today's sources do not emit: the simulated day has none.",
    )


def test_a_panel_that_fails_says_why_and_on_which_side() -> None:
    """The words that the panel shows."""
    found = pair(build(), build(), shot("a"), shot("b", state="failed", said="bad_data: no such function"))
    assert found.remarks == ("After: it fails: bad_data: no such function",)


def test_panels_stand_in_the_order_of_the_dashboards_and_those_that_are_gone_last() -> None:
    """Whatever the order in which they were found to differ."""
    why: dict[Key, tuple[str, ...]] = {REQUESTS: ("removed",), TENANTS: ("changed",), FIRING: ("changed",)}
    found = paired(why, (side("old", build()), side("new", build(panel7=""))), ({}, {}))
    assert [one.place for one in found] == ["Overview / Firing", "Overview / Tenants", "Overview / Requests"]
