"""The check that every metric is on a dashboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from generator.ir.build import Compiled
from tests.checks.builds import violations, with_dashboard

CHECK = "contract/metric-without-panel"


def without_panels(*names: str) -> Callable[[dict[str, Any]], object]:
    """A change of a dashboard: panels whose queries contain one of these names are removed."""

    def change(board: dict[str, Any]) -> None:
        board["panels"] = [
            panel
            for panel in board["panels"]
            if not any(name in target["expr"] for target in panel.get("targets", ()) for name in names)
        ]

    return change


@pytest.mark.parametrize(
    ("board", "metric", "area"),
    [
        ("ai", "ai_time_to_first_token_ms", "ai"),
        ("overview", "telemetry_dropped_total", "api"),
    ],
)
def test_a_metric_without_a_panel_is_reported(built: Compiled, board: str, metric: str, area: str) -> None:
    """Without the panels that read a metric or what is recorded from it, the metric is reported with its place."""
    problems = violations(with_dashboard(built, board, without_panels(metric)), CHECK)
    assert problems == [
        f"contract/{area}.py {metric}: no dashboard reads it; add a panel, or stop emitting it. [{CHECK}]"
    ]


def test_an_alert_is_not_a_panel(built: Compiled) -> None:
    """Without any panel every metric is reported, although alerts read most of them."""
    bare = built
    for dashboard in built.lowered.dashboards:
        bare = with_dashboard(bare, dashboard.id, lambda board: board.update(panels=[]))
    reported = {problem.split(":")[0].split()[1] for problem in violations(bare, CHECK)}
    assert {"requests_total", "latency_ms", "rag_cache_hit_rate", "do_errors_total"} <= reported
