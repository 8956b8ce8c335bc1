"""Numbers are exact, with either parser and for any number of tenants."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from generator.config import yaml_tree
from generator.config.load import load
from generator.dsl.units import DOLLARS_PER_TOKEN, Quantity
from tests.config.small_platform import SMALL_PLATFORM, Workspace, changed


def test_decimal_numbers_are_exact(workspace: Workspace) -> None:
    """0.1 dollars are exactly 1/10, and 0.1 dollars per million tokens exactly 1/10,000,000 per token."""
    workspace.write({"platform.yaml": SMALL_PLATFORM})
    platform = load(Path("platform.yaml"))
    assert platform.cost.dollars_per_day.amount == Fraction(1, 10)
    assert platform.model_prices["m"].input == Quantity(Fraction(1, 10_000_000), DOLLARS_PER_TOKEN)
    assert platform.availability.error_budget.amount == Fraction(1, 200)


def test_a_whole_number_may_have_a_decimal_point(workspace: Workspace) -> None:
    """15.0 requests are 15, as in JSON Schema."""
    workspace.write({"platform.yaml": changed("min_requests: 15", "min_requests: 15.0")})
    assert load(Path("platform.yaml")).min_requests.amount == 15


def test_the_python_parser_reads_the_same(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML without its C library loads the same platform."""
    workspace.write({"platform.yaml": SMALL_PLATFORM})
    expected = load(Path("platform.yaml"))
    monkeypatch.setattr(yaml_tree, "LOADER", yaml.SafeLoader)
    assert load(Path("platform.yaml")) == expected


def test_reserved_tenant_ids_can_have_a_budget(workspace: Workspace) -> None:
    """`unknown` (no tenant) and `other` (tenants above the cap on series) can be listed like any tenant."""
    workspace.write({"platform.yaml": changed("  acme:", "  unknown: {tokens_per_day: 1}\n  other: {}\n  acme:")})
    platform = load(Path("platform.yaml"))
    assert platform.tenants == ("unknown", "other", "acme")
    assert platform.cost.tokens_per_day.overrides["unknown"].amount == 1


def test_ten_thousand_tenants_are_loaded(workspace: Workspace) -> None:
    """Each of 10,000 tenants keeps its own budget."""
    tenants = "".join(f"  tenant-{n}: {{tokens_per_day: {1000 + n}}}\n" for n in range(10_000))
    workspace.write({"platform.yaml": changed("  acme:", f"{tenants}  acme:")})
    budgets = load(Path("platform.yaml")).cost.tokens_per_day.overrides
    assert len(budgets) == 10_001
    assert all(budgets[f"tenant-{n}"].amount == 1000 + n for n in (0, 1, 5000, 9999))
