"""Law 5: a metric that nobody looks at is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from generator.checks.coverage import every_metric_is_on_a_dashboard
from generator.ir.build import Compiled
from tests.checks.builds import said, with_board


def without(*names: str) -> Callable[[dict[str, Any]], object]:
    """A change of a dashboard: panels whose queries hold one of these texts are gone."""

    def change(board: dict[str, Any]) -> None:
        board["panels"] = [
            panel
            for panel in board["panels"]
            if not any(name in target["expr"] for target in panel.get("targets", ()) for name in names)
        ]

    return change


def test_production_is_lawful(built: Compiled) -> None:
    """Every metric of the contract is on a dashboard."""
    assert every_metric_is_on_a_dashboard(built) == []


@pytest.mark.parametrize(
    ("board", "metric", "area"),
    [
        ("ai", "ai_time_to_first_token_ms", "ai"),
        ("overview", "telemetry_heartbeat_timestamp_seconds", "api"),
    ],
)
def test_a_metric_that_no_panel_reads_is_told(built: Compiled, board: str, metric: str, area: str) -> None:
    """Without the panels that read it, or what is recorded from it, a metric is told by its place in the contract."""
    problems = said(every_metric_is_on_a_dashboard(with_board(built, board, without(metric))))
    assert problems == [f"contract/{area}.py {metric}: no dashboard reads it; draw it, or stop emitting it."]


def test_an_alert_is_no_dashboard(built: Compiled) -> None:
    """Without any panel, every metric is told, although alerts read most of them."""
    bare = built
    for name in ("overview", "tenant", "ai", "storage"):
        bare = with_board(bare, name, lambda board: board.update(panels=[]))
    firing = {problem.where.split()[1] for problem in every_metric_is_on_a_dashboard(bare)}
    assert {"requests_total", "latency_ms", "rag_cache_hit_rate", "do_errors_total"} <= firing
