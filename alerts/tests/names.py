"""The names that alert tests use: tenants, routes and models of the platform, and invented ones where it has too
few."""

from collections.abc import Collection, Mapping
from itertools import chain, islice
from typing import TypeAlias

from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from generator.dsl.labels import Label
from generator.dsl.platform import Platform
from generator.dsl.query import ThresholdTable

Labels: TypeAlias = Mapping[Label, str]
"""Values of labels."""
HOSTILE_TENANT = {TENANT: 'new "é" & {{ $value }}/\\'}
"""A tenant whose name tries to end a string, to start a template and to escape."""


def tenants(platform: Platform, thresholds: ThresholdTable | None = None) -> tuple[Labels, Labels]:
    """Two tenants: those that have thresholds of their own, then others that the platform lists, then an invented
    one."""
    own = thresholds.overrides.keys() if thresholds is not None else frozenset[str]()
    with_own = (name for name in platform.tenants if name in own)
    others = (name for name in platform.tenants if name not in own)
    invented = (unused((name,), platform.tenants)[0] for name in ("second-tenant", "third-tenant"))
    first, second = islice(chain(with_own, others, invented), 2)
    return {TENANT: first}, {TENANT: second}


def unlisted_tenant(platform: Platform) -> Labels:
    """A tenant that the platform does not list: the defaults apply to it."""
    return {TENANT: unused(("com.new",), platform.tenants)[0]}


def routes(platform: Platform) -> tuple[Labels, Labels]:
    """Two routes with their services, without thresholds of their own. Where the platform lists too few, `other` is
    one: requests to paths that it does not list."""
    slo, errors, listed = platform.availability, platform.errors, listed_routes(platform)
    own = {*errors.route_overrides, *errors.outage_overrides}
    own |= {route for route, target in slo.targets.items() if target != slo.target}
    usual = [route for route in listed if route[ROUTE] not in own]
    others: list[Labels] = [
        {ROUTE: ROUTE.fallback, SERVICE: service} for service in (listed[0][SERVICE], *platform.services)
    ]
    candidates = [*usual, others[0], *others[2:], listed[0]]
    return candidates[0], candidates[1]


def listed_routes(platform: Platform) -> tuple[Labels, ...]:
    """Every route with its service."""
    return tuple(
        {ROUTE: route, SERVICE: service} for service, of_service in platform.services.items() for route in of_service
    )


def route_of_last_service(platform: Platform) -> Labels:
    """The last route, which is of another service than the first one where there are several."""
    return listed_routes(platform)[-1] if len(listed_routes(platform)) > 1 else routes(platform)[1]


def models(platform: Platform) -> tuple[Labels, Labels]:
    """Two models: those with the largest prices of output tokens and without thresholds of their own, then invented
    ones."""
    own = {*platform.errors.ai_overrides, *platform.latency.ai_overrides}
    by_price = sorted(platform.model_prices, key=lambda model: -output_price(platform, model))
    usual = [model for model in by_price if model not in own]
    candidates = [*usual, unpriced_model(platform), *unused(("@cf/another/model",), platform.model_prices)]
    return {MODEL: candidates[0]}, {MODEL: candidates[1]}


def output_price(platform: Platform, model: str) -> float:
    """Dollars per output token; 0 without a price."""
    price = platform.model_prices[model].output
    return float(price.amount) if price is not None else 0.0


def unpriced_model(platform: Platform) -> str:
    """A model that the platform does not list."""
    return unused(("@cf/new/model",), platform.model_prices)[0]


def unused(names: tuple[str, ...], taken: Collection[str]) -> tuple[str, ...]:
    """The names, with a suffix where they are taken."""
    result: list[str] = []
    for name in names:
        while name in taken or name in result:
            name += "-x"
        result.append(name)
    return tuple(result)
