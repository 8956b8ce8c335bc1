"""A small platform with given services and routes."""

from __future__ import annotations

from generator.dsl.platform import Cost, Errors, Latency, Links, Platform, Storage
from generator.dsl.query import ThresholdTable
from generator.dsl.slo import Objective
from generator.dsl.units import (
    DOLLARS,
    ERRORS_UNIT,
    MILLISECONDS,
    RATIO,
    REQUESTS_UNIT,
    TOKENS_UNIT,
    days,
    minutes,
    percent,
    quantity,
)


def platform_by_hand(**services: tuple[str, ...]) -> Platform:
    """A platform of these services (an underscore in a name stands for a dash); its numbers do not matter."""
    return Platform(
        name="by-hand",
        services={name.replace("_", "-"): routes for name, routes in services.items()},
        tenants=(),
        floor=quantity(1, REQUESTS_UNIT),
        floor_errors=quantity(1, ERRORS_UNIT),
        errors=Errors(
            ThresholdTable("error_share", RATIO, percent(5)),
            percent(2),
            percent(50),
            Objective(percent("99.5"), days(30)),
            percent(5),
        ),
        latency=Latency(
            ThresholdTable("latency_ms", MILLISECONDS, None), quantity(1, MILLISECONDS), quantity(1, MILLISECONDS)
        ),
        cost=Cost(
            ThresholdTable("tokens_per_day", TOKENS_UNIT, quantity(1, TOKENS_UNIT)), percent(80), quantity(1, DOLLARS)
        ),
        storage=Storage(percent(1), percent(10)),
        heartbeat=minutes(3),
        prices={},
        owners={},
        dead_man_url_file="",
        links=Links("https://grafana.example.com", "https://runbooks.example.com"),
    )
