"""Alerts as trees, with what their annotations need; and no rule is one tenant's."""

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
from generator.dsl.units import MILLISECONDS, TOKENS_UNIT, days, hours, minutes, percent, quantity
from generator.errors import DefinitionError
from generator.lowering.alerts import lower_alert
from generator.lowering.queries import QueryLowering
from generator.pipeline import lower
from generator.rendering.promql import text


def test_an_alerts_first_comparison_is_what_it_tells(rule: QueryLowering) -> None:
    """RouteDown: a share above one half over 2 minutes, lasting one, for ten more, told by route and service."""
    lowered = lower_alert(rule, errors.route_down)
    assert lowered.labels == (ROUTE, SERVICE)
    assert lowered.unit is not None
    assert lowered.unit.name == "share"
    assert (lowered.threshold, lowered.window, lowered.for_) == (percent(50), minutes(2), minutes(1))
    assert lowered.keep_firing_for == minutes(10)
    assert lowered.owner == "platform"


def test_an_alert_reaches_back_as_far_as_its_longest_window(rule: QueryLowering) -> None:
    """A burn over 1 hour, 5 minutes, 6 hours and 30 minutes is told of an hour, and needs 6 to be seen."""
    lowered = lower_alert(rule, errors.error_budget_burns_fast)
    assert (lowered.window, lowered.lookback, lowered.for_, lowered.keep_firing_for) == (hours(1), hours(6), None, None)


def test_a_forecasts_window_is_the_whole_it_is_made_for(rule: QueryLowering) -> None:
    """18 hours and one are read; what is told is a day."""
    lowered = lower_alert(rule, cost.ai_cost_forecast)
    assert (lowered.window, lowered.lookback) == (days(1), days(1))


def test_a_limit_travels_whole(rule: QueryLowering) -> None:
    """The ticket on latency knows the limits of all routes, in their unit."""
    lowered = lower_alert(rule, latency_alerts.high_latency_of_tenant)
    assert lowered.threshold == rule.platform.latency.route.per(ROUTE)
    assert lowered.unit == MILLISECONDS
    assert lowered.labels == (TENANT, ROUTE, SERVICE)


def test_what_has_no_threshold_still_has_a_unit(rule: QueryLowering) -> None:
    """A model without a price is told with its tokens of the last hour."""
    lowered = lower_alert(rule, cost.ai_model_without_price)
    assert (lowered.threshold, lowered.unit, lowered.window) == (None, TOKENS_UNIT, hours(1))
    assert lowered.labels == (MODEL, DIRECTION)


def test_the_watchdog_has_neither(rule: QueryLowering) -> None:
    """It is always so: no unit, no threshold, no window."""
    lowered = lower_alert(rule, telemetry.watchdog)
    assert (lowered.threshold, lowered.unit, lowered.window, lowered.lookback) == (None, None, None, None)


def test_what_is_read_now_has_no_window(rule: QueryLowering) -> None:
    """A gauge's newest value first, a count of 5 minutes second: no window is told, though it reaches back."""

    def stalled(platform: Platform) -> Condition:
        clock = HEARTBEAT.latest().by(SERVICE).above(quantity(1, HEARTBEAT.unit))
        return clock & REQUESTS.increase(minutes(5)).by(SERVICE).at_least(platform.min_requests)

    lowered = lower_alert(rule, replace(telemetry.watchdog, build=stalled))
    assert (lowered.window, lowered.lookback) == (None, minutes(5))


def test_a_family_that_nobody_owns_is_refused(rule: QueryLowering) -> None:
    """The message says where a team is named."""
    orphan: Alert = replace(errors.route_down, family="queues")
    with pytest.raises(
        DefinitionError, match=r"no team owns the alerts of queues; name one under owners: queues in platform"
    ):
        lower_alert(rule, orphan)


def test_fifty_tenants_have_as_many_alerting_rules_as_two(platform: Platform) -> None:
    """Their budgets are 48 recorded numbers more; the alerting rules are the same to the letter."""
    names = [f"tenant-{number}" for number in range(50)]
    budgets = {name: quantity(7, TOKENS_UNIT) for name in names}
    cost = replace(platform.cost, tokens_per_day=replace(platform.cost.tokens_per_day, overrides=budgets))
    crowd = replace(platform, tenants=tuple(names), cost=cost)
    definitions = load_definitions()
    two, fifty = lower(platform, definitions), lower(crowd, definitions)
    assert [text(one.expression) for one in fifty.alerts] == [text(one.expression) for one in two.alerts]
    assert len(fifty.rules) == len(two.rules) + 48
