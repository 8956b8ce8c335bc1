"""Labels that a platform adds to metrics: in the contract, on dashboards, in alert tests, and summed away by rules."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
import yaml

from contract.ai import AI_TOKENS_INPUT
from contract.api import ERRORS, HEARTBEAT, LATENCY, RATE_LIMITED, REQUESTS
from contract.labels import ROUTE, SERVICE, TENANT
from contract.rag import RAG_CACHE_HIT_RATE
from generator.checks.parsed_output import ParsedOutput
from generator.definitions import load_definitions
from generator.dsl.alert_test import count, input_series
from generator.dsl.dashboard import Column, Heatmap, Series, Stat, Table, TimeSeries, Visualization
from generator.dsl.platform import MetricLabel, Platform
from generator.dsl.units import minutes
from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from generator.ir.expression import selectors
from generator.lowering.metric_labels import filters_of, labels_of, with_labelled_series, with_metric_labels
from generator.output.write import write_files
from generator.pipeline import compile_all
from generator.promql.output_labels import output_labels
from tests.alerts.alert_test_results import alert_test_results

REGION, PLAN = MetricLabel(("eu", "us")), MetricLabel(("free", "paid"), ("requests_total", "errors_total"))
NOW = minutes(5)
COUNTED = re.compile(r"[\w:]*(?:_total|_ms_bucket|ai_tokens|storage_\w+)[\w:]*\{(?:[^}`]|`[^`]*`)*\}")
"""A selector of a counter; between back quotes are variables, which have braces."""
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@pytest.fixture(scope="module")
def labelled(platform: Platform) -> Platform:
    """The tests' platform with a label on every metric, and one on requests and errors."""
    return replace(platform, metric_labels={"region": REGION, "plan": PLAN})


@pytest.fixture(scope="module")
def built(labelled: Platform) -> Compiled:
    """Its build; building runs every check."""
    return compile_all(labelled, load_definitions())


@pytest.fixture(scope="module")
def plain(production: Compiled) -> Compiled:
    """The build of the tests' platform."""
    return production


def test_without_a_list_every_metric_that_is_counted_for_requests_gets_the_label(labelled: Platform) -> None:
    """Telemetry counts itself without a request, and rules record the hit rate."""
    names = {
        metric.name: [label.name for label in labels_of(metric, labelled)]
        for metric in (REQUESTS, LATENCY, AI_TOKENS_INPUT, HEARTBEAT, RAG_CACHE_HIT_RATE)
    }
    assert names == {
        "requests_total": ["region", "plan"],
        "latency_ms": ["region"],
        "ai_tokens_input": ["region"],
        "telemetry_heartbeat_timestamp_seconds": [],
        "rag_cache_hit_rate": [],
    }


def test_the_contract_has_the_labels_with_other_as_their_last_value(built: Compiled) -> None:
    """In metrics.json for programs, and in the types of the Workers."""
    document: Any = json.loads(built.texts["contract/metrics.json"])
    (plan,) = (label for label in document["labels"] if label["name"] == "plan")
    assert plan["listed"] == ["free", "paid", "other"]
    assert plan["fallback"] == "other"
    metrics = {metric["name"]: metric["labels"] for metric in document["metrics"]}
    assert metrics["errors_total"] == ["tenant_id", "route", "service", "region", "plan"]
    assert metrics["latency_ms"] == ["tenant_id", "route", "service", "region"]
    combined = {counter["name"]: counter["labels"] for counter in document["combined_counters"]}
    assert "region" in combined["ai_tokens"]
    types = built.texts["contract/contract.gen.ts"]
    assert 'export const PLATFORM_LABELS = ["region", "plan"] as const;' in types
    assert '  plan: "free" | "paid" | "other";' in types
    assert 'latency_ms: { kind: "histogram", labels: ["tenant_id", "route", "service", "region"], buckets:' in types


def test_no_alert_and_no_panel_has_the_labels(built: Compiled) -> None:
    """Every rule that alerts and every query of a panel sums them away: neither fires or shows one more series."""
    output = ParsedOutput(built)
    added = {"region", "plan"}
    assert added <= (output.series.labels["requests_total"] or set())
    assert len(output.panel_trees) > 60
    for tree in output.panel_trees:
        assert not (output_labels(tree, output.series.labels) or set()) & added
    for rule in built.lowered.alerts:
        assert not {label.name for label in rule.labels} & added


def test_the_same_alerts_fire_as_without_the_labels(built: Compiled, plain: Compiled) -> None:
    """Every alert test expects what it does on the platform without labels, at the same times."""

    def expectations(compiled: Compiled) -> dict[str, Any]:
        files = {path: yaml.load(text, LOADER) for path, text in compiled.texts.items() if path.startswith("tests/")}
        return {path: [test["alert_rule_test"] for test in file["tests"]] for path, file in files.items()}

    assert len(expectations(plain)) > 8
    assert expectations(built) == expectations(plain)


def test_alert_tests_have_the_labels_and_pass(built: Compiled, promtool: Promtool, tmp_path: Any) -> None:
    """Two tenants of one route are in two regions, and an alert of their route fires for both together."""
    write_files(tmp_path / "out", built.texts)
    files = sorted((tmp_path / "out/tests").glob("*.yaml"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    queries_of_alerts = [line for line in lines if "ALERTS{" in line]
    emitted = [line for line in lines if "tenant_id=" in line and "{" in line and line not in queries_of_alerts]
    assert len(emitted) > 100
    assert [line for line in emitted if "region=" not in line] == []
    assert {re.findall(r'region="(\w+)"', line)[0] for line in emitted} == {"eu", "us", "other"}
    results = [
        result
        for family in ("errors", "latency", "storage")
        for result in alert_test_results(tmp_path / "out", promtool, files=f"{family}-*.yaml")
    ]
    assert len(results) > 20
    assert [result for result in results if result.failures] == []


def test_series_of_other_label_values_get_other_values_in_turn(labelled: Platform) -> None:
    """Series of the same request have the same value."""

    def of(tenant: str, metric: Any) -> Any:
        labels = {TENANT: tenant, ROUTE: "/chat", SERVICE: "worker-api"}
        return input_series(metric, labels, count(1, minutes(1)))

    series = with_labelled_series(
        [of("a", REQUESTS), of("b", REQUESTS), of("a", ERRORS), of("c", RATE_LIMITED)], labelled
    )
    assert [(each.labels["region"], each.labels.get("plan")) for each in series] == [
        ("eu", "free"),
        ("us", "paid"),
        ("eu", "free"),
        ("other", None),
    ]


def queries(built: Compiled, dashboard: str) -> dict[str, list[str]]:
    """The expressions of each panel of a dashboard, by its title."""
    document: Any = json.loads(built.texts[f"grafana/dashboards/{dashboard}.json"])
    return {
        panel["title"]: [target["expr"] for target in panel["targets"]]
        for panel in document["panels"]
        if panel["type"] != "row"
    }


def test_every_dashboard_can_be_filtered_by_a_label_of_its_metrics(built: Compiled) -> None:
    """The dashboard of models has no panel of requests and errors alone, so it has no variable of the plan."""
    names = {
        board: [
            variable["name"]
            for variable in json.loads(built.texts[f"grafana/dashboards/{board}.json"])["templating"]["list"]
        ]
        for board in ("overview", "ai", "tenant", "storage")
    }
    assert names["overview"][-2:] == names["tenant"][-2:] == ["region", "plan"]
    assert names["ai"][-1] == names["storage"][-1] == "region"
    overview: Any = json.loads(built.texts["grafana/dashboards/overview.json"])["templating"]["list"][-1]
    assert overview["query"]["query"].startswith("label_values(")
    assert overview["query"]["query"].endswith(", plan)")
    assert overview["current"]["value"] == ["$__all"]


def test_a_panel_is_filtered_as_a_whole_or_not_at_all(built: Compiled) -> None:
    """In every panel each selector of a metric has the matcher, or none has."""
    for board in ("overview", "ai", "tenant", "storage"):
        for title, expressions in queries(built, board).items():
            for label in ("region", "plan"):
                counted = COUNTED.findall(" ".join(expressions))
                matched = [f"{label}=~" in selector for selector in counted]
                assert len(set(matched)) <= 1, (board, title, label)


def test_a_description_names_the_labels_that_do_not_filter_the_panel(built: Compiled) -> None:
    """A panel that the variable of a platform's label does not filter says that it is of all values."""
    for board in built.lowered.dashboards:
        labels = [variable.label for variable in board.variables if variable.label.name in ("region", "plan")]
        for panel in (panel for row in board.rows for panel in row.panels):
            read = [each for target in panel.targets for each in selectors(target.expression)]
            filters = {matcher.label for each in read for matcher in each.matchers}
            for label in labels:
                assert (f"all {label.plural}" in panel.description) == (label not in filters), (board.id, panel.title)


@pytest.mark.parametrize(
    ("visualization", "filters"),
    [
        (Stat(ERRORS.ratio_to(REQUESTS)), ["region", "plan"]),
        (Stat(RATE_LIMITED.ratio_to(REQUESTS)), ["region"]),
        (TimeSeries((Series(REQUESTS.rate()), Series(RATE_LIMITED.rate(), name="limited"))), ["region"]),
        (Heatmap(LATENCY), ["region"]),
        (Stat(REQUESTS.increase(NOW).filtered_by(ROUTE)), []),
        (Stat(HEARTBEAT.age(NOW, SERVICE).by(SERVICE)), []),
        (Table(TENANT, (Column("p95", LATENCY.quantile(0.95, NOW).by(TENANT)),)), []),
    ],
)
def test_a_panel_has_the_filters_that_all_of_its_metrics_have(
    labelled: Platform, visualization: Visualization, filters: list[str]
) -> None:
    """A query with filters of its own keeps them, and quantiles of every tenant are recorded without the labels."""
    contract = with_metric_labels(labelled, load_definitions()).contract
    result = filters_of(
        visualization, [label for label in contract.labels if label.name in ("region", "plan")], contract
    )
    assert [label.name for label in result] == filters
