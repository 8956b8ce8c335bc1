"""Which alert tests apply to a platform: those whose alert has the same rules there as on the tests' own platform."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import partial

from contract import CONTRACT
from generator.definitions import attempt
from generator.dsl.alert import Alert
from generator.dsl.alert_test import AlertTest
from generator.dsl.contract import Contract
from generator.dsl.definitions import Definitions
from generator.dsl.platform import Platform
from generator.dsl.query import ThresholdTable
from generator.lowering.alerts import lower_alert
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from generator.project import OWN_PACKAGE


def applies(
    alert_test: AlertTest,
    alerts: Iterable[Alert],
    platform: Platform,
    test_platform: Platform,
    contract: Contract = CONTRACT,
) -> bool:
    """Whether the rules of a test's alert, reduced to the label values in its input series, are the same on a platform
    as on the platform of the tests. A test that cannot be built applies, so that a check reports its problem.
    """
    scenario = attempt(partial(alert_test.build, test_platform), [])
    if scenario is None:
        return True
    tested = [alert for alert in alerts if alert.name == alert_test.alert]
    values = {value for series in scenario.series for value in series.labels.values()}
    own, of_tests = reduced(platform, values), reduced(test_platform, values)
    return rules_of(tested, own, contract) == rules_of(tested, of_tests, contract)


def without_tests_of_replaced_alerts(definitions: Definitions, test_platform: Platform) -> Definitions:
    """The definitions without the default alert tests of rules that a project replaces by others: a test is kept where
    the rules of its alert's name are the same on the platform of the tests."""
    replaced = {alert.key: alert for alert in definitions.replaced_alerts}

    def fits(test: AlertTest) -> bool:
        alerts = [alert for alert in definitions.alerts if alert.name == test.alert]
        defaults = [replaced.get(alert.key, alert) for alert in alerts]
        if test.module.startswith(f"{OWN_PACKAGE}.") or defaults == alerts:
            return True
        contract = definitions.contract
        return rules_of(alerts, test_platform, contract) == rules_of(defaults, test_platform, contract)

    return replace(definitions, alert_tests=tuple(filter(fits, definitions.alert_tests))) if replaced else definitions


def rules_of(alerts: Iterable[Alert], platform: Platform, contract: Contract = CONTRACT) -> tuple[object, ...]:
    """Everything that decides whether alerts fire, and with which values: expressions, durations, recording rules."""
    rules = RecordingRules(contract)
    lowering = QueryLowering(platform, rules)
    lowered = [attempt(partial(lower_alert, lowering, alert), []) for alert in alerts]
    alert_rules = ((rule.expression, rule.for_, rule.keep_firing_for, dict(rule.values)) for rule in lowered if rule)
    return (*alert_rules, *rules.all())


def reduced(platform: Platform, values: Collection[str]) -> Platform:
    """A platform without the services, thresholds and prices of other label values."""

    def table(thresholds: ThresholdTable) -> ThresholdTable:
        overrides = {value: quantity for value, quantity in thresholds.overrides.items() if value in values}
        return replace(thresholds, overrides=overrides)

    return replace(
        platform,
        services={service: routes for service, routes in platform.services.items() if service in values},
        errors=replace(platform.errors, tenant=table(platform.errors.tenant)),
        latency=replace(platform.latency, route=table(platform.latency.route)),
        cost=replace(platform.cost, tokens_per_day=table(platform.cost.tokens_per_day)),
        model_prices={model: price for model, price in platform.model_prices.items() if model in values},
    )
