"""What a reviewer is told of a change: by what it means, worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from generator.view.diff.command import told
from generator.view.diff.comparison import Change, compare, numbers
from generator.view.diff.snapshot import snapshot
from tests.view.diff.builds import BARE_RULES as RULES

TESTS = """tests:
  - name: it_sours
    alert_rule_test: [{eval_time: 5m, alertname: HighErrorRate, exp_alerts: []}]
"""


def build(
    rules: str = RULES, query: str = "sum(rate(requests_total[$__rate_interval]))", **metric: Any
) -> dict[str, str]:
    """The files of a small build."""
    panel = {"id": 7, "type": "timeseries", "title": "Requests", "targets": [{"expr": query}], "unit": "reqps"}
    board = {"title": "Overview", "panels": [{"type": "row", "title": "Now"}, panel]}
    return {
        "prometheus/rules/errors.yaml": rules,
        "grafana/dashboards/overview.json": json.dumps(board),
        "contract/metrics.json": json.dumps({"metrics": [{"name": "requests_total", "help": "All.", **metric}]}),
        "tests/errors-every-1m.yaml": TESTS,
    }


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """What a reviewer is told."""
    return compare(snapshot(before), snapshot(after))


def test_the_same_build_changes_nothing() -> None:
    """No line is printed but the one that says so."""
    assert changes(build(), build()) == []
    assert told([]) == "Nothing that is deployed changes.\n"


def test_a_threshold_is_told_as_a_threshold() -> None:
    """5 % made 2 % is one number, not a new expression."""
    (change,) = changes(build(), build(RULES.replace("0.05", "0.02")))
    assert change == Change("alert", "HighErrorRate (page) changed", ("threshold 0.05 → 0.02",))


def test_all_else_of_a_rule_is_told() -> None:
    """A duration, an owner, and an expression that is another one."""
    after = (
        RULES.replace("for: 5m", "for: 10m").replace("owner: platform", "owner: finance").replace("> 0.05", "< 0.05")
    )
    (change,) = changes(build(), build(after))
    assert change.how == (
        "expression: errors_total / route:requests_total:increase5m > 0.05 → "
        "errors_total / route:requests_total:increase5m < 0.05",
        "for: 5m → 10m",
        "owner: platform → finance",
    )


def test_an_alert_of_another_severity_is_another_alert() -> None:
    """What paged opens a ticket: one alert is gone, one has come."""
    told = [change.what for change in changes(build(), build(RULES.replace("severity: page", "severity: ticket")))]
    assert told == ["HighErrorRate (page) removed", "HighErrorRate (ticket) added"]


def test_a_panels_query_is_told_with_its_place() -> None:
    """The picture of that panel is what a reviewer wants to see."""
    (change,) = changes(build(), build(query="sum(rate(requests_total[5m]))"))
    assert change.what == "Overview / Requests changed"
    assert change.how == ("query: sum(rate(requests_total[$__rate_interval])) → sum(rate(requests_total[5m]))",)
    assert change.panels == (("Overview", 7),)


def board(**other: object) -> dict[str, str]:
    """The small build with another dashboard, or with its one panel at another place."""
    files = build()
    whole = json.loads(files["grafana/dashboards/overview.json"])
    whole["panels"][1]["gridPos"] = other.pop("place", {"x": 0, "y": 1, "w": 8, "h": 6})
    return {**files, "grafana/dashboards/overview.json": json.dumps({**whole, **other})}


def test_a_panels_size_and_row_are_its_own_and_its_place_in_the_row_is_not() -> None:
    """Another panel before it moves it and changes nothing that it says; a wider one is drawn anew."""
    assert changes(board(), board(place={"x": 12, "y": 9, "w": 8, "h": 6})) == []
    (change,) = changes(board(), board(place={"x": 0, "y": 1, "w": 12, "h": 6}))
    assert change == Change("panel", "Overview / Requests changed", ("width: 8 → 12",), (("Overview", 7),))


def test_what_a_dashboard_says_beside_its_panels_is_told() -> None:
    """How often it asks, say."""
    (change,) = changes(board(refresh="30s"), board(refresh="1m"))
    assert change == Change("dashboard", "Overview changed", ("refresh: 30s → 1m",))


def test_the_other_files_that_are_deployed_are_told_by_their_lines() -> None:
    """Alertmanager's routes have no tree of ours, and a change of them wakes somebody else."""
    before, after = ({**build(), "alertmanager/alertmanager.yaml": f"a: 1\nb: {number}\n"} for number in (2, 3))
    assert changes(before, after) == [Change("file", "alertmanager/alertmanager.yaml changed", ("-b: 2", "+b: 3"))]


def test_a_metric_names_all_that_rests_on_it() -> None:
    """The panel reads it, the alert rests on what is recorded from it, the story tells of that alert."""
    (change,) = changes(build(), build(help="All but one."))
    assert change == Change(
        "contract",
        "requests_total changed",
        (
            "help: All. → All but one.",
            "hits panel Overview / Requests",
            "hits alert HighErrorRate (page)",
            "hits story errors.it_sours",
        ),
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a > 0.5", "a > 0.25", [("threshold 0.5", "0.25")]),
        ("a[5m] > 1", "a[5m] > 1", []),
        ("6 * a > 1", "4 * a > 1", [("6", "4")]),
        ("a > 1", "b > 2", []),
        ("vector(6.7e-08)", "vector(1e-07)", [("6.7e-08", "1e-07")]),
    ],
)
def test_numbers_are_told_where_all_else_is_the_same(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    """A number after a comparison is a threshold; a window is no number of its own."""
    assert numbers(old, new) == expected
