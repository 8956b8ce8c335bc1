"""Amounts: what a counter grew over a long window, read from the raw counter; shares are sums of 5-minute increases."""

from __future__ import annotations

import pytest

from contract.ai import AI_TOKENS_INPUT, TOKENS
from contract.api import ERRORS, REQUESTS
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from generator.dsl.units import Duration, days, hours, minutes, quantity
from generator.ir.rules import SLOW_INTERVAL
from generator.lowering.amounts import read_once
from generator.lowering.conditions import lower_condition
from generator.lowering.queries import QueryLowering
from generator.rendering.promql import flat
from tests.lowering.recording_rule_text import recorded_expressions, series_selector


@pytest.mark.parametrize("window", [minutes(10), hours(1), days(1), days(30)])
def test_an_amount_is_read_from_the_raw_counter(rule_lowering: QueryLowering, window: Duration) -> None:
    """Whatever its window, and every two minutes: it reads hours and days of raw samples."""
    name = f"tenant_id:ai_tokens_input:amount{window}"
    assert flat(rule_lowering.lower(AI_TOKENS_INPUT.increase(window).by(TENANT))) == name
    assert recorded_expressions(rule_lowering) == {name: f"sum by (tenant_id) (increase(ai_tokens_input[{window}]))"}
    assert [rule.interval for rule in rule_lowering.rules.all()] == [SLOW_INTERVAL]


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
    """The expressions of all rules of a build, in their order."""
    return {series_selector(rule): flat(rule.expression) for rule in read_once(lowering.rules.all())}


def test_the_raw_counters_of_a_day_are_read_once(rule_lowering: QueryLowering) -> None:
    """The day of a tenant and the day of a model are sums of the day by tenant and model, of the hour they are not."""
    for query in (
        TOKENS.increase(days(1)).by(TENANT),
        TOKENS.increase(days(1)).by(MODEL),
        TOKENS.increase(days(1)).by(TENANT, MODEL),
        TOKENS.increase(hours(1)).by(TENANT),
    ):
        rule_lowering.lower(query)
    assert read_once_expressions(rule_lowering) == {
        'tenant_id_direction:ai_tokens:amount1h{direction="input"}': (
            "sum by (tenant_id) (increase(ai_tokens_input[1h]))"
        ),
        'tenant_id_direction:ai_tokens:amount1h{direction="output"}': (
            "sum by (tenant_id) (increase(ai_tokens_output[1h]))"
        ),
        'tenant_id_model_direction:ai_tokens:amount1d{direction="input"}': (
            "sum by (tenant_id, model) (increase(ai_tokens_input[1d]))"
        ),
        'tenant_id_model_direction:ai_tokens:amount1d{direction="output"}': (
            "sum by (tenant_id, model) (increase(ai_tokens_output[1d]))"
        ),
        "model_direction:ai_tokens:amount1d": (
            "sum by (model, direction) (tenant_id_model_direction:ai_tokens:amount1d)"
        ),
        "tenant_id_direction:ai_tokens:amount1d": (
            "sum by (tenant_id, direction) (tenant_id_model_direction:ai_tokens:amount1d)"
        ),
    }


def test_amounts_of_unlike_labels_are_read_from_the_raw_counters(rule_lowering: QueryLowering) -> None:
    """Neither a route's day nor a tenant's day follows from the other."""
    for label in (TENANT, ROUTE):
        rule_lowering.lower(REQUESTS.increase(days(1)).by(label))
    assert read_once_expressions(rule_lowering) == {
        "route:requests_total:amount1d": "sum by (route) (increase(requests_total[1d]))",
        "tenant_id:requests_total:amount1d": "sum by (tenant_id) (increase(requests_total[1d]))",
    }
