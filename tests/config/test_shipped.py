"""The platforms that the project ships, whatever their numbers have become since."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.config.load import load
from generator.dsl.platform import Platform


@pytest.fixture(scope="module")
def production(root: Path) -> Platform:
    """The shipped platform.yaml."""
    return load(root / "platform.yaml")


def test_staging_is_production_with_a_few_other_numbers(root: Path, production: Platform) -> None:
    """Both can live in one Grafana, by name; what staging.yaml does not speak of is production's."""
    said, staging = yaml.safe_load((root / "staging.yaml").read_text(encoding="utf-8")), load(root / "staging.yaml")
    assert staging.name != production.name
    shared = {
        "services": (staging.services, production.services),
        "models": (staging.prices, production.prices),
        "owners": (staging.owners, production.owners),
        "dead_man_url_file": (staging.dead_man_url_file, production.dead_man_url_file),
    }
    assert {key: its for key, (its, _) in shared.items() if key not in said} == {
        key: others for key, (_, others) in shared.items() if key not in said
    }
    assert staging.floor.amount == said.get("promises", {}).get("floor_requests", production.floor.amount)
