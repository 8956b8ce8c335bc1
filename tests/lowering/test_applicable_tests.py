"""Which stories hold for a platform: a number that changed takes those with it that rest on it, and no others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

import pytest

from generator.definitions import load_definitions
from generator.dsl.alert import TICKET
from generator.dsl.alert_test import Coverage, Scenario, alert_test
from generator.dsl.definitions import Definitions
from generator.dsl.platform import Links, Platform
from generator.dsl.query import ThresholdTable
from generator.dsl.units import DOLLARS, MILLISECONDS, TOKENS_UNIT, Quantity, percent, quantity, seconds
from generator.errors import DefinitionError
from generator.lowering.applicable_tests import applies
from generator.pipeline import with_applicable_tests

Change: TypeAlias = Callable[[Platform], Platform]
FIRST = "com.rainbowsmokeofficial"


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    """All that the sources define."""
    return load_definitions()


def listing(limit: ThresholdTable, name: str, given: Quantity) -> ThresholdTable:
    """A limit with one override more, or another one."""
    return replace(limit, overrides={**limit.overrides, name: given})


def another_service(platform: Platform) -> Platform:
    """A third service, its route, and what is promised of it."""
    route = listing(platform.latency.route, "/eval", quantity(5000, MILLISECONDS))
    services = {**platform.services, "eval-worker": ("/eval",)}
    return replace(platform, services=services, latency=replace(platform.latency, route=route))


def another_model(platform: Platform) -> Platform:
    """A model that no story calls."""
    price = platform.model_prices["@cf/baai/bge-m3"]
    return replace(platform, model_prices={**platform.model_prices, "@cf/own/model": price})


def another_tenant(platform: Platform) -> Platform:
    """A tenant with a budget, and the first of all with a ceiling of its own."""
    budget = listing(platform.cost.tokens_per_day, "org.example.library", quantity(300_000, TOKENS_UNIT))
    threshold = listing(platform.errors.tenant, "org.example.library", percent(2))
    return replace(
        platform,
        cost=replace(platform.cost, tokens_per_day=budget),
        errors=replace(platform.errors, tenant=threshold),
    )


def others_own(platform: Platform) -> Platform:
    """Another Grafana, and another team for cost."""
    owners = {**platform.owners, "cost": platform.owners["errors"]}
    return replace(platform, owners=owners, links=Links("https://g.example.org", "https://r.example.org"))


def more_dollars(platform: Platform) -> Platform:
    """80 dollars a day."""
    return replace(platform, cost=replace(platform.cost, dollars_per_day=quantity(80, DOLLARS)))


def a_larger_budget(platform: Platform) -> Platform:
    """Another budget for a tenant of whom stories of cost tell."""
    budget = listing(platform.cost.tokens_per_day, FIRST, quantity(8_000_000, TOKENS_UNIT))
    return replace(platform, cost=replace(platform.cost, tokens_per_day=budget))


def a_quicker_search(platform: Platform) -> Platform:
    """250 ms for /search."""
    route = listing(platform.latency.route, "/search", quantity(250, MILLISECONDS))
    return replace(platform, latency=replace(platform.latency, route=route))


def a_service_less(platform: Platform) -> Platform:
    """Nobody takes documents in."""
    return replace(platform, services={"worker-api": platform.services["worker-api"]})


def a_longer_wait(platform: Platform) -> Platform:
    """A heartbeat may be four minutes old."""
    return replace(platform, telemetry_stale_after=seconds(240))


def lost(definitions: Definitions, platform: Platform, changed: Platform) -> Iterator[str]:
    """The alerts of the stories that do not hold."""
    held = with_applicable_tests(changed, definitions, platform).alert_tests
    return (one.alert for one in definitions.alert_tests if one not in held)


@pytest.mark.parametrize("change", [another_service, another_model, another_tenant, others_own])
def test_what_no_story_names_takes_none(change: Change, definitions: Definitions, platform: Platform) -> None:
    """A service, a model or a tenant more, other teams and links: every story holds."""
    assert set(lost(definitions, platform, change(platform))) == set()


@pytest.mark.parametrize(
    ("change", "alerts"),
    [
        (more_dollars, {"HighAISpend"}),
        (a_larger_budget, {"HighAICosts", "AICostForecast"}),
        (a_quicker_search, {"HighLatency"}),
        (a_service_less, {"TelemetryMissing"}),
        (a_longer_wait, {"TelemetryMissing"}),
    ],
)
def test_another_number_takes_its_own(
    change: Change, alerts: set[str], definitions: Definitions, platform: Platform
) -> None:
    """Only stories of the alerts that read the number are lost."""
    assert set(lost(definitions, platform, change(platform))) == alerts


def test_a_story_of_others_holds(definitions: Definitions, platform: Platform) -> None:
    """Another promise for /search takes none of the stories that are of /chat alone."""
    held = {one.id for one in with_applicable_tests(a_quicker_search(platform), definitions, platform).alert_tests}
    assert "one_tenant_waits" in held
    assert "a_route_slows" not in held


def test_one_that_cannot_be_told_is_left_to_the_laws(definitions: Definitions, platform: Platform) -> None:
    """It is not lost in silence: what is wrong with it is told by the build."""

    @alert_test("HighAISpend", TICKET, covers=(Coverage.FIRES,), id="nonsense")
    def nonsense(platform: Platform) -> Scenario:
        """It makes no sense."""
        raise DefinitionError("it makes no sense", "tell another")

    assert applies(nonsense, definitions.alerts, more_dollars(platform), platform)
