"""The invoice of a simulated day, from every single event, beside the dollars that the shipped rules record of its
samples: of two shards, of which one restarts, through an hour without samples, with tokens from caches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
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
from contract.labels import MODEL, STORE
from contract.storage import (
    D1_ROWS_READ,
    D1_ROWS_WRITTEN,
    DO_ALARMS,
    DO_REQUESTS,
    DO_ROWS_READ,
    DO_ROWS_WRITTEN,
    KV_DELETES,
    KV_LISTS,
    KV_READS,
    KV_WRITES,
    QUEUE_MESSAGES_CONSUMED,
    QUEUE_MESSAGES_SENT,
    R2_LISTS,
    R2_READS,
    R2_WRITES,
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
from generator.verify.simulation.simulation import Simulation, SimulationPlan, simulate
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
UNITS: Mapping[Counter, tuple[str, str, str]] = {
    REQUESTS: ("workers", "requests", "0.3"),
    KV_READS: ("kv", "kv_reads", "0.5"),
    KV_WRITES: ("kv", "kv_writes", "5"),
    KV_DELETES: ("kv", "kv_deletes", "5"),
    KV_LISTS: ("kv", "kv_lists", "5"),
    DO_REQUESTS: ("durable_objects", "do_requests", "0.15"),
    DO_ALARMS: ("durable_objects", "do_requests", "0.15"),
    DO_ROWS_READ: ("durable_objects", "do_rows_read", "0.001"),
    DO_ROWS_WRITTEN: ("durable_objects", "do_rows_written", "1"),
    D1_ROWS_READ: ("d1", "d1_rows_read", "0.001"),
    D1_ROWS_WRITTEN: ("d1", "d1_rows_written", "1"),
    R2_READS: ("r2", "r2_reads", "0.36"),
    R2_WRITES: ("r2", "r2_writes", "4.5"),
    R2_LISTS: ("r2", "r2_writes", "4.5"),
    QUEUE_MESSAGES_SENT: ("queues", "queue_messages_sent", "0.8"),
    QUEUE_MESSAGES_CONSUMED: ("queues", "queue_messages_sent", "0.4"),
    ROWS_WRITTEN: ("telemetry", "do_rows_written", "1"),
    OBJECT_REQUESTS: ("telemetry", "do_requests", "0.15"),
}
"""The product of each counter, the unit whose included amount it uses up, and Cloudflare's list price in dollars per
million; a message that is sent is two operations at $0.4."""
INCLUDED: Mapping[str, tuple[int, str]] = {
    "requests": (5_000, "0.3"),
    "kv_reads": (20_000, "0.5"),
    "kv_writes": (1_000, "5"),
    "do_requests": (10_000, "0.15"),
    "do_rows_written": (5_000, "1"),
    "r2_writes": (100, "4.5"),
    "queue_messages_sent": (300, "0.4"),
}
"""Units that a month includes, and their price: so few that a day has more. Of the others it includes the list's
millions, so that they cost nothing."""
FREE_OF_DAY = Fraction("0.11")
"""Dollars of neurons that each day includes."""
TELEMETRY = {ROWS_WRITTEN: 12, OBJECT_REQUESTS: 40}
"""What each service counts in half a minute. The simulation has none."""
PRODUCTS = tuple(dict.fromkeys(product for product, _, _ in UNITS.values()))
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
        start, dollars_of = self.end - seconds, dict.fromkeys(PRODUCTS, Fraction(0))
        for counter, (product, _, price) in UNITS.items():
            dollars_of[product] += self.truth.total(counter, start, self.end, **tenant) * dollars(price)
        return {**dollars_of, "workers_ai": self._tokens(start, self.end, tenant)}

    def bill_of_month(self) -> Invoice:
        """What all 26 hours cost after included amounts; units that share one divide it by their cost."""
        start, bill = self.end - LENGTH, dict.fromkeys(PRODUCTS, Fraction(0))
        for unit, (included, price) in INCLUDED.items():
            costs = {
                (counter, product): self.truth.total(counter, start, self.end) * dollars(of_one)
                for counter, (product, pool, of_one) in UNITS.items()
                if pool == unit
            }
            billed = sum(costs.values(), Fraction(0)) - included * dollars(price)
            assert billed > 0, unit
            for (_, product), cost in costs.items():
                bill[product] += billed * cost / sum(costs.values())
        midnight = start + DAY
        days = (self._tokens(start, midnight, {}), self._tokens(midnight, self.end, {}))
        return {**bill, "workers_ai": sum((max(each - FREE_OF_DAY, Fraction(0)) for each in days), Fraction(0))}

    def _tokens(self, start: int, end: int, tenant: Mapping[str, str]) -> Fraction:
        cost = Fraction(0)
        for model, prices in PER_MILLION.items():
            labels = {MODEL.name: model, **tenant}
            for counter, parts in TOKENS.items():
                of_direction = prices.get(DIRECTIONS[counter], "0")
                rest = self.truth.total(counter, start, end, **labels)
                for part, name in parts.items():
                    of_part = self.truth.total(part, start, end, **labels)
                    cost += of_part * dollars(prices.get(name, of_direction))
                    rest -= of_part
                cost += rest * dollars(of_direction)
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


def with_telemetry(simulation: Simulation) -> Simulation:
    """A simulation whose shards write rows and get requests at each step."""
    steps = np.arange(1, simulation.plan.clock.steps + 1)
    of_library = [
        replace(each, steps=steps, amounts=np.full(steps.size, TELEMETRY[each.metric]))
        for each in simulation.measurements
        if each.metric in TELEMETRY
    ]
    others = [each for each in simulation.measurements if each.metric not in TELEMETRY]
    return replace(simulation, measurements=(*others, *of_library))


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BilledDay]:
    """26 hours of two tenants, with the rules that the bills need."""
    folder = tmp_path_factory.mktemp("invoice")
    changes = {
        "tenants": {name: {"tokens_per_day": 40_000_000} for name in TENANTS},
        "model_prices": {model: {name: float(price) for name, price in prices.items()}
                         for model, prices in PER_MILLION.items()},
        "prices": {unit: {"included": included} for unit, (included, _) in INCLUDED.items()},
        "stores": list(STORE.listed),
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
    simulation = with_telemetry(simulate(plan))
    with history(simulation, folder / "out") as prometheus:
        yield BilledDay(GroundTruth(simulation), prometheus)


def test_the_cost_of_each_product_is_that_of_the_invoice(day: BilledDay) -> None:
    """Within 1 %, over 24 hours."""
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
    """Within 1 %, of each product and in total; all 26 hours are of the same month, and of two days."""
    bill, series = day.bill_of_month(), "product:cost_after_included:month_to_date"
    for product, cost in (*bill.items(), ("total", sum(bill.values(), Fraction(0)))):
        assert day.recorded(f'{series}{{product="{product}"}}') == within_one_percent(cost), product


def test_the_samples_are_those_of_a_hard_day(day: BilledDay) -> None:
    """Both shards count reads, the counters of the first one begin again once, and no sample is of the eleventh hour;
    tokens of each class are counted, and each product costs more than a hundredth of a cent."""
    resets = day.prometheus.query(f"max by ({SHARD}) (resets({KV_READS.name}[{LENGTH}s]))", day.end)
    assert {each["metric"][SHARD]: each["value"][1] for each in resets} == {"shard-0": "1", "shard-1": "0"}
    start = day.end - LENGTH
    in_gap = day.prometheus.query(f"present_over_time({KV_READS.name}[59m])", start + 11 * HOUR)
    before = day.prometheus.query(f"present_over_time({KV_READS.name}[59m])", start + 10 * HOUR)
    assert not in_gap
    assert before
    start_of_day = day.end - DAY
    assert all(day.truth.total(part, start_of_day, day.end) > 0 for parts in TOKENS.values() for part in parts)
    assert min(day.invoice(DAY).values()) > Fraction("0.0001")
