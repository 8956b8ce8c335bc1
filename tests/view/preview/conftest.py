"""The day that is shown, in a real Prometheus, with one tenant whose name means harm."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from generator.pipeline import TEST_PLATFORM, build
from generator.verify.replay import history
from generator.verify.simulation.simulation import simulate
from generator.view.preview.day import SHOWN, shown_day
from tests.optional_tools import skip_or_fail

HOSTILE = '<img src=x onerror="window.hacked=1">\'$tenant ${route:regex} \\d?.*[x]|(y){2}^'
"""Markup, quotes, variables of Grafana's, and what is special in a regular expression: the last of the tenants, so the
one whose requests fail."""


@dataclass(frozen=True)
class Shown:
    """A build, a Prometheus that remembers the day under its rules, and what is shown of it, in ms since 1970."""

    out: Path
    prometheus: str
    start: int
    end: int

    @property
    def environment(self) -> dict[str, str]:
        """What the tests of the page read."""
        return {
            "PREVIEW_OUT": str(self.out),
            "PREVIEW_PROMETHEUS": self.prometheus,
            "PREVIEW_FROM": str(self.start),
            "PREVIEW_TO": str(self.end),
            "PREVIEW_HOSTILE": HOSTILE,
        }


@pytest.fixture(scope="package")
def node_and_npm() -> None:
    """Left out where they are missing."""
    if not (shutil.which("node") and shutil.which("npm")):
        skip_or_fail("there is no Node.js with npm to draw the page")


@pytest.fixture(scope="package")
def shown(node_and_npm: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The day, made with the rules that the sources give now, or taken from the cache."""
    folder = tmp_path_factory.mktemp("shown")
    given = {"extends": str(TEST_PLATFORM), "tenants": {HOSTILE: {"tokens_per_day": 2_000_000}}}
    file = folder / "platform.yaml"
    file.write_text(yaml.safe_dump(given, allow_unicode=True), encoding="utf-8")
    built = build(file, folder / "out").compiled
    plan = shown_day(built.lowered.platform)
    with history(simulate(plan), folder / "out") as server:
        yield Shown(folder / "out", server.url, 1000 * (plan.clock.end - SHOWN), 1000 * plan.clock.end)
