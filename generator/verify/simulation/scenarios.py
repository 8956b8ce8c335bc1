"""Incidents by name, as they happen in the field: what alerts are tried on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from contract.labels import MODEL, ROUTE, SERVICE, STORE, TENANT
from generator.dsl.platform import Platform
from generator.verify.simulation.clock import DAY
from generator.verify.simulation.incident import Incident, Kind
from generator.verify.simulation.population import PLAIN, PROFILES, Profile, models_in_use

MINUTE, HOUR = 60, 3_600
NEWCOMER = "newcomer"


def library(platform: Platform, noon: int = 12 * HOUR, night: int = 3 * HOUR) -> Mapping[str, tuple[Incident, ...]]:
    """Every incident, alone in its time: at `noon` or, where it belongs there, at `night` (seconds after the start)."""
    return {**requests(platform, noon), **calls(platform, noon), **quiet(platform, noon, night)}


def requests(platform: Platform, at: int) -> dict[str, tuple[Incident, ...]]:
    """Requests that fail or are slow, for everyone on a route or for one tenant."""
    chat, search = _route(platform, lambda x: x.generates), _route(platform, lambda x: x.retrieves and not x.generates)
    one = {TENANT.name: platform.tenants[-1] if platform.tenants else "tenant-0001"}
    service = {SERVICE.name: _service(platform, search)}
    fail, slow = Kind.REQUESTS_FAIL, Kind.REQUESTS_SLOW
    return {
        "total outage": (Incident(fail, at, 30 * MINUTE, 1.0, service),),
        "5 % errors": (Incident(fail, at, HOUR, 0.05, {ROUTE.name: chat}),),
        "slow burn at 1 %": (Incident(fail, at, 3 * DAY, 0.01, {ROUTE.name: search}),),
        "latency step": (Incident(slow, at, HOUR, 6, {ROUTE.name: search}),),
        "latency creep": (Incident(slow, at, 4 * HOUR, 12, {ROUTE.name: search}, rising=True),),
        "one tenant down": (Incident(fail, at, 30 * MINUTE, 1.0, one),),
        "a deploy's blip": (Incident(fail, at, MINUTE, 0.3, service),),
    }


def calls(platform: Platform, at: int) -> dict[str, tuple[Incident, ...]]:
    """Models and stores that fail, and a tenant whose loop spends its tokens."""
    chat = _route(platform, lambda x: x.generates)
    model = {MODEL.name: models_in_use(platform)[0][0]}
    largest = {TENANT.name: platform.tenants[0] if platform.tenants else "tenant-0001", ROUTE.name: chat}
    return {
        "AI out of capacity": (Incident(Kind.MODEL_FAILS, at, HOUR, 0.6, model),),
        "a slow model": (Incident(Kind.MODEL_SLOW, at, HOUR, 5, model),),
        "a stream that breaks": (Incident(Kind.STREAMS_BREAK, at, 30 * MINUTE, 0.3, {ROUTE.name: chat}),),
        "a runaway loop of tokens": (Incident(Kind.TRAFFIC_LOOPS, at, 8 * HOUR, 1.5, largest),),
        "KV 429 storm": (Incident(Kind.STORE_FAILS, at, HOUR, 0.4, {STORE.name: "kv"}),),
        "Durable Object overload": (Incident(Kind.STORE_FAILS, at, HOUR, 0.25, {STORE.name: "durable_objects"}),),
        "Vectorize time-outs": (Incident(Kind.STORE_TIMES_OUT, at, HOUR, 0.2),),
    }


def quiet(platform: Platform, at: int, night: int) -> dict[str, tuple[Incident, ...]]:
    """What must wake nobody, and the silence that must."""
    chat = _route(platform, lambda x: x.generates)
    one = {TENANT.name: platform.tenants[-1] if platform.tenants else "tenant-0001", ROUTE.name: chat}
    service = {SERVICE.name: _service(platform, chat)}
    return {
        "one failure of two at night": (Incident(Kind.LONE_REQUESTS, night, 30 * MINUTE, 2, one),),
        "a new tenant's first failure": (
            Incident(Kind.LONE_REQUESTS, at, MINUTE, 1, {TENANT.name: NEWCOMER, ROUTE.name: chat}),
        ),
        "counter reset": (Incident(Kind.COUNTERS_RESET, at),),
        "scrape gap": (Incident(Kind.SAMPLES_MISSING, at, 2 * MINUTE),),
        "a service gone quiet": (Incident(Kind.SERVICE_SILENT, at, HOUR, subject=service),),
    }


def _route(platform: Platform, does: Callable[[Profile], bool]) -> str:
    """The first route that does this, or the first of all where none does."""
    return next((x for x in platform.routes if does(PROFILES.get(x, PLAIN))), platform.routes[0])


def _service(platform: Platform, route: str) -> str:
    return next(service for service, routes in platform.services.items() if route in routes)
