"""The simulated day in a real Prometheus, with one tenant whose name contains markup and special characters."""

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
from generator.view.preview.simulated_day import VISIBLE_SECONDS, simulated_day
from tests.alerts.other_platforms import platform_file
from tests.optional_tools import skip_or_fail

HOSTILE = '<img src=x onerror="window.hacked=1">\'$tenant ${route:regex} \\d?.*[x]|(y){2}^'
"""Markup, quotes, variables of Grafana, and special characters of regular expressions. It is the last tenant, whose
requests fail."""


@dataclass(frozen=True)
class SimulatedPreview:
    """A build, a Prometheus with the day under the build's rules, and the visible span, in ms since 1970."""

    out: Path
    prometheus: str
    start: int
    end: int

    @property
    def environment(self) -> dict[str, str]:
        """The environment that the tests of the page read."""
        return {
            "PREVIEW_OUT": str(self.out),
            "PREVIEW_PROMETHEUS": self.prometheus,
            "PREVIEW_FROM": str(self.start),
            "PREVIEW_TO": str(self.end),
            "PREVIEW_HOSTILE": HOSTILE,
        }


@pytest.fixture(scope="package")
def node_and_npm() -> None:
    """Skips the tests if Node.js or npm is missing."""
    if not (shutil.which("node") and shutil.which("npm")):
        skip_or_fail("there is no Node.js with npm to draw the page")


@pytest.fixture(scope="package")
def simulated_preview(node_and_npm: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedPreview]:
    """The day under the rules of the current sources, or from the cache."""
    folder = tmp_path_factory.mktemp("preview")
    platform = {"extends": str(TEST_PLATFORM), "tenants": {HOSTILE: {"tokens_per_day": 2_000_000}}}
    file = folder / "platform.yaml"
    file.write_text(yaml.safe_dump(platform, allow_unicode=True), encoding="utf-8")
    compiled = build(file, folder / "out").compiled
    plan = simulated_day(compiled.lowered.platform)
    with history(simulate(plan), folder / "out") as server:
        start = plan.clock.end - VISIBLE_SECONDS
        yield SimulatedPreview(folder / "out", server.url, 1000 * start, 1000 * plan.clock.end)


@pytest.fixture(scope="package")
def out_of_twelve_routes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of a platform with the routes of the fake Prometheus' `numberedRoutes(12)`."""
    folder = tmp_path_factory.mktemp("routes")
    routes = [f"/v1/resource-{number}" for number in range(1, 13)]
    changes = {"services": {"worker-api": routes}, "slos.latency_p95_ms.routes": dict.fromkeys(routes, 1000)}
    build(platform_file(folder, "production", changes), folder / "out")
    return folder / "out"
