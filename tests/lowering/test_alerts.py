"""Alerting rules with what their annotations need; their number does not depend on the number of tenants."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts import cost, errors, telemetry
from alerts import latency as latency_alerts
from contract.api import HEARTBEAT, REQUESTS
from contract.labels import DIRECTION, MODEL, ROUTE, SERVICE, TENANT
from generator.definitions import load_definitions
from generator.dsl.alert import Alert
from generator.dsl.platform import Platform
from generator.dsl.query import Condition
from generator.dsl.units import MILLISECONDS, RATIO, TOKENS_UNIT, days, hours, minutes, percent, quantity
from generator.errors import DefinitionError
from generator.lowering.alerts import lower_alert
from generator.lowering.lower import lower
from generator.lowering.queries import QueryLowering
from generator.rendering.promql import flat, text


def test_threshold_and_window_are_those_of_the_first_comparison(rule_lowering: QueryLowering) -> None:
    """RouteDown: an error ratio above 50 % over 2 minutes for 1 minute, kept firing for 10, by route and service."""
    rule = lower_alert(rule_lowering, errors.route_down)
    assert rule.labels == (ROUTE, SERVICE)
    assert rule.unit is not None
    assert rule.unit.name == "ratio"
    assert (rule.threshold, rule.window, rule.for_) == (percent(50), minutes(2), minutes(1))
    assert rule.keep_firing_for == minutes(10)
    assert rule.owner == "platform"


def test_the_lookback_is_the_longest_window(rule_lowering: QueryLowering) -> None:
    """A burn rate over an hour or over 6 hours has no window of its own, and looks back 6 hours."""
    rule = lower_alert(rule_lowering, errors.error_budget_burn_page)
    assert (rule.window, rule.lookback, rule.for_, rule.keep_firing_for) == (None, hours(6), None, None)
    ticket = lower_alert(rule_lowering, errors.error_budget_burn_ticket)
    assert (ticket.window, ticket.lookback) == (days(3), days(3))


def test_a_link_of_an_alert_on_a_route_asks_since_when_it_is_true(rule_lowering: QueryLowering) -> None:
    """Of an alert that is true for more than 6 hours, as long as it looks back, its link begins 6 hours before that."""
    rule = lower_alert(rule_lowering, errors.error_budget_burn_page)
    assert rule.link_start is not None
    assert flat(rule.link_start) == (
        '1000 * ((min(ALERTS_FOR_STATE{alertname="ErrorBudgetBurn",severity="page",'
        "route=~`${route:regex}`,service=~`${service:regex}`}) < time() - 21600) - 21600)"
    )


def test_no_link_of_a_tenants_alert_queries(platform: Platform) -> None:
    """Thousands may fire, each with its query; the links of all others ask since when they are true."""
    for rule in lower(platform, load_definitions()).alerts:
        assert (rule.link_start is None) == (TENANT in rule.labels or not rule.alert.panel), rule.alert.name


def test_the_window_of_a_forecast_is_its_horizon(rule_lowering: QueryLowering) -> None:
    """Increases over 18 hours and 1 hour give a forecast of a day."""
    rule = lower_alert(rule_lowering, cost.ai_cost_forecast)
    assert (rule.window, rule.lookback) == (days(1), days(1))


def test_a_threshold_by_label_keeps_all_its_values(rule_lowering: QueryLowering) -> None:
    """The ticket on latency has the thresholds of all routes; its value is the share of slower requests."""
    rule = lower_alert(rule_lowering, latency_alerts.tenant_high_latency)
    assert rule.threshold == rule_lowering.platform.latency.route.per(ROUTE)
    assert rule.threshold.unit == MILLISECONDS
    assert rule.unit == RATIO
    assert rule.labels == (TENANT, ROUTE, SERVICE)


def test_a_threshold_that_differs_is_a_label(rule_lowering: QueryLowering) -> None:
    """Budgets differ by tenant, and the forecast's alert has its tenant's as a label; error thresholds do not, and are
    text."""
    forecast = lower_alert(rule_lowering, cost.ai_cost_forecast)
    assert text(forecast.expression).endswith(
        "\n)\n* on (tenant_id) group_left (threshold) "
        'count_values by (tenant_id) ("threshold", tenant_id:tokens_per_day:limit)'
    )
    assert forecast.labels == (TENANT,)
    error_rate = lower_alert(rule_lowering, errors.tenant_high_error_rate)
    assert error_rate.labelled_threshold is None
    assert "threshold" not in text(error_rate.expression)


def test_an_alert_without_a_threshold_has_a_unit(rule_lowering: QueryLowering) -> None:
    """The value of the alert on a missing price is the tokens of the last hour."""
    rule = lower_alert(rule_lowering, cost.ai_model_without_price)
    assert (rule.threshold, rule.unit, rule.window) == (None, TOKENS_UNIT, hours(1))
    assert rule.labels == (MODEL, DIRECTION)


def test_the_watchdog_has_no_threshold_unit_or_window(rule_lowering: QueryLowering) -> None:
    """It always fires and reads no series."""
    rule = lower_alert(rule_lowering, telemetry.watchdog)
    assert (rule.threshold, rule.unit, rule.window, rule.lookback) == (None, None, None, None)


def test_the_latest_value_has_no_window(rule_lowering: QueryLowering) -> None:
    """A gauge's latest value and an increase over 5 minutes: the rule has no window, and looks back 5 minutes."""

    def stalled(platform: Platform) -> Condition:
        clock = HEARTBEAT.latest().by(SERVICE).above(quantity(1, HEARTBEAT.unit))
        return clock & REQUESTS.increase(minutes(5)).by(SERVICE).at_least(platform.min_requests)

    rule = lower_alert(rule_lowering, replace(telemetry.watchdog, build=stalled))
    assert (rule.window, rule.lookback) == (None, minutes(5))


def test_a_family_without_an_owner_is_an_error(rule_lowering: QueryLowering) -> None:
    """The message names the keys of platform.yaml, one of which is missing."""
    without_default = replace(rule_lowering.platform, default_owner=None)
    without_owner: Alert = replace(errors.route_down, family="queues")
    message = 'no team owns the alerts of the family "queues"; add `queues` or `default` to `owners` in platform.yaml'
    with pytest.raises(DefinitionError, match=message):
        lower_alert(replace(rule_lowering, platform=without_default), without_owner)


def test_a_function_that_returns_no_condition_is_an_error(rule_lowering: QueryLowering) -> None:
    """An alert whose function ends without `return` is an error that names the alert."""

    def without_return(platform: Platform) -> Condition:
        return None  # type: ignore[return-value]

    message = r"RouteDown returns None, which is not a condition; end it with \.above\(…\) or \.for_\(…\)"
    with pytest.raises(DefinitionError, match=message):
        lower_alert(rule_lowering, replace(errors.route_down, build=without_return))


def test_fifty_tenants_have_as_many_alerting_rules_as_two(platform: Platform) -> None:
    """48 more token budgets are 48 more recording rules; the expressions of the alerting rules are the same."""
    names = [f"tenant-{number}" for number in range(50)]
    budgets = {name: quantity(7, TOKENS_UNIT) for name in names}
    cost = replace(platform.cost, tokens_per_day=replace(platform.cost.tokens_per_day, overrides=budgets))
    larger_platform = replace(platform, tenants=tuple(names), cost=cost)
    definitions = load_definitions()
    of_two, of_fifty = lower(platform, definitions), lower(larger_platform, definitions)
    assert [text(rule.expression) for rule in of_fifty.alerts] == [text(rule.expression) for rule in of_two.alerts]
    assert len(of_fifty.recording_rules) == len(of_two.recording_rules) + 48
