"""The cost of recorded amounts is measured on samples that the measured rules read."""

from __future__ import annotations

from pathlib import Path

from generator.config.load import load
from generator.pipeline import TEST_PLATFORM
from tests.e2e.prometheus import deployed_prometheus
from tests.verify.amount_cost.__main__ import CONFIGURATION, compared, cost
from tests.verify.amount_cost.series import write_day

TENANTS = 3
READS_WHAT_IS_RECORDED = 2
"""Rules of the day's amounts by fewer labels are sums of the one by most labels, which no block has."""


def test_every_measured_rule_has_a_result(tmp_path: Path) -> None:
    """A rule that reads nothing costs nothing. By tenant there is a series for each of them, and a day of 15-second
    samples of 30 tokens each is 172,800 tokens a direction."""
    now = write_day(load(TEST_PLATFORM), TENANTS, 15, tmp_path / "data")
    (tmp_path / "prometheus.yaml").write_text(CONFIGURATION, encoding="utf-8")
    (_, shipped), (_, before) = compared()
    with deployed_prometheus(tmp_path, tmp_path / "data") as prometheus:
        sizes = [len(prometheus.get("query", query=rule.expression, time=now)["result"]) for rule in shipped]
        assert sorted(sizes) == [0] * READS_WHAT_IS_RECORDED + [1] * 2 + [TENANTS] * 6
        assert all(prometheus.get("query", query=rule.expression, time=now)["result"] for rule in before)
        days = [rule for rule in shipped if rule.name.endswith("amount1d") and "[1d]" in rule.expression]
        for rule in days:
            (total,) = prometheus.values(f"sum({rule.expression})", now).values()
            assert abs(total / (TENANTS * 172_800) - 1) < 0.01
        assert len(days) == 2
        assert cost(prometheus, "vector(1)", now) >= 0
