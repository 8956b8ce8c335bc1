"""Conditions as expressions that have a value while something is wrong."""

from __future__ import annotations

import pytest

from contract.ai import TOKENS
from contract.api import ERRORS, REQUESTS
from contract.labels import DIRECTION, MODEL, ROUTE, SERVICE, TENANT
from contract.objectives import enough_traffic, error_threshold, token_budget
from generator.dsl.query import Always, WithoutPrice
from generator.dsl.slo import BurnRateWindows
from generator.dsl.units import days, hours, minutes, percent, quantity
from generator.errors import DefinitionError
from generator.lowering.conditions import lower_condition
from generator.lowering.queries import QueryLowering
from generator.rendering.promql import flat

NOW = minutes(5)
RATIO = "route_service:errors_total:increase{0} / route_service:requests_total:increase{0}"


def test_a_threshold_is_a_number(rule: QueryLowering) -> None:
    """5 % is 0.05."""
    condition = ERRORS.ratio_to(REQUESTS, NOW).by(ROUTE, SERVICE).above(percent(5))
    assert flat(lower_condition(rule, condition)) == RATIO.format("5m") + " > 0.05"


def test_a_floor_is_reached_at_its_number(rule: QueryLowering) -> None:
    """15 requests are enough: the floor belongs to what is judged."""
    condition = REQUESTS.increase(NOW).by(ROUTE, SERVICE).at_least(rule.platform.min_requests)
    assert flat(lower_condition(rule, condition)) == "route_service:requests_total:increase5m >= 15"


def test_a_limit_of_each_tenant_is_joined(rule: QueryLowering) -> None:
    """A tenant has several routes and one ceiling: many to one, and the route and service are kept."""
    failing = ERRORS.ratio_to(REQUESTS, NOW).by(TENANT, ROUTE, SERVICE).above(error_threshold(rule.platform))
    enough = REQUESTS.increase(NOW).by(TENANT, ROUTE, SERVICE).at_least(rule.platform.min_requests)
    assert flat(lower_condition(rule, failing & enough)) == (
        "tenant_id_route_service:errors_total:increase5m / tenant_id_route_service:requests_total:increase5m"
        " > on (tenant_id) group_left () tenant_id:error_share:limit"
        " and tenant_id_route_service:requests_total:increase5m >= 15"
    )


def test_a_limit_of_what_is_told_by_its_label_alone_is_one_to_one(rule: QueryLowering) -> None:
    """Tokens by tenant and budgets by tenant: were one of them there twice, Prometheus would say so."""
    condition = TOKENS.increase(days(1)).by(TENANT).above(token_budget(rule.platform))
    assert flat(lower_condition(rule, condition)) == (
        "sum by (tenant_id) (tenant_id_direction:ai_tokens:increase1d) > on (tenant_id) tenant_id:tokens_per_day:limit"
    )


def test_a_burn_needs_both_windows_and_both_floors(rule: QueryLowering) -> None:
    """2 % of 30 days' budget in an hour is a pace of 14.4; times 0.5 % that is 7.2 % of all requests. The floors are
    of the long window; a list of conditions needs no brackets."""
    burns = BurnRateWindows(percent(2), long_window=hours(1), short_window=NOW).condition(
        ERRORS, REQUESTS, rule.platform.availability, ROUTE, SERVICE
    )
    enough = enough_traffic(rule.platform, ERRORS, REQUESTS, hours(1), ROUTE, SERVICE)
    assert flat(lower_condition(rule, burns & enough)) == (
        f"{RATIO.format('1h')} > 0.072 and {RATIO.format('5m')} > 0.072"
        " and route_service:requests_total:increase1h >= 15 and route_service:errors_total:increase1h >= 10"
    )


def test_one_or_the_other_keeps_each_whole(rule: QueryLowering) -> None:
    """`and` within `or` is written in brackets, for whoever reads it at night."""
    few, many = (REQUESTS.increase(NOW).above(quantity(number, REQUESTS.unit)) for number in (15, 90))
    total = "sum(route_service:requests_total:increase5m)"
    assert flat(lower_condition(rule, few & many | many)) == f"({total} > 15 and {total} > 90) or {total} > 90"


def test_a_model_without_a_price_is_matched_by_model_and_direction(rule: QueryLowering) -> None:
    """Whatever else the tokens are told by, a price is known by these two."""
    read = flat(lower_condition(rule, WithoutPrice(TOKENS.increase(hours(1)).by(TENANT, MODEL, DIRECTION))))
    assert read == (
        "tenant_id_model_direction:ai_tokens:increase1h > 0"
        " unless on (model, direction) model_direction:ai_token_price:dollars"
    )


def test_always_is_always(rule: QueryLowering) -> None:
    """The watchdog needs no series."""
    assert flat(lower_condition(rule, Always())) == "vector(1)"


def test_conditions_on_different_series_are_not_joined(rule: QueryLowering) -> None:
    """`and` of what is told by route and what is told by service would never be so, in silence: it is refused."""
    by_route, by_service = (REQUESTS.increase(NOW).by(x).above(rule.platform.min_requests) for x in (ROUTE, SERVICE))
    for condition in (by_route & by_service, by_route | by_service):
        with pytest.raises(DefinitionError, match="what is told by route is joined with what is told by service"):
            lower_condition(rule, condition)
