"""The cost of recorded amounts is measured on samples that the measured rules read."""

from __future__ import annotations

from pathlib import Path

from generator.config.load import load
from generator.lowering.growth import BEFORE_RESTART, GROWTH, SINCE_BIRTH, WITH_RESTARTS, operation
from generator.pipeline import TEST_PLATFORM
from tests.e2e.prometheus import deployed_prometheus
from tests.verify.amount_cost.__main__ import CONFIGURATION, compared, compared_costs, cost
from tests.verify.amount_cost.series import write_day
from tests.verify.amount_cost.units import DOLLARS_PER_TICK, write_day_of_units

TENANTS = 3
WITHOUT_RESULT = {BEFORE_RESTART, WITH_RESTARTS, SINCE_BIRTH}
"""No series restarts, and none is new."""


def test_every_measured_rule_has_a_result(tmp_path: Path) -> None:
    """A rule that reads nothing costs nothing. By tenant there is a series for each of them, and a day of 15-second
    samples of 30 tokens each is 172,800 tokens a direction."""
    now = write_day(load(TEST_PLATFORM), TENANTS, 15, tmp_path / "data")
    (tmp_path / "prometheus.yaml").write_text(CONFIGURATION, encoding="utf-8")
    (_, shipped), *replaced = compared()
    with deployed_prometheus(tmp_path, tmp_path / "data") as prometheus:
        for rule in shipped:
            # Amounts by fewer labels are sums of the one by most labels, which no block has.
            is_sum = "amount1d{" in rule.expression or "amount1h{" in rule.expression
            is_absent = operation(rule.name) in WITHOUT_RESULT or is_sum
            assert bool(prometheus.get("query", query=rule.expression, time=now)["result"]) != is_absent
        for _, rules in replaced:
            assert all(prometheus.get("query", query=rule.expression, time=now)["result"] for rule in rules)
        (day,) = (rule for rule in shipped if rule.name.endswith("amount1d") and "[1d]" in rule.expression)
        (total,) = prometheus.values(f"sum({day.expression})", now).values()
        assert abs(total / (2 * TENANTS * 172_800) - 1) < 0.01
        growth = [rule for rule in shipped if operation(rule.name) == GROWTH]
        for rule in growth:
            (total,) = prometheus.values(f"sum({rule.expression})", now).values()
            assert abs(total / (TENANTS * 600) - 1) < 0.3
        assert len(growth) == 2
        assert cost(prometheus, "vector(1)", now).peak >= 0


def test_every_measured_rule_of_costs_has_a_result(tmp_path: Path) -> None:
    """Each of three tenants costs a mean of $0.001 a product every 5 minutes: 288 times that in a day. A tick of the
    20 samples at 15 s has 60 reads of 5e-07 dollars and 60 writes of 5e-06 in each of two raw series."""
    now = write_day_of_units(load(TEST_PLATFORM), TENANTS, 15, tmp_path / "data")
    (tmp_path / "prometheus.yaml").write_text(CONFIGURATION, encoding="utf-8")
    (_, shipped), (_, replaced) = compared_costs()
    with deployed_prometheus(tmp_path, tmp_path / "data") as prometheus:
        for rule in shipped:
            # The telemetry's units are no counters of the block, and sums of products are of recorded series.
            not_there = ("telemetry_rows_written", "telemetry_object_requests", "tenant_id_product:cost:dollars1d{")
            is_absent = operation(rule.name) in WITHOUT_RESULT or any(each in rule.expression for each in not_there)
            assert bool(prometheus.get("query", query=rule.expression, time=now)["result"]) != is_absent
        assert all(prometheus.get("query", query=rule.expression, time=now)["result"] for rule in replaced)
        (day,) = (rule for rule in shipped if rule.name == "tenant_id_product:cost:dollars1d")
        (total,) = prometheus.values(f"sum({day.expression})", now).values()
        assert abs(total / (TENANTS * 4 * 288 * DOLLARS_PER_TICK) - 1) < 0.1
        (of_kv,) = (
            rule for rule in shipped if rule.name == "tenant_id_product:cost:growth" and "kv_" in rule.expression
        )
        (total,) = prometheus.values(f"sum({of_kv.expression})", now).values()
        assert abs(total / (TENANTS * 2 * 60 * 5.5e-6) - 1) < 0.2
