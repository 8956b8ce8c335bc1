"""Amounts: what a counter grew over a window, read from the raw counter up to an hour, and else the sum of its growth;
shares are sums of 5-minute increases."""

from __future__ import annotations

import pytest

from contract.ai import AI_TOKENS_INPUT, TOKENS
from contract.api import ERRORS, LATENCY, REQUESTS
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from generator.dsl.observations import observations_above
from generator.dsl.units import Duration, days, hours, milliseconds, minutes, quantity
from generator.ir.rules import GROWTH_INTERVAL, SLOW_INTERVAL
from generator.lowering.amounts import read_once
from generator.lowering.conditions import lower_condition
from generator.lowering.queries import QueryLowering
from generator.rendering.promql import flat
from tests.lowering.recording_rule_text import recorded_expressions, series_selector


@pytest.mark.parametrize("window", [minutes(10), hours(1)])
def test_an_amount_of_an_hour_is_read_from_the_raw_counter(rule_lowering: QueryLowering, window: Duration) -> None:
    """It is a pace, which all growth of a gap in one sample would distort; every two minutes, as longer ones."""
    name = f"tenant_id:ai_tokens_input:amount{window}"
    assert flat(rule_lowering.lower(AI_TOKENS_INPUT.increase(window).by(TENANT))) == name
    assert recorded_expressions(rule_lowering) == {name: f"sum by (tenant_id) (increase(ai_tokens_input[{window}]))"}
    assert [rule.interval for rule in rule_lowering.rules.all()] == [SLOW_INTERVAL]


@pytest.mark.parametrize("window", [minutes(61), hours(18), days(30)])
def test_a_longer_amount_is_the_sum_of_growth(rule_lowering: QueryLowering, window: Duration) -> None:
    """Recorded every two minutes, shorter than Prometheus looks back, from what is recorded every five."""
    name = f"tenant_id:ai_tokens_input:amount{window}"
    assert flat(rule_lowering.lower(AI_TOKENS_INPUT.increase(window).by(TENANT))) == name
    rules = {rule.name: rule for rule in rule_lowering.rules.all()}
    growth = "tenant_id:ai_tokens_input:growth"
    assert flat(rules[name].expression) == f"sum by (tenant_id) (sum_over_time({growth}[{window}]))"
    assert (rules.pop(name).interval, {rule.interval for rule in rules.values()}) == (SLOW_INTERVAL, {GROWTH_INTERVAL})


@pytest.mark.parametrize("window", [hours(1), days(1)])
def test_an_amount_of_slow_requests_is_read_from_the_buckets(rule_lowering: QueryLowering, window: Duration) -> None:
    """Those above a threshold are a difference of buckets; a cursor of each bucket would be as many series again."""
    slow = observations_above(LATENCY, milliseconds(500)).increase(window).by(ROUTE, SERVICE)
    name = f"route_service:latency_ms_above_500:amount{window}"
    assert flat(rule_lowering.lower(slow)) == name
    assert recorded_expressions(rule_lowering) == {
        name: f"sum by (route, service) (increase(latency_ms_count[{window}]))"
        f' - sum by (route, service) (increase(latency_ms_bucket{{le=~"500(\\\\.0)?"}}[{window}]))'
    }


def test_an_amount_over_the_base_window_is_the_recorded_increase(rule_lowering: QueryLowering) -> None:
    """Five minutes are recorded for shares too."""
    query = AI_TOKENS_INPUT.increase(minutes(5)).by(TENANT)
    assert flat(rule_lowering.lower(query)) == "tenant_id:ai_tokens_input:increase5m"


@pytest.mark.parametrize("window", [hours(1), days(30)])
def test_the_parts_of_a_ratio_are_shares(rule_lowering: QueryLowering, window: Duration) -> None:
    """A gap takes the same from failed and from all requests."""
    ratio = ERRORS.ratio_to(REQUESTS, window).by(ROUTE, SERVICE)
    assert flat(rule_lowering.lower(ratio)) == (
        f"route_service:errors_total:increase{window} / route_service:requests_total:increase{window}"
    )


def test_a_minimum_is_a_share(rule_lowering: QueryLowering) -> None:
    """It is about the requests that the ratio beside it divides by."""
    enough = REQUESTS.increase(hours(1)).by(ROUTE, SERVICE).at_least(quantity(15, REQUESTS.unit))
    assert flat(lower_condition(rule_lowering, enough)) == "route_service:requests_total:increase1h >= 15"
    many = REQUESTS.increase(hours(1)).by(ROUTE, SERVICE).above(quantity(15, REQUESTS.unit))
    assert flat(lower_condition(rule_lowering, many)) == "route_service:requests_total:amount1h > 15"


def test_an_amount_and_a_share_have_names_of_their_own(rule_lowering: QueryLowering) -> None:
    """A build may need both over the same window."""
    rule_lowering.lower(REQUESTS.increase(days(1)).by(ROUTE, SERVICE))
    rule_lowering.lower(ERRORS.ratio_to(REQUESTS, days(1)).by(ROUTE, SERVICE))
    names = {name for name in recorded_expressions(rule_lowering) if "requests_total" in name and name.endswith("1d")}
    assert names == {"route_service:requests_total:amount1d", "route_service:requests_total:increase1d"}


def read_once_expressions(lowering: QueryLowering) -> dict[str, str]:
    """The expressions of the amounts and of the names of the growth of a build, in their order."""
    rules = {series_selector(rule): flat(rule.expression) for rule in read_once(lowering.rules.all())}
    return {
        name: text for name, text in rules.items() if ":amount" in name or ":growth{" in name or name[-7:] == ":growth"
    }


def test_growth_is_recorded_once(rule_lowering: QueryLowering) -> None:
    """Growth is that by tenant and model, of which the 18 hours of a tenant are a sum too; the day of a tenant and the
    day of a model are sums of the day by tenant and model, of the hour they are not."""
    for query in (
        TOKENS.increase(days(1)).by(TENANT),
        TOKENS.increase(days(1)).by(MODEL),
        TOKENS.increase(days(1)).by(TENANT, MODEL),
        TOKENS.increase(hours(18)).by(TENANT),
        TOKENS.increase(hours(1)).by(TENANT),
    ):
        rule_lowering.lower(query)
    rules = read_once_expressions(rule_lowering)
    growth = {name: text.partition(" (")[0] for name, text in rules.items() if ":growth" in name}
    assert growth == {
        'tenant_id_model_direction:ai_tokens:growth{direction="input"}': "sum by",
        'tenant_id_model_direction:ai_tokens:growth{direction="output"}': "sum by",
    }
    assert {name: text for name, text in rules.items() if name not in growth} == {
        'tenant_id_direction:ai_tokens:amount1h{direction="input"}': (
            "sum by (tenant_id) (increase(ai_tokens_input[1h]))"
        ),
        'tenant_id_direction:ai_tokens:amount1h{direction="output"}': (
            "sum by (tenant_id) (increase(ai_tokens_output[1h]))"
        ),
        "tenant_id_direction:ai_tokens:amount18h": (
            "sum by (tenant_id, direction) (sum_over_time(tenant_id_model_direction:ai_tokens:growth[18h]))"
        ),
        "tenant_id_model_direction:ai_tokens:amount1d": (
            "sum by (tenant_id, model, direction) (sum_over_time(tenant_id_model_direction:ai_tokens:growth[1d]))"
        ),
        "model_direction:ai_tokens:amount1d": (
            "sum by (model, direction) (tenant_id_model_direction:ai_tokens:amount1d)"
        ),
        "tenant_id_direction:ai_tokens:amount1d": (
            "sum by (tenant_id, direction) (tenant_id_model_direction:ai_tokens:amount1d)"
        ),
    }


def test_amounts_of_unlike_labels_have_growth_of_their_own(rule_lowering: QueryLowering) -> None:
    """Neither a route's day nor a tenant's day follows from the other; both read the same cursors."""
    for label in (TENANT, ROUTE):
        rule_lowering.lower(REQUESTS.increase(days(1)).by(label))
    rules = read_once_expressions(rule_lowering)
    assert {name: text for name, text in rules.items() if "amount" in name} == {
        "route:requests_total:amount1d": "sum by (route) (sum_over_time(route:requests_total:growth[1d]))",
        "tenant_id:requests_total:amount1d": "sum by (tenant_id) (sum_over_time(tenant_id:requests_total:growth[1d]))",
    }
    assert [name for name in rules if "amount" not in name] == [
        "route:requests_total:growth",
        "tenant_id:requests_total:growth",
    ]
