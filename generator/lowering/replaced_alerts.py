"""The alert tests of a project: without the default ones of alerts that it replaces by others, and of other buckets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from contract import CONTRACT
from generator.definitions import attempt
from generator.dsl.alert import Alert
from generator.dsl.alert_test import AlertTest, NotPossible
from generator.dsl.contract import Contract
from generator.dsl.definitions import Definitions
from generator.dsl.platform import Platform
from generator.lowering.alerts import lower_alert
from generator.lowering.amounts import read_once
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from generator.project import OWN_PACKAGE
from generator.replaced_metrics import OtherBuckets, other_buckets


def without_tests_of_replaced_alerts(definitions: Definitions, platform: Platform) -> Definitions:
    """The definitions without the default alert tests of what a project replaces by others: a test is kept where the
    rules of its alert's name are the same on the platform, and the buckets of the values that it observes."""
    replaced = {alert.key: alert for alert in definitions.replaced_alerts}

    def fits(test: AlertTest) -> bool:
        alerts = [alert for alert in definitions.alerts if alert.name == test.alert]
        defaults = [replaced.get(alert.key, alert) for alert in alerts]
        if test.module.startswith(f"{OWN_PACKAGE}.") or defaults == alerts:
            return True
        contract = definitions.contract
        return rules_of(alerts, platform, contract) == rules_of(defaults, platform, contract)

    tests = tuple(filter(fits, definitions.alert_tests)) if replaced else definitions.alert_tests
    if (buckets := other_buckets(CONTRACT.metrics, definitions.contract)).histograms:
        tests = tuple(test for test in tests if _fits_buckets(test, platform, buckets))
    return replace(definitions, alert_tests=tests)


def _fits_buckets(test: AlertTest, platform: Platform, buckets: OtherBuckets) -> bool:
    """Whether a test is the project's own, or observes values in unchanged buckets. A default one that the new buckets
    leave without a scenario does not fit."""
    if test.module.startswith(f"{OWN_PACKAGE}."):
        return True
    built = attempt(partial(test.build, platform), [])
    return isinstance(built, NotPossible) or (built is not None and buckets.fits(built))


def rules_of(alerts: Iterable[Alert], platform: Platform, contract: Contract = CONTRACT) -> tuple[object, ...]:
    """Everything that decides whether alerts fire, and with which values: expressions, durations, recording rules."""
    rules = RecordingRules(contract, platform.backend.sums_growth)
    lowering = QueryLowering(platform, rules)
    lowered = [attempt(partial(lower_alert, lowering, alert), []) for alert in alerts]
    alert_rules = ((rule.expression, rule.for_, rule.keep_firing_for, dict(rule.values)) for rule in lowered if rule)
    return (*alert_rules, *read_once(rules.all()))
