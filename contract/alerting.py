"""Counters of Prometheus and Alertmanager themselves: rules that fail, and notifications that do not arrive; and the
series that shows that the file of overrides is scraped."""

from contract.labels import ALERTMANAGER, INSTANCE, INTEGRATION, RULE_GROUP
from generator.dsl.built_in import BuiltIn
from generator.dsl.server_counters import ServerCounter
from generator.dsl.units import Unit

EVALUATIONS_UNIT = Unit("evaluations", "short", "ops")
NOTIFICATIONS_UNIT = Unit("notifications", "short", "ops")
SENT_ALERTS_UNIT = Unit("alerts", "short", "ops")

RULE_FAILURES = ServerCounter(
    name="prometheus_rule_evaluation_failures_total",
    server="Prometheus",
    unit=EVALUATIONS_UNIT,
    labels=(INSTANCE, RULE_GROUP),
    help="Evaluations of rules that failed: the rule has no result.",
)
MISSED_EVALUATIONS = ServerCounter(
    name="prometheus_rule_group_iterations_missed_total",
    server="Prometheus",
    unit=EVALUATIONS_UNIT,
    labels=(INSTANCE, RULE_GROUP),
    help="Evaluations of groups of rules that were missed, because the evaluation before took too long.",
)
ALERT_SEND_ERRORS = ServerCounter(
    name="prometheus_notifications_errors_total",
    server="Prometheus",
    unit=SENT_ALERTS_UNIT,
    labels=(INSTANCE, ALERTMANAGER),
    help="Alerts that an Alertmanager did not accept from Prometheus.",
)
ALERTS_DROPPED = ServerCounter(
    name="prometheus_notifications_dropped_total",
    server="Prometheus",
    unit=SENT_ALERTS_UNIT,
    labels=(INSTANCE, ALERTMANAGER),
    help="Alerts that Prometheus dropped, because of errors or of a full queue.",
)
FAILED_NOTIFICATIONS = ServerCounter(
    name="alertmanager_notifications_failed_total",
    server="Alertmanager",
    unit=NOTIFICATIONS_UNIT,
    labels=(INSTANCE, INTEGRATION),
    help="Notifications that a receiver did not accept, after all attempts.",
)
OVERRIDES_INFO = BuiltIn(
    name="tenant_overrides_info",
    labels=(),
    help="1 while Prometheus scrapes the file of overrides, which platforms with more than 200 of them have.",
)
