"""The invoice of a simulated day, from every single event, beside the dollars that the shipped rules record of its
samples: of two shards, of which one restarts, through an hour without samples, with tokens from caches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import pytest
import yaml

from contract.ai import (
    AI_TOKENS_INPUT,
    AI_TOKENS_INPUT_CACHE_WRITE,
    AI_TOKENS_INPUT_CACHED,
    AI_TOKENS_OUTPUT,
    AI_TOKENS_OUTPUT_REASONING,
)
from contract.api import OBJECT_REQUESTS, REQUESTS, ROWS_WRITTEN
from contract.labels import MODEL
from contract.storage import (
    DO_ALARMS,
    DO_REQUESTS,
    DO_ROWS_READ,
    DO_ROWS_WRITTEN,
    KV_DELETES,
    KV_LISTS,
    KV_READS,
    KV_WRITES,
)
from generator.dsl.metrics import Counter
from generator.output import RULES_FOLDER
from generator.pipeline import compiled
from generator.verify.needed_rules import needed_rules
from generator.verify.replay import PrometheusServer, history
from generator.verify.simulation.clock import Clock
from generator.verify.simulation.ground_truth import GroundTruth
from generator.verify.simulation.incident import Incident, IncidentKind
from generator.verify.simulation.shards import SHARD
from generator.verify.simulation.simulation import SimulationPlan, simulate
from tests.alerts.other_platforms import platform_file

HOUR = 3_600
DAY = 24 * HOUR
LENGTH = 26 * HOUR
INCIDENTS = (
    Incident(IncidentKind.SAMPLES_MISSING, 10 * HOUR, HOUR),
    Incident(IncidentKind.COUNTERS_RESET, 16 * HOUR + 250, matchers={SHARD: "shard-0"}),
)
TENANTS = ("com-acme", "org-example")
CHAT, EMBEDDING = "@cf/moonshotai/kimi-k2.5", "@cf/baai/bge-m3"
PER_MILLION: Mapping[str, Mapping[str, str]] = {
    CHAT: {"input": "0.6", "output": "3", "cached_input": "0.1", "cache_write": "0.75", "reasoning": "4"},
    EMBEDDING: {"input": "0.012"},
}
"""Dollars per million tokens, of which a class has the price of its direction where it has none of its own."""
LIST: Mapping[str, Mapping[Counter, str]] = {
    "workers": {REQUESTS: "0.3"},
    "kv": {KV_READS: "0.5", KV_WRITES: "5", KV_DELETES: "5", KV_LISTS: "5"},
    "durable_objects": {DO_REQUESTS: "0.15", DO_ALARMS: "0.15", DO_ROWS_READ: "0.001", DO_ROWS_WRITTEN: "1"},
    "telemetry": {ROWS_WRITTEN: "1", OBJECT_REQUESTS: "0.15"},
}
"""Cloudflare's list, in dollars per million; what the platform stores elsewhere costs nothing here."""
FREE_OF_DAY = Fraction("0.11")
"""Dollars of neurons that each day includes."""
INCLUDED_OF_MONTH = {KV_READS: 20_000, KV_WRITES: 1_000, KV_DELETES: 1_000_000, KV_LISTS: 1_000_000}
"""Of reads and writes so few that a day has more; the others are those of the list."""
Invoice = Mapping[str, Fraction]
"""Dollars by product."""


@dataclass(frozen=True)
class BilledDay:
    """The events of a simulation, and a Prometheus with what the rules recorded of its samples."""

    truth: GroundTruth
    prometheus: PrometheusServer

    @property
    def end(self) -> int:
        """In seconds since 1970."""
        return self.truth.simulation.plan.clock.end

    def invoice(self, seconds: int, **tenant: str) -> Invoice:
        """What the units cost at list prices until the end, of all tenants or of one."""
        of_products = {
            product: sum((self._units(counter, seconds, tenant) * dollars(price) for counter, price in prices.items()),
                         Fraction(0))
            for product, prices in LIST.items()
        }  # fmt: skip
        return {**of_products, "workers_ai": self._tokens(seconds, tenant)}

    def _units(self, counter: Counter, seconds: int, labels: Mapping[str, str]) -> int:
        return self.truth.total(counter, self.end - seconds, self.end, **labels)

    def _tokens(self, seconds: int, tenant: Mapping[str, str]) -> Fraction:
        cost = Fraction(0)
        for model, prices in PER_MILLION.items():
            labels = {MODEL.name: model, **tenant}
            for counter, parts in TOKENS.items():
                rest = self._units(counter, seconds, labels)
                for part, name in parts.items():
                    of_part = self._units(part, seconds, labels)
                    cost += of_part * dollars(prices.get(name, prices.get(DIRECTIONS[counter], "0")))
                    rest -= of_part
                cost += rest * dollars(prices.get(DIRECTIONS[counter], "0"))
        return cost

    def recorded(self, series: str) -> float:
        """The sum of a recorded series at the end."""
        (result,) = self.prometheus.query(f"sum({series})", self.end)
        return float(result["value"][1])


DIRECTIONS = {AI_TOKENS_INPUT: "input", AI_TOKENS_OUTPUT: "output"}
TOKENS = {
    AI_TOKENS_INPUT: {AI_TOKENS_INPUT_CACHED: "cached_input", AI_TOKENS_INPUT_CACHE_WRITE: "cache_write"},
    AI_TOKENS_OUTPUT: {AI_TOKENS_OUTPUT_REASONING: "reasoning"},
}


def dollars(per_million: str) -> Fraction:
    """The price of one unit."""
    return Fraction(per_million) / 1_000_000


def within_one_percent(expected: Fraction) -> object:
    """What equals it but for 1 %."""
    return pytest.approx(float(expected), rel=0.01)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BilledDay]:
    """26 hours of two tenants, with the rules that the bills need."""
    folder = tmp_path_factory.mktemp("invoice")
    changes = {
        "tenants": {name: {"tokens_per_day": 40_000_000} for name in TENANTS},
        "model_prices": {model: {name: float(price) for name, price in prices.items()}
                         for model, prices in PER_MILLION.items()},
        "prices": {unit: {"included": INCLUDED_OF_MONTH[counter]}
                   for unit, counter in (("kv_reads", KV_READS), ("kv_writes", KV_WRITES))},
    }  # fmt: skip
    build = compiled(platform_file(folder, "production", changes))
    shipped = [group for path, text in build.texts.items() if path.startswith(RULES_FOLDER)
               for group in yaml.safe_load(text)["groups"]]  # fmt: skip
    recorded = ("cost:dollars1d", "cost_after_included:dollars1d", "cost_after_included:month_to_date")
    names = [*(f"product:{name}" for name in recorded), "tenant_id_product:cost:dollars1d"]
    rules = folder / "out" / RULES_FOLDER
    rules.mkdir(parents=True)
    (rules / "costs.yaml").write_text(yaml.safe_dump({"groups": needed_rules(shipped, names)}), encoding="utf-8")
    plan = SimulationPlan(
        *(build.lowered.platform, 11, len(TENANTS), Clock(length=LENGTH, step=30), INCIDENTS), shards=2
    )
    simulation = simulate(plan)
    with history(simulation, folder / "out") as prometheus:
        yield BilledDay(GroundTruth(simulation), prometheus)


def test_the_cost_of_each_product_is_that_of_the_invoice(day: BilledDay) -> None:
    """Within 1 %, over 24 hours; products that nobody uses cost nothing."""
    for product, cost in day.invoice(DAY).items():
        assert day.recorded(f'product:cost:dollars1d{{product="{product}"}}') == within_one_percent(cost), product
    assert day.recorded("product:cost:dollars1d") == within_one_percent(sum(day.invoice(DAY).values(), Fraction(0)))


@pytest.mark.parametrize("tenant", TENANTS)
def test_the_cost_of_each_tenant_is_that_of_its_invoice(day: BilledDay, tenant: str) -> None:
    """Within 1 %, by product; the telemetry is of no tenant."""
    for product, cost in day.invoice(DAY, tenant_id=tenant).items():
        if product != "telemetry":
            series = f'tenant_id_product:cost:dollars1d{{product="{product}",tenant_id="{tenant}"}}'
            assert day.recorded(series) == within_one_percent(cost), product


def test_the_bill_of_the_day_is_without_what_it_includes(day: BilledDay) -> None:
    """Of the tokens' cost, $0.11 a day; the month's included amounts belong to no day."""
    series = 'product:cost_after_included:dollars1d{product="workers_ai"}'
    assert day.recorded(series) == within_one_percent(day.invoice(DAY)["workers_ai"] - FREE_OF_DAY)


def test_the_bill_of_the_month_is_without_what_it_includes(day: BilledDay) -> None:
    """Of KV, 20,000 reads and 1,000 writes are included, and the million deletes and lists of the list. All 26 hours
    are of the same month."""
    bill = Fraction(0)
    for counter, price in LIST["kv"].items():
        units = day.truth.total(counter, day.end - LENGTH, day.end)
        bill += max(units - INCLUDED_OF_MONTH[counter], 0) * dollars(price)
        assert (units > INCLUDED_OF_MONTH[counter]) == (counter in (KV_READS, KV_WRITES))
    assert day.recorded('product:cost_after_included:month_to_date{product="kv"}') == within_one_percent(bill)


def test_the_samples_are_those_of_a_hard_day(day: BilledDay) -> None:
    """Both shards count reads, the counters of the first one begin again once, and no sample is of the eleventh
    hour."""
    resets = day.prometheus.query(f"max by ({SHARD}) (resets({KV_READS.name}[{LENGTH}s]))", day.end)
    assert {each["metric"][SHARD]: each["value"][1] for each in resets} == {"shard-0": "1", "shard-1": "0"}
    start = day.end - LENGTH
    in_gap = day.prometheus.query(f"present_over_time({KV_READS.name}[59m])", start + 11 * HOUR)
    before = day.prometheus.query(f"present_over_time({KV_READS.name}[59m])", start + 10 * HOUR)
    assert not in_gap
    assert before
