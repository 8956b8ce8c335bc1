"""A day with an outage, in a real Prometheus: what it remembers is what happened, and what the rules made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.api import LATENCY
from generator.dsl.metrics import Histogram
from generator.dsl.platform import Platform
from generator.pipeline import TEST_PLATFORM, build
from generator.verify.replay import Server, history
from generator.verify.replay.history import fingerprint
from generator.verify.replay.stages import rules
from generator.verify.simulation.clock import Clock
from generator.verify.simulation.incident import Incident, Kind
from generator.verify.simulation.simulation import Plan, Simulation, simulate
from generator.verify.simulation.truth import Truth

HOUR = 3_600
OUTAGE = 14 * HOUR
"""Seconds after midnight."""
LONG = 20 * 60
LabelValues = dict[tuple[tuple[str, str], ...], str]


@dataclass(frozen=True)
class Past:
    """A day of two tenants, in which /search is down for twenty minutes."""

    simulation: Simulation
    prometheus: Server
    rules: Path

    @property
    def start(self) -> int:
        """Midnight, in seconds since 1970."""
        return self.simulation.plan.clock.start

    def firing(self, start: float, end: float) -> list[Mapping[str, str]]:
        """The alerts that fire in a time (seconds after midnight), but for Watchdog, which always does."""
        asked = 'ALERTS{alertstate="firing",alertname!="Watchdog"}'
        found = self.prometheus.query_range(asked, self.start + start, self.start + end, 30)
        return [series["metric"] for series in found]


@pytest.fixture(scope="module")
def past(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    """The day, made with the rules that the sources give now, or taken from the cache."""
    out = tmp_path_factory.mktemp("out") / "out"
    build(TEST_PLATFORM, out)
    outage = Incident(Kind.REQUESTS_FAIL, OUTAGE, LONG, 1.0, {"route": "/search"})
    simulation = simulate(Plan(platform, seed=1, tenants=2, incidents=(outage,)))
    with history(simulation, out) as prometheus:
        yield Past(simulation, prometheus, out / "prometheus" / "rules")


def _by_labels(found: list[Mapping[str, Mapping[str, str]]], more: Mapping[str, str]) -> LabelValues:
    return {
        tuple(sorted({**{k: v for k, v in x["metric"].items() if k != "__name__"}, **more}.items())): x["value"][1]  # type: ignore[index]
        for x in found
    }


def test_counters_have_come_to_the_truth(past: Past) -> None:
    """At the day's end every counter, and every histogram's sum and count, is to the unit what happened."""
    end = past.simulation.plan.clock.end
    for told in past.simulation.told:
        name, labels = told.metric.name, ",".join(f'{label}="{value}"' for label, value in told.labels.items())
        whole = {f"{name}_sum": told.amount.sum(), f"{name}_count": told.at.size}
        for series, truth in (whole if isinstance(told.metric, Histogram) else {name: told.amount.sum()}).items():
            (found,) = past.prometheus.query(f"{series}{{{labels}}}", end)
            assert int(found["value"][1]) == truth, (series, labels)


@pytest.mark.parametrize("q", [0.5, 0.95, 0.99])
@pytest.mark.parametrize("route", ["/chat", "/search", "/ingest"])
def test_a_quantile_lies_in_the_bucket_of_the_true_one(past: Past, route: str, q: float) -> None:
    """Prometheus' quantile over twelve hours and the exact one have no bucket's bound between them."""
    end = past.start + 12 * HOUR
    asked = f'histogram_quantile({q}, sum by (le) (latency_ms_bucket{{route="{route}"}}))'
    found = float(past.prometheus.query(asked, end)[0]["value"][1])
    exact = Truth(past.simulation).quantile(LATENCY, q, past.start, end, route=route)
    assert exact is not None
    bucket = next(number for number, bound in enumerate(LATENCY.buckets) if exact <= bound)
    assert ([0, *LATENCY.buckets])[bucket] <= found <= LATENCY.buckets[bucket]


def test_an_ordinary_time_is_quiet(past: Past) -> None:
    """From midnight to the outage nothing fires but Watchdog, and that does all the time."""
    assert past.firing(0, OUTAGE) == []
    watchdog = past.prometheus.query_range('ALERTS{alertname="Watchdog"}', past.start, past.start + OUTAGE, 30)
    assert [len(series["values"]) for series in watchdog] == [OUTAGE // 30 + 1]


def test_an_outage_pages_within_three_minutes_for_its_route_alone(past: Past) -> None:
    """RouteDown fires for /search three minutes after it began, and no alert names another route."""
    found = past.firing(OUTAGE, OUTAGE + 180)
    assert ("RouteDown", "/search", "page") in [(x["alertname"], x["route"], x["severity"]) for x in found]
    assert {x.get("route") for x in past.firing(OUTAGE, OUTAGE + LONG)} == {"/search"}


def test_what_was_recorded_is_what_the_rule_gives(past: Past) -> None:
    """At four times of the day each recorded series has the series and values that its expression has then."""
    for rule in rules(past.rules):
        more = rule.body.get("labels", {})
        if "record" in rule.body:
            distinguishing_labels = ",".join(f'{label}="{value}"' for label, value in more.items())
            for time in (past.start + hours * HOUR for hours in (1, 9, 14.2, 23)):
                expected = _by_labels(past.prometheus.query(rule.body["expr"], time), more)
                recorded = past.prometheus.query(f"{rule.series}{{{distinguishing_labels}}}", time)
                assert _by_labels(recorded, {}) == expected, (rule.series, time)


def test_an_alert_that_fires_is_not_pending_too(past: Past) -> None:
    """An alert's states end when they end: at no time of the outage does one fire and wait at once."""
    both = 'ALERTS{alertstate="firing"} and ignoring (alertstate) ALERTS{alertstate="pending"}'
    start = past.start + OUTAGE
    assert past.prometheus.query_range('ALERTS{alertname="RouteDown",alertstate="pending"}', start, start + LONG, 30)
    assert past.prometheus.query_range(both, start, start + LONG, 30) == []


def test_the_cache_knows_what_a_past_depends_on(platform: Platform, tmp_path: Path) -> None:
    """Another seed, another incident or another rule is another past; the same again is the same."""
    (tmp_path / "rules.yaml").write_text("groups: []", encoding="utf-8")
    clock, gap = Clock(length=900), Incident(Kind.SAMPLES_MISSING, 300, 60)
    plan = Plan(platform, 1, 2, clock)
    plans = (plan, Plan(platform, 2, 2, clock), Plan(platform, 1, 2, clock, (gap,)))
    prints = [fingerprint(simulate(one), tmp_path) for one in plans]
    assert fingerprint(simulate(plan), tmp_path) == prints[0]
    (tmp_path / "rules.yaml").write_text("groups: [] # changed", encoding="utf-8")
    assert len({*prints, fingerprint(simulate(plan), tmp_path)}) == 4
