"""Counters of Prometheus and Alertmanager count the failures of incidents, and are left out without them."""

from __future__ import annotations

import numpy as np

from contract.alerting import FAILED_NOTIFICATIONS, RULE_FAILURES
from generator.dsl.platform import Platform
from generator.verify.simulation.clock import Clock
from generator.verify.simulation.exported import exported_series
from generator.verify.simulation.incident import METRIC, Incident, IncidentKind
from generator.verify.simulation.openmetrics import file_ranges, openmetrics
from generator.verify.simulation.servers import failing_counters, failure_counts
from generator.verify.simulation.simulation import SimulationPlan, simulate

STEPS = np.arange(13)
GROUP = {"rule_group": "/etc/prometheus/rules/errors.yaml;production:errors"}


def fails(counter: str, start: int, duration: int, per_minute: float, labels: dict[str, str]) -> Incident:
    """An incident that a counter counts."""
    return Incident(IncidentKind.SERVER_FAILS, start, duration, per_minute, {METRIC: counter, **labels})


def plan(platform: Platform, *incidents: Incident) -> SimulationPlan:
    """Three minutes with a sample every 15 seconds."""
    return SimulationPlan(platform, tenants=1, clock=Clock(length=180), incidents=incidents)


def test_a_counter_counts_whole_failures_while_an_incident_lasts(platform: Platform) -> None:
    """Two failures a minute from 30 to 120 s: 0 up to 45 s, one more every 30 s, and 3 from 120 s on."""
    incident = fails(RULE_FAILURES.name, 30, 90, 2, GROUP)
    ((labels, values),) = failure_counts(RULE_FAILURES, plan(platform, incident), STEPS)
    assert labels == {"instance": "prometheus", **GROUP}
    assert values.tolist() == [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 3, 3, 3]


def test_incidents_of_one_series_add_up_and_others_are_apart(platform: Platform) -> None:
    """One failure a minute twice at once is two a minute; another integration has its own series."""
    pager, webhook = {"integration": "pagerduty"}, {"integration": "webhook"}
    paging, posting = (fails(FAILED_NOTIFICATIONS.name, 0, 180, 1, labels) for labels in (pager, webhook))
    counted = [*failure_counts(FAILED_NOTIFICATIONS, plan(platform, paging, paging, posting), STEPS)]
    assert [(labels["integration"], int(values[-1])) for labels, values in counted] == [
        ("pagerduty", 6),
        ("webhook", 3),
    ]


def test_counters_that_no_incident_names_are_left_out(platform: Platform) -> None:
    """Only the counter of the incident is there, and none without an incident."""
    assert failing_counters(plan(platform)) == ()
    assert failing_counters(plan(platform, fails(RULE_FAILURES.name, 0, 60, 1, GROUP))) == (RULE_FAILURES,)


def test_the_series_has_the_platform_and_no_prefix(platform: Platform) -> None:
    """Prometheus adds the platform to what it scrapes, and the prefix is that of what Workers emit. While no samples
    arrive there are none of it either."""
    gap = Incident(IncidentKind.SAMPLES_MISSING, 60, 30)
    simulation = simulate(plan(platform, fails(RULE_FAILURES.name, 0, 180, 2, GROUP), gap))
    (group,) = (each for each in exported_series(simulation, STEPS) if each.metric is RULE_FAILURES)
    ((name, labels),) = group.series
    assert name == "prometheus_rule_evaluation_failures_total"
    assert labels == {"platform": platform.name, "instance": "prometheus", **GROUP}
    assert group.steps.tolist() == [0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 12]
    assert group.columns[:, 0].tolist() == [0, 0, 1, 1, 2, 3, 4, 4, 5, 5, 6]
    text = "".join(openmetrics(simulation, file_ranges(simulation)[0]))
    assert "# TYPE prometheus_rule_evaluation_failures counter\n" in text
    assert text.count("prometheus_rule_evaluation_failures_total{") == 11
