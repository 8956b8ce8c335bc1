"""Queries as expressions: ratios, quantiles, prices, forecasts, ages, and firing alerts."""

from __future__ import annotations

import pytest

from contract.ai import AI_LATENCY, TOKENS
from contract.api import ALERTS, ALERTS_FOR_STATE, ERRORS, HEARTBEAT, LATENCY, REQUESTS
from contract.labels import ALERTNAME, DIRECTION, MODEL, ROUTE, SERVICE, STORE, TENANT
from contract.objectives import latency_slo, token_budget
from contract.rag import RAG_CACHE_HIT_RATE
from contract.storage import STORAGE_CALLS, STORAGE_ERRORS
from generator.dsl.labels import Label
from generator.dsl.metrics import SeriesCount
from generator.dsl.units import days, hours, minutes, percent
from generator.errors import DefinitionError
from generator.lowering.queries import QueryLowering
from generator.rendering.promql import flat
from tests.lowering.recording_rule_text import recorded_expressions

WINDOW = minutes(5)


def test_a_ratio_in_a_rule_divides_two_recorded_increases(rule_lowering: QueryLowering) -> None:
    """In an alerting rule, a ratio without errors is absent."""
    assert flat(rule_lowering.lower(ERRORS.ratio_to(REQUESTS, WINDOW).by(ROUTE, SERVICE))) == (
        "route_service:errors_total:increase5m / route_service:requests_total:increase5m"
    )
    assert recorded_expressions(rule_lowering) == {
        "route_service:errors_total:increase5m": "sum by (route, service) (increase(errors_total[5m]))",
        "route_service:requests_total:increase5m": "sum by (route, service) (increase(requests_total[5m]))",
    }


def test_a_ratio_on_a_dashboard_is_0_without_errors(dashboard_lowering: QueryLowering) -> None:
    """A store that never failed has no series of errors: its error ratio is 0, and absent without calls."""
    errors, calls = (
        f"sum by (store) (route_service_store_operation:{name}:increase5m)"
        for name in ("storage_errors", "storage_calls")
    )
    assert flat(dashboard_lowering.lower(STORAGE_ERRORS.ratio_to(STORAGE_CALLS, WINDOW).by(STORE))) == (
        f"({errors} or 0 * {calls}) / ({calls} > 0)"
    )


def test_a_ratio_of_one_tenant_is_read_from_the_counters(dashboard_lowering: QueryLowering) -> None:
    """Over a panel's step, the rates of the raw counters are divided, and nothing is recorded."""
    errors, requests = (
        f'sum by (route) (rate({name}{{tenant_id="a"}}[$__rate_interval]))'
        for name in ("errors_total", "requests_total")
    )
    query = ERRORS.ratio_to(REQUESTS).by(ROUTE).where(TENANT.is_("a"))
    assert flat(dashboard_lowering.lower(query)) == f"({errors} or 0 * {requests}) / ({requests} > 0)"
    assert recorded_expressions(dashboard_lowering) == {}


def test_the_remaining_error_budget(rule_lowering: QueryLowering) -> None:
    """A target of 99.5 % has an error budget of 0.005: an error ratio of 0.0025 leaves half of it."""
    remaining = ERRORS.ratio_to(REQUESTS, days(30)).error_budget_remaining(percent("99.5")).by(ROUTE, SERVICE)
    ratio = "route_service:errors_total:increase30d / route_service:requests_total:increase30d"
    assert flat(rule_lowering.lower(remaining)) == f"1 - ({ratio}) / 0.005"


def test_a_quantile_across_tenants_is_read_from_recorded_buckets(rule_lowering: QueryLowering) -> None:
    """By model, the buckets of all routes and services are summed by their bounds."""
    assert flat(rule_lowering.lower(AI_LATENCY.quantile(0.95, WINDOW).by(MODEL))) == (
        "histogram_quantile(0.95, sum by (model, le) (route_service_model_le:ai_latency_ms_bucket:increase5m))"
    )


def test_a_quantile_by_tenant_is_recorded_as_a_quantile(rule_lowering: QueryLowering) -> None:
    """The buckets of a tenant would be 13 series, the quantile is one."""
    assert flat(rule_lowering.lower(LATENCY.quantile(0.95, WINDOW).by(TENANT, ROUTE, SERVICE))) == (
        "tenant_id_route_service:latency_ms:p95_5m"
    )
    assert recorded_expressions(rule_lowering) == {
        "tenant_id_route_service:latency_ms:p95_5m": (
            "histogram_quantile(0.95, sum by (tenant_id, route, service, le) (rate(latency_ms_bucket[5m])))"
        )
    }


@pytest.mark.parametrize(("q", "percentile"), [(0.5, "p50"), (0.99, "p99"), (0.999, "p99_9"), (0.07, "p7")])
def test_a_recorded_quantile_has_a_valid_name(rule_lowering: QueryLowering, q: float, percentile: str) -> None:
    """The name of p99.9 has no dot, which Prometheus does not allow."""
    assert flat(rule_lowering.lower(LATENCY.quantile(q, WINDOW).by(TENANT))) == f"tenant_id:latency_ms:{percentile}_5m"


def test_a_quantile_of_one_tenant_is_read_from_its_buckets(rule_lowering: QueryLowering) -> None:
    """Over a fixed window, it reads the raw buckets of that tenant alone."""
    assert flat(rule_lowering.lower(LATENCY.quantile(0.95, WINDOW).by(ROUTE).where(TENANT.is_("a")))) == (
        'histogram_quantile(0.95, sum by (route, le) (rate(latency_ms_bucket{tenant_id="a"}[5m])))'
    )


def test_a_quantile_without_observations_is_absent_on_a_dashboard(dashboard_lowering: QueryLowering) -> None:
    """Without requests a quantile is NaN; a dashboard drops it, so that its panel shows "No traffic"."""
    assert flat(dashboard_lowering.lower(LATENCY.quantile(0.95, WINDOW).by(ROUTE, SERVICE))) == (
        "histogram_quantile(0.95, route_service_le:latency_ms_bucket:increase5m) >= 0"
    )


def test_a_recorded_quantile_is_not_filtered_by_a_label_that_it_lacks(rule_lowering: QueryLowering) -> None:
    """The p95 by tenant has no route, and quantiles cannot be summed."""
    message = r"a quantile of every tenant cannot be filtered by route; add \.filtered_by\(\), or group by that label"
    with pytest.raises(DefinitionError, match=message):
        rule_lowering.lower(LATENCY.quantile(0.95, WINDOW).by(TENANT).where(ROUTE.is_("/chat")))


def test_a_fraction_of_a_threshold_reads_the_recorded_threshold(rule_lowering: QueryLowering) -> None:
    """Tokens by tenant are divided by each tenant's budget, one to one."""
    used = TOKENS.increase(days(1)).by(TENANT).fraction_of(token_budget(rule_lowering.platform))
    assert flat(rule_lowering.lower(used)) == (
        "sum by (tenant_id) (tenant_id_direction:ai_tokens:amount1d) / on (tenant_id) tenant_id:tokens_per_day:limit"
    )


def test_several_series_can_have_one_threshold(rule_lowering: QueryLowering) -> None:
    """Two services of a route are many to one: without group_left, Prometheus would reject the join."""
    used = LATENCY.quantile(0.95, WINDOW).by(ROUTE, SERVICE).fraction_of(latency_slo(rule_lowering.platform))
    assert flat(rule_lowering.lower(used)) == (
        "histogram_quantile(0.95, route_service_le:latency_ms_bucket:increase5m)"
        " / on (route) group_left () route:latency_ms:limit"
    )


def test_a_count_of_series_counts_those_above_0(rule_lowering: QueryLowering) -> None:
    """Active tenants are those whose requests increased."""
    assert flat(rule_lowering.lower(SeriesCount(REQUESTS.increase(WINDOW).by(TENANT)))) == (
        "count(tenant_id:requests_total:increase5m > 0)"
    )


def test_cost_is_tokens_times_price(rule_lowering: QueryLowering) -> None:
    """Across the platform, tokens and prices have one series for each model and direction."""
    assert flat(rule_lowering.lower(TOKENS.increase(days(1)).priced())) == (
        "sum(model_direction:ai_tokens:amount1d * on (model, direction) model_direction:ai_token_price:dollars)"
    )


def test_cost_by_tenant_joins_many_to_one(rule_lowering: QueryLowering) -> None:
    """Many tenants use one model, and the result keeps the tenant."""
    assert flat(rule_lowering.lower(TOKENS.increase(days(1)).priced().by(TENANT))) == (
        "sum by (tenant_id) (tenant_id_model_direction:ai_tokens:amount1d"
        " * on (model, direction) group_left () model_direction:ai_token_price:dollars)"
    )


@pytest.mark.parametrize("labels", [(MODEL,), (DIRECTION,), (MODEL, DIRECTION)])
def test_cost_by_the_labels_of_prices_joins_one_to_one(rule_lowering: QueryLowering, labels: tuple[Label, ...]) -> None:
    """By model or direction, both sides have one series for each pair."""
    expression = flat(rule_lowering.lower(TOKENS.increase(days(1)).priced().by(*labels)))
    cost = "model_direction:ai_tokens:amount1d * on (model, direction) model_direction:ai_token_price:dollars"
    assert cost in expression


def test_a_forecast_adds_the_remaining_time_at_the_recent_rate(rule_lowering: QueryLowering) -> None:
    """24 - 18 hours remain, which are six times the last hour."""
    forecast = TOKENS.increase(hours(18)).forecast(days(1), recent=hours(1)).by(TENANT)
    assert flat(rule_lowering.lower(forecast)) == (
        "sum by (tenant_id) (tenant_id_direction:ai_tokens:amount18h)"
        " + 6 * sum by (tenant_id) (tenant_id_direction:ai_tokens:amount1h)"
    )


def test_the_cache_hit_rate_is_recorded_in_percent_under_its_own_name(rule_lowering: QueryLowering) -> None:
    """It is 0 with queries and without hits, and absent without queries."""
    labels = (TENANT, ROUTE, SERVICE)
    assert flat(rule_lowering.lower(RAG_CACHE_HIT_RATE.latest().by(*labels))) == "rag_cache_hit_rate"
    hits, queries = (f"tenant_id_route_service:rag_{name}_total:increase5m" for name in ("cache_hits", "queries"))
    expression = recorded_expressions(rule_lowering)["rag_cache_hit_rate"]
    assert expression == f"100 * (({hits} or 0 * {queries}) / ({queries} > 0))"


def test_a_recorded_ratio_cannot_be_aggregated(rule_lowering: QueryLowering) -> None:
    """The mean of two routes' hit rates is not a hit rate."""
    message = "rag_cache_hit_rate is a ratio and cannot be aggregated; group it by all of its labels"
    with pytest.raises(DefinitionError, match=message):
        rule_lowering.lower(RAG_CACHE_HIT_RATE.latest().by(ROUTE))


def test_a_service_without_a_heartbeat_has_the_greatest_age(rule_lowering: QueryLowering) -> None:
    """Every service of the platform has an age, whether it ever sent a heartbeat or not, and no other service has. A
    heartbeat that is further in the future than one may be late is none."""
    assert flat(rule_lowering.lower(HEARTBEAT.age(lookback=days(1), expected=SERVICE).by(SERVICE))) == (
        "(time() - max by (service) (last_over_time(telemetry_heartbeat_timestamp_seconds[1d]) <= time() + 180)"
        " and on (service) service:expected:info)"
        " or on (service) 86400 * service:expected:info"
    )
    assert recorded_expressions(rule_lowering) == {
        'service:expected:info{service="ingest-worker"}': "vector(1)",
        'service:expected:info{service="worker-api"}': "vector(1)",
    }


def test_the_number_of_firing_alerts_is_0_only_while_the_watchdog_fires(rule_lowering: QueryLowering) -> None:
    """The 0 comes from the Watchdog's series, so a Prometheus that evaluates no rules has no value."""
    alive = 'sum(0 * ALERTS{alertname="Watchdog",alertstate="firing"})'
    assert flat(rule_lowering.lower(ALERTS.firing("page"))) == (
        f'count(ALERTS{{alertstate="firing",severity="page"}}) or {alive}'
    )


def test_firing_alerts_by_name_are_without_the_watchdog(rule_lowering: QueryLowering) -> None:
    """All that notify somebody: the Watchdog, with the severity none, notifies nobody."""
    assert flat(rule_lowering.lower(ALERTS.firing().by(ALERTNAME))) == (
        'count by (alertname) (ALERTS{alertstate="firing",severity!="none"})'
    )


def test_firing_alerts_of_some_names_are_counted(rule_lowering: QueryLowering) -> None:
    """One name is compared, several are a regular expression."""
    of_route = ALERTS.firing(alerts=("RouteDown",)).by(TENANT)
    of_both = ALERTS.firing(alerts=("RouteDown", "HighAICosts")).by(TENANT)
    assert flat(rule_lowering.lower(of_route)) == (
        'count by (tenant_id) (ALERTS{alertstate="firing",severity!="none",alertname="RouteDown"})'
    )
    assert 'alertname=~"RouteDown|HighAICosts"' in flat(rule_lowering.lower(of_both))


def test_a_start_is_of_alerts_that_fire(rule_lowering: QueryLowering) -> None:
    """Prometheus has the start of a pending alert, too, in seconds; Grafana shows milliseconds."""
    assert flat(rule_lowering.lower(ALERTS_FOR_STATE.starts("RouteDown").by(TENANT))) == (
        '1000 * (min by (tenant_id) (ALERTS_FOR_STATE{alertname="RouteDown"}) and on (tenant_id) '
        'count by (tenant_id) (ALERTS{alertstate="firing",alertname="RouteDown"}))'
    )
