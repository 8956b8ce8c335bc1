"""Increases: those across tenants are read from recorded series, those of one tenant from the raw counters."""

from __future__ import annotations

import pytest

from contract.ai import AI_LATENCY, TOKENS
from contract.api import ERRORS, LATENCY, REQUESTS
from contract.labels import DIRECTION, MODEL, OPERATION, ROUTE, SERVICE, STORE, TENANT
from contract.storage import STORAGE_CALLS, STORAGE_ERRORS
from generator.dsl.query import DashboardWindow
from generator.dsl.units import Duration, days, hours, minutes
from generator.errors import DefinitionError
from generator.ir.rules import FAST_INTERVAL, SLOW_INTERVAL
from generator.lowering.queries import QueryLowering
from generator.rendering.promql import flat
from tests.lowering.recording_rule_text import recorded_expressions

WINDOW = minutes(5)


def test_the_base_window_is_recorded_once_for_all_groupings(rule_lowering: QueryLowering) -> None:
    """Requests by route and in total are sums of one recorded series."""
    assert flat(rule_lowering.lower(REQUESTS.increase(WINDOW).by(ROUTE))) == (
        "sum by (route) (route_service:requests_total:increase5m)"
    )
    assert flat(rule_lowering.lower(REQUESTS.increase(WINDOW))) == "sum(route_service:requests_total:increase5m)"
    assert recorded_expressions(rule_lowering) == {
        "route_service:requests_total:increase5m": "sum by (route, service) (increase(requests_total[5m]))"
    }


def test_a_series_with_just_the_wanted_labels_is_not_aggregated(rule_lowering: QueryLowering) -> None:
    """The order of the labels in `by` does not matter."""
    query = REQUESTS.increase(WINDOW).by(SERVICE, ROUTE)
    assert flat(rule_lowering.lower(query)) == "route_service:requests_total:increase5m"


def test_increases_by_tenant_have_just_the_wanted_labels(rule_lowering: QueryLowering) -> None:
    """By tenant alone, the recorded series has no route: 10,000 tenants are 10,000 series, not three times as many."""
    assert flat(rule_lowering.lower(REQUESTS.increase(WINDOW).by(TENANT))) == "tenant_id:requests_total:increase5m"
    assert recorded_expressions(rule_lowering) == {
        "tenant_id:requests_total:increase5m": "sum by (tenant_id) (increase(requests_total[5m]))"
    }


def test_a_label_with_a_matcher_is_recorded(rule_lowering: QueryLowering) -> None:
    """To select one route's tenants, the recorded series must have the route, although the result has not."""
    query = REQUESTS.increase(WINDOW).by(TENANT).where(ROUTE.is_("/chat"))
    assert flat(rule_lowering.lower(query)) == (
        'sum by (tenant_id) (tenant_id_route:requests_total:increase5m{route="/chat"})'
    )


def test_a_long_window_is_a_sum_of_base_windows(rule_lowering: QueryLowering) -> None:
    """A day is 288 increases of 5 minutes, each counted once: a subquery with a step of 5 minutes."""
    query = REQUESTS.increase(days(1)).by(ROUTE, SERVICE)
    assert flat(rule_lowering.of_shares.lower(query)) == "route_service:requests_total:increase1d"
    assert recorded_expressions(rule_lowering)["route_service:requests_total:increase1d"] == (
        "sum by (route, service) (sum_over_time(route_service:requests_total:increase5m[1d:5m]))"
    )


def test_a_long_window_has_just_the_needed_labels(rule_lowering: QueryLowering) -> None:
    """The hour of the whole platform is one series, aggregated after the sum over time."""
    assert flat(rule_lowering.of_shares.lower(REQUESTS.increase(hours(1)))) == "all:requests_total:increase1h"
    assert recorded_expressions(rule_lowering)["all:requests_total:increase1h"] == (
        "sum(sum_over_time(route_service:requests_total:increase5m[1h:5m]))"
    )


def test_other_windows_are_recorded_from_the_counters(rule_lowering: QueryLowering) -> None:
    """2 minutes are not a multiple of the base window of 5."""
    query = ERRORS.increase(minutes(2)).by(ROUTE, SERVICE)
    assert flat(rule_lowering.lower(query)) == "route_service:errors_total:increase2m"
    assert recorded_expressions(rule_lowering) == {
        "route_service:errors_total:increase2m": "sum by (route, service) (increase(errors_total[2m]))"
    }


@pytest.mark.parametrize(
    ("window", "interval"),
    [(minutes(2), FAST_INTERVAL), (hours(1), FAST_INTERVAL), (hours(6), SLOW_INTERVAL), (days(30), SLOW_INTERVAL)],
)
def test_only_windows_above_an_hour_are_evaluated_slowly(
    rule_lowering: QueryLowering, window: Duration, interval: Duration
) -> None:
    """A series of a short window is at most 30 seconds old, one of hours or days at most 2 minutes."""
    rule_lowering.of_shares.lower(REQUESTS.increase(window))
    names = {rule.name: rule for rule in rule_lowering.rules.all()}
    assert next(rule for name, rule in names.items() if name.endswith(f"increase{window}")).interval == interval


def test_a_rule_is_after_the_rules_that_it_reads(rule_lowering: QueryLowering) -> None:
    """Prometheus evaluates the rules of a group in order, so the base window is first."""
    rule_lowering.of_shares.lower(REQUESTS.increase(hours(1)).by(TENANT))
    assert list(recorded_expressions(rule_lowering)) == [
        "tenant_id:requests_total:increase5m",
        "tenant_id:requests_total:increase1h",
    ]


def test_a_combined_counter_is_recorded_by_one_rule_a_member(rule_lowering: QueryLowering) -> None:
    """Input and output tokens are two rules of one name, so a model without output tokens is counted too."""
    assert flat(rule_lowering.lower(TOKENS.increase(WINDOW).by(TENANT))) == (
        "sum by (tenant_id) (tenant_id_direction:ai_tokens:increase5m)"
    )
    assert recorded_expressions(rule_lowering) == {
        'tenant_id_direction:ai_tokens:increase5m{direction="input"}': (
            "sum by (tenant_id) (increase(ai_tokens_input[5m]))"
        ),
        'tenant_id_direction:ai_tokens:increase5m{direction="output"}': (
            "sum by (tenant_id) (increase(ai_tokens_output[5m]))"
        ),
    }


def test_a_combined_counter_is_filtered_by_its_distinguishing_labels(rule_lowering: QueryLowering) -> None:
    """KV's writes are the series of all calls with its labels."""
    query = STORAGE_CALLS.increase(WINDOW).where(STORE.is_("kv"), OPERATION.is_("write"))
    assert flat(rule_lowering.lower(query)) == (
        'sum(route_service_store_operation:storage_calls:increase5m{store="kv",operation="write"})'
    )


def test_a_rate_across_tenants_is_read_from_recorded_series(dashboard_lowering: QueryLowering) -> None:
    """The increases of 5 minutes are averaged over the panel's step."""
    assert flat(dashboard_lowering.lower(REQUESTS.rate().by(ROUTE))) == (
        "sum by (route) (avg_over_time(route_service:requests_total:increase5m[$__rate_interval])) / 300"
    )


def test_a_ratio_over_a_step_sums_increases(dashboard_lowering: QueryLowering) -> None:
    """An average would be over the time that each series exists, and series of errors begin late."""
    errors = "sum_over_time(route_service:errors_total:increase5m[$__rate_interval])"
    requests = "sum_over_time(route_service:requests_total:increase5m[$__rate_interval])"
    assert flat(dashboard_lowering.lower(ERRORS.ratio_to(REQUESTS).by(ROUTE, SERVICE))) == (
        f"({errors} or 0 * {requests}) / ({requests} > 0)"
    )


def test_a_rate_of_one_tenant_is_read_from_the_counters(dashboard_lowering: QueryLowering) -> None:
    """One tenant has few series, so nothing is recorded."""
    query = REQUESTS.rate().by(ROUTE).where(TENANT.matches_variable())
    assert flat(dashboard_lowering.lower(query)) == (
        "sum by (route) (rate(requests_total{tenant_id=~`${tenant:regex}`}[$__rate_interval]))"
    )
    assert recorded_expressions(dashboard_lowering) == {}


def test_an_increase_over_the_time_range_is_a_sum(dashboard_lowering: QueryLowering) -> None:
    """Across tenants it is a sum of recorded increases, for one tenant the increase of the counters."""
    query = LATENCY.bucket_counts(DashboardWindow.RANGE)
    assert flat(dashboard_lowering.lower(query)) == (
        "sum by (le) (sum_over_time(route_service_le:latency_ms_bucket:increase5m[$__range:5m]))"
    )
    assert flat(dashboard_lowering.lower(query.where(TENANT.is_("a")))) == (
        'sum by (le) (increase(latency_ms_bucket{tenant_id="a"}[$__range]))'
    )


def test_the_bounds_of_buckets_are_recorded(rule_lowering: QueryLowering) -> None:
    """A quantile cannot be computed from a series without `le`."""
    rule_lowering.lower(AI_LATENCY.bucket_counts(WINDOW).by(MODEL))
    assert recorded_expressions(rule_lowering) == {
        "route_service_model_le:ai_latency_ms_bucket:increase5m": (
            "sum by (route, service, model, le) (increase(ai_latency_ms_bucket[5m]))"
        )
    }


def test_members_of_one_tenant_get_their_distinguishing_labels(dashboard_lowering: QueryLowering) -> None:
    """Raw counters have no `direction`: with the label, `or` keeps both members, and the sum drops neither."""
    query = TOKENS.rate().by(MODEL, DIRECTION).where(TENANT.is_("a"))
    assert flat(dashboard_lowering.lower(query)) == (
        "sum by (model, direction) ("
        'label_replace(rate(ai_tokens_input{tenant_id="a"}[$__rate_interval]), "direction", "input", "", "")'
        " or "
        'label_replace(rate(ai_tokens_output{tenant_id="a"}[$__rate_interval]), "direction", "output", "", ""))'
    )


def test_a_single_member_of_one_tenant_is_read_without_labels(dashboard_lowering: QueryLowering) -> None:
    """KV's reads are one counter, and no label distinguishes them in the result."""
    query = STORAGE_CALLS.rate().where(TENANT.is_("a"), STORE.is_("kv"), OPERATION.is_("read"))
    assert flat(dashboard_lowering.lower(query)) == 'sum(rate(kv_reads_total{tenant_id="a"}[$__rate_interval]))'


def test_a_single_member_gets_the_labels_that_the_result_has(dashboard_lowering: QueryLowering) -> None:
    """Calls to Vectorize alone, by store, must have the label `store`."""
    query = STORAGE_CALLS.rate().by(STORE).where(TENANT.is_("a"), STORE.is_("vectorize"))
    expression = flat(dashboard_lowering.lower(query))
    assert expression.startswith("sum by (store) (label_replace(")
    assert '"store", "vectorize", "", ""' in expression


def test_an_excluded_member_is_not_read(dashboard_lowering: QueryLowering) -> None:
    """Calls to all stores but KV read neither of KV's counters."""
    query = STORAGE_CALLS.rate().by(STORE).where(TENANT.is_("a"), STORE.is_not("kv"))
    expression = flat(dashboard_lowering.lower(query))
    assert "kv_" not in expression
    assert "vectorize_queries_total" in expression
    assert "do_requests_total" in expression


def test_matchers_without_a_matching_member_are_an_error(dashboard_lowering: QueryLowering) -> None:
    """Vectorize has no writes, so no expression has a result."""
    query = STORAGE_CALLS.rate().where(TENANT.is_("a"), STORE.is_("vectorize"), OPERATION.is_("write"))
    message = "no member of storage_calls matches; use a store, an operation or a direction that it has"
    with pytest.raises(DefinitionError, match=message):
        dashboard_lowering.lower(query)


def test_a_template_variable_of_a_distinguishing_label_is_an_error_for_one_tenant(
    dashboard_lowering: QueryLowering,
) -> None:
    """Raw counters have no label `store`, so a template variable of it would filter nothing."""
    query = STORAGE_ERRORS.rate().where(TENANT.matches_variable(), STORE.matches_variable())
    message = (
        "a template variable of store cannot filter storage_errors of one tenant; "
        r"its raw series have no store: omit it in \.filtered_by\(…\)"
    )
    with pytest.raises(DefinitionError, match=message):
        dashboard_lowering.lower(query)
