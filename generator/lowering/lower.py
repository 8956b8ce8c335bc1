"""From the definitions of a platform to the intermediate representation: alerts, links, dashboards, and the rules that
record what these read."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from generator.definitions import attempt
from generator.dsl.definitions import Definitions
from generator.dsl.metrics import Gauge
from generator.dsl.platform import Platform
from generator.dsl.units import PERCENT
from generator.errors import BuildError, Problem
from generator.ir.build import Lowered
from generator.lowering.alert_numbers import with_alert_numbers
from generator.lowering.alerts import lower_alert
from generator.lowering.amounts import read_once
from generator.lowering.backend_names import with_backend_names
from generator.lowering.convention_rules import with_convention_rules
from generator.lowering.dashboards import DashboardLowering
from generator.lowering.identity import with_identity
from generator.lowering.links import panel_link
from generator.lowering.metric_labels import with_metric_labels
from generator.lowering.metric_prefix import with_metric_prefix
from generator.lowering.native_histograms import with_native_histograms
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from generator.lowering.renames import with_both_read, with_both_recorded
from generator.lowering.severity_names import with_severity_names
from generator.lowering.stores import with_used_stores


def lower(platform: Platform, definitions: Definitions) -> Lowered:
    """The intermediate representation. Raises BuildError with the problems of all alerts, links and panels."""
    definitions = with_used_stores(platform, with_metric_labels(platform, with_alert_numbers(definitions)))
    lowered = _lowered(platform, definitions)
    earlier = definitions.contract.with_earlier_names()
    if earlier is not definitions.contract:
        lowered = with_both_recorded(lowered, _lowered(platform, replace(definitions, contract=earlier)))
    lowered = with_native_histograms(lowered)
    lowered = with_convention_rules(with_severity_names(lowered))
    return with_backend_names(with_both_read(with_metric_prefix(with_identity(lowered))))


def _lowered(platform: Platform, definitions: Definitions) -> Lowered:
    """What the definitions are lowered to, before the steps that change every expression."""
    problems: list[Problem] = []
    recording_rules = RecordingRules(definitions.contract, platform.backend.sums_growth)
    lowering = QueryLowering(platform, recording_rules)
    for metric in definitions.contract.metrics:
        if isinstance(metric, Gauge) and metric.recorded_from is not None:
            lowering.record(metric.name, metric.labels, metric.recorded_from, metric.unit == PERCENT)
    lowered_alerts = (
        attempt(partial(lower_alert, lowering, alert), problems, alert.where) for alert in definitions.alerts
    )
    alerts = tuple(rule for rule in lowered_alerts if rule is not None)
    links = {
        rule.alert.key: attempt(
            partial(panel_link, platform, definitions.dashboards, rule.alert, rule.labels), problems, rule.alert.where
        )
        for rule in alerts
    }
    dashboards = DashboardLowering(platform, definitions.dashboards, recording_rules, definitions.alerts)
    lowered_dashboards = [
        attempt(partial(dashboards.lower, dashboard), problems, f"dashboards/{dashboard.id}.py")
        for dashboard in definitions.dashboards
    ]
    if problems:
        raise BuildError(problems)
    specs = tuple(spec for spec in lowered_dashboards if spec is not None)
    return Lowered(platform, definitions, read_once(recording_rules.all()), alerts, specs, links)
