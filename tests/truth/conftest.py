"""The day on which panels are held against the truth, in a real Prometheus, with the build that asks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import yaml

from contract.labels import ROUTE, SERVICE, TENANT
from generator.ir.build import Compiled
from generator.ir.dashboard import DashboardSpec, PanelSpec
from generator.pipeline import TEST_PLATFORM, build
from generator.verify.replay import Server, history
from generator.verify.simulation.clock import Clock
from generator.verify.simulation.incident import Incident, Kind
from generator.verify.simulation.simulation import Plan, Simulation, simulate

HOUR = 3_600
OUTAGE = 14 * HOUR + 600
"""Seconds after midnight."""
HOSTILE = "\"><script>alert('$tenant ${route:regex}')</script> \\d?.*[x]|(y){2}^"
UNLISTED = "newcomer"
BUDGETS = {"com.rainbowsmokeofficial": 60_000_000, "com-mrrainbowsmoke": 40_000_000, HOSTILE: 40_000_000}
"""Tokens a day: large, so that few happenings are no excuse."""
BLIP = Incident(Kind.STORE_FAILS, 0, 60, 0.5)
"""Stores fail in the day's first minute, so that their errors' series are there all day: a rate is averaged over the
time that its series is there. Those of models begin with the outage: shares are right all the same."""
INCIDENTS = (
    BLIP,
    Incident(Kind.REQUESTS_FAIL, OUTAGE, 40 * 60, 0.5),
    Incident(Kind.STORE_FAILS, OUTAGE, 40 * 60, 0.2),
    Incident(Kind.MODEL_FAILS, OUTAGE, 40 * 60, 0.3),
    Incident(Kind.TRAFFIC_LOOPS, 6 * HOUR, 16 * HOUR, 0.5, {TENANT.name: UNLISTED, ROUTE.name: "/chat"}),
    Incident(Kind.SERVICE_SILENT, 24 * HOUR - 600, 600, subject={SERVICE.name: "ingest-worker"}),
)


@dataclass(frozen=True)
class Day:
    """A day of four tenants, one of them with a hostile name and one that nobody listed: for forty minutes half of all
    requests fail, and with them stores and models; at its end a service is silent."""

    simulation: Simulation
    prometheus: Server
    built: Compiled

    @property
    def midnight(self) -> int:
        """In seconds since 1970."""
        return self.simulation.plan.clock.start

    @property
    def boards(self) -> dict[str, DashboardSpec]:
        """The dashboards by name."""
        return {board.name: board for board in self.built.lowered.dashboards}

    @property
    def panels(self) -> dict[str, PanelSpec]:
        """All panels, as dashboard/panel."""
        return {
            f"{board.name}/{panel.name}": panel
            for board in self.built.lowered.dashboards
            for row in board.rows
            for panel in row.panels
        }

    def variables(self, board: str) -> dict[str, str]:
        """The label of each variable of a dashboard."""
        return {variable.name: variable.label.name for variable in self.boards[board].variables}


@pytest.fixture(scope="package")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """The day, made with the rules that the sources give now, or taken from the cache."""
    folder = tmp_path_factory.mktemp("truth")
    tenants = {name: {"tokens_per_day": budget} for name, budget in BUDGETS.items()}
    given = {"extends": str(TEST_PLATFORM), "platform": "truth", "tenants": tenants}
    file = folder / "platform.yaml"
    file.write_text(yaml.safe_dump(given, allow_unicode=True), encoding="utf-8")
    built, _ = build(file, folder / "out")
    simulation = simulate(Plan(built.lowered.platform, seed=4, tenants=3, clock=Clock(), incidents=INCIDENTS))
    with history(simulation, folder / "out") as prometheus:
        yield Day(simulation, prometheus, built)
