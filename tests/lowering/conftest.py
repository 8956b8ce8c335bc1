"""What tests of lowering start from: production, read for a rule and read for a wall, each with an empty ledger."""

from __future__ import annotations

import pytest

from generator.dsl.platform import Platform
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules


@pytest.fixture
def rule(platform: Platform) -> QueryLowering:
    """Reads measures as rules do."""
    return QueryLowering(platform, RecordingRules())


@pytest.fixture
def wall(platform: Platform) -> QueryLowering:
    """Reads measures as dashboards do."""
    return QueryLowering(platform, RecordingRules(), for_dashboard=True)
