"""The measurement of builds: what it compares is what it says."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

from grafanalib._gen import generate_dashboards

from generator.bench import MANY_TENANTS, REFERENCE_DASHBOARD, many_tenants_file
from generator.config.load import load
from generator.project import ROOT, TEST_PLATFORM_NAME


def test_a_reference_dashboard_has_twenty_panels_with_queries(tmp_path: Path) -> None:
    """grafanalib's own command makes 20 panels with two targets each of a reference file."""
    script = tmp_path / "reference.dashboard.py"
    script.write_text(REFERENCE_DASHBOARD, encoding="utf-8")
    assert generate_dashboards([str(script)]) == 0
    panels = json.loads((tmp_path / "reference.json").read_text(encoding="utf-8"))["panels"]
    assert [len(panel["targets"]) for panel in panels] == [2] * 20


def test_the_file_of_many_tenants_is_a_platform_in_which_each_has_its_own_thresholds(tmp_path: Path) -> None:
    """The platform file's tenants and 10,000 more, each with a token budget and an error threshold that it sets."""
    base = ROOT / TEST_PLATFORM_NAME
    file = tmp_path / "many_tenants.yaml"
    file.write_text(many_tenants_file(base), encoding="utf-8")
    platform, before = load(file), load(base)
    assert len(platform.tenants) == len(before.tenants) + MANY_TENANTS
    tokens, errors = platform.cost.tokens_per_day.overrides, platform.errors.tenant.overrides
    assert tokens["tenant-00031"].amount == 1_000_031
    assert errors["tenant-00031"].amount == Fraction("1.1") / 100
    assert {f"tenant-{number:05}" for number in range(MANY_TENANTS)} <= tokens.keys() & errors.keys()
