"""A small platform with given services and routes."""

from __future__ import annotations

from generator.dsl.platform import CostThresholds, ErrorThresholds, LatencySlos, Links, Platform, StorageThresholds
from generator.dsl.query import ThresholdTable
from generator.dsl.slo import Slo
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
    slo = quantity(500, MILLISECONDS)
    return Platform(
        name="by-hand",
        services={name.replace("_", "-"): routes for name, routes in services.items()},
        tenants=(),
        min_requests=quantity(1, REQUESTS_UNIT),
        min_errors=quantity(1, ERRORS_UNIT),
        availability=Slo(percent("99.5"), days(30)),
        errors=ErrorThresholds(
            ThresholdTable("error_share", RATIO, percent(5)),
            percent(2),
            percent(50),
            percent(5),
        ),
        latency=LatencySlos(
            ThresholdTable(
                "latency_ms", MILLISECONDS, None, {route: slo for each in services.values() for route in each}
            ),
            slo,
            slo,
        ),
        cost=CostThresholds(
            ThresholdTable("tokens_per_day", TOKENS_UNIT, quantity(1, TOKENS_UNIT)), percent(80), quantity(1, DOLLARS)
        ),
        storage=StorageThresholds(percent(1), percent(10)),
        telemetry_stale_after=minutes(3),
        model_prices={},
        owners={},
        dead_man_url_file="",
        links=Links("https://grafana.example.com", "https://runbooks.example.com"),
    )
