"""Which alert tests apply to a platform: those whose alert's rules are the same as on the tests' own platform."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest

from generator.config.load import load
from generator.definitions import load_definitions
from generator.dsl.alert import TICKET
from generator.dsl.alert_test import FIRES, Scenario, alert_test
from generator.dsl.definitions import Definitions
from generator.dsl.platform import Links, Platform
from generator.dsl.query import ThresholdTable
from generator.dsl.units import DOLLARS, MILLISECONDS, TOKENS_UNIT, Quantity, percent, quantity, seconds
from generator.errors import DefinitionError
from generator.lowering.applicable_tests import applies
from generator.pipeline import TEST_PLATFORM, with_applicable_tests

Change: TypeAlias = Callable[[Platform], Platform]
FIRST_TENANT = "com.rainbowsmokeofficial"


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    """All definitions of the project."""
    return load_definitions()


def with_override(table: ThresholdTable, label_value: str, threshold: Quantity) -> ThresholdTable:
    """A threshold table with one more or another override."""
    return replace(table, overrides={**table.overrides, label_value: threshold})


def another_name(platform: Platform) -> Platform:
    """The same platform under another name."""
    return replace(platform, name="europe")


def another_service(platform: Platform) -> Platform:
    """A third service, its route, and the route's latency threshold."""
    route = with_override(platform.latency.route, "/eval", quantity(5000, MILLISECONDS))
    services = {**platform.services, "eval-worker": ("/eval",)}
    return replace(platform, services=services, latency=replace(platform.latency, route=route))


def another_model(platform: Platform) -> Platform:
    """The price of a model that no alert test calls."""
    price = platform.model_prices["@cf/baai/bge-m3"]
    return replace(platform, model_prices={**platform.model_prices, "@cf/own/model": price})


def another_tenant(platform: Platform) -> Platform:
    """A tenant with a token budget, and the first one with an error threshold of its own."""
    budget = with_override(platform.cost.tokens_per_day, "org.example.library", quantity(300_000, TOKENS_UNIT))
    threshold = with_override(platform.errors.tenant, "org.example.library", percent(2))
    return replace(
        platform,
        cost=replace(platform.cost, tokens_per_day=budget),
        errors=replace(platform.errors, tenant=threshold),
    )


def other_owners_and_links(platform: Platform) -> Platform:
    """Another Grafana, and another owner of the cost alerts."""
    owners = {**platform.owners, "cost": platform.owners["errors"]}
    return replace(platform, owners=owners, links=Links("https://g.example.org", "https://r.example.org"))


def more_dollars(platform: Platform) -> Platform:
    """80 dollars a day."""
    return replace(platform, cost=replace(platform.cost, dollars_per_day=quantity(80, DOLLARS)))


def a_larger_budget(platform: Platform) -> Platform:
    """Another token budget for a tenant of the cost alerts' tests."""
    budget = with_override(platform.cost.tokens_per_day, FIRST_TENANT, quantity(8_000_000, TOKENS_UNIT))
    return replace(platform, cost=replace(platform.cost, tokens_per_day=budget))


def a_faster_search(platform: Platform) -> Platform:
    """250 ms for /search."""
    route = with_override(platform.latency.route, "/search", quantity(250, MILLISECONDS))
    return replace(platform, latency=replace(platform.latency, route=route))


def one_service_less(platform: Platform) -> Platform:
    """Without ingest-worker."""
    return replace(platform, services={"worker-api": platform.services["worker-api"]})


def a_longer_heartbeat(platform: Platform) -> Platform:
    """A heartbeat may be 4 minutes old."""
    return replace(platform, telemetry_stale_after=seconds(240))


def skipped_alerts(definitions: Definitions, platform: Platform, changed: Platform) -> set[str]:
    """The alerts of the alert tests that do not apply to the changed platform."""
    applicable = with_applicable_tests(changed, definitions, platform).alert_tests
    return {test.alert for test in definitions.alert_tests if test not in applicable}


@pytest.mark.parametrize(
    "change", [another_name, another_service, another_model, another_tenant, other_owners_and_links]
)
def test_all_tests_apply_where_all_tested_rules_are_the_same(
    change: Change, definitions: Definitions, platform: Platform
) -> None:
    """Another name, and services, models, tenants, owners and links that no alert test has, change no tested rule."""
    assert skipped_alerts(definitions, platform, change(platform)) == set()


@pytest.mark.parametrize(
    ("change", "alerts"),
    [
        (more_dollars, {"HighAISpend"}),
        (a_larger_budget, {"HighAICosts", "AICostForecast"}),
        (a_faster_search, {"TenantHighLatency", "RouteHighLatency"}),
        (one_service_less, {"TelemetryMissing"}),
        (a_longer_heartbeat, {"TelemetryMissing"}),
    ],
)
def test_another_number_skips_the_tests_of_its_alerts_alone(
    change: Change, alerts: set[str], definitions: Definitions, platform: Platform
) -> None:
    """A test is skipped only if a rule of its alert reads the number that changed."""
    assert skipped_alerts(definitions, platform, change(platform)) == alerts


def test_a_test_of_other_label_values_applies(definitions: Definitions, platform: Platform) -> None:
    """Another threshold for /search skips no test whose input series are of /chat alone."""
    applicable = with_applicable_tests(a_faster_search(platform), definitions, platform).alert_tests
    ids = {test.id for test in applicable}
    assert "one_tenant_is_slow" in ids
    assert "one_route_is_slow" not in ids


def test_staging_gets_the_tests_whose_rules_are_equal(
    root: Path, tmp_path: Path, definitions: Definitions, platform: Platform
) -> None:
    """staging.yaml changes minimums, token budgets and dollars: alerts that read one of these lose tests, others do
    not."""
    shutil.copy(root / "staging.yaml", tmp_path)
    shutil.copy(TEST_PLATFORM, tmp_path / "platform.yaml")
    skipped = skipped_alerts(definitions, platform, load(tmp_path / "staging.yaml"))
    assert {"RouteDown", "HighAICosts", "HighAISpend"} <= skipped
    assert skipped.isdisjoint({"AIModelWithoutPrice", "TelemetryMissing", "Watchdog"})


def test_a_test_that_cannot_be_built_applies(definitions: Definitions, platform: Platform) -> None:
    """It is not skipped silently: the build reports its problem."""

    @alert_test("HighAISpend", TICKET, covers=(FIRES,), id="invalid")
    def invalid(platform: Platform) -> Scenario:
        """It cannot be built."""
        raise DefinitionError("it cannot be built", "write another one")

    assert applies(invalid, definitions.alerts, more_dollars(platform), platform)
