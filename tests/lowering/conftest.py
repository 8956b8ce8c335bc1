"""What tests of lowering start from: production, read for a rule and read for a wall, each with an empty ledger."""

from __future__ import annotations

import pytest

from generator.dsl.platform import Platform
from generator.lowering.queries import Reader
from generator.lowering.recording_rules import Ledger


@pytest.fixture
def rule(platform: Platform) -> Reader:
    """Reads measures as rules do."""
    return Reader(platform, Ledger())


@pytest.fixture
def wall(platform: Platform) -> Reader:
    """Reads measures as dashboards do."""
    return Reader(platform, Ledger(), fill=True)
