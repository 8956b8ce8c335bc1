"""Conditions as expressions that have a result while the condition is true."""

from __future__ import annotations

import re

import pytest

from alerts.errors import error_budget_burn_page, route_high_error_rate
from alerts.storage import storage_errors_page, storage_errors_ticket
from contract.ai import AI_REQUESTS, TOKENS
from contract.api import ERRORS, LATENCY, REQUESTS
from contract.labels import DIRECTION, MODEL, ROUTE, SERVICE, STORE, TENANT
from contract.objectives import enough_traffic, error_threshold, token_budget
from generator.dsl.inhibitor import AlertsFire, FiringAlerts
from generator.dsl.presence import Observed, unless, with_price
from generator.dsl.query import Always, WithoutPrice
from generator.dsl.slo import BurnRateWindows
from generator.dsl.units import days, hours, minutes, percent, quantity
from generator.dsl.unusual import Unusual
from generator.errors import DefinitionError
from generator.lowering.conditions import lower_condition
from generator.lowering.queries import QueryLowering
from generator.rendering.promql import flat

WINDOW = minutes(5)
ERROR_RATIO = "route_service:errors_total:increase{0} / route_service:requests_total:increase{0}"


def test_a_fixed_threshold_is_a_number(rule_lowering: QueryLowering) -> None:
    """5 % is 0.05."""
    condition = ERRORS.ratio_to(REQUESTS, WINDOW).by(ROUTE, SERVICE).above(percent(5))
    assert flat(lower_condition(rule_lowering, condition)) == ERROR_RATIO.format("5m") + " > 0.05"


def test_a_minimum_is_greater_or_equal(rule_lowering: QueryLowering) -> None:
    """Exactly 15 requests are enough."""
    condition = REQUESTS.increase(WINDOW).by(ROUTE, SERVICE).at_least(rule_lowering.platform.min_requests)
    assert flat(lower_condition(rule_lowering, condition)) == "route_service:requests_total:increase5m >= 15"


def test_a_threshold_by_tenant_is_joined_many_to_one(rule_lowering: QueryLowering) -> None:
    """A tenant has several routes and one threshold; the result keeps the route and the service."""
    platform = rule_lowering.platform
    failing = ERRORS.ratio_to(REQUESTS, WINDOW).by(TENANT, ROUTE, SERVICE).above(error_threshold(platform))
    enough = REQUESTS.increase(WINDOW).by(TENANT, ROUTE, SERVICE).at_least(platform.min_requests)
    assert flat(lower_condition(rule_lowering, failing & enough)) == (
        "tenant_id_route_service:errors_total:increase5m / tenant_id_route_service:requests_total:increase5m"
        " > on (tenant_id) group_left () tenant_id:error_share:limit"
        " and tenant_id_route_service:requests_total:increase5m >= 15"
    )


def test_a_query_by_the_label_of_its_threshold_alone_is_joined_one_to_one(rule_lowering: QueryLowering) -> None:
    """Tokens and budgets have one series a tenant each; if one had two, Prometheus would report it."""
    condition = TOKENS.increase(days(1)).by(TENANT).above(token_budget(rule_lowering.platform))
    assert flat(lower_condition(rule_lowering, condition)) == (
        "sum by (tenant_id) (tenant_id_direction:ai_tokens:amount1d) > on (tenant_id) tenant_id:tokens_per_day:limit"
    )


def test_a_burn_rate_alert_has_two_windows_and_two_minimums(rule_lowering: QueryLowering) -> None:
    """2 % of a budget of 30 days in 1 hour is a burn rate of 14.4; times 0.5 % that is an error ratio of 7.2 %. The
    minimums are over the long window, and a chain of `and` has no brackets."""
    platform = rule_lowering.platform
    windows = BurnRateWindows(percent(2), long_window=hours(1), short_window=WINDOW)
    burn = windows.condition(ERRORS, REQUESTS, platform.availability, ROUTE, SERVICE)
    enough = enough_traffic(platform, ERRORS, REQUESTS, hours(1), ROUTE, SERVICE)
    assert flat(lower_condition(rule_lowering, burn & enough)) == (
        f"{ERROR_RATIO.format('1h')} > 0.072 and {ERROR_RATIO.format('5m')} > 0.072"
        " and route_service:requests_total:increase1h >= 15 and route_service:errors_total:increase1h >= 10"
    )


def test_and_within_or_has_brackets(rule_lowering: QueryLowering) -> None:
    """PromQL needs no brackets here; a reader does."""
    few, many = (REQUESTS.increase(WINDOW).above(quantity(number, REQUESTS.unit)) for number in (15, 90))
    total = "sum(route_service:requests_total:increase5m)"
    assert flat(lower_condition(rule_lowering, few & many | many)) == (
        f"({total} > 15 and {total} > 90) or {total} > 90"
    )


def test_a_missing_price_is_matched_by_model_and_direction(rule_lowering: QueryLowering) -> None:
    """These two labels identify a price, whatever else the tokens are grouped by."""
    condition = WithoutPrice(TOKENS.increase(hours(1)).by(TENANT, MODEL, DIRECTION))
    assert flat(lower_condition(rule_lowering, condition)) == (
        "tenant_id_model_direction:ai_tokens:amount1h > 0"
        " unless on (model, direction) model_direction:ai_token_price:dollars"
    )


def test_what_must_not_be_true_is_left_out(rule_lowering: QueryLowering) -> None:
    """Requests of a route without any observed latency: `unless`, by all labels of both sides."""
    many = REQUESTS.increase(WINDOW).by(ROUTE, SERVICE).at_least(rule_lowering.platform.min_requests)
    observed = Observed(LATENCY.bucket_counts(WINDOW).by(ROUTE, SERVICE))
    assert flat(lower_condition(rule_lowering, unless(many, observed))) == (
        "route_service:requests_total:increase5m >= 15"
        " unless group by (route, service) (route_service_le:latency_ms_bucket:increase5m > 0)"
    )


def test_a_price_is_matched_by_model_and_its_direction(rule_lowering: QueryLowering) -> None:
    """Calls of models that have a price for output tokens."""
    many = AI_REQUESTS.increase(hours(1)).by(MODEL).at_least(rule_lowering.platform.min_requests)
    assert flat(lower_condition(rule_lowering, with_price(many, "output"))) == (
        "model:ai_requests_total:increase1h >= 15"
        ' and on (model) model_direction:ai_token_price:dollars{direction="output"}'
    )


NOW = "sum by (tenant_id) (tenant_id_direction:ai_tokens:amount1h)"


def earlier(offset: str) -> str:
    """What is usual: 1.5 times the highest value within an hour of a time."""
    recorded = f"tenant_id_direction:ai_tokens:amount1h[2h] offset {offset}"
    return f"{NOW} <= 1.5 * sum by (tenant_id) (max_over_time({recorded}))"


def test_what_is_usual_is_left_out(rule_lowering: QueryLowering) -> None:
    """A day ago is 23 to 25 hours ago, a week ago 167 to 169; a series without a past stays."""
    tokens = TOKENS.increase(hours(1)).by(TENANT)
    usual = f"({earlier('23h')} or {earlier('167h')})"
    assert flat(lower_condition(rule_lowering, Unusual(tokens))) == f"{NOW} unless {usual}"
    above = tokens.above(quantity(5, TOKENS.unit))
    assert flat(lower_condition(rule_lowering, above & Unusual(tokens))) == f"{NOW} > 5 unless {usual}"


def test_what_is_not_recorded_has_no_past(rule_lowering: QueryLowering) -> None:
    """The highest of a ratio's past is not that of its parts."""
    ratio = Unusual(TOKENS.increase(WINDOW).by(TENANT))
    object.__setattr__(ratio, "query", ERRORS.ratio_to(REQUESTS, WINDOW).by(TENANT))
    with pytest.raises(DefinitionError, match=re.escape("Unusual(…) of a query that is not recorded")):
        lower_condition(rule_lowering, ratio)


def test_always_reads_no_series(rule_lowering: QueryLowering) -> None:
    """The Watchdog's expression is a constant."""
    assert flat(lower_condition(rule_lowering, Always())) == "vector(1)"


def test_alerts_that_fire_are_read_by_severity(rule_lowering: QueryLowering) -> None:
    """Alerts of one severity are one selector, whose names are a regular expression where there are several."""
    pages = FiringAlerts((route_high_error_rate, error_budget_burn_page), (ROUTE, SERVICE))
    assert flat(lower_condition(rule_lowering, AlertsFire(pages))) == (
        'group by (route, service) (ALERTS{alertname=~"RouteHighErrorRate|ErrorBudgetBurn",alertstate="firing",'
        'severity="page"})'
    )
    both = FiringAlerts((storage_errors_page, storage_errors_ticket), (STORE,))
    of_severity = 'group by (store) (ALERTS{{alertname="StorageErrors",alertstate="firing",severity="{}"}})'
    expected = " or ".join(map(of_severity.format, ("page", "ticket")))
    assert flat(lower_condition(rule_lowering, AlertsFire(both))) == expected


def test_joining_conditions_with_different_labels_is_an_error(rule_lowering: QueryLowering) -> None:
    """`and` of a condition by route and one by service would never be true, so it is an error for both operators."""
    by_route, by_service = (
        REQUESTS.increase(WINDOW).by(label).above(rule_lowering.platform.min_requests) for label in (ROUTE, SERVICE)
    )
    for operator, condition in (("and", by_route & by_service), ("or", by_route | by_service)):
        message = (
            f"the left side of `{operator}` is grouped by (route), the right side by (service); "
            "group both by the same labels: only one side has route, service"
        )
        with pytest.raises(DefinitionError, match=re.escape(message)):
            lower_condition(rule_lowering, condition)
