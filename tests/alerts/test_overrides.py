"""Alert tests use routes, models and stores without thresholds of their own, where the platform has them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.tests.names import models, routes
from alerts.tests.store_series import stores
from contract.labels import MODEL, ROUTE
from generator.dsl.platform import Platform
from generator.dsl.slo import Slo
from generator.dsl.units import days, percent

MOST_EXPENSIVE = "@cf/meta/llama-3.3-70b-instruct-fp8-fast"


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ((), ["/chat", "/search"]),
        (("/chat",), ["/search", "/ingest"]),
        (("/chat", "/search"), ["/ingest", "other"]),
        (("/chat", "/search", "/ingest"), ["other", "other"]),
    ],
)
def test_routes_have_the_default_thresholds(own: tuple[str, ...], expected: list[str], platform: Platform) -> None:
    """A route with another threshold or target is used last, and `other`, which has the defaults, before it."""
    overrides = {route: percent(1) for route in own}
    errors = replace(platform.errors, route_overrides=overrides)
    slo = Slo(platform.availability.target, days(30), ROUTE, {route: percent(99) for route in own})
    for changed in (replace(platform, errors=errors), replace(platform, availability=slo)):
        assert [route[ROUTE] for route in routes(changed)] == expected


def test_models_have_the_default_thresholds(platform: Platform) -> None:
    """The most expensive model is the first one, unless it has a threshold of its own."""
    errors = replace(platform.errors, ai_overrides={MOST_EXPENSIVE: percent(1)})
    assert models(platform)[0][MODEL] == MOST_EXPENSIVE
    assert MOST_EXPENSIVE not in [model[MODEL] for model in models(replace(platform, errors=errors))]


def test_stores_have_the_default_thresholds(platform: Platform) -> None:
    """A store with a threshold of its own is left out while two others remain."""
    storage = replace(platform.storage, page_overrides={"kv": percent(20)})
    assert "kv" in [store.name for store in stores(platform)]
    assert "kv" not in [store.name for store in stores(replace(platform, storage=storage))]
