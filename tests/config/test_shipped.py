"""The shipped platforms, whatever their current numbers are."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.config.load import load
from generator.dsl.platform import Platform


@pytest.fixture(scope="module")
def production(root: Path) -> Platform:
    """Return the platform of `platform.yaml`."""
    return load(root / "platform.yaml")


def test_staging_overrides_some_values_of_production(root: Path, production: Platform) -> None:
    """Staging has its own name, and the values of production for every key that staging.yaml does not have."""
    overlay = yaml.safe_load((root / "staging.yaml").read_text(encoding="utf-8"))
    staging = load(root / "staging.yaml")
    assert staging.name != production.name
    values = {
        "services": (staging.services, production.services),
        "model_prices": (staging.model_prices, production.model_prices),
        "owners": (staging.owners, production.owners),
        "default owner": (staging.default_owner, production.default_owner),
        "dead_man_url_file": (staging.dead_man_url_file, production.dead_man_url_file),
    }
    different = [key for key, (of_staging, of_production) in values.items() if of_staging != of_production]
    assert [key for key in different if key not in overlay] == []
    assert staging.min_requests.amount == overlay.get("thresholds", {}).get(
        "min_requests", production.min_requests.amount
    )
