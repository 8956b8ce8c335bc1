"""A checked document made a frozen platform; numbers stay exact."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from generator.dsl.platform import Cost, Errors, Latency, Links, Owner, Platform, Price, Storage
from generator.dsl.query import ThresholdTable
from generator.dsl.slo import Objective
from generator.dsl.units import (
    DOLLARS,
    DOLLARS_PER_TOKEN,
    ERRORS_UNIT,
    MILLISECONDS,
    RATIO,
    REQUESTS_UNIT,
    TOKENS_UNIT,
    Quantity,
    days,
    percent,
    quantity,
    seconds,
)


def platform(document: Any) -> Platform:
    """The platform that a document describes, which has met the schema and the laws."""
    promises = document["promises"]
    return Platform(
        name=document["platform"],
        services={service: tuple(routes) for service, routes in document["services"].items()},
        tenants=tuple(document["tenants"]),
        floor=quantity(promises["floor_requests"], REQUESTS_UNIT),
        floor_errors=quantity(promises["floor_errors"], ERRORS_UNIT),
        errors=errors(document),
        latency=latency(promises["latency_ms"]),
        cost=cost(document),
        storage=Storage(percent(promises["storage"]["ticket_percent"]), percent(promises["storage"]["page_percent"])),
        heartbeat=seconds(promises["heartbeat_seconds"]),
        prices={model: price(prices) for model, prices in document["models"].items()},
        owners={family: Owner(team, **document["teams"][team]) for family, team in document["owners"].items()},
        dead_man_url_file=document["dead_man_url_file"],
        links=Links(**document["links"]),
    )


def errors(document: Any) -> Errors:
    """What is promised of errors."""
    promised = document["promises"]["errors"]
    default = percent(document["tenant_default"]["error_percent"])
    own = {name: percent(share) for name, share in own_numbers(document, "error_percent").items()}
    return Errors(
        tenant=ThresholdTable("error_share", RATIO, default, own),
        route=percent(promised["route_percent"]),
        down=percent(promised["route_down_percent"]),
        objective=Objective(percent(promised["kept_percent"]), days(promised["kept_days"])),
        ai=percent(promised["ai_percent"]),
    )


def latency(promised: Any) -> Latency:
    """What is promised of latency."""
    routes = {route: quantity(ceiling, MILLISECONDS) for route, ceiling in promised["routes"].items()}
    return Latency(
        route=ThresholdTable("latency_ms", MILLISECONDS, None, routes),
        ai=quantity(promised["ai"], MILLISECONDS),
        vectorize=quantity(promised["vectorize"], MILLISECONDS),
    )


def cost(document: Any) -> Cost:
    """What may be spent."""
    promised = document["promises"]["cost"]
    default = quantity(document["tenant_default"]["tokens_per_day"], TOKENS_UNIT)
    own = {name: quantity(budget, TOKENS_UNIT) for name, budget in own_numbers(document, "tokens_per_day").items()}
    return Cost(
        budget=ThresholdTable("tokens_per_day", TOKENS_UNIT, default, own),
        warning=percent(promised["warning_percent"]),
        dollars=quantity(promised["dollars_per_day"], DOLLARS),
    )


def price(prices: Any) -> Price:
    """A model's prices, from dollars per million tokens."""
    output = prices.get("output")
    return Price(per_token(prices["input"]), None if output is None else per_token(output))


def per_token(dollars_per_million: int | Fraction) -> Quantity:
    """Dollars per token, from dollars per million."""
    return Quantity(Fraction(dollars_per_million) / 1_000_000, DOLLARS_PER_TOKEN)


def own_numbers(document: Any, key: str) -> dict[str, int | Fraction]:
    """The numbers of the tenants that differ from the default."""
    return {name: numbers[key] for name, numbers in document["tenants"].items() if key in numbers}
