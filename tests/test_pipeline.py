"""The pipeline: from a platform and the definitions to the texts of all files, the same at any time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import FunctionType
from typing import TypeVar

import pytest
import yaml

from alerts import errors
from contract.api import REQUESTS
from generator import pipeline
from generator.bench import with_many_tenants
from generator.dashboards_alone import dashboard_texts
from generator.definitions import load_definitions
from generator.dsl.alert import PAGE, alert
from generator.dsl.alert_test import alert_test
from generator.dsl.backends import BACKENDS
from generator.dsl.dashboard import Dashboard, Panel, Row, Series, TimeSeries, panel
from generator.dsl.definitions import Definitions
from generator.dsl.platform import Platform
from generator.dsl.query import Condition
from generator.dsl.units import DOLLARS, REQUESTS_UNIT, minutes, quantity
from generator.errors import BuildError, DefinitionError
from generator.ir.build import Compiled
from generator.lowering.ids import panel_id, row_id
from generator.lowering.lower import lower
from generator.output import dashboard_path
from generator.pipeline import TEST_PLATFORM, compile_all
from generator.rendering.promql import text
from generator.rendering.rule_files import rule_files

SHIPPED_DASHBOARDS = ("overview", "tenant", "ai", "storage")
Function = TypeVar("Function", bound=Callable[..., object])


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    """All definitions of the project."""
    return load_definitions()


@pytest.fixture(scope="module")
def compiled(production: Compiled) -> Compiled:
    """The build of the tests' platform."""
    return production


def test_a_build_has_files_of_every_kind(compiled: Compiled) -> None:
    """Contract, dashboards, rules, routing, Kubernetes objects, alert tests and runbooks; each ends with a line end."""
    assert {path.split("/")[0] for path in compiled.texts} >= {
        "contract", "grafana", "prometheus", "alertmanager", "kubernetes", "tests", "runbooks",
    }  # fmt: skip
    assert all(content.endswith("\n") and not content.endswith("\n\n") for content in compiled.texts.values())


def test_the_same_sources_give_the_same_bytes(compiled: Compiled, platform: Platform, definitions: Definitions) -> None:
    """A second build has the same files in the same order, whatever the order of the tenants in the platform file."""
    tokens_per_day = platform.cost.tokens_per_day
    reversed_overrides = dict(reversed(list(tokens_per_day.overrides.items())))
    cost = replace(platform.cost, tokens_per_day=replace(tokens_per_day, overrides=reversed_overrides))
    second = compile_all(replace(platform, cost=cost), definitions)
    assert list(second.texts) == list(compiled.texts)
    assert second.texts == compiled.texts


def test_every_recorded_series_is_read(compiled: Compiled) -> None:
    """Recording rules follow from use: a rule, an alert or a dashboard reads each recorded series."""
    lowered = compiled.lowered
    trees = [rule.expression for rule in lowered.recording_rules] + [rule.expression for rule in lowered.alerts]
    readers = [*map(text, trees)] + [
        content for path, content in compiled.texts.items() if path.startswith("grafana/dashboards/")
    ]
    unread = {rule.name for rule in lowered.recording_rules if not any(rule.name in reader for reader in readers)}
    assert unread == set()


def test_no_two_rules_record_the_same_series(compiled: Compiled) -> None:
    """Across all files, a name with the labels that a rule sets is recorded once."""
    rules = [rule for file in compiled.files for group in file.groups for rule in group.rules if rule.kind == "record"]
    series = [(rule.name, tuple(sorted(rule.labels.items()))) for rule in rules]
    assert len(series) == len(set(series)) > 50


def test_an_alert_is_tested_with_the_files_that_it_reads(compiled: Compiled) -> None:
    """RouteDown reads recorded metrics of the API, HighAICosts those of AI and the recorded budgets; no other files."""
    rules = pipeline.tested_rules(compiled.lowered, compiled.files)
    assert rules["RouteDown", PAGE].files == ("recorded-api", "errors")
    assert rules["HighAICosts", PAGE].files == ("recorded-ai", "recorded-limits", "cost")


@pytest.mark.parametrize("backend", ["prometheus", "mimir"])
def test_a_bill_is_tested_with_the_files_of_all_products(platform: Platform, backend: str) -> None:
    """Rules of one name are in several files: the costs of tokens, of requests and of stores."""
    lowered = lower(replace(platform, backend=BACKENDS[backend]), load_definitions())
    rules = pipeline.tested_rules(lowered, rule_files(lowered))
    products = ("recorded-ai", "recorded-api", "recorded-storage")
    for alert_name in ("MonthlyCost", "TenantMonthlyCost"):
        assert rules[alert_name, PAGE].files == (
            *("recorded-prices", *products, "recorded-cost", "recorded-limits", "cost"),
        )


def test_the_problems_of_all_definitions_are_reported(platform: Platform, definitions: Definitions) -> None:
    """An alert that cannot be built, a link to a missing panel and an invalid panel are three problems of one build."""

    def raise_error(platform: Platform) -> Condition:
        raise DefinitionError("it cannot be built", "write something else")

    two_units = TimeSeries((Series(REQUESTS.increase(minutes(5))), Series(REQUESTS.rate())))
    invalid_panel = Panel("invalid", "Invalid", "Invalid.", lambda platform: two_units, "dashboards/invalid.py:1 x")
    dashboard = Dashboard("invalid", "Invalid", "Invalid.", (), (Row("Invalid", (invalid_panel,)),), ())
    invalid = replace(
        definitions,
        alerts=(
            *(alert for alert in definitions.alerts if alert.name != "RouteDown"),
            replace(errors.route_down, build=raise_error, where="alerts/invalid.py:1 invalid"),
            replace(errors.route_down, panel="overview/nowhere", where="alerts/link.py:1 link"),
        ),
        dashboards=(*definitions.dashboards, dashboard),
    )
    with pytest.raises(BuildError) as caught:
        lower(platform, invalid)
    assert sorted(problem.what for problem in caught.value.problems) == [
        'RouteDown links to the panel "overview/nowhere", which does not exist',
        "it cannot be built",
        "series in requests and requests per second on one axis",
    ]


def test_ten_thousand_tenants_add_recording_rules_alone(platform: Platform, definitions: Definitions) -> None:
    """A platform with a token budget for each of 10,000 tenants has the same alerting rules."""
    of_few, of_many = lower(platform, definitions), lower(with_many_tenants(platform), definitions)
    assert [text(rule.expression) for rule in of_many.alerts] == [text(rule.expression) for rule in of_few.alerts]
    added = len(of_many.recording_rules) - len(of_few.recording_rules)
    assert added == 10_000 - len(platform.cost.tokens_per_day.overrides)


def test_rule_files_have_the_expressions_of_the_trees(compiled: Compiled) -> None:
    """The expressions in the YAML file of a family are exactly those of its alerts."""
    groups = yaml.safe_load(compiled.texts["prometheus/rules/errors.yaml"])["groups"]
    trees = [text(rule.expression) for rule in compiled.lowered.alerts if rule.alert.family == "errors"]
    assert [rule["expr"] for group in groups for rule in group["rules"]] == trees


OF_OTHER_STORES = {"worker_writes_rows_of_d1"}
"""Alert tests of stores that the tests' own platform does not use."""
OF_A_FILE_OF_OVERRIDES = {"file_of_overrides_is_away", "web_server_starts_again"}
"""Alert tests of the file that a platform of more than 200 overrides has."""


def is_tested(texts: Mapping[str, str], test_id: str) -> bool:
    """Whether an alert test is in the test files of a build."""
    return any(f"name: {test_id}\n" in content for path, content in texts.items() if path.startswith("tests/"))


def test_tests_that_are_not_possible_are_left_out(platform: Platform, definitions: Definitions) -> None:
    """With a minimum of one request, no test has fewer: it is neither in out/tests nor an example in a runbook; all
    others are, but those of stores and of a file of overrides that the platform does not have."""
    fewest = quantity(1, REQUESTS_UNIT)
    texts = compile_all(replace(platform, min_requests=fewest), definitions).texts
    left_out = {test.id for test in definitions.alert_tests if not is_tested(texts, test.id)}
    assert left_out == {
        *OF_OTHER_STORES,
        *OF_A_FILE_OF_OVERRIDES,
        "fourteen_requests_of_a_route",
        "outage_of_fourteen_requests",
        "fourteen_requests",
        "fourteen_calls",
        "fourteen_model_calls",
        "fourteen_vectorize_queries",
        "few_without_usage",
        "few_calls_without_tokens",
        "few_requests_without_latency",
    }


def test_a_platform_gets_all_tests_whatever_its_names_and_numbers(platform: Platform, definitions: Definitions) -> None:
    """Another name and another threshold on dollars leave no alert test out, and the claims have the new numbers."""
    cost = replace(platform.cost, dollars_per_day=quantity(80, DOLLARS))
    texts = compile_all(replace(platform, name="europe", cost=cost), definitions).texts
    left_out = OF_OTHER_STORES | OF_A_FILE_OF_OVERRIDES
    assert {test.id for test in definitions.alert_tests if not is_tested(texts, test.id)} == left_out
    spend = texts["tests/spend-every-5m.yaml"]
    assert "does not fire at 2 h 5 min with $80, fires at 2 h 10 min with $83.20" in spend


@pytest.mark.parametrize("uid", ["prometheus", "mimir-eu"])
def test_every_link_selects_the_data_source_of_the_platform(
    platform: Platform, definitions: Definitions, uid: str
) -> None:
    """Beside a second data source, dashboards, links of alerts and runbooks open on the platform's own."""
    own = replace(platform, grafana=replace(platform.grafana, data_source_uid=uid))
    texts = compile_all(own, definitions).texts
    links = re.findall(rf"{re.escape(platform.links.grafana)}/d/[^\s)\"']+", "".join(texts.values()))
    boards = [json.loads(texts[dashboard_path(id_)]) for id_ in SHIPPED_DASHBOARDS]
    assert {board["templating"]["list"][0]["current"]["value"] for board in boards} == {uid}
    assert len(links) > len(definitions.alerts)
    assert [link for link in links if f"var-datasource={uid}" not in link] == []


def test_the_dashboards_alone_are_those_of_a_build(compiled: Compiled) -> None:
    """They are the same without the alert tests and the checks of a build."""
    texts = dashboard_texts(TEST_PLATFORM)
    assert set(texts) >= set(SHIPPED_DASHBOARDS)
    assert texts == {id_: compiled.texts[dashboard_path(id_)] for id_ in texts}


def test_panel_and_row_ids_follow_from_ids_alone(compiled: Compiled) -> None:
    """Each id is the hash of the ids of the dashboard and of the panel or row; the shipped rows have explicit ids."""
    for spec, dashboard in zip(compiled.lowered.dashboards, compiled.lowered.definitions.dashboards, strict=True):
        if dashboard.id in SHIPPED_DASHBOARDS:
            assert all(row.id for row in dashboard.rows), f"a row of {dashboard.id} has no id"
        assert [row.id for row in spec.rows] == [row_id(dashboard.id, row.key) for row in dashboard.rows]
        assert [panel.id for row in spec.rows for panel in row.panels] == [
            panel_id(dashboard.id, panel.id) for row in dashboard.rows for panel in row.panels
        ]


def test_renaming_the_functions_of_definitions_changes_no_file(
    compiled: Compiled, platform: Platform, definitions: Definitions
) -> None:
    """Panels, alerts and alert tests have explicit ids: the names of their Python functions are in no file of out/."""
    renamed_definitions = replace(
        definitions,
        alerts=tuple(
            # An inhibitor has no function.
            each
            if each.follows
            else alert(
                each.name,
                each.severity,
                panel=each.panel,
                runbook=each.runbook,
                values=each.values,
                fixed_window=each.fixed_window,
            )(renamed(each.build))
            for each in definitions.alerts
        ),
        alert_tests=tuple(
            alert_test(each.alert, *each.severities, covers=each.covers, id=each.id)(renamed(each.build))
            for each in definitions.alert_tests
        ),
        dashboards=tuple(
            replace(dashboard, rows=tuple(replace(row, panels=renamed_panels(row)) for row in dashboard.rows))
            for dashboard in definitions.dashboards
        ),
    )
    texts = compile_all(platform, renamed_definitions).texts
    assert [path for path, content in compiled.texts.items() if texts.get(path) != content] == []
    assert texts.keys() == compiled.texts.keys()


def renamed_panels(row: Row) -> tuple[Panel, ...]:
    """The panels of a row, with renamed functions."""
    return tuple(panel(each.title, id=each.id)(renamed(each.build)) for each in row.panels)


def renamed(function: Function) -> Function:
    """The same function under another name."""
    assert isinstance(function, FunctionType)
    code = function.__code__.replace(co_name="renamed", co_qualname="renamed")
    copy = FunctionType(code, function.__globals__, "renamed", function.__defaults__, function.__closure__)
    copy.__doc__, copy.__module__, copy.__qualname__ = function.__doc__, function.__module__, "renamed"
    return copy  # type: ignore[return-value]


def test_links_between_dashboards_keep_the_filters_of_both(compiled: Compiled) -> None:
    """Every link of a dashboard or a table carries each variable that both dashboards have, or sets it itself."""
    boards = [json.loads(text) for text in dashboard_texts(TEST_PLATFORM).values()]
    variables = {board["uid"]: {each["name"] for each in board["templating"]["list"]} for board in boards}
    lost = []
    for board in boards:
        assert all(link["includeVars"] for link in board["links"])
        for url in re.findall(r'"url": "(/d/[^"]+)"', json.dumps(board["panels"])):
            uid = url.removeprefix("/d/").partition("?")[0]
            shared = variables[board["uid"]] & variables[uid]
            kept = (f"var-{name}=" in url or f"${{{name}:queryparam}}" in url for name in shared)
            lost += [] if all(kept) else [url]
    assert lost == []
