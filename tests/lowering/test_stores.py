"""A platform has the metrics, panels, rules, steps and tests of the stores that it lists, and of no others."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from alerts import errors, latency, storage
from contract.api import ERRORS, REQUESTS
from contract.labels import STORE, TENANT
from contract.storage import D1_QUERIES, KV_ERRORS, KV_READS, STORAGE_CALLS, STORAGE_ERRORS, VECTORIZE_LATENCY
from generator.definitions import load_definitions
from generator.dsl.dashboard import (
    Column,
    Dashboard,
    Heatmap,
    Panel,
    Row,
    Series,
    Stat,
    Table,
    TimeSeries,
    Visualization,
)
from generator.dsl.definitions import Definitions
from generator.dsl.platform import PLAN_STORES, Platform
from generator.dsl.query import Query
from generator.dsl.routing import Inhibition
from generator.dsl.units import READS_UNIT, minutes, percent, quantity
from generator.errors import BuildError
from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from generator.lowering.stores import is_absent, with_used_stores
from generator.output.write import write_files
from generator.pipeline import compile_all
from tests.alerts.alert_test_results import alert_test_results
from tests.dsl.definition_errors import definition_error

ALL = ("vectorize", "kv", "durable_objects", "d1", "r2", "queues")
SELECTIONS = [PLAN_STORES, ("vectorize", "durable_objects"), ALL, ("d1",)]
PREFIXES = {
    "vectorize": "vectorize_",
    "kv": "kv_",
    "durable_objects": "do_",
    "d1": "d1_",
    "r2": "r2_",
    "queues": "queue_",
}
ROWS = {
    "vectorize": "Vectorize",
    "kv": "KV",
    "durable_objects": "Durable Objects",
    "d1": "D1",
    "r2": "R2",
    "queues": "Queues",
}
NOW = minutes(5)


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    """All definitions of the project."""
    return load_definitions()


@pytest.fixture(scope="module")
def compiled(platform: Platform, definitions: Definitions) -> Mapping[tuple[str, ...], Compiled]:
    """A build for each selection. Building runs every check, also that every metric is on a dashboard."""
    return {stores: compile_all(replace(platform, stores=stores), definitions) for stores in SELECTIONS}


@pytest.fixture(scope="module")
def builds(compiled: Mapping[tuple[str, ...], Compiled]) -> Mapping[tuple[str, ...], Mapping[str, str]]:
    """The files of each build."""
    return {stores: build.texts for stores, build in compiled.items()}


@pytest.mark.parametrize("stores", SELECTIONS, ids=" ".join)
def test_a_build_has_the_series_of_its_stores_alone(
    builds: Mapping[tuple[str, ...], Mapping[str, str]], stores: tuple[str, ...]
) -> None:
    """Every listed store is in the contract, the rules and the panels. Of the others there is no series, no rule and no
    word, but in the Workers' types, the schema of platform files, the help of rag_retrieval_count (Vectorize) and the
    runbook of TelemetryMissing (the Workers' library has a Durable Object of its own)."""
    texts = {
        path: text
        for path, text in builds[stores].items()
        if path not in ("contract/contract.gen.ts", "contract/platform.schema.json")
    }
    rules = texts["prometheus/rules/recorded-storage.yaml"]
    for store, prefix in PREFIXES.items():
        having = {path for path, text in texts.items() if re.search(rf"\b{prefix}[a-z_]+(total|ms)", text)}
        if store in stores:
            assert {"contract/metrics.json", "grafana/dashboards/storage.json"} <= having
            assert f'increase({prefix}errors_total{{platform="production"}}[5m])' in rules
        else:
            assert having == set()
            assert f'store: "{store}"' not in rules
            named = {path for path, text in texts.items() if re.search(rf"\b{ROWS[store]}\b", text)}
            with_help = {f"contract/{name}" for name in ("metrics.json", "metrics.md", "weaver/metrics.yaml")}
            assert named <= {*with_help, "runbooks/telemetry-missing.md"}


@pytest.mark.parametrize("stores", SELECTIONS, ids=" ".join)
def test_the_storage_dashboard_has_a_row_for_each_store(
    builds: Mapping[tuple[str, ...], Mapping[str, str]], stores: tuple[str, ...]
) -> None:
    """Two rows about all stores, then one of each store, and two of costs; the panels fill the page."""
    panels = json.loads(builds[stores]["grafana/dashboards/storage.json"])["panels"]
    rows = [panel["title"] for panel in panels if panel["type"] == "row"]
    assert rows[:-2] == ["Now", "Trend by store", *(ROWS[store] for store in stores)]
    assert all(row.startswith("Cost ") for row in rows[-2:])
    widths: dict[int, int] = {}
    for panel in panels:
        position = panel["gridPos"]
        widths[position["y"]] = widths.get(position["y"], 0) + position["w"]
    assert set(widths.values()) == {24}


@pytest.mark.parametrize("stores", SELECTIONS, ids=" ".join)
def test_the_tenant_dashboard_has_a_series_for_each_store(
    builds: Mapping[tuple[str, ...], Mapping[str, str]], stores: tuple[str, ...]
) -> None:
    """The panel of a tenant's storage errors draws the listed stores and no others."""
    (panel,) = panels_of(builds[stores]["grafana/dashboards/tenant.json"], "Storage errors")
    assert [target["legendFormat"] for target in panel["targets"]] == [ROWS[store] for store in stores]


def panels_of(text: str, title: str) -> list[dict[str, Any]]:
    """The panels of a dashboard with a title."""
    return [panel for panel in json.loads(text)["panels"] if panel["title"] == title]


def test_the_steps_of_a_runbook_are_about_the_platforms_stores(
    builds: Mapping[tuple[str, ...], Mapping[str, str]],
) -> None:
    """A step of a store is there where the platform uses it, without its mark, and steps are numbered without gaps."""
    steps = builds["d1",]["runbooks/storage-errors.md"]
    assert re.findall(r"^(\d)\. (?:For (\w+),)?", steps, re.MULTILINE)[:2] == [("1", ""), ("2", "D1")]
    every = builds[ALL]["runbooks/storage-errors.md"]
    assert re.findall(r"^\d\. For ([A-Z]\w+)", every, re.MULTILINE) == [
        "KV",
        "Durable",
        "Vectorize",
        "D1",
        "R2",
        "Queues",
    ]
    assert not re.search(r"\[[a-z0-9_]+\] ", every)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("stores", SELECTIONS[1:], ids=" ".join)
def test_the_tests_of_another_selection_pass(
    compiled: Mapping[tuple[str, ...], Compiled], promtool: Promtool, tmp_path: Path, stores: tuple[str, ...]
) -> None:
    """promtool runs the alert tests that differ from those of the plan's stores, which are run elsewhere: those of
    StorageErrors, in which every store of the selection fires."""
    texts, of_the_plan = compiled[stores].texts, compiled[PLAN_STORES].texts
    same = {path for path in texts if path.startswith("tests/") and texts[path] == of_the_plan.get(path)}
    write_files(tmp_path, {path: text for path, text in texts.items() if path not in same})
    results = alert_test_results(tmp_path, promtool)
    assert [result for result in results if result.failures] == []
    (path,) = (path for path in texts.keys() - same if path.startswith("tests/storage-"))
    assert len(results) >= len(yaml.safe_load(texts[path])["tests"])
    rules = [rule for test in yaml.safe_load(texts[path])["tests"] for rule in test["alert_rule_test"]]
    fired = {alert["exp_labels"]["store"] for rule in rules for alert in rule["exp_alerts"]}
    assert fired == set(stores)


def test_without_another_store_none_can_stay_unaffected(platform: Platform, definitions: Definitions) -> None:
    """With D1 alone, the two tests of StorageErrors that need another store are not possible; the others are."""
    only_d1 = replace(platform, stores=("d1",))
    tests = [test for test in with_used_stores(only_d1, definitions).alert_tests if test.alert == "StorageErrors"]
    assert {test.id for test in tests if test.scenario(only_d1) is None} == {
        "vectorize_above_ticket_threshold",
        "kv_above_page_threshold",
    }
    assert len(tests) == 8


def test_the_stores_of_the_plan_are_the_default(platform: Platform) -> None:
    """A platform file without the key lists those of the plan."""
    assert platform.stores == ("vectorize", "kv", "durable_objects")


def selected(platform: Platform, definitions: Definitions, *stores: str) -> Definitions:
    """The definitions of a platform with these stores."""
    return with_used_stores(replace(platform, stores=stores), definitions)


def test_an_alert_of_another_store_takes_everything_along(platform: Platform, definitions: Definitions) -> None:
    """Without Vectorize there is no HighVectorizeLatency: no rule, no test, no declaration, no inhibition."""
    inhibition = Inhibition((latency.high_vectorize_latency,), (storage.storage_errors_ticket,), (), "It is slow.")
    shared = Inhibition(
        (latency.high_vectorize_latency, errors.route_down), (storage.storage_errors_ticket,), (), "It is down."
    )
    routing = replace(definitions.routing, inhibitions=(inhibition, shared))
    kept = selected(platform, replace(definitions, routing=routing), "kv", "durable_objects")
    assert {alert.name for alert in definitions.alerts} - {alert.name for alert in kept.alerts} == {
        "HighVectorizeLatency"
    }
    about = [*(test.alert for test in kept.alert_tests), *(each.alert for each in kept.not_applicable)]
    assert "HighVectorizeLatency" not in about
    assert "StorageErrors" in about
    (rule,) = kept.routing.inhibitions
    assert [alert.name for alert in rule.source] == ["RouteDown"]


def test_a_test_with_series_of_another_store_is_left_out(platform: Platform, definitions: Definitions) -> None:
    """Without KV, a test that always counts calls to KV is left out; one that asks for the platform's stores stays."""
    (derived,) = (test for test in definitions.alert_tests if test.id == "kv_above_page_threshold")
    fixed = replace(derived, id="fixed", build=lambda _: derived.build(platform))
    kept = selected(platform, replace(definitions, alert_tests=(derived, fixed)), "vectorize", "durable_objects")
    assert [test.id for test in kept.alert_tests] == ["kv_above_page_threshold"]


def test_definitions_of_used_stores_are_unchanged(platform: Platform, definitions: Definitions) -> None:
    """With every store, all alerts, panels and tests are there."""
    kept = selected(platform, definitions, *ALL)
    assert len(kept.alerts) == len(definitions.alerts)
    assert kept.dashboards == definitions.dashboards
    assert kept.alert_tests == definitions.alert_tests
    assert kept.routing == definitions.routing


def with_panel(definitions: Definitions, body: Visualization) -> Definitions:
    """The definitions with a dashboard of one panel beside one that every platform has."""
    panels = (panel("sample", body), panel("requests", Stat(REQUESTS.rate())))
    board = Dashboard("sample", "Sample", "A sample.", (), (Row("Row", panels, widths=(16, 8)),), ())
    return replace(definitions, dashboards=(board,))


def panel(name: str, body: Visualization) -> Panel:
    """A panel with this content."""
    return Panel(name, name, name, lambda platform: body, "dashboards/sample.py:1 sample")


READS, REQUEST_RATE = KV_READS.rate(), REQUESTS.rate()
BY_STORE = STORAGE_CALLS.rate().where(STORE.is_("kv"))


@pytest.mark.parametrize(
    "body",
    [Stat(READS), Stat(BY_STORE), TimeSeries((Series(READS), Series(BY_STORE))), Heatmap(VECTORIZE_LATENCY)],
    ids=["a metric", "a store of a combined counter", "all series", "a histogram"],
)
def test_a_panel_of_other_stores_is_left_out(platform: Platform, definitions: Definitions, body: Visualization) -> None:
    """The other panel of the row stays and gets its width."""
    (board,) = selected(platform, with_panel(definitions, body), "d1").dashboards
    (row,) = board.rows
    assert [panel.id for panel in row.panels] == ["requests"]
    assert row.widths == ()


def test_series_and_columns_of_other_stores_are_left_out(platform: Platform, definitions: Definitions) -> None:
    """A graph keeps the series of the platform's stores, a table their columns."""
    graph = TimeSeries((Series(KV_READS.rate(), "KV"), Series(D1_QUERIES.rate(), "D1")))
    (board,) = selected(platform, with_panel(definitions, graph), "d1").dashboards
    assert board.rows[0].panels[0].build(replace(platform, stores=("d1",))) == TimeSeries((graph.series[1],))
    by_tenant = tuple(Column(metric.name, metric.increase(NOW).by(TENANT)) for metric in (KV_READS, REQUESTS))
    (board,) = selected(platform, with_panel(definitions, Table(TENANT, by_tenant)), "d1").dashboards
    assert board.rows[0].panels[0].build(replace(platform, stores=("d1",))) == Table(TENANT, by_tenant[1:])


@pytest.mark.parametrize(
    ("query", "absent"),
    [
        (KV_READS.increase(NOW), True),
        (D1_QUERIES.increase(NOW), False),
        (KV_ERRORS.ratio_to(KV_READS, NOW), True),
        (STORAGE_ERRORS.ratio_to(STORAGE_CALLS, NOW), False),
        (STORAGE_CALLS.rate().where(STORE.is_("kv")), True),
        (STORAGE_CALLS.rate().where(STORE.is_not("d1")), True),
        (STORAGE_CALLS.rate().where(STORE.is_not("kv")), False),
        (ERRORS.ratio_to(REQUESTS, NOW), False),
    ],
)
def test_a_query_is_absent_where_no_metric_of_it_exists(platform: Platform, query: Query, absent: bool) -> None:
    """On a platform with D1 alone; a combined counter exists where any counter that its matchers select does."""
    assert is_absent(query, replace(platform, stores=("d1",))) is absent


def test_a_query_that_mixes_stores_is_an_error(platform: Platform) -> None:
    """A ratio of KV's errors to all requests cannot say what remains without KV."""
    query = KV_ERRORS.ratio_to(REQUESTS, NOW)
    assert definition_error(lambda: is_absent(query, replace(platform, stores=("d1",)))) == (
        "the query reads kv_errors_total, of a store that the platform does not use, and metrics that it has; "
        "define what reads the store by itself, or add the store to `stores` in platform.yaml"
    )


def test_definitions_that_mix_stores_are_reported_at_their_places(platform: Platform, definitions: Definitions) -> None:
    """An alert and a panel are two problems of one build."""
    mixed = (
        KV_READS.increase(NOW).above(quantity(5, READS_UNIT)) & ERRORS.ratio_to(REQUESTS, NOW).above(percent(5))
    ).for_(NOW)
    alert = replace(errors.route_down, name="Mixed", build=lambda platform: mixed, where="alerts/mixed.py:1 mixed")
    invalid = with_panel(replace(definitions, alerts=(alert,)), Stat(KV_ERRORS.ratio_to(REQUESTS, NOW)))
    with pytest.raises(BuildError) as caught:
        selected(platform, invalid, "d1")
    assert sorted(problem.where for problem in caught.value.problems) == [
        "alerts/mixed.py:1 mixed",
        "dashboards/sample.py:1 sample",
    ]
