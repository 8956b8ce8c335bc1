"""Measures as expressions: shares, quantiles, prices, forecasts, ages, and what fires."""

from __future__ import annotations

import pytest

from contract.ai import AI_LATENCY, TOKENS
from contract.api import ALERTS, ERRORS, HEARTBEAT, LATENCY, REQUESTS
from contract.labels import ALERTNAME, DIRECTION, MODEL, ROUTE, SERVICE, STORE, TENANT
from contract.objectives import latency_slo, token_budget
from contract.rag import RAG_CACHE_HIT_RATE
from contract.storage import STORAGE_CALLS, STORAGE_ERRORS
from generator.dsl.metrics import SeriesCount
from generator.dsl.units import days, hours, minutes, percent
from generator.errors import DefinitionError
from generator.lowering.queries import QueryLowering
from generator.rendering.promql import flat
from tests.lowering.recording_rule_text import entered

NOW = minutes(5)


def test_a_share_in_a_rule_divides_two_recorded_counts(rule: QueryLowering) -> None:
    """Nothing is filled: where nothing failed there is nothing to tell."""
    assert flat(rule.lower(ERRORS.ratio_to(REQUESTS, NOW).by(ROUTE, SERVICE))) == (
        "route_service:errors_total:increase5m / route_service:requests_total:increase5m"
    )
    assert entered(rule) == {
        "route_service:errors_total:increase5m": "sum by (route, service) (increase(errors_total[5m]))",
        "route_service:requests_total:increase5m": "sum by (route, service) (increase(requests_total[5m]))",
    }


def test_a_share_on_a_wall_is_zero_where_nothing_failed_yet(wall: QueryLowering) -> None:
    """A store that never failed has no series of errors: its share is 0 all the same, and nothing while it is idle."""
    failed, calls = (
        f"sum by (store) (route_service_store_operation:{name}:increase5m)"
        for name in ("storage_errors", "storage_calls")
    )
    assert flat(wall.lower(STORAGE_ERRORS.ratio_to(STORAGE_CALLS, NOW).by(STORE))) == (
        f"({failed} or 0 * {calls}) / ({calls} > 0)"
    )


def test_one_tenants_share_is_read_from_the_counters(wall: QueryLowering) -> None:
    """Over a panel's step, rates of the raw counters are divided, and nothing is recorded."""
    failed, all_ = (
        f'sum by (route) (rate({name}{{tenant_id="a"}}[$__rate_interval]))'
        for name in ("errors_total", "requests_total")
    )
    query = ERRORS.ratio_to(REQUESTS).by(ROUTE).where(TENANT.is_("a"))
    assert flat(wall.lower(query)) == f"({failed} or 0 * {all_}) / ({all_} > 0)"
    assert entered(wall) == {}


def test_what_is_left_of_a_budget(rule: QueryLowering) -> None:
    """99.5 % grant 0.005: a share of 0.0025 uses half of it."""
    left = ERRORS.ratio_to(REQUESTS, days(30)).error_budget_remaining(percent("99.5")).by(ROUTE, SERVICE)
    share = "route_service:errors_total:increase30d / route_service:requests_total:increase30d"
    assert flat(rule.lower(left)) == f"1 - ({share}) / 0.005"


def test_a_quantile_over_all_tenants_is_read_from_recorded_buckets(rule: QueryLowering) -> None:
    """By model: buckets of all routes and services are summed, their bounds kept."""
    assert flat(rule.lower(AI_LATENCY.quantile(0.95, NOW).by(MODEL))) == (
        "histogram_quantile(0.95, sum by (model, le) (route_service_model_le:ai_latency_ms_bucket:increase5m))"
    )


def test_a_quantile_of_every_tenant_is_recorded_as_a_quantile(rule: QueryLowering) -> None:
    """Buckets of every tenant would be 13 series each; the quantile is one."""
    assert flat(rule.lower(LATENCY.quantile(0.95, NOW).by(TENANT, ROUTE, SERVICE))) == (
        "tenant_id_route_service:latency_ms:p95_5m"
    )
    assert entered(rule) == {
        "tenant_id_route_service:latency_ms:p95_5m": (
            "histogram_quantile(0.95, sum by (tenant_id, route, service, le) (rate(latency_ms_bucket[5m])))"
        )
    }


@pytest.mark.parametrize(("q", "name"), [(0.5, "p50"), (0.99, "p99"), (0.999, "p99_9"), (0.07, "p7")])
def test_a_recorded_quantiles_name_is_one_that_prometheus_takes(rule: QueryLowering, q: float, name: str) -> None:
    """p99.9 has no dot and no slash in its name."""
    assert flat(rule.lower(LATENCY.quantile(q, NOW).by(TENANT))) == f"tenant_id:latency_ms:{name}_5m"


def test_one_tenants_quantile_is_read_from_its_buckets(rule: QueryLowering) -> None:
    """A fixed window of one tenant touches its own buckets alone."""
    assert flat(rule.lower(LATENCY.quantile(0.95, NOW).by(ROUTE).where(TENANT.is_("a")))) == (
        'histogram_quantile(0.95, sum by (route, le) (rate(latency_ms_bucket{tenant_id="a"}[5m])))'
    )


def test_a_quantile_of_nothing_is_not_drawn(wall: QueryLowering) -> None:
    """While nobody calls, a quantile is NaN; a wall leaves it out, so that its panel says "No traffic"."""
    assert flat(wall.lower(LATENCY.quantile(0.95, NOW).by(ROUTE, SERVICE))) == (
        "histogram_quantile(0.95, route_service_le:latency_ms_bucket:increase5m) >= 0"
    )


def test_a_recorded_quantile_cannot_be_narrowed_by_what_it_lost(rule: QueryLowering) -> None:
    """The p95 of every tenant has no route left to pick by, and p95s cannot be added up."""
    with pytest.raises(DefinitionError, match=r"cannot be narrowed by route; add \.picked_by\(\)"):
        rule.lower(LATENCY.quantile(0.95, NOW).by(TENANT).where(ROUTE.is_("/chat")))


def test_a_part_of_a_limit_joins_the_limits_series(rule: QueryLowering) -> None:
    """Tokens by tenant against each tenant's budget: one to one, by tenant."""
    used = TOKENS.increase(days(1)).by(TENANT).fraction_of(token_budget(rule.platform))
    assert flat(rule.lower(used)) == (
        "sum by (tenant_id) (tenant_id_direction:ai_tokens:increase1d) / on (tenant_id) tenant_id:tokens_per_day:limit"
    )


def test_many_series_can_share_a_limit(rule: QueryLowering) -> None:
    """Two services of one route are many to one: without group_left Prometheus would refuse to match them."""
    used = LATENCY.quantile(0.95, NOW).by(ROUTE, SERVICE).fraction_of(latency_slo(rule.platform))
    assert flat(rule.lower(used)) == (
        "histogram_quantile(0.95, route_service_le:latency_ms_bucket:increase5m)"
        " / on (route) group_left () route:latency_ms:limit"
    )


def test_how_many_are_active(rule: QueryLowering) -> None:
    """Tenants whose requests grew."""
    assert flat(rule.lower(SeriesCount(REQUESTS.increase(NOW).by(TENANT)))) == (
        "count(tenant_id:requests_total:increase5m > 0)"
    )


def test_dollars_are_tokens_times_the_price_of_model_and_direction(rule: QueryLowering) -> None:
    """Over the whole platform each side has one series of each model and direction."""
    assert flat(rule.lower(TOKENS.increase(days(1)).priced())) == (
        "sum(model_direction:ai_tokens:increase1d * on (model, direction) model_direction:ai_token_price:dollars)"
    )


def test_dollars_by_tenant_share_a_price(rule: QueryLowering) -> None:
    """Many tenants use one model: many to one, and the tenant is kept."""
    assert flat(rule.lower(TOKENS.increase(days(1)).priced().by(TENANT))) == (
        "sum by (tenant_id) (tenant_id_model_direction:ai_tokens:increase1d"
        " * on (model, direction) group_left () model_direction:ai_token_price:dollars)"
    )


@pytest.mark.parametrize("labels", [(MODEL,), (DIRECTION,), (MODEL, DIRECTION)])
def test_dollars_by_what_the_price_knows_match_one_to_one(rule: QueryLowering, labels: tuple[object, ...]) -> None:
    """By model or direction nothing else is told, so that no side has two series of one pair."""
    read = flat(rule.lower(TOKENS.increase(days(1)).priced().by(*labels)))  # type: ignore[arg-type]
    assert "model_direction:ai_tokens:increase1d * on (model, direction) model_direction:ai_token_price:dollars" in read


def test_a_forecast_adds_the_rest_of_the_day_at_the_last_hours_pace(rule: QueryLowering) -> None:
    """24 - 18 hours are left, six times the last one."""
    forecast = TOKENS.increase(hours(18)).forecast(days(1), recent=hours(1)).by(TENANT)
    assert flat(rule.lower(forecast)) == (
        "sum by (tenant_id) (tenant_id_direction:ai_tokens:increase18h)"
        " + 6 * sum by (tenant_id) (tenant_id_direction:ai_tokens:increase1h)"
    )


def test_the_hit_rate_is_recorded_in_percent_under_the_plans_name(rule: QueryLowering) -> None:
    """Where there were queries and no hit it is 0; where there was no query it is not there."""
    labels = (TENANT, ROUTE, SERVICE)
    assert flat(rule.lower(RAG_CACHE_HIT_RATE.latest().by(*labels))) == "rag_cache_hit_rate"
    hits, queries = (f"tenant_id_route_service:rag_{name}_total:increase5m" for name in ("cache_hits", "queries"))
    assert entered(rule)["rag_cache_hit_rate"] == f"100 * (({hits} or 0 * {queries}) / ({queries} > 0))"


def test_a_share_cannot_be_taken_together(rule: QueryLowering) -> None:
    """The mean of two routes' hit rates is no hit rate."""
    with pytest.raises(DefinitionError, match="rag_cache_hit_rate is a share: it cannot be taken together"):
        rule.lower(RAG_CACHE_HIT_RATE.latest().by(ROUTE))


def test_a_service_that_was_never_heard_of_is_as_old_as_it_gets(rule: QueryLowering) -> None:
    """Every service of the platform has an age, whether or not it ever sent a heartbeat, and no other service has."""
    assert flat(rule.lower(HEARTBEAT.age(lookback=days(1), expected=SERVICE).by(SERVICE))) == (
        "(time() - max by (service) (last_over_time(telemetry_heartbeat_timestamp_seconds[1d]))"
        " and on (service) service:expected:info)"
        " or on (service) 86400 * service:expected:info"
    )
    assert entered(rule) == {
        'service:expected:info{service="ingest-worker"}': "vector(1)",
        'service:expected:info{service="worker-api"}': "vector(1)",
    }


def test_no_alert_is_said_only_while_the_watchdog_fires(rule: QueryLowering) -> None:
    """Zero comes from the watchdog's own series, so that a dead evaluator says nothing."""
    alive = 'sum(0 * ALERTS{alertname="Watchdog",alertstate="firing"})'
    assert flat(rule.lower(ALERTS.firing("page"))) == (
        f'count(ALERTS{{alertstate="firing",severity="page"}}) or {alive}'
    )


def test_alerts_told_by_name_have_no_zero(rule: QueryLowering) -> None:
    """All that tell somebody: the watchdog, which tells nobody, is not among them."""
    assert flat(rule.lower(ALERTS.firing().by(ALERTNAME))) == (
        'count by (alertname) (ALERTS{alertstate="firing",severity!="none"})'
    )
