"""A day with an outage in a real Prometheus: its samples match the simulation, its rule results match the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.api import LATENCY
from generator.dsl.metrics import Histogram
from generator.dsl.platform import Platform
from generator.pipeline import TEST_PLATFORM, build
from generator.verify.replay import PrometheusServer, history
from generator.verify.replay.history import fingerprint
from generator.verify.replay.server import Series
from generator.verify.replay.stages import load_rules
from generator.verify.simulation.clock import Clock
from generator.verify.simulation.ground_truth import GroundTruth
from generator.verify.simulation.incident import Incident, IncidentKind
from generator.verify.simulation.simulation import Simulation, SimulationPlan, simulate

HOUR = 3_600
OUTAGE_START = 14 * HOUR
"""Seconds after midnight."""
OUTAGE_DURATION = 20 * 60
ValuesByLabels = dict[tuple[tuple[str, str], ...], str]


@dataclass(frozen=True)
class OutageDay:
    """A day of two tenants, in which /search is down for twenty minutes."""

    simulation: Simulation
    prometheus: PrometheusServer
    rules: Path

    @property
    def start(self) -> int:
        """Midnight, in seconds since 1970."""
        return self.simulation.plan.clock.start

    def firing(self, start: float, end: float) -> list[Mapping[str, str]]:
        """Return the labels of the alerts that fire between two times (seconds after midnight), except Watchdog."""
        expression = 'ALERTS{alertstate="firing",alertname!="Watchdog"}'
        result = self.prometheus.query_range(expression, self.start + start, self.start + end, 30)
        return [series["metric"] for series in result]


@pytest.fixture(scope="module")
def day(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OutageDay]:
    """The day, with the rules of the current sources; created, or taken from the cache."""
    out = tmp_path_factory.mktemp("out") / "out"
    build(TEST_PLATFORM, out)
    outage = Incident(IncidentKind.REQUESTS_FAIL, OUTAGE_START, OUTAGE_DURATION, 1.0, {"route": "/search"})
    simulation = simulate(SimulationPlan(platform, seed=1, tenants=2, incidents=(outage,)))
    with history(simulation, out) as prometheus:
        yield OutageDay(simulation, prometheus, out / "prometheus" / "rules")


def _by_labels(result: list[Series], extra_labels: Mapping[str, str]) -> ValuesByLabels:
    values = {}
    for series in result:
        labels = {name: value for name, value in series["metric"].items() if name != "__name__"}
        values[tuple(sorted({**labels, **extra_labels}.items()))] = series["value"][1]
    return values


def test_counters_end_at_the_expected_values(day: OutageDay) -> None:
    """At the end of the day every counter, and every histogram's sum and count, is exact."""
    end = day.simulation.plan.clock.end
    for item in day.simulation.measurements:
        name, labels = item.metric.name, ",".join(f'{label}="{value}"' for label, value in item.labels.items())
        if isinstance(item.metric, Histogram):
            expected = {f"{name}_sum": item.amounts.sum(), f"{name}_count": item.steps.size}
        else:
            expected = {name: item.amounts.sum()}
        for series, total in expected.items():
            (result,) = day.prometheus.query(f"{series}{{{labels}}}", end)
            assert int(result["value"][1]) == total, (series, labels)


@pytest.mark.parametrize("q", [0.5, 0.95, 0.99])
@pytest.mark.parametrize("route", ["/chat", "/search", "/ingest"])
def test_a_quantile_is_in_the_bucket_of_the_exact_one(day: OutageDay, route: str, q: float) -> None:
    """Prometheus' quantile over twelve hours and the exact quantile are in the same bucket."""
    end = day.start + 12 * HOUR
    expression = f'histogram_quantile({q}, sum by (le) (latency_ms_bucket{{route="{route}"}}))'
    quantile = float(day.prometheus.query(expression, end)[0]["value"][1])
    exact = GroundTruth(day.simulation).quantile(LATENCY, q, day.start, end, route=route)
    assert exact is not None
    bucket = next(index for index, bound in enumerate(LATENCY.buckets) if exact <= bound)
    assert ([0, *LATENCY.buckets])[bucket] <= quantile <= LATENCY.buckets[bucket]


def test_no_alert_fires_without_an_incident(day: OutageDay) -> None:
    """From midnight to the outage only Watchdog fires, all the time."""
    assert day.firing(0, OUTAGE_START) == []
    watchdog = day.prometheus.query_range('ALERTS{alertname="Watchdog"}', day.start, day.start + OUTAGE_START, 30)
    assert [len(series["values"]) for series in watchdog] == [OUTAGE_START // 30 + 1]


def test_an_outage_pages_within_three_minutes_for_its_route_alone(day: OutageDay) -> None:
    """RouteDown fires for /search within three minutes, and no alert fires for another route."""
    firing = day.firing(OUTAGE_START, OUTAGE_START + 180)
    alerts = [(labels["alertname"], labels["route"], labels["severity"]) for labels in firing]
    assert ("RouteDown", "/search", "page") in alerts
    during_outage = day.firing(OUTAGE_START, OUTAGE_START + OUTAGE_DURATION)
    assert {labels.get("route") for labels in during_outage} == {"/search"}


def test_recorded_series_equal_their_expressions(day: OutageDay) -> None:
    """At four times of the day, at which every rule is evaluated, each recorded series has the label sets and values of
    its expression; but a running total, whose expression adds to what it recorded."""
    recorded_rules = [rule for rule in load_rules(day.rules) if "record" in rule.body]
    for rule in (each for each in recorded_rules if each.series not in each.reads()):
        rule_labels = rule.body.get("labels", {})
        others = [each.body.get("labels", {}).items() for each in recorded_rules if each.series == rule.series]
        more_specific = [labels for labels in others if labels > rule_labels.items()]
        matchers = ",".join(f'{label}="{value}"' for label, value in rule_labels.items())
        for time in (day.start + minutes * 60 for minutes in (60, 540, 850, 1380)):
            expected = _by_labels(day.prometheus.query(rule.body["expr"], time), rule_labels)
            recorded = day.prometheus.query(f"{rule.series}{{{matchers}}}", time)
            own = [each for each in recorded if not any(labels <= each["metric"].items() for labels in more_specific)]
            assert _by_labels(own, {}) == expected, (rule.series, time)


def test_a_firing_alert_is_not_pending(day: OutageDay) -> None:
    """At no time of the outage is an alert pending and firing at once."""
    pending_and_firing = 'ALERTS{alertstate="firing"} and ignoring (alertstate) ALERTS{alertstate="pending"}'
    pending = 'ALERTS{alertname="RouteDown",alertstate="pending"}'
    start, end = day.start + OUTAGE_START, day.start + OUTAGE_START + OUTAGE_DURATION
    assert day.prometheus.query_range(pending, start, end, 30)
    assert day.prometheus.query_range(pending_and_firing, start, end, 30) == []


def test_the_fingerprint_depends_on_the_plan_and_the_rules(platform: Platform, tmp_path: Path) -> None:
    """Another seed, another incident or another rule gives another fingerprint; the same plan gives the same one."""
    (tmp_path / "rules.yaml").write_text("groups: []", encoding="utf-8")
    clock, gap = Clock(length=900), Incident(IncidentKind.SAMPLES_MISSING, 300, 60)
    plan = SimulationPlan(platform, 1, 2, clock)
    plans = (plan, SimulationPlan(platform, 2, 2, clock), SimulationPlan(platform, 1, 2, clock, (gap,)))
    fingerprints = [fingerprint(simulate(variant), tmp_path) for variant in plans]
    assert fingerprint(simulate(plan), tmp_path) == fingerprints[0]
    (tmp_path / "rules.yaml").write_text("groups: [] # changed", encoding="utf-8")
    assert len({*fingerprints, fingerprint(simulate(plan), tmp_path)}) == 4
