"""The simulated day of the preview: incidents in its last hours, ordinary traffic before them."""

from __future__ import annotations

from contract.labels import MODEL, ROUTE, STORE, TENANT
from generator.dsl.platform import Platform
from generator.verify.simulation.clock import DAY, Clock
from generator.verify.simulation.incident import Incident, IncidentKind
from generator.verify.simulation.population import models_in_use
from generator.verify.simulation.simulation import SimulationPlan

MINUTE, HOUR = 60, 3_600
VISIBLE_SECONDS = 6 * HOUR
"""How much of the end of the day a dashboard shows at first."""
TENANTS = 12


def simulated_day(platform: Platform) -> SimulationPlan:
    """Plan a day with five incidents: KV fails, Vectorize fails for minutes, one tenant's requests fail, a route is
    slow, and a model fails until the day ends, so that alerts fire when the dashboards open."""
    end = DAY
    model = {MODEL.name: models_in_use(platform)[0][0]}
    incidents = (
        Incident(IncidentKind.STORE_FAILS, end - 5 * HOUR, 40 * MINUTE, 0.3, {STORE.name: "kv"}),
        Incident(IncidentKind.STORE_FAILS, end - 4 * HOUR, 10 * MINUTE, 0.05, {STORE.name: "vectorize"}),
        Incident(IncidentKind.REQUESTS_FAIL, end - 3 * HOUR, 30 * MINUTE, 0.3, {TENANT.name: platform.tenants[-1]}),
        Incident(
            IncidentKind.REQUESTS_SLOW,
            end - 2 * HOUR,
            35 * MINUTE,
            6,
            {ROUTE.name: platform.routes[1 % len(platform.routes)]},
        ),
        Incident(IncidentKind.MODEL_FAILS, end - 25 * MINUTE, 25 * MINUTE, 0.6, model),
    )
    return SimulationPlan(platform, seed=7, tenants=TENANTS, clock=Clock(length=DAY), incidents=incidents)
