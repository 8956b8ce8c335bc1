"""Checks of the labels that a platform adds to metrics, and of its static labels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from contract.api import REQUESTS
from contract.labels import ROUTE, SERVICE, TENANT
from generator.checks.registry import owner_problems
from generator.config.load import load
from generator.definitions import load_definitions
from generator.dsl.contract import Declared
from generator.dsl.definitions import Definitions
from generator.dsl.labels import Label
from generator.dsl.metrics import Counter, Extension
from generator.dsl.units import REQUESTS_UNIT
from generator.overlay import extended_contract
from generator.own_definitions import Located, OwnDefinitions
from tests.config.small_platform import SMALL_PLATFORM, Workspace

OWN_LABEL = Label("region", "Where an order was placed.", pattern="[a-z]+")
ORDERS = Counter(
    name="orders_total",
    unit=REQUESTS_UNIT,
    labels=(TENANT, ROUTE, SERVICE, OWN_LABEL),
    help="Orders.",
    origin=Extension("customers pay for them"),
)


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    """The default definitions."""
    return load_definitions()


@pytest.fixture(scope="module")
def with_own(definitions: Definitions) -> Definitions:
    """The definitions of a project whose contract has a metric and a label of its own."""
    declared: tuple[Located[Declared], ...] = (Located(ORDERS, "contract/sales.py ORDERS", "own.contract.sales"),)
    own = OwnDefinitions(
        declared=declared, labels=(Located(OWN_LABEL, "contract/sales.py REGION", "own.contract.sales"),)
    )
    return replace(definitions, contract=extended_contract(definitions.contract, own, (), []))


def reported(workspace: Workspace, text: str, definitions: Definitions) -> list[str]:
    """The problems of a platform with some keys more, without the file's name and its line."""
    workspace.write({"platform.yaml": SMALL_PLATFORM + text})
    problems = owner_problems(load(Path("platform.yaml")), definitions)
    assert all(str(problem).startswith("platform.yaml:2") for problem in problems)
    return [str(problem).partition(" ")[2] for problem in problems]


def label_problem(name: str, what: str) -> str:
    """A problem of the name of a label of metrics."""
    return f'metrics.labels.{name}: the label "{name}" {what}; choose another name. [config/reserved-metric-label]'


RESERVED = "is one of the contract, of Prometheus or of a dashboard"


@pytest.mark.parametrize(
    ("name", "what"),
    [
        *((name, RESERVED) for name in ("tenant_id", "severity", "store", "le", "quantile", "job", "instance")),
        *((name, RESERVED) for name in ("all", "datasource", "alertname")),
        ("tenant", "cannot be distinguished from tenant_id"),
        ("route_id", "cannot be distinguished from route"),
        ("route_service", "cannot be distinguished from route and service"),
    ],
)
def test_a_label_of_the_contract_is_reserved(
    workspace: Workspace, definitions: Definitions, name: str, what: str
) -> None:
    """A metric has a label once, and the names of variables and recorded series stay distinct."""
    text = f"metrics: {{labels: {{{name}: {{values: [a]}}}}}}\n"
    assert reported(workspace, text, definitions) == [label_problem(name, what)]


def test_a_label_of_a_project_s_own_contract_is_reserved(workspace: Workspace, with_own: Definitions) -> None:
    """For metrics, for all alerts and for one alert."""
    metrics = "metrics: {labels: {region: {values: [eu]}}}\n"
    assert reported(workspace, metrics, with_own) == [label_problem("region", RESERVED)]
    assert reported(workspace, "labels: {region: eu}\n", with_own) == [
        'labels.region: the label "region" is one of the metrics; choose another name. [config/static-label-of-metrics]'
    ]
    assert reported(workspace, "alerts: {RouteDown: {labels: {region: eu}}}\n", with_own) == [
        'alerts.RouteDown.labels.region: the label "region" is set already, or is the contract\'s; choose another '
        "name. [config/reserved-alert-label]"
    ]


def test_without_such_a_contract_the_name_is_free(workspace: Workspace, definitions: Definitions) -> None:
    """The default contract has no region."""
    for text in ("metrics: {labels: {region: {values: [eu]}}}\n", "labels: {region: eu}\n"):
        assert reported(workspace, text, definitions) == []


def test_a_label_is_static_or_one_of_metrics(workspace: Workspace, definitions: Definitions) -> None:
    """A static label of the same name would replace the metrics' label in Alertmanager and in federation."""
    both = "labels: {region: eu}\nmetrics: {labels: {region: {values: [eu, us]}}}\n"
    assert reported(workspace, both, definitions) == [
        'labels.region: the label "region" is one of the metrics; choose another name. [config/static-label-of-metrics]'
    ]


@pytest.mark.parametrize(
    ("metric", "what", "check"),
    [
        (
            "requests",
            'the contract has no metric "requests"; did you mean "requests_total"? If not, remove it.',
            "label-of-unknown-metric",
        ),
        (
            "latency_ms_bucket",
            'the contract has no metric "latency_ms_bucket"; did you mean "latency_ms"? If not, remove it.',
            "label-of-unknown-metric",
        ),
        (
            "ai_tokens",
            "ai_tokens combines several counters; list ai_tokens_input, ai_tokens_output.",
            "label-of-unknown-metric",
        ),
        (
            "telemetry_heartbeat_timestamp_seconds",
            "no Worker counts telemetry_heartbeat_timestamp_seconds for requests; remove it.",
            "label-of-uncounted-metric",
        ),
        (
            "telemetry_dropped_total",
            "no Worker counts telemetry_dropped_total for requests; remove it.",
            "label-of-uncounted-metric",
        ),
        (
            "d1_queries_total",
            "d1_queries_total is of a store that the platform does not use; remove it, or add d1 to `stores`.",
            "label-of-uncounted-metric",
        ),
    ],
)
def test_a_metric_with_a_label_is_one_that_workers_count(
    workspace: Workspace, definitions: Definitions, metric: str, what: str, check: str
) -> None:
    """Each metric of the list is reported at its place."""
    text = f"metrics: {{labels: {{region: {{values: [eu], metrics: [{REQUESTS.name}, {metric}]}}}}}}\n"
    assert reported(workspace, text, definitions) == [f"metrics.labels.region.metrics[1]: {what} [config/{check}]"]


def test_a_metric_of_the_project_can_have_a_label(workspace: Workspace, with_own: Definitions) -> None:
    """It is known as the default ones are."""
    text = "metrics: {labels: {plan: {values: [free], metrics: [orders_total]}}}\n"
    assert reported(workspace, text, with_own) == []
