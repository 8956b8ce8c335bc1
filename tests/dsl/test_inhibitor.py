"""Inhibitors follow alerts, and last as long as what these inhibit."""

from __future__ import annotations

from dataclasses import replace

from alerts.errors import error_budget_burn_page, route_down, tenant_high_error_rate
from alerts.latency import route_high_latency
from alerts.telemetry import watchdog
from contract.labels import ROUTE, SERVICE
from generator.dsl.alert import NONE
from generator.dsl.inhibitor import AlertsFire, inhibitor, lasts_after
from generator.dsl.platform import AlertSettings, Platform
from generator.dsl.query import labels_of
from generator.dsl.text import Placeholder
from generator.dsl.units import hours, minutes
from tests.dsl.definition_errors import definition_error


def test_an_alert_lasts_for_its_longest_window_and_keep_firing_for(platform: Platform) -> None:
    """RouteDown's window is 2 minutes, and it fires 10 minutes longer; RouteHighLatency has 5 minutes alone; a burn
    rate has 6 hours. A tenant's hour with failures counts for an hour after the 5 minutes in which they are seen, and
    is kept for 30 minutes."""
    alerts = (route_down, route_high_latency, error_budget_burn_page, tenant_high_error_rate)
    assert [lasts_after(alert.rule(platform)) for alert in alerts] == [minutes(12), minutes(5), hours(6), minutes(95)]


def test_an_inhibitor_lasts_as_long_as_the_longest_of_its_targets(platform: Platform) -> None:
    """A window of a platform counts, and whatever is shorter does not."""
    sample = inhibitor("Sample", ROUTE, SERVICE, follows=(route_down,), outlasts=(route_high_latency, route_down))
    longer = replace(platform, alerts={("RouteHighLatency", None): AlertSettings(window=hours(2))})
    assert sample.rule(platform).keep_firing == minutes(12)
    assert sample.rule(longer).keep_firing == hours(2)
    assert sample.values(longer) == {"kept": hours(2)}


def test_an_inhibitor_follows_the_enabled_alerts(platform: Platform) -> None:
    """It fires as soon as they do, with their labels, and notifies nobody."""
    sample = inhibitor(
        "Sample", ROUTE, SERVICE, follows=(route_down, route_high_latency), outlasts=(tenant_high_error_rate,)
    )
    changed = replace(platform, alerts={("RouteDown", None): AlertSettings(enabled=False)})
    for each, names in ((platform, ["RouteDown", "RouteHighLatency"]), (changed, ["RouteHighLatency"])):
        rule = sample.rule(each)
        assert isinstance(rule.condition, AlertsFire)
        assert [alert.name for alert in rule.condition.query.alerts] == names
        assert (labels_of(rule.condition), rule.pending, rule.window) == ((ROUTE, SERVICE), None, None)
    assert (sample.severity, sample.declared, sample.runbook) == (NONE, NONE, "sample")


def test_an_inhibitor_is_of_the_family_of_what_it_follows() -> None:
    """Its rule is evaluated after theirs, and its text names the labels and the time."""
    sample = inhibitor("Sample", ROUTE, follows=(route_high_latency,), outlasts=(tenant_high_error_rate,))
    assert (sample.family, sample.where) == ("latency", "alerts/latency.py Sample")
    assert sample.alert_text.summary == (
        "An alert of ",
        Placeholder("route"),
        " fires, or has fired in the last ",
        Placeholder("kept"),
        ".",
    )


def test_a_wrong_inhibitor_is_an_error(platform: Platform) -> None:
    """It needs labels, alerts to follow and alerts to outlast, and these need a window."""
    outlasts = (tenant_high_error_rate,)
    assert definition_error(lambda: inhibitor("Sample", follows=(route_down,), outlasts=outlasts)) == (
        'inhibitor(…) has no labels; write those of its alerts, as inhibitor("Name", ROUTE, …)'
    )
    assert definition_error(lambda: inhibitor("Sample", ROUTE, follows=(), outlasts=outlasts)) == (
        "inhibitor(follows=…) has no alerts; name the functions that @alert(…) decorates, as (route_down,)"
    )
    assert definition_error(lambda: inhibitor("Sample", ROUTE, follows=(route_down,), outlasts=())) == (
        "inhibitor(outlasts=…) has no alerts; name the functions that @alert(…) decorates, as (route_down,)"
    )
    without_window = inhibitor("Sample", ROUTE, follows=(route_down,), outlasts=(watchdog,))
    assert definition_error(lambda: without_window.rule(platform)) == (
        "an inhibitor outlasts an alert without a window; name an alert on a window"
    )
