"""A variable whose label some metrics lack: they are read of the routes whose calls have a selected model."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.ai import AI_REQUESTS
from contract.api import HEARTBEAT
from contract.labels import MODEL, ROUTE, SERVICE, STORE, TENANT
from contract.rag import RAG_CACHE_HITS, RAG_QUERIES, RAG_RETRIEVAL_COUNT
from generator.dsl.dashboard import Heatmap, Stat, Variable
from generator.dsl.units import days, minutes
from generator.errors import DefinitionError
from generator.ir.dashboard import LinkSpec
from generator.lowering.panel_context import PanelContext
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from generator.lowering.related_filter import related_filters
from generator.rendering.promql import flat

VARIABLES = (Variable(TENANT, AI_REQUESTS), Variable(MODEL, AI_REQUESTS, through=(ROUTE, SERVICE)))
IF_ALL = 'model="",model=~`${model:regex}`'
SELECTED = "model=~`${model:regex}`"
OF_MODEL = f"sum by (route, service, model) (increase(ai_requests_total{{{SELECTED}}}[5m]))"
RECORDED = f"route_service_model:ai_requests_total:increase5m{{{SELECTED}}}"


@pytest.fixture
def context(dashboard_lowering: QueryLowering) -> PanelContext:
    """The panels of a dashboard with a variable of the model alone."""
    return PanelContext(
        dashboard_lowering, (MODEL,), lambda id, variable: LinkSpec(""), related=related_filters(VARIABLES)
    )


def test_queries_are_those_of_routes_that_call_the_model(context: PanelContext) -> None:
    """Where All is selected, the matchers match the series, which have no model; else the series of the routes that a
    call of the model belongs to."""
    queries = "route_service:rag_queries_total:increase5m"
    assert flat(context.lower(RAG_QUERIES.increase(minutes(5)))) == (
        f"sum({queries}{{{IF_ALL}}} or ({queries} and on (route, service) {RECORDED}))"
    )


def test_each_series_of_a_ratio_is_filtered(context: PanelContext) -> None:
    """Of the hits, of the queries that they are divided by, and of those that they are filled up with."""
    assert flat(context.lower(RAG_CACHE_HITS.ratio_to(RAG_QUERIES, minutes(5)))).count(f"{RECORDED})") == 3


def test_a_range_is_read_whole_before_it_is_filtered(context: PanelContext) -> None:
    """The function of a range selector is inside."""
    buckets = "route_service_le:rag_retrieval_count_bucket:increase5m"
    assert flat(context.lower(RAG_RETRIEVAL_COUNT.bucket_counts())) == (
        f"sum by (le) (avg_over_time({buckets}{{{IF_ALL}}}[$__rate_interval]) or "
        f"(avg_over_time({buckets}[$__rate_interval]) and on (route, service) {RECORDED}))"
    )


def test_selected_tenants_have_to_call_the_model_themselves(context: PanelContext) -> None:
    """Of two tenants on one route, one may call it and the other one not."""
    of_all = replace(context, variables=(TENANT, MODEL), of_all_tenants=True)
    of_selected = flat(of_all.lower(RAG_QUERIES.rate().by(ROUTE, SERVICE))).rpartition(" and on ")[2]
    assert of_selected == (
        "(tenant_id, route, service) sum by (tenant_id, route, service, model) "
        f"(increase(ai_requests_total{{tenant_id=~`${{tenant:regex}}`,{SELECTED}}}[5m]))))"
    )


def test_a_metric_with_the_label_is_filtered_by_it_alone(context: PanelContext) -> None:
    """And a metric without the labels in between, or a query that names its filters, by nothing."""
    assert flat(context.lower(AI_REQUESTS.increase(minutes(5)))) == f"sum({RECORDED})"
    assert MODEL.name not in flat(context.lower(HEARTBEAT.age(lookback=days(1), expected=SERVICE)))
    assert MODEL.name not in flat(context.lower(RAG_QUERIES.increase(minutes(5)).filtered_by()))


def test_metrics_with_and_without_the_label_are_no_panel(context: PanelContext) -> None:
    """What one is filtered by is not what the other one is filtered by."""
    problem = "the variable of model does not filter rag_queries_total and ai_requests_total by the same"
    with pytest.raises(DefinitionError, match=problem):
        context.lower(RAG_QUERIES.per(AI_REQUESTS, minutes(5)))


def test_series_without_the_labels_cannot_be_filtered(context: PanelContext) -> None:
    """What is recorded of a day by tenant has no route: no series would be left of it."""
    with pytest.raises(DefinitionError, match=r"the variable of model cannot filter it: .* has no label route"):
        context.lower(RAG_QUERIES.increase(days(1)).by(TENANT))


def test_a_metric_that_a_project_gives_the_label_is_filtered_by_it(
    dashboard_lowering: QueryLowering, context: PanelContext
) -> None:
    """And one that it takes the route from, by nothing."""
    areas = dashboard_lowering.rules.contract.areas
    for labels, joined in (((*RAG_QUERIES.labels, MODEL), 0), ((TENANT, SERVICE), 0), (RAG_QUERIES.labels, 1)):
        own = {"rag": (replace(RAG_QUERIES, labels=labels),)}
        contract = replace(dashboard_lowering.rules.contract, areas={**areas, **own})
        lowering = replace(dashboard_lowering, rules=RecordingRules(contract))
        text = flat(replace(context, lowering=lowering).lower(RAG_QUERIES.increase(minutes(5)).by(SERVICE)))
        assert (text.count(" and on "), SELECTED in text) == (joined, MODEL in labels or bool(joined))


def test_the_description_says_what_is_selected(context: PanelContext) -> None:
    """Of the panels alone that are filtered in that way."""
    note = " It shows the routes and services of the selected models, each as a whole."
    assert context.related_values(Heatmap(RAG_RETRIEVAL_COUNT)) == note
    assert context.related_values(Stat(AI_REQUESTS.increase(minutes(5)))) == ""


@pytest.mark.parametrize(
    ("metric", "through", "problem"),
    [
        (HEARTBEAT, (SERVICE,), "takes a counter"),
        (AI_REQUESTS, (ROUTE, STORE), "ai_requests_total has no label store"),
        (AI_REQUESTS, (ROUTE, "service"), "takes a tuple of labels of the contract"),
    ],
    ids=["a gauge", "a label that the counter lacks", "a text"],
)
def test_a_variable_chooses_through_labels_of_a_counter(metric: object, through: object, problem: str) -> None:
    """Not of a gauge, and not through labels that the counter lacks, or a text."""
    label = SERVICE if metric is HEARTBEAT else MODEL
    with pytest.raises(DefinitionError, match=problem):
        Variable(label, metric, through=through)  # type: ignore[arg-type]
