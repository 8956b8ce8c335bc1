"""The check that both names of a metric are recorded for long enough."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from contract import CONTRACT
from contract.ai import AI_TOKENS_INPUT
from generator.dsl.renames import Renamed
from generator.ir.build import Compiled
from tests.checks.builds import violations

SINCE = date(2026, 11, 1)
WINDOW = 30
"""Days of the availability SLO of the tests' platform."""


def problems(built: Compiled, days: int, name: str = "model_tokens") -> list[str]:
    """The violations of a contract with a metric whose rename lasts so many days."""
    metric = replace(AI_TOKENS_INPUT, renamed_from=Renamed(name, SINCE, SINCE + timedelta(days=days)))
    contract = replace(CONTRACT, areas={**CONTRACT.areas, "ai": (metric,)})
    lowered = replace(built.lowered, definitions=replace(built.lowered.definitions, contract=contract))
    return violations(lowered, "contract/rename-too-short", "contract/duplicate-name")


@pytest.mark.parametrize("days", [WINDOW, 400])
def test_a_rename_of_the_longest_window_is_long_enough(built: Compiled, days: int) -> None:
    """After 30 days what is recorded under the new name has a past of 30 days."""
    assert problems(built, days) == []


def test_a_shorter_rename_is_reported(built: Compiled) -> None:
    """The hint has the first day on which the earlier name can go."""
    (problem,) = problems(built, WINDOW - 1)
    assert problem == (
        "contract/ai.py ai_tokens_input: both names are recorded for 29 days, and the longest window has 30; "
        "give at least 2026-12-01 as until=. [contract/rename-too-short]"
    )


def test_the_earlier_name_of_another_metric_is_reported(built: Compiled) -> None:
    """Series of two metrics would be read as one."""
    reported = problems(built, WINDOW, "kv_reads_total")
    assert len(reported) == 2
    assert all('the name "kv_reads_total" is declared 2 times' in problem for problem in reported)
