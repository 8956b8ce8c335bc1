"""Counters of Prometheus and Alertmanager in definitions, and conditions on what is not recorded."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.alerting import ALERT_SEND_ERRORS, RULE_FAILURES
from contract.api import LATENCY, REQUESTS
from contract.labels import ALERTMANAGER, RULE_GROUP, SERVICE
from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.dsl.presence import NotRecorded
from generator.dsl.units import minutes
from generator.errors import DefinitionError
from generator.lowering.alert_settings import with_alert_settings
from generator.lowering.lower import lower
from generator.rendering.promql import flat


def test_the_increase_of_a_server_has_a_window_that_a_platform_can_change() -> None:
    """The increase is over its window, in the unit of the counter, by the counter's labels alone."""
    query = RULE_FAILURES.increase(minutes(5)).by(RULE_GROUP)
    (increase,) = query.metric_queries()
    assert (query.unit.name, increase.fixed_window, query.output_labels) == ("evaluations", minutes(5), (RULE_GROUP,))
    assert increase.over(minutes(10)).fixed_window == minutes(10)
    with pytest.raises(DefinitionError, match="has no label alertmanager"):
        query.by(ALERTMANAGER)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (REQUESTS.increase(minutes(5)), "grouped by no label"),
        (LATENCY.bucket_counts(minutes(5)).by(SERVICE), "takes an increase"),
    ],
)
def test_what_is_not_recorded_is_an_increase_of_something(query: object, message: str) -> None:
    """A condition on recorded series needs an increase, and a label that says whose it is."""
    with pytest.raises(DefinitionError, match=message):
        NotRecorded(query)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cluster", "groups", "matchers"),
    [
        ("", ".+;acme:[^:]+", 'platform="acme"'),
        ("eu", ".+;acme:eu:[^:]+", 'platform="acme",cluster="eu"'),
    ],
)
def test_each_platform_reads_its_own_servers(cluster: str, groups: str, matchers: str, platform: Platform) -> None:
    """Of rules, a platform reads its own groups, whatever labels the target has; of alerts that are sent, what has its
    labels. Neither name has the platform's prefix."""
    own = replace(platform, name="acme", cluster=cluster, metric_prefix="acme_")
    alerts = {
        rule.alert.name: flat(rule.expression)
        for rule in lower(own, with_alert_settings(own, load_definitions())).alerts
    }
    assert f'increase({RULE_FAILURES.name}{{rule_group=~"{groups}"}}[5m])' in alerts["RuleEvaluationFailing"]
    assert '"platform", "acme", "", ""' in alerts["RuleEvaluationFailing"]
    assert f"increase({ALERT_SEND_ERRORS.name}{{{matchers}}}[5m])" in alerts["AlertsNotDelivered"]
