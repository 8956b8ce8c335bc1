"""Two builds are compared by what they define; the expected changes are worked out by hand."""

from __future__ import annotations

import json
from typing import Any

from generator.view.diff.comparison import BuildChange, ChangeKind, ChangeState, LineDifference, ValueDifference
from generator.view.diff.dependencies import Affected
from generator.view.diff.expressions import NumberDifference
from tests.view.diff.builds import ALERT_TESTS, FIRING, REQUESTS, TENANTS, changes
from tests.view.diff.builds import RULES as LINKED_RULES
from tests.view.diff.builds import RULES_WITHOUT_ANNOTATIONS as RULES
from tests.view.diff.builds import build as build_with_three_panels

ADDED, REMOVED, CHANGED = ChangeState.ADDED, ChangeState.REMOVED, ChangeState.CHANGED


def build(
    rules: str = RULES, query: str = "sum(rate(requests_total[$__rate_interval]))", **metric: Any
) -> dict[str, str]:
    """The files of a build with one panel and one alert test."""
    panel = {"id": 7, "type": "timeseries", "title": "Requests", "targets": [{"expr": query}], "unit": "reqps"}
    dashboard = {"title": "Overview", "panels": [{"type": "row", "title": "Now"}, panel]}
    return {
        "prometheus/rules/errors.yaml": rules,
        "grafana/dashboards/overview.json": json.dumps(dashboard),
        "contract/metrics.json": json.dumps({"metrics": [{"name": "requests_total", "help": "All.", **metric}]}),
        "tests/errors-every-1m.yaml": ALERT_TESTS,
    }


def test_equal_builds_have_no_changes() -> None:
    """Two builds of the same sources."""
    assert changes(build(), build()) == []


def test_a_changed_threshold_is_a_number_and_names_the_alerts_tests() -> None:
    """5 % that becomes 2 % is one number, not a new expression."""
    (change,) = changes(build(), build(RULES.replace("0.05", "0.02")))
    assert change == BuildChange(
        ChangeKind.ALERT,
        "HighErrorRate (page)",
        CHANGED,
        (NumberDifference(0.05, 0.02, threshold=True),),
        Affected(alert_tests=("errors.error_rate_rises",)),
    )


def test_every_other_field_of_a_rule_is_compared() -> None:
    """A duration, an owner, and an expression with another operator."""
    after = (
        RULES.replace("for: 5m", "for: 10m").replace("owner: platform", "owner: finance").replace("> 0.05", "< 0.05")
    )
    (change,) = changes(build(), build(after))
    expression = "errors_total / route:requests_total:increase5m"
    assert change.differences == (
        ValueDifference(("expression",), f"{expression} > 0.05", f"{expression} < 0.05"),
        ValueDifference(("for",), "5m", "10m"),
        ValueDifference(("labels", "owner"), "platform", "finance"),
    )


def test_an_alert_with_another_severity_is_another_alert() -> None:
    """A page that becomes a ticket: one alert is removed, one is added."""
    alert_changes = changes(build(), build(RULES.replace("severity: page", "severity: ticket")))
    assert [(change.name, change.state) for change in alert_changes] == [
        ("HighErrorRate (page)", REMOVED),
        ("HighErrorRate (ticket)", ADDED),
    ]


def test_a_changed_query_names_its_panel() -> None:
    """The panel is redrawn."""
    (change,) = changes(build(), build(query="sum(rate(requests_total[5m]))"))
    before, after = "sum(rate(requests_total[$__rate_interval]))", "sum(rate(requests_total[5m]))"
    assert change == BuildChange(
        ChangeKind.PANEL,
        "Overview / Requests",
        CHANGED,
        (ValueDifference(("query",), before, after),),
        redrawn=(REQUESTS,),
    )


def dashboard(**options: object) -> dict[str, str]:
    """The build with other options of its dashboard, or with its panel at another position."""
    files = build()
    content = json.loads(files["grafana/dashboards/overview.json"])
    content["panels"][1]["gridPos"] = options.pop("position", {"x": 0, "y": 1, "w": 8, "h": 6})
    return {**files, "grafana/dashboards/overview.json": json.dumps({**content, **options})}


def test_the_size_of_a_panel_is_compared_and_its_position_is_not() -> None:
    """A panel moves when another is added before it; a wider panel looks different."""
    assert changes(dashboard(), dashboard(position={"x": 12, "y": 9, "w": 8, "h": 6})) == []
    (change,) = changes(dashboard(), dashboard(position={"x": 0, "y": 1, "w": 12, "h": 6}))
    assert change.differences == (ValueDifference(("width",), 8, 12),)
    assert change.redrawn == (REQUESTS,)


def test_the_options_of_a_dashboard_are_compared() -> None:
    """Its refresh interval, for example."""
    (change,) = changes(dashboard(refresh="30s"), dashboard(refresh="1m"))
    difference = ValueDifference(("refresh",), "30s", "1m")
    assert change == BuildChange(ChangeKind.DASHBOARD, "Overview", CHANGED, (difference,))


def test_other_deployed_files_are_compared_by_line() -> None:
    """Alertmanager's routes are not modelled, and a change of them pages somebody else."""
    before, after = ({**build(), "alertmanager/alertmanager.yaml": f"a: 1\nb: {number}\n"} for number in (2, 3))
    (change,) = changes(before, after)
    assert (change.kind, change.name, change.state) == (ChangeKind.FILE, "alertmanager/alertmanager.yaml", CHANGED)
    assert change.differences == (LineDifference(REMOVED, "b: 2"), LineDifference(ADDED, "b: 3"))


def test_a_changed_metric_names_everything_that_depends_on_it() -> None:
    """The panel reads it, the alert reads a series recorded from it, the alert test expects that alert."""
    (change,) = changes(build(), build(help="All but one."))
    assert change == BuildChange(
        ChangeKind.METRIC,
        "requests_total",
        CHANGED,
        (ValueDifference(("help",), "All.", "All but one."),),
        Affected(("Overview / Requests",), ("HighErrorRate (page)",), ("errors.error_rate_rises",)),
    )


def test_a_changed_alert_redraws_its_panel_and_those_that_count_alerts() -> None:
    """Another threshold moves the annotations on its panel, and the number of firing alerts; nothing else changes."""
    (change,) = changes(build_with_three_panels(), build_with_three_panels(LINKED_RULES.replace("> 0.05", "> 0.02")))
    assert change.redrawn == (REQUESTS, FIRING)
    assert change.affected.panels == ("Overview / Requests", "Overview / Firing")


def test_a_changed_annotation_of_an_alert_redraws_nothing() -> None:
    """A summary is read in the notification, not on a dashboard."""
    after = LINKED_RULES.replace("Too many errors.", "Requests fail.")
    (change,) = changes(build_with_three_panels(), build_with_three_panels(after))
    assert (change.redrawn, change.affected) == ((), Affected())


def test_a_changed_recording_rule_redraws_the_panels_that_depend_on_it() -> None:
    """One panel reads the series; an alert depends on it too, so its annotations and the count of alerts may move."""
    after = LINKED_RULES.replace("increase(requests_total", "idelta(requests_total")
    (change,) = changes(build_with_three_panels(), build_with_three_panels(after))
    assert change.kind is ChangeKind.RECORDING_RULE
    assert change.affected == Affected(("Overview / Tenants",), ("HighErrorRate (page)",))
    assert change.redrawn == (TENANTS, REQUESTS, FIRING)


def test_a_changed_panel_redraws_only_itself() -> None:
    """Changed, removed or added."""
    default, changed = build_with_three_panels(), build_with_three_panels(panel9="count(up)")
    removed = build_with_three_panels(panel9="")
    assert [change.redrawn for change in changes(default, changed)] == [(TENANTS,)]
    assert [change.redrawn for change in changes(default, removed)] == [(TENANTS,)]
    assert [change.redrawn for change in changes(removed, default)] == [(TENANTS,)]


def test_a_changed_contract_redraws_nothing() -> None:
    """No panel reads the new metric yet."""
    after = build_with_three_panels(metrics=("requests_total", "errors_total"))
    (change,) = changes(build_with_three_panels(), after)
    assert (change.name, change.state, change.redrawn) == ("errors_total", ADDED, ())
