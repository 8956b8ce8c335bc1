"""The cost of recorded amounts is measured on samples that the measured rules read."""

from __future__ import annotations

from pathlib import Path

from generator.config.load import load
from generator.lowering.growth import BEFORE_RESTART, GROWTH, SINCE_BIRTH, WITH_RESTARTS, operation
from generator.pipeline import TEST_PLATFORM
from tests.e2e.prometheus import deployed_prometheus
from tests.verify.amount_cost.__main__ import CONFIGURATION, compared, cost
from tests.verify.amount_cost.series import write_day

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
            # The day's amounts by fewer labels are sums of the one by most labels, which no block has.
            is_absent = operation(rule.name) in WITHOUT_RESULT or "amount1d{" in rule.expression
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
