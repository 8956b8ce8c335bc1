"""The check that recorded growth is an amount of hours and days, and never a pace."""

from __future__ import annotations

import pytest

from generator.ir.build import Compiled
from tests.checks.builds import violations, with_expression

GROWTH = "tenant_id_model_direction:ai_tokens:growth"
CURSOR = "tenant_id_route_service_model:ai_tokens_input:cursor"
SUM = f"{GROWTH} is not summed over more than 1 hour, and after a gap it shows all that grew meanwhile"
HINT = "read an amount by .increase(window), which reads windows of up to 1 hour from the raw counters"


@pytest.mark.parametrize(
    "expression",
    [
        GROWTH,
        f"{GROWTH} > 1000",
        f"sum by (tenant_id) (sum_over_time({GROWTH}[1h]))",
        f"max_over_time({GROWTH}[1d])",
        f"sum_over_time({GROWTH}[1d:5m])",
        f"sum_over_time({GROWTH}[18h]) + 6 * sum_over_time({GROWTH}[1h])",
    ],
)
def test_growth_is_no_pace(expression: str, built: Compiled) -> None:
    """It is read neither by itself, nor over an hour, nor by another function, nor as a subquery, whose steps would
    each look back for it."""
    assert violations(with_expression(built, expression), "promql/pace-from-growth") == [
        f"prometheus/rules/example.yaml test:example: {SUM}; {HINT}. [promql/pace-from-growth]"
    ]


def test_nothing_else_reads_the_parts_of_growth(built: Compiled) -> None:
    """A cursor is a counter of which the restarts are not known."""
    (problem,) = violations(with_expression(built, f"increase({CURSOR}[1d])"), "promql/pace-from-growth")
    assert f"{CURSOR} is a part of recorded growth, which nothing else reads" in problem


def test_a_total_of_another_name_reads_no_growth(built: Compiled) -> None:
    """What each tick adds to is a running total; a rule of another name would add growth that has gone stale."""
    expression = f"{GROWTH} + last_over_time(test:example[2d])"
    assert violations(with_expression(built, expression), "promql/pace-from-growth")


def test_the_shipped_rules_and_longer_windows_are_right(built: Compiled) -> None:
    """More than an hour of growth is an amount."""
    expression = f"sum by (tenant_id) (sum_over_time({GROWTH}[61m]))"
    assert violations(with_expression(built, expression), "promql/pace-from-growth") == []
