"""Fixtures of tests of the lowering: queries lowered for rules and for dashboards, each without recording rules yet."""

from __future__ import annotations

import pytest

from generator.dsl.platform import Platform
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules


@pytest.fixture
def rule_lowering(platform: Platform) -> QueryLowering:
    """Lowers queries for alerting rules."""
    return QueryLowering(platform, RecordingRules())


@pytest.fixture
def dashboard_lowering(platform: Platform) -> QueryLowering:
    """Lowers queries for dashboards."""
    return QueryLowering(platform, RecordingRules(), for_dashboard=True)
