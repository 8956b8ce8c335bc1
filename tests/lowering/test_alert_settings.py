"""What a platform changes about alerts: disabled ones leave nothing behind, and severities change routes, inhibitions
and tests alike."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest

from alerts import cost, errors, telemetry
from contract.labels import ROUTE
from contract.objectives import latency_slo
from generator.definitions import load_definitions
from generator.dsl.alert import NONE, PAGE, TICKET, Alert
from generator.dsl.built_in import FiringCount, FiringStarts
from generator.dsl.dashboard import Stat, Table, TimeSeries
from generator.dsl.definitions import Definitions
from generator.dsl.panel_thresholds import threshold_of
from generator.dsl.platform import AlertSettings, Platform
from generator.dsl.receivers import Owner, PagerDuty, Webhook
from generator.dsl.severity import Severity
from generator.dsl.units import TOKENS_UNIT, hours, minutes, quantity
from generator.ir.expression import selectors
from generator.lowering.alert_settings import allowed_keys, refused_keys, with_alert_settings
from generator.lowering.lower import lower
from generator.pipeline import compile_all

DISABLED = AlertSettings(enabled=False)
ALERTS = load_definitions().alerts
NO_WINDOW, NO_FOR = "its definition has no window, or more than one", "its definition has no for_(…)"
NO_STOP = "only an alert on routes whose requests stop leaves out some"
ALL_KEYS = ("enabled", "severity", "owner", "labels", "runbook_url", "window", "for", "except_routes")


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    """All definitions, as they are written."""
    return load_definitions()


def with_settings(platform: Platform, name: str, severity: Severity | None, settings: AlertSettings) -> Platform:
    """The platform with settings of one alert."""
    return replace(platform, alerts={(name, severity): settings})


def keys(alerts: tuple[Alert, ...]) -> list[str]:
    """The names of alerts with their severities."""
    return [alert.key for alert in alerts]


def pairs(definitions: Definitions) -> list[tuple[list[str], list[str]]]:
    """Sources and targets of all inhibitions."""
    return [(keys(rule.source), keys(rule.target)) for rule in definitions.routing.inhibitions]


def panel(definitions: Definitions, dashboard: str, panel_id: str, platform: Platform) -> tuple[str, object]:
    """A panel's description and content."""
    (board,) = (each for each in definitions.dashboards if each.id == dashboard)
    (definition,) = (each for row in board.rows for each in row.panels if each.id == panel_id)
    return definition.description, definition.build(platform)


def with_overrides(platform: Platform, count: int) -> Platform:
    """The platform with so many overrides of tenants, all of them token budgets."""
    budgets = {f"tenant-{number}": quantity(number + 1, TOKENS_UNIT) for number in range(count)}
    table = replace(platform.cost.tokens_per_day, overrides=budgets)
    return replace(platform, cost=replace(platform.cost, tokens_per_day=table))


def test_without_settings_nothing_changes(platform: Platform, definitions: Definitions) -> None:
    """A platform without settings of alerts has the definitions as they are written."""
    own = with_overrides(platform, 201)
    assert with_alert_settings(own, definitions) is definitions


@pytest.mark.parametrize("count", [0, 200])
def test_the_alert_on_a_missing_file_needs_the_file(count: int, platform: Platform, definitions: Definitions) -> None:
    """With at most 200 overrides there is no file: its alert goes with its tests, and nothing else does."""
    own = with_alert_settings(with_overrides(platform, count), definitions)
    assert {alert.name for alert in definitions.alerts} - {alert.name for alert in own.alerts} == {"OverridesMissing"}
    gone = {test.alert for test in definitions.alert_tests} - {test.alert for test in own.alert_tests}
    assert gone == {"OverridesMissing"}
    assert "OverridesMissing" not in {each.alert for each in own.not_applicable}
    assert (own.dashboards, own.routing) == (definitions.dashboards, definitions.routing)


@pytest.mark.parametrize("part", range(3))
def test_disabled_alerts_leave_nothing_behind(part: int, platform: Platform, definitions: Definitions) -> None:
    """No check reports a problem without a third of the alerts, and neither rules, routes, tests nor dashboards name
    them; their runbooks are gone."""
    counts = Counter(alert.name for alert in ALERTS)
    disabled = [alert for alert in ALERTS if alert.declared is not NONE and counts[alert.name] == 1][part::3]
    compiled = compile_all(replace(platform, alerts={(alert.name, None): DISABLED for alert in disabled}), definitions)
    checked = {path: text for path, text in compiled.texts.items() if path.startswith(("grafana/", "alertmanager/"))}
    checked |= {path: text for path, text in compiled.texts.items() if path.startswith(("prometheus/", "tests/"))}
    for alert in disabled:
        assert [path for path, text in checked.items() if re.search(rf"\b{alert.name}\b", text)] == []
        assert f"runbooks/{alert.runbook}.md" not in compiled.texts


def test_every_alert_but_watchdog_can_be_disabled(platform: Platform, definitions: Definitions) -> None:
    """No check reports a problem, and the panel of the latency loses its threshold and the sentence that states it."""
    counts = Counter(alert.name for alert in ALERTS)
    settings = {(alert.name, alert.declared if counts[alert.name] > 1 else None): DISABLED for alert in ALERTS}
    changed = replace(platform, alerts={key: each for key, each in settings.items() if key[0] != "Watchdog"})
    rules = compile_all(changed, definitions).texts["prometheus/rules/telemetry.yaml"]
    assert re.findall("alert: (.*)", rules) == ["Watchdog"]
    description, body = panel(with_alert_settings(changed, definitions), "overview", "latency_now", changed)
    assert isinstance(body, Stat)
    assert (body.critical, body.warning) == (None, None)
    assert description == (
        "{quantile} latency of the last {window} in percent of the route's SLO; a route with fewer than {minimum} has "
        "none."
    )


def test_a_disabled_alert_takes_its_line_and_its_colour_along(platform: Platform, definitions: Definitions) -> None:
    """RouteHighErrorRate alone has the threshold of 2 %: its panels lose the line, the red and the sentence; the
    panel of another alert keeps its line."""
    changed = with_settings(platform, "RouteHighErrorRate", None, DISABLED)
    result = with_alert_settings(changed, definitions)
    description, body = panel(result, "overview", "error_share_by_route", changed)
    assert isinstance(body, TimeSeries)
    assert body.threshold is None
    assert description == (
        "Failed requests of each route in percent of all, of the {window} before each point, where there were at least "
        "{minimum}."
    )
    description, body = panel(result, "overview", "errors_now", changed)
    assert isinstance(body, Stat)
    assert body.critical is None
    assert "RouteHighErrorRate" not in description
    _, body = panel(result, "ai", "error_share_by_model", changed)
    assert isinstance(body, TimeSeries)
    assert body.threshold == threshold_of("HighAIErrorRate", PAGE)


def test_a_disabled_alert_takes_its_column_along(platform: Platform, definitions: Definitions) -> None:
    """Without TenantHighLatency the table of failing tenants has no column about it, and counts no such ticket; without
    any of its alerts there is no such table, nor a row for it."""
    changed = with_settings(platform, "TenantHighLatency", None, DISABLED)
    description, body = panel(with_alert_settings(changed, definitions), "overview", "failing_tenants", changed)
    assert isinstance(body, Table)
    assert [column.title for column in body.columns] == ["Tickets", "Since", "Errors", "AI errors", "Storage errors"]
    counted = ("TenantHighErrorRate", "TenantHighAIErrorRate", "TenantStorageErrors")
    for column in body.columns[:2]:
        assert isinstance(column.query, FiringCount | FiringStarts)
        assert column.query.alerts == counted
    assert "TenantHighLatency" not in description
    names = (*counted, "TenantHighLatency")
    none = replace(platform, alerts={(name, None): DISABLED for name in names})
    boards = {each.id: each for each in with_alert_settings(none, definitions).dashboards}
    shown = [each.id for row in boards["overview"].rows for each in row.panels]
    assert "failing_tenants" not in shown
    assert "worst_tenants" in shown
    assert all(row.panels for row in boards["overview"].rows)


def test_a_threshold_of_two_alerts_stays_for_the_other(platform: Platform, definitions: Definitions) -> None:
    """RouteHighLatency and TenantHighLatency have one threshold: without the first the panel keeps the line."""
    changed = with_settings(platform, "RouteHighLatency", None, DISABLED)
    _, body = panel(with_alert_settings(changed, definitions), "overview", "latency_by_route", changed)
    assert isinstance(body, TimeSeries)
    assert body.threshold == latency_slo(changed)


def test_inhibitions_lose_disabled_alerts(platform: Platform, definitions: Definitions) -> None:
    """Without RouteHighLatency its inhibition and that of its inhibitor are gone, and RouteDown inhibits the other
    alerts still."""
    changed = with_settings(platform, "RouteHighLatency", None, DISABLED)
    result = pairs(with_alert_settings(changed, definitions))
    assert (["RouteHighLatency (page)"], ["TenantHighLatency (ticket)"]) in pairs(definitions)
    assert not any("RouteHighLatency (page)" in (*source, *target) for source, target in result)
    assert "TenantHighLatency (ticket)" in result[0][1]
    assert len(result) == len(pairs(definitions)) - 2


def test_an_alert_never_inhibits_a_more_urgent_one(platform: Platform, definitions: Definitions) -> None:
    """As a ticket, RouteHighErrorRate inhibits the tickets of its inhibitions and no page."""
    changed = with_settings(platform, "RouteHighErrorRate", None, AlertSettings(severity=TICKET))
    sources = [
        (source, target)
        for source, target in pairs(with_alert_settings(changed, definitions))
        if "RouteHighErrorRate (ticket)" in source
    ]
    assert sources == [
        (["RouteHighErrorRate (ticket)"], ["ErrorBudgetBurn (ticket)"]),
        (["RouteHighErrorRate (ticket)"], ["TenantHighErrorRate (ticket)", "ErrorBudgetBurn (ticket)"]),
    ]


def test_an_inhibitor_inhibits_no_page(platform: Platform, definitions: Definitions) -> None:
    """TenantHighErrorRate as a page is inhibited while the page of its route fires, and no longer."""
    changed = with_settings(platform, "TenantHighErrorRate", None, AlertSettings(severity=PAGE))
    result = pairs(with_alert_settings(changed, definitions))
    assert (["RouteDownInhibitor (none)"], ["TenantHighLatency (ticket)"]) in result
    page = "TenantHighErrorRate (page)"
    assert {*(name for source, target in result for name in source if page in target)} == {
        *("RouteDown (page)", "RouteHighErrorRate (page)", "ErrorBudgetBurn (page)")
    }
    ticket = with_settings(platform, "RouteHighErrorRate", None, AlertSettings(severity=TICKET))
    errors_inhibitor = (["RouteErrorsInhibitor (none)"], ["TenantHighErrorRate (ticket)"])
    assert errors_inhibitor in pairs(with_alert_settings(ticket, definitions))


def test_an_inhibitor_without_a_purpose_is_left_out(platform: Platform, definitions: Definitions) -> None:
    """It goes with the last alert that it follows, or the last that it outlasts, and not before."""

    def inhibitors(*disabled: tuple[str, Severity | None]) -> set[str]:
        result = with_alert_settings(replace(platform, alerts=dict.fromkeys(disabled, DISABLED)), definitions)
        tested = {test.alert for test in result.alert_tests} | {each.alert for each in result.not_applicable}
        named = {alert.name for alert in result.alerts if alert.follows}
        assert {name for name in tested if name.endswith("Inhibitor")} == named
        return named

    names = ("RouteDown", "RouteErrors", "ModelErrors", "RouteLatency", "StoreErrors")
    every = {f"{name}Inhibitor" for name in names}
    assert inhibitors(("Watchdog", NONE)) == every
    assert inhibitors(("StorageErrors", PAGE), ("TenantHighLatency", None)) == every - {"RouteLatencyInhibitor"}
    assert inhibitors(("RouteDown", None), ("TenantStorageErrors", None)) == every - {
        *("RouteDownInhibitor", "StoreErrorsInhibitor")
    }


def test_an_inhibitor_can_be_disabled_alone(platform: Platform) -> None:
    """Whoever wants late tickets can have them; as a page or a ticket, it would notify of nothing new."""
    assert allowed_keys(errors.route_down_inhibitor, platform) == ("enabled", "owner", "labels", "runbook_url")
    reason = "it notifies nobody: it is there for what it inhibits"
    assert refused_keys(errors.route_down_inhibitor, platform)["severity"] == reason


def test_an_inhibition_of_a_changed_severity_is_split(platform: Platform, definitions: Definitions) -> None:
    """TenantHighErrorRate as a page is inhibited with ErrorBudgetBurn's ticket, but not by one matcher, which would
    select ErrorBudgetBurn's page too."""
    changed = with_settings(platform, "TenantHighErrorRate", None, AlertSettings(severity=PAGE))
    source = ["RouteHighErrorRate (page)", "ErrorBudgetBurn (page)"]
    result = pairs(with_alert_settings(changed, definitions))
    assert (source, ["TenantHighErrorRate (page)"]) in result
    assert (source, ["ErrorBudgetBurn (ticket)"]) in result
    assert compile_all(changed, definitions).texts


def test_tests_expect_the_severities_of_the_platform(platform: Platform, definitions: Definitions) -> None:
    """Page and ticket of StorageErrors are swapped in its tests, in what they expect too."""
    ticket, page = AlertSettings(severity=TICKET), AlertSettings(severity=PAGE)
    changed = replace(platform, alerts={("StorageErrors", PAGE): ticket, ("StorageErrors", TICKET): page})

    def expected(tests: Definitions) -> list[list[Severity]]:
        of_alert = ((test, test.scenario(platform)) for test in tests.alert_tests if test.alert == "StorageErrors")
        return [
            [*test.severities, *(each.severity for point in scenario.expectations for each in point.firing)]
            for test, scenario in of_alert
            if scenario is not None
        ]

    swapped = {PAGE: TICKET, TICKET: PAGE}
    before = expected(definitions)
    assert any(PAGE in severities for severities in before)
    assert expected(with_alert_settings(changed, definitions)) == [[swapped[each] for each in test] for test in before]


def test_window_and_for_replace_those_of_the_definition(platform: Platform) -> None:
    """Every query of RouteDown gets the window; `keep_firing_for` stays as it is."""
    settings = AlertSettings(window=minutes(4), for_=minutes(3))
    changed = with_settings(platform, "RouteDown", None, settings)
    declared, rule = errors.route_down.rule(platform), errors.route_down.rule(changed)
    assert (declared.window, declared.pending) == (minutes(2), minutes(1))
    assert (rule.window, rule.pending, rule.keep_firing) == (minutes(4), minutes(3), minutes(10))
    assert len(list(rule.condition.queries())) == 3


def test_a_stop_leaves_out_the_routes_of_the_platform(platform: Platform) -> None:
    """Both alternatives of RequestsStopped read no requests to /ingest; another alert on routes stays as it is."""
    changed = with_settings(platform, "RequestsStopped", None, AlertSettings(except_routes=("/ingest", "other")))
    (query,) = errors.requests_stopped.rule(changed).condition.queries()
    (metric_query,) = query.metric_queries()
    assert metric_query.matchers == (ROUTE.is_not("/ingest"), ROUTE.is_not("other"))
    (rule,) = (rule for rule in lower(changed, load_definitions()).alerts if rule.alert.name == "RequestsStopped")
    read = [each for each in selectors(rule.expression) if each.name.endswith("requests_total:increase5m")]
    assert len(read) > 10
    assert all({*metric_query.matchers} <= {*each.matchers} for each in read)


def test_an_age_is_searched_within_the_window(platform: Platform) -> None:
    """TelemetryMissing searches for the last heartbeat within its window."""
    changed = with_settings(platform, "TelemetryMissing", None, AlertSettings(window=hours(6)))
    assert telemetry.telemetry_missing.rule(changed).window == hours(6)


@pytest.mark.parametrize(
    ("alert", "refused"),
    [
        (errors.route_down, {"except_routes": NO_STOP}),
        (errors.error_budget_burn_page, {"window": NO_WINDOW, "for": NO_FOR, "except_routes": NO_STOP}),
        (errors.tenant_high_error_rate, {"window": NO_WINDOW, "for": NO_FOR, "except_routes": NO_STOP}),
        (cost.ai_cost_forecast, {"window": NO_WINDOW, "except_routes": NO_STOP}),
        (
            cost.high_ai_spend,
            {"window": "its threshold is an amount per 24 hours", "for": NO_FOR, "except_routes": NO_STOP},
        ),
        (errors.requests_stopped, {"window": errors.STOPS_ARE_SEEN_BY_STEPS}),
        (errors.tenant_requests_stopped, {"window": errors.STOPS_ARE_SEEN_BY_STEPS, "except_routes": NO_STOP}),
    ],
    ids=lambda value: value.key if isinstance(value, Alert) else "",
)
def test_refused_keys_have_reasons(alert: Alert, refused: dict[str, str], platform: Platform) -> None:
    """`window` and `for` are refused where there is not exactly one, a window of 24 hours where it belongs to the
    threshold, and routes that are left out where there is no stop of a route."""
    assert refused_keys(alert, platform) == refused
    assert allowed_keys(alert, platform) == tuple(key for key in ALL_KEYS if key not in refused)


def test_watchdog_stays(platform: Platform) -> None:
    """Watchdog has neither `enabled` nor `severity`, because the dead man's switch needs it."""
    assert allowed_keys(telemetry.watchdog, platform) == ("owner", "labels", "runbook_url")


def test_owner_labels_and_runbook_url_are_those_of_the_platform(platform: Platform, definitions: Definitions) -> None:
    """The rule, its tests and Alertmanager's routes have them."""
    sre = Owner("sre", (PagerDuty("/secrets/sre-page"),), (Webhook("/secrets/sre-ticket"),))
    settings = AlertSettings(owner=sre, labels={"priority": "p1"}, runbook_url="https://wiki.example.com/down")
    texts = compile_all(with_settings(platform, "RouteDown", None, settings), definitions).texts
    rule = texts["prometheus/rules/errors.yaml"].partition("- alert: RouteDown")[2].partition("- alert:")[0]
    assert "owner: sre" in rule
    assert "priority: p1" in rule
    assert "runbook_url: https://wiki.example.com/down" in rule
    tests = "".join(text for path, text in texts.items() if path.startswith("tests/outages"))
    assert tests.count("priority: p1") == tests.count("runbook_url: https://wiki.example.com/down") > 0
    assert "/secrets/sre-page" in texts["alertmanager/alertmanager.yaml"]
