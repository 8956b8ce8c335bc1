"""The simulated day on which panels are verified, in a real Prometheus, with the build that is verified."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import yaml

from contract.labels import ROUTE, SERVICE, STORE, TENANT
from generator.ir.build import Compiled
from generator.ir.dashboard import DashboardSpec, PanelSpec
from generator.pipeline import TEST_PLATFORM, build
from generator.verify.replay import PrometheusServer, history
from generator.verify.simulation.clock import Clock
from generator.verify.simulation.incident import Incident, IncidentKind
from generator.verify.simulation.simulation import Simulation, SimulationPlan, simulate

HOUR = 3_600
OUTAGE = 14 * HOUR + 600
"""Seconds after midnight."""
HOSTILE_TENANT = "\"><script>alert('$tenant ${route:regex}')</script> \\d?.*[x]|(y){2}^"
UNLISTED_TENANT = "newcomer"
BUDGETS = {"com.rainbowsmokeofficial": 60_000_000, "com-mrrainbowsmoke": 40_000_000, HOSTILE_TENANT: 40_000_000}
"""Tokens per day; large, so that most values are verified to 1 %."""
STORE_BLIP = Incident(IncidentKind.STORE_FAILS, 0, 60, 0.5)
"""Stores fail in the first minute, so that their error series exist all day: Prometheus averages a rate over the time
that its series exists. The error series of models start with the outage, which ratios do not depend on."""
INCIDENTS = (
    STORE_BLIP,
    Incident(IncidentKind.REQUESTS_FAIL, OUTAGE, 40 * 60, 0.5),
    Incident(IncidentKind.STORE_FAILS, OUTAGE, 40 * 60, 0.2),
    Incident(IncidentKind.MODEL_FAILS, OUTAGE, 40 * 60, 0.3),
    Incident(IncidentKind.TRAFFIC_LOOPS, 6 * HOUR, 16 * HOUR, 0.5, {TENANT.name: UNLISTED_TENANT, ROUTE.name: "/chat"}),
    Incident(IncidentKind.SERVICE_SILENT, 24 * HOUR - 600, 600, matchers={SERVICE.name: "ingest-worker"}),
)


@dataclass(frozen=True)
class SimulatedDay:
    """A day of four tenants, one with a hostile name and one that the platform does not list.

    The platform uses every store of the contract.
    For forty minutes half of all requests fail, as do stores and models; at the end of the day a service is silent.
    """

    simulation: Simulation
    prometheus: PrometheusServer
    compiled: Compiled

    @property
    def midnight(self) -> int:
        """In seconds since 1970."""
        return self.simulation.plan.clock.start

    @property
    def dashboards(self) -> dict[str, DashboardSpec]:
        """The dashboards by name."""
        return {dashboard.id: dashboard for dashboard in self.compiled.lowered.dashboards}

    @property
    def panels(self) -> dict[str, PanelSpec]:
        """All panels by dashboard/panel."""
        return {
            f"{dashboard.id}/{panel.key}": panel
            for dashboard in self.compiled.lowered.dashboards
            for row in dashboard.rows
            for panel in row.panels
        }

    def variables(self, dashboard: str) -> dict[str, str]:
        """Return the label of each template variable of a dashboard."""
        return {variable.name: variable.label.name for variable in self.dashboards[dashboard].variables}


@pytest.fixture(scope="package")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedDay]:
    """The day, with the rules of the current sources; created, or taken from the cache."""
    folder = tmp_path_factory.mktemp("truth")
    tenants = {name: {"tokens_per_day": budget} for name, budget in BUDGETS.items()}
    settings = {"extends": str(TEST_PLATFORM), "platform": "truth", "tenants": tenants, "stores": list(STORE.listed)}
    platform_file = folder / "platform.yaml"
    platform_file.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    compiled = build(platform_file, folder / "out").compiled
    plan = SimulationPlan(compiled.lowered.platform, seed=4, tenants=3, clock=Clock(), incidents=INCIDENTS)
    simulation = simulate(plan)
    with history(simulation, folder / "out") as prometheus:
        yield SimulatedDay(simulation, prometheus, compiled)
