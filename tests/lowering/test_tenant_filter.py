"""A dashboard of all tenants, of whom some may be selected: each query reads recorded series of all of them, or the
counters of the selected ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contract.ai import AI_REQUESTS, AI_TOKENS_UNKNOWN, TOKENS
from contract.api import HEARTBEAT
from contract.labels import MODEL, SERVICE, TENANT
from contract.rag import RAG_RETRIEVAL_COUNT
from generator.dsl.query import Query
from generator.dsl.units import days, hours, minutes
from generator.ir.dashboard import LinkSpec
from generator.lowering.panel_context import PanelContext
from generator.lowering.queries import QueryLowering
from generator.rendering.promql import flat

Lower = Callable[[Query], str]
IF_ALL = 'tenant_id="",tenant_id=~`${tenant:regex}`'
SELECTED = "tenant_id=~`${tenant:regex}`"


@pytest.fixture
def lower(dashboard_lowering: QueryLowering) -> Lower:
    """Lowers a query on a dashboard with a variable of the tenant that may select all."""
    context = PanelContext(dashboard_lowering, (TENANT,), lambda id, variable: LinkSpec(""), of_all_tenants=True)
    return lambda query: flat(context.lower(query))


def test_all_tenants_are_read_from_what_is_recorded_across_them(
    lower: Lower, dashboard_lowering: QueryLowering
) -> None:
    """Only where All is selected do series without a tenant match; then no counter of a tenant does. Nothing is
    recorded by tenant."""
    assert lower(AI_REQUESTS.increase(minutes(5)).by(MODEL)) == (
        f"sum by (model) (route_service_model:ai_requests_total:increase5m{{{IF_ALL}}}) or "
        f"sum by (model) (increase(ai_requests_total{{{SELECTED}}}[5m]))"
    )
    assert not any("tenant_id" in name for name in dashboard_lowering.rules.labels())


def test_windows_of_up_to_an_hour_are_read_from_the_counters_of_selected_tenants(lower: Lower) -> None:
    """A share of an hour reads raw counters, and so does a distribution; a day is recorded by tenant already."""
    of_selected = lower(AI_TOKENS_UNKNOWN.ratio_to(AI_REQUESTS, hours(1))).rpartition(" or (")[2]
    assert of_selected.count("increase(") == of_selected.count(f"{{{SELECTED}}}[1h]") == 3
    assert lower(TOKENS.increase(days(1))).endswith(f" or sum(tenant_id_direction:ai_tokens:amount1d{{{SELECTED}}})")
    assert lower(RAG_RETRIEVAL_COUNT.bucket_counts()).endswith(
        f" or 300 * sum by (le) (rate(rag_retrieval_count_bucket{{{SELECTED}}}[$__rate_interval]))"
    )


def test_what_is_shown_by_tenant_shows_each_where_all_are_selected(lower: Lower) -> None:
    """A series of each tenant cannot say whether All is selected: one without a tenant does."""
    amount = "tenant_id_direction:ai_tokens:amount1d"
    assert lower(TOKENS.increase(days(1)).by(TENANT)) == (
        f"(sum by (tenant_id) ({amount}) and on () count(service:expected:info{{{IF_ALL}}})) or "
        f"sum by (tenant_id) ({amount}{{{SELECTED}}})"
    )


def test_what_no_variable_of_a_tenant_filters_is_read_once(lower: Lower) -> None:
    """A metric without a tenant, and a query that names its filters, stay as they are."""
    assert "tenant" not in lower(HEARTBEAT.age(lookback=days(1), expected=SERVICE))
    assert (
        lower(AI_REQUESTS.increase(minutes(5)).filtered_by()) == "sum(route_service_model:ai_requests_total:increase5m)"
    )
