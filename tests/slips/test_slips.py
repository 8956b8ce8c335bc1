"""Slips of people who write definitions: each gets one problem, at its line, with what is wrong and what to write."""

from __future__ import annotations

import pytest

from generator.definitions import load_definitions
from generator.dsl.definitions import Definitions
from generator.dsl.platform import Platform
from tests.slips import alert_tests, alerts, conditions, contract, dashboards, modules, routing
from tests.slips.slip import Slip, problems_of

MODULES = (conditions, alerts, alert_tests, routing, dashboards, contract, modules)
SLIPS = [slip for module in MODULES for group in vars(module).values() if isinstance(group, tuple) for slip in group]


@pytest.fixture(scope="module")
def shipped() -> Definitions:
    """The shipped definitions."""
    return load_definitions()


@pytest.mark.parametrize("slip", SLIPS, ids=[f"{index} {slip.what[:50]}" for index, slip in enumerate(SLIPS)])
def test_a_slip_gets_one_problem(slip: Slip, platform: Platform, shipped: Definitions) -> None:
    """No slip is an internal error or builds."""
    problems = problems_of(slip, platform, shipped)
    assert [f"{problem.where.split(' ')[0]}" for problem in problems] == [slip.place], problems
    (problem,) = problems
    assert slip.what in problem.what
    assert slip.hint in problem.hint


def test_the_slips_are_at_least_130() -> None:
    """No two have the same source."""
    assert len({slip.source for slip in SLIPS}) == len(SLIPS) >= 130
