"""Inhibition, in a running Alertmanager with the generated configuration."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from generator.definitions import load_definitions
from generator.dsl.alert import NONE, PAGE, TICKET, Alert
from generator.dsl.inhibitor import lasts_after
from generator.dsl.platform import Platform
from generator.lowering.lower import lower
from generator.rendering.alertmanager import alertmanager
from tests.rendering.running_alertmanager import TIMEOUT, Labels, RunningAlertmanager, running_with

CHAT = {"route": "/chat", "service": "worker-api"}
SEARCH = {"route": "/search", "service": "worker-api"}
ACME, OTHER = {"tenant_id": "acme"}, {"tenant_id": "other"}


def page(name: str, **labels: str) -> Labels:
    return {"alertname": name, "severity": "page", **labels}


def ticket(name: str, **labels: str) -> Labels:
    return {"alertname": name, "severity": "ticket", **labels}


def none(name: str, **labels: str) -> Labels:
    return {"alertname": name, "severity": "none", **labels}


@pytest.fixture
def running_alertmanager(platform: Platform, alertmanager_path: Path, tmp_path: Path) -> Iterator[RunningAlertmanager]:
    """A running Alertmanager with production's configuration; its receivers are closed ports."""
    texts = alertmanager(lower(platform, load_definitions()))
    with running_with(alertmanager_path, texts, tmp_path) as alertmanager_:
        yield alertmanager_


@dataclass(frozen=True)
class Case:
    """While `source` fires, it inhibits the alerts `inhibited` and not the alerts `active`, which fire too."""

    source: Labels
    inhibited: tuple[Labels, ...]
    active: tuple[Labels, ...]


CASES = {
    "the error rate of a route inhibits those of its tenants and its burn rate, not other routes or latency": Case(
        page("RouteHighErrorRate", **CHAT),
        (
            ticket("TenantHighErrorRate", **ACME, **CHAT),
            ticket("TenantHighErrorRate", **OTHER, **CHAT),
            page("ErrorBudgetBurn", **CHAT),
            ticket("ErrorBudgetBurn", **CHAT),
        ),
        (
            ticket("TenantHighErrorRate", **ACME, **SEARCH),
            ticket("TenantHighErrorRate", **ACME, route="/chat", service="ingest-worker"),
            ticket("TenantHighLatency", **ACME, **CHAT),
            page("ErrorBudgetBurn", route="/ingest", service="ingest-worker"),
            ticket("HighAICosts", **ACME),
            ticket("AICostForecast", **ACME),
        ),
    ),
    "the fast burn rate of a route inhibits its slow burn rate and the error rates of its tenants": Case(
        page("ErrorBudgetBurn", **CHAT),
        (ticket("ErrorBudgetBurn", **CHAT), ticket("TenantHighErrorRate", **ACME, **CHAT)),
        (ticket("ErrorBudgetBurn", **SEARCH), page("RouteHighLatency", **CHAT)),
    ),
    "the latency of a route inhibits those of its tenants, not error rates": Case(
        page("RouteHighLatency", **CHAT),
        (ticket("TenantHighLatency", **ACME, **CHAT),),
        (
            ticket("TenantHighLatency", **ACME, **SEARCH),
            ticket("TenantHighErrorRate", **ACME, **CHAT),
            ticket("HighAILatency", model="@cf/baai/bge-m3"),
            ticket("HighVectorizeLatency"),
        ),
    ),
    "a route that is down inhibits its error rate, burn rate and latency, not cost or missing telemetry": Case(
        page("RouteDown", **CHAT),
        (
            page("RouteHighErrorRate", **CHAT),
            page("ErrorBudgetBurn", **CHAT),
            ticket("ErrorBudgetBurn", **CHAT),
            page("RouteHighLatency", **CHAT),
        ),
        (
            page("RouteHighErrorRate", **SEARCH),
            page("TelemetryMissing", service="worker-api"),
            page("HighAICosts", **ACME),
            ticket("HighAISpend"),
            page("HighAIErrorRate", model="@cf/baai/bge-m3"),
            page("StorageErrors", store="kv"),
        ),
    ),
    "a route that is down inhibits the error rates and latencies of its tenants, not those of other routes": Case(
        page("RouteDown", **CHAT),
        (ticket("TenantHighErrorRate", **ACME, **CHAT), ticket("TenantHighLatency", **ACME, **CHAT)),
        (ticket("TenantHighErrorRate", **ACME, **SEARCH), ticket("HighAICosts", **ACME)),
    ),
    "the error rate of one tenant inhibits neither another tenant's nor the burn rate of its route": Case(
        ticket("TenantHighErrorRate", **ACME, **CHAT),
        (),
        (ticket("TenantHighErrorRate", **OTHER, **CHAT), ticket("ErrorBudgetBurn", **CHAT)),
    ),
    "the slow burn rate of a route inhibits nothing": Case(
        ticket("ErrorBudgetBurn", **CHAT),
        (),
        (page("RouteHighLatency", **CHAT), ticket("TenantHighErrorRate", **ACME, **CHAT)),
    ),
    "a tenant over its budget inhibits its own tickets of cost, not those of other tenants": Case(
        page("HighAICosts", **ACME),
        (ticket("HighAICosts", **ACME), ticket("AICostForecast", **ACME)),
        (
            ticket("HighAICosts", **OTHER),
            ticket("AICostForecast", **OTHER),
            ticket("TenantHighErrorRate", **ACME, **CHAT),
            ticket("AIModelWithoutPrice", model="@cf/baai/bge-m3", direction="input"),
            ticket("HighAISpend"),
        ),
    ),
    "a tenant over its budget in dollars inhibits its own tickets of it, not those of others or of a month": Case(
        page("TenantCost", **ACME),
        (ticket("TenantCost", **ACME), ticket("TenantCostForecast", **ACME)),
        (
            ticket("TenantCost", **OTHER),
            ticket("TenantCostForecast", **OTHER),
            ticket("TenantMonthlyCost", **ACME),
            ticket("HighAICosts", **ACME),
        ),
    ),
    "a tenant over its budget of the month inhibits its own tickets of it, not those of others or of a day": Case(
        page("TenantMonthlyCost", **ACME),
        (ticket("TenantMonthlyCost", **ACME), ticket("TenantMonthlyCostForecast", **ACME)),
        (
            ticket("TenantMonthlyCost", **OTHER),
            ticket("TenantMonthlyCostForecast", **OTHER),
            ticket("TenantCost", **ACME),
        ),
    ),
    "a product over its budget of a day inhibits its own tickets of it, not those of others or of a month": Case(
        page("DailyCost", product="kv"),
        (ticket("DailyCost", product="kv"), ticket("DailyCostForecast", product="kv")),
        (
            ticket("DailyCost", product="total"),
            ticket("DailyCostForecast", product="total"),
            ticket("MonthlyCost", product="kv"),
        ),
    ),
    "a product over its budget of the month inhibits its own tickets of it, not those of others or of a day": Case(
        page("MonthlyCost", product="kv"),
        (ticket("MonthlyCost", product="kv"), ticket("MonthlyCostForecast", product="kv")),
        (
            ticket("MonthlyCost", product="total"),
            ticket("MonthlyCostForecast", product="total"),
            ticket("DailyCost", product="kv"),
        ),
    ),
    "the page of a product's runaway inhibits its own ticket, not those of other products": Case(
        page("CostRunaway", product="kv"),
        (ticket("CostRunaway", product="kv"),),
        (ticket("CostRunaway", product="workers"), ticket("HighAISpend")),
    ),
    "the page of a store inhibits its own ticket, not those of other stores": Case(
        page("StorageErrors", store="kv"),
        (ticket("StorageErrors", store="kv"),),
        (ticket("StorageErrors", store="vectorize"), ticket("StorageErrors")),
    ),
    "a store that fails inhibits that its tenants' calls fail, not those to other stores or to models": Case(
        ticket("StorageErrors", store="kv"),
        (ticket("TenantStorageErrors", **ACME, store="kv"), ticket("TenantStorageErrors", **OTHER, store="kv")),
        (
            ticket("TenantStorageErrors", **ACME, store="vectorize"),
            ticket("TenantHighAIErrorRate", **ACME, model="@cf/baai/bge-m3"),
            ticket("TenantHighLatency", **ACME, **CHAT),
        ),
    ),
    "requests of a tenant that fail inhibit that its calls do, not those of other tenants or that they are slow": Case(
        ticket("TenantHighErrorRate", **ACME, **CHAT),
        (
            ticket("TenantStorageErrors", **ACME, store="kv"),
            ticket("TenantHighAIErrorRate", **ACME, model="@cf/baai/bge-m3"),
        ),
        (
            ticket("TenantStorageErrors", **OTHER, store="kv"),
            ticket("TenantHighAIErrorRate", **OTHER, model="@cf/baai/bge-m3"),
            ticket("TenantHighLatency", **ACME, **CHAT),
        ),
    ),
    "a route that was down a moment ago inhibits the tickets of its tenants, not pages or those of other routes": Case(
        none("RouteDownInhibitor", **CHAT),
        (ticket("TenantHighErrorRate", **ACME, **CHAT), ticket("TenantHighLatency", **OTHER, **CHAT)),
        (
            ticket("TenantHighErrorRate", **ACME, **SEARCH),
            ticket("TenantHighLatency", **ACME, **SEARCH),
            page("RequestsStopped", **CHAT),
            ticket("ErrorBudgetBurn", **CHAT),
            ticket("TenantHighAIErrorRate", **OTHER, model="@cf/baai/bge-m3"),
        ),
    ),
    "a route that had errors a moment ago inhibits the tickets of errors of its tenants, not those of latency": Case(
        none("RouteErrorsInhibitor", **CHAT),
        (ticket("TenantHighErrorRate", **ACME, **CHAT), ticket("TenantHighErrorRate", **OTHER, **CHAT)),
        (
            ticket("TenantHighErrorRate", **ACME, route="/chat", service="ingest-worker"),
            ticket("TenantHighLatency", **ACME, **CHAT),
            ticket("ErrorBudgetBurn", **CHAT),
        ),
    ),
    "a route that was slow a moment ago inhibits the tickets of latency of its tenants, not those of errors": Case(
        none("RouteLatencyInhibitor", **CHAT),
        (ticket("TenantHighLatency", **ACME, **CHAT),),
        (ticket("TenantHighLatency", **ACME, **SEARCH), ticket("TenantHighErrorRate", **ACME, **CHAT)),
    ),
    "a model that failed a moment ago inhibits the tickets of its tenants, not those of another model": Case(
        none("ModelErrorsInhibitor", model="@cf/baai/bge-m3"),
        (ticket("TenantHighAIErrorRate", **ACME, model="@cf/baai/bge-m3"),),
        (
            ticket("TenantHighAIErrorRate", **ACME, model="@cf/other/model"),
            ticket("TenantHighLatency", **ACME, **CHAT),
        ),
    ),
    "a store that failed a moment ago inhibits the tickets of its tenants, not those of another store": Case(
        none("StoreErrorsInhibitor", store="kv"),
        (ticket("TenantStorageErrors", **ACME, store="kv"),),
        (ticket("TenantStorageErrors", **ACME, store="vectorize"), ticket("StorageErrors", store="d1")),
    ),
    "missing telemetry inhibits that requests stop in its service, not what shows what is wrong": Case(
        page("TelemetryMissing", service="worker-api"),
        (page("RequestsStopped", **CHAT),),
        (
            page("RequestsStopped", route="/ingest", service="ingest-worker"),
            ticket("TenantRequestsStopped", **ACME),
            page("RouteHighErrorRate", **CHAT),
            ticket("TenantHighErrorRate", **ACME, **SEARCH),
            ticket("HighAICosts", **ACME),
        ),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_page_inhibits_only_its_consequences(case: Case, running_alertmanager: RunningAlertmanager) -> None:
    """While a page fires, the alerts that it explains are inhibited, and no others, whatever labels they share."""
    inhibited = running_alertmanager.inhibited([case.source, *case.inhibited, *case.active])
    assert inhibited == [False, *(True for _ in case.inhibited), *(False for _ in case.active)]


@dataclass(frozen=True)
class Pair:
    """A source and a target of an inhibition rule, with values of the labels `equal` that no other pair has."""

    name: str
    source: Labels
    target: Labels
    inhibited: bool


def labels_of(alert: Alert, values: Labels) -> Labels:
    return {"alertname": alert.name, "severity": alert.severity.value, **values}


def pairs(platform: Platform) -> list[Pair]:
    """For every rule, every source and target: one with equal labels, and for each of them one that differs in it. All
    alerts have their other labels, too, which Alertmanager would take for equal where both lack them."""
    result: list[Pair] = []
    lowered = lower(platform, load_definitions())
    own_labels = {rule.alert.key: [label.name for label in rule.labels] for rule in lowered.alerts}
    for rule in lowered.definitions.routing.inhibitions:
        for source, target in product(rule.source, rule.target):
            for other in (None, *rule.equal):
                values = {label.name: f"value-{len(result)}" for label in rule.equal}
                differing = {} if other is None else {other.name: f"other-{len(result)}"}
                name = f"{source.key} and {target.key}" + (f" of another {other.name}" if other is not None else "")
                of_source, of_target = (
                    labels_of(alert, {**dict.fromkeys(own_labels[alert.key], f"{end}-{len(result)}"), **values})
                    for alert, end in ((source, "source"), (target, "target"))
                )
                result.append(Pair(name, of_source, {**of_target, **differing}, other is None))
    return result


def test_the_page_of_a_cost_inhibits_its_ticket_and_its_forecast(platform: Platform) -> None:
    """Every page of what is spent explains the tickets of the same budget: the warning, and the forecast if there is
    any. A runaway has none."""
    lowered = lower(platform, load_definitions())
    costs = [rule.alert for rule in lowered.alerts if rule.alert.family == "cost"]
    tickets = {alert.name for alert in costs if alert.severity is TICKET}
    explained = {
        source.name: {target.name for target in rule.target}
        for rule in lowered.definitions.routing.inhibitions
        for source in rule.source
        if source.family == "cost"
    }
    assert explained == {
        "HighAICosts": {"HighAICosts", "AICostForecast"},
        "TenantCost": {"TenantCost", "TenantCostForecast"},
        "TenantMonthlyCost": {"TenantMonthlyCost", "TenantMonthlyCostForecast"},
        "DailyCost": {"DailyCost", "DailyCostForecast"},
        "MonthlyCost": {"MonthlyCost", "MonthlyCostForecast"},
        "CostRunaway": {"CostRunaway"},
    }
    assert set(explained) == {alert.name for alert in costs if alert.severity is PAGE}
    assert tickets - set().union(*explained.values()) == {"HighAISpend", "AIModelWithoutPrice"}


def test_every_inhibition_rule_inhibits_its_targets_alone(
    platform: Platform, running_alertmanager: RunningAlertmanager
) -> None:
    """While its source fires, a target with the same labels is inhibited; one that differs in one of them is not."""
    cases = pairs(platform)
    inhibited = running_alertmanager.inhibited([alert for case in cases for alert in (case.source, case.target)])
    assert {case.name: is_inhibited for case, is_inhibited in zip(cases, inhibited[1::2], strict=True)} == {
        case.name: case.inhibited for case in cases
    }
    assert not any(inhibited[::2])


def test_a_ticket_is_sent_once_its_inhibitor_has_ended(running_alertmanager: RunningAlertmanager) -> None:
    """The page of a route ended long ago: its tenants' tickets are inhibited as long as the inhibitor fires, and are
    active afterwards, if they still fire."""
    source, target = none("RouteDownInhibitor", **CHAT), ticket("TenantHighErrorRate", **ACME, **CHAT)
    assert running_alertmanager.inhibited([source, target]) == [False, True]
    ended = datetime.now(UTC) - timedelta(seconds=1)
    start = ended - timedelta(hours=1)
    running_alertmanager.post([{"labels": source, "startsAt": start.isoformat(), "endsAt": ended.isoformat()}])
    deadline = time.monotonic() + TIMEOUT
    while target in running_alertmanager.inhibited_now() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert target not in running_alertmanager.inhibited_now()
    assert target in [alert["labels"] for alert in running_alertmanager.alerts()]


TELLS_WHAT_IS_STILL_TRUE = "ErrorBudgetBurn"
"""The error budget that an outage used up stays used up after its end."""


def test_no_target_outlasts_its_sources(platform: Platform) -> None:
    """Where a target may fire for longer after the last failure than its source, an inhibitor follows the source and
    lasts as long as the target."""
    rules = load_definitions().routing.inhibitions
    inhibitors = [
        (source, rule) for rule in rules for source in rule.source if source.follows and source.severity is NONE
    ]
    shorter = [
        (source, target, rule.equal)
        for rule in rules
        for source, target in product(rule.source, rule.target)
        if not source.follows and lasts_after(source.rule(platform)) < lasts_after(target.rule(platform))
    ]
    assert len(shorter) > len(inhibitors)
    for source, target, equal in shorter:
        if target.name == TELLS_WHAT_IS_STILL_TRUE:
            continue
        kept = [
            each.rule(platform).keep_firing
            for each, rule in inhibitors
            if source in each.follows and target in rule.target and rule.equal == equal
        ]
        assert kept
        assert all(duration is not None and duration >= lasts_after(target.rule(platform)) for duration in kept)


def test_the_design_states_how_late_a_ticket_may_be(platform: Platform, root: Path) -> None:
    """The time after the end of a page for which a tenant's own incident is held back is that of the definitions."""
    kept = {rule.alert.name: rule.keep_firing_for for rule in lower(platform, load_definitions()).alerts}
    (longest,) = {duration for name, duration in kept.items() if name.endswith("Inhibitor")}
    assert longest is not None
    design = " ".join((root / "DESIGN.md").read_text(encoding="utf-8").split())
    for sentence in (
        f"A tenant's ticket lasts for up to {longest.text()} after its last failure",
        f"is reported at the latest {longest.text()} after the page's end, if it still fails",
    ):
        assert sentence in design
