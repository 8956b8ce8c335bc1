"""Numbers arrive as they were written, by whatever parser, however many there are."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from generator.config import yaml_reader as reading
from generator.config.load import load
from generator.dsl.units import DOLLARS_PER_TOKEN, Quantity
from tests.config.small import SMALL, Room, spoilt


def test_a_tenth_is_a_tenth(room: Room) -> None:
    """0.1 dollars are exactly a tenth of one, and 0.1 dollars a million tokens exactly a ten-millionth each."""
    room.write({"platform.yaml": SMALL})
    platform = load(Path("platform.yaml"))
    assert platform.cost.dollars.amount == Fraction(1, 10)
    assert platform.prices["m"].input == Quantity(Fraction(1, 10_000_000), DOLLARS_PER_TOKEN)
    assert platform.errors.objective.budget.amount == Fraction(1, 200)


def test_a_whole_number_may_have_a_point(room: Room) -> None:
    """15.0 requests are 15, as JSON Schema has it."""
    room.write({"platform.yaml": spoilt("floor_requests: 15", "floor_requests: 15.0")})
    assert load(Path("platform.yaml")).floor.amount == 15


def test_the_parser_of_pure_python_reads_the_same(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PyYAML comes without its C library, nothing changes."""
    room.write({"platform.yaml": SMALL})
    fast = load(Path("platform.yaml"))
    monkeypatch.setattr(reading, "LOADER", yaml.SafeLoader)
    assert load(Path("platform.yaml")) == fast


def test_names_that_stand_for_nobody_can_have_a_budget(room: Room) -> None:
    """Requests without a tenant count under `unknown`, tenants beyond the cap under `other`: both can be limited."""
    room.write({"platform.yaml": spoilt("  acme:", "  unknown: {tokens_per_day: 1}\n  other: {}\n  acme:")})
    platform = load(Path("platform.yaml"))
    assert platform.tenants == ("unknown", "other", "acme")
    assert platform.cost.budget.overrides["unknown"].amount == 1


def test_ten_thousand_tenants_are_read(room: Room) -> None:
    """Each of 10,000 tenants keeps the budget of its own."""
    tenants = "".join(f"  tenant-{n}: {{tokens_per_day: {1000 + n}}}\n" for n in range(10_000))
    room.write({"platform.yaml": spoilt("  acme:", f"{tenants}  acme:")})
    budgets = load(Path("platform.yaml")).cost.budget.overrides
    assert len(budgets) == 10_001
    assert all(budgets[f"tenant-{n}"].amount == 1000 + n for n in (0, 1, 5000, 9999))
