"""The simulated day of the preview: incidents in its last hours, ordinary traffic before them."""

from __future__ import annotations

from dataclasses import replace

from contract.labels import MODEL, ROUTE, STORE, TENANT
from generator.dsl.platform import Platform
from generator.verify.simulation.clock import DAY, MONDAY, Clock
from generator.verify.simulation.incident import Incident, IncidentKind
from generator.verify.simulation.population import by_tokens_per_day, models_in_use, sampled_tenants
from generator.verify.simulation.resolution import Resolution, series_count
from generator.verify.simulation.simulation import Simulation, SimulationPlan, planned_tenant_routes

MINUTE, HOUR = 60, 3_600
START = MONDAY + 30 * MINUTE
"""The day ends as long after a full hour: a graph cuts off the time that it would write at its very end."""
VISIBLE_SECONDS = 6 * HOUR
"""How much of the end of the day a dashboard shows at first."""
TENANTS = 12
"""How many there are where the platform lists fewer."""
MAX_TENANT_ROUTES = 240
"""Tenants times routes: what of a large platform is ready within two minutes, in 500 MB. Other tenants are left out."""
MAX_REQUESTS = 150_000
"""Requests of the day, for the same reason. A tenant that sends more sends larger ones instead."""
MAX_DETAILED_SAMPLES = 20_000_000
"""With more, the hours before the visible ones are coarser."""
DETAILED_SECONDS = VISIBLE_SECONDS + HOUR
"""An alert that fires all day begins to fire again at the first detailed evaluation: before the visible hours."""


def day_resolution(simulation: Simulation) -> Resolution:
    """The resolution of a simulated day."""
    clock = simulation.plan.clock
    if series_count(simulation) * clock.steps <= MAX_DETAILED_SAMPLES:
        return Resolution()
    return Resolution(clock.end - DETAILED_SECONDS)


def simulated_day(platform: Platform) -> SimulationPlan:
    """Plan a day of the tenants, or of a sample of many, with five incidents: a store fails, another fails for minutes,
    one tenant's requests fail, a route is slow, and a model fails until the day ends, so that alerts fire when the
    dashboards open."""
    end = DAY
    route_count = sum(map(len, platform.services.values()))
    sample = max(TENANTS, MAX_TENANT_ROUTES // route_count)
    names = sampled_tenants(platform, sample)
    model = {MODEL.name: models_in_use(platform)[0][0]}
    kv, vectorize = (_store(platform, name, position) for name, position in (("kv", 0), ("vectorize", -1)))
    route = {ROUTE.name: platform.routes[1 % len(platform.routes)]}
    incidents = (
        Incident(IncidentKind.STORE_FAILS, end - 5 * HOUR, 40 * MINUTE, 0.3, kv),
        Incident(IncidentKind.STORE_FAILS, end - 4 * HOUR, 10 * MINUTE, 0.05, vectorize),
        Incident(IncidentKind.REQUESTS_FAIL, end - 3 * HOUR, 30 * MINUTE, 0.3, {TENANT.name: _busy(platform, names)}),
        Incident(IncidentKind.REQUESTS_SLOW, end - 2 * HOUR, 35 * MINUTE, 6, route),
        Incident(IncidentKind.MODEL_FAILS, end - 25 * MINUTE, 25 * MINUTE, 0.6, model),
    )
    plan = SimulationPlan(
        platform, seed=7, tenants=TENANTS, clock=Clock(START, DAY), incidents=incidents, sample=sample
    )
    requests = sum(tenant_route.requests_per_day for tenant_route in planned_tenant_routes(plan))
    return replace(plan, load_factor=min(1.0, MAX_REQUESTS / requests))


def _store(platform: Platform, preferred: str, position: int) -> dict[str, str]:
    """The store that fails: the preferred one, or another where the platform does not use it."""
    return {STORE.name: preferred if preferred in platform.stores else platform.stores[position]}


def _busy(platform: Platform, names: tuple[str, ...]) -> str:
    """The largest tenant but one, or the only one: its failures are many, but not most of all."""
    by_budget = by_tokens_per_day(platform, names[::-1])
    return next(iter(by_budget[1:2] or by_budget), "tenant-0001")
