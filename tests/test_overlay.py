"""The default definitions with a project's own: extended, replaced and disabled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import pytest

from alerts.errors import route_high_error_rate
from alerts.storage import storage_errors_page, storage_errors_ticket
from contract.ai import AI_TOKENS_INPUT, TOKENS
from contract.api import REQUESTS
from contract.labels import SERVICE, TENANT
from dashboards.overview import DASHBOARD as OVERVIEW
from dashboards.overview import pages
from dashboards.storage import DASHBOARD as STORAGE
from generator.definitions import load_definitions
from generator.dsl.definitions import Definitions
from generator.dsl.disabled import CanBeDisabled, disabled
from generator.dsl.labels import BUCKET_BOUND, Label
from generator.dsl.metrics import Counter, Extension
from generator.dsl.platform import AlertSettings, Platform
from generator.dsl.units import READS_UNIT
from generator.errors import BuildError
from generator.lowering.alert_settings import with_alert_settings, without_alerts
from generator.overlay import extended
from generator.own_definitions import Located, OwnDefinitions

REGION = Label("region", "Where the request was answered.")
READS = Counter(name="s3_reads_total", unit=READS_UNIT, labels=(TENANT, REGION), help="R2.", origin=Extension("R2"))
T = TypeVar("T")


@pytest.fixture(scope="module")
def defaults() -> Definitions:
    """The default definitions."""
    return load_definitions()


def own(*definitions: T, module: str = "own.alerts.storage") -> tuple[Located[T], ...]:
    """Definitions of a project's module, each with a place of its own."""
    file = f"{module.removeprefix('own.').replace('.', '/')}.py"
    return tuple(Located(each, f"{file} D{number}", module) for number, each in enumerate(definitions))


def without(defaults: Definitions, *definitions: CanBeDisabled) -> Definitions:
    """The default definitions without these."""
    return extended(defaults, OwnDefinitions(disabled=own(disabled(*definitions))))


def problems(defaults: Definitions, definitions: OwnDefinitions) -> list[str]:
    """What is wrong with a project's definitions."""
    with pytest.raises(BuildError) as caught:
        extended(defaults, definitions)
    return [f"{problem.where}: {problem.what}" for problem in caught.value.problems]


def ids(dashboards: Sequence[object]) -> list[str]:
    """The ids of dashboards, in their order."""
    return [getattr(dashboard, "id", "") for dashboard in dashboards]


def test_nothing_of_its_own_changes_nothing(defaults: Definitions) -> None:
    """The definitions and their order stay; so do the inhibitions."""
    result = extended(defaults, OwnDefinitions())
    assert replace(result, contract=defaults.contract) == defaults
    assert result.contract.areas == defaults.contract.areas
    assert result.contract.labels == defaults.contract.labels


def test_a_new_dashboard_follows_and_one_of_the_same_id_replaces(defaults: Definitions) -> None:
    """The replaced dashboard keeps its place in the order."""
    sales, overview = replace(OVERVIEW, id="sales"), replace(OVERVIEW, title="Ours")
    result = extended(defaults, OwnDefinitions(dashboards=own(sales, overview, module="own.dashboards.sales")))
    assert ids(result.dashboards) == [*ids(defaults.dashboards), "sales"]
    assert result.dashboards[ids(result.dashboards).index("overview")] == overview


def test_an_alert_of_the_same_name_and_severity_replaces_the_default(defaults: Definitions) -> None:
    """It does in inhibitions too; the default one is remembered, because its tests may not fit."""
    changed = replace(route_high_error_rate, panel="overview/pages")
    result = extended(defaults, OwnDefinitions(alerts=own(changed)))
    assert [alert.key for alert in result.alerts] == [alert.key for alert in defaults.alerts]
    assert changed in result.alerts
    assert result.replaced_alerts == (route_high_error_rate,)
    named = [
        alert
        for inhibition in result.routing.inhibitions
        for alert in (*inhibition.source, *inhibition.target)
        if alert.name == changed.name
    ]
    assert named
    assert all(alert is changed for alert in named)


def test_an_alert_of_another_severity_is_a_new_one(defaults: Definitions) -> None:
    """Name and severity identify an alert."""
    ticket = replace(route_high_error_rate, severity=storage_errors_ticket.severity)
    result = extended(defaults, OwnDefinitions(alerts=own(ticket)))
    assert result.alerts == (*defaults.alerts, ticket)
    assert result.replaced_alerts == ()


def test_a_disabled_alert_is_disabled_on_every_platform(defaults: Definitions, platform: Platform) -> None:
    """As if the platform's file said so: what belongs to it goes with it, and other settings of it stay."""
    result = without(defaults, storage_errors_page)
    assert result.disabled_alerts == (storage_errors_page,)
    key = (storage_errors_page.name, storage_errors_page.declared)
    labelled = replace(platform, alerts={key: AlertSettings(labels={"team": "storage"})})
    assert without_alerts(labelled, result.disabled_alerts).alerts == {
        key: AlertSettings(enabled=False, labels={"team": "storage"})
    }
    alerts = with_alert_settings(without_alerts(platform, result.disabled_alerts), result).alerts
    enabled = with_alert_settings(platform, defaults).alerts
    assert [alert for alert in enabled if alert not in alerts] == [storage_errors_page]
    assert without_alerts(platform, ()) is platform


def test_a_disabled_dashboard_and_panel_are_left_out(defaults: Definitions) -> None:
    """Rows and the other panels stay."""
    result = without(defaults, STORAGE, pages)
    assert ids(result.dashboards) == [id_ for id_ in ids(defaults.dashboards) if id_ != "storage"]
    assert result.dashboards[ids(result.dashboards).index("overview")] == OVERVIEW.without_panel("pages")


def test_a_new_metric_joins_the_area_of_its_module(defaults: Definitions) -> None:
    """A module of a default area's name extends it, another one is an area of its own; new labels join the others."""
    writes = replace(READS, name="s3_writes_total")
    declared = (*own(READS, module="own.contract.storage"), *own(writes, module="own.contract.r2"))
    contract = extended(defaults, OwnDefinitions(declared=declared, labels=own(REGION, SERVICE))).contract
    assert (contract.area_of(READS.name), contract.area_of(writes.name)) == ("storage", "r2")
    assert contract.place_of(writes) == "contract/r2.py s3_writes_total"
    assert set(contract.metrics) - set(defaults.contract.metrics) == {READS, writes}
    assert contract.labels == (*defaults.contract.labels[:-1], REGION, BUCKET_BOUND)


def test_a_disabled_metric_is_left_out_of_the_contract(defaults: Definitions) -> None:
    """The other metrics stay."""
    contract = without(defaults, AI_TOKENS_INPUT).contract
    assert [each for each in defaults.contract.declared if each not in contract.declared] == [AI_TOKENS_INPUT]


def test_a_metric_of_a_default_name_stands_in_place_of_the_default(defaults: Definitions) -> None:
    """In its area and order, and in combined counters; an exact copy changes nothing."""
    copies = own(REQUESTS, module="own.contract.api")
    assert extended(defaults, OwnDefinitions(declared=copies)).contract.metrics == defaults.contract.metrics
    tokens = replace(AI_TOKENS_INPUT, help="Ours.")
    contract = extended(defaults, OwnDefinitions(declared=own(tokens, module="own.contract.models"))).contract
    assert [metric.name for metric in contract.metrics] == [metric.name for metric in defaults.contract.metrics]
    assert contract.current(AI_TOKENS_INPUT) is tokens
    assert contract.area_of(tokens.name) == "ai"
    assert contract.place_of(tokens) == "contract/models.py ai_tokens_input"
    assert next(member.counter for member in contract.current(TOKENS).members) is tokens


def test_two_definitions_of_one_key_are_a_problem_with_both_places(defaults: Definitions) -> None:
    """All of them are reported at once."""
    test = defaults.alert_tests[0]
    reported = problems(
        defaults,
        OwnDefinitions(
            declared=own(READS, replace(READS, help="Again.")),
            alerts=own(storage_errors_page, replace(storage_errors_page, panel="")),
            dashboards=own(OVERVIEW, replace(OVERVIEW, title="Again")),
            alert_tests=own(test, replace(test, claim="Again.")),
            routing=own(defaults.routing, replace(defaults.routing, group_by=())),
        ),
    )
    key = f"{test.module.rpartition('.')[2]}/{test.id}"
    assert reported == [
        'alerts/storage.py D1: the alert "StorageErrors (page)" is defined in alerts/storage.py D0 too',
        'alerts/storage.py D1: the dashboard "overview" is defined in alerts/storage.py D0 too',
        f'alerts/storage.py D1: the alert test "{key}" is defined in alerts/storage.py D0 too',
        'alerts/storage.py D1: the name "s3_reads_total" is declared in alerts/storage.py D0 too',
        "alerts/storage.py D1: the routing is defined in alerts/storage.py D0 too",
    ]
