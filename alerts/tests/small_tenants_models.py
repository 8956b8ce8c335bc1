"""Alert tests of TenantHighAIErrorRate: calls of one tenant to a model fail, many or few of them."""

from alerts.errors import tenant_high_ai_error_rate
from alerts.tests.failing_calls import (
    FailingCalls,
    calls_fail,
    few_calls_fail,
    just_below_the_threshold,
    keeps_firing,
    single_failures,
)
from alerts.tests.names import models, routes, tenants
from contract.ai import AI_ERRORS, AI_REQUESTS
from generator.dsl.alert import TICKET
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
    NotPossible,
    Scenario,
    alert_test,
)
from generator.dsl.platform import Platform


def of_model(platform: Platform) -> FailingCalls:
    """The first tenant's calls to a model; those of the other one do not fail."""
    (first, second), (model, _) = tenants(platform), models(platform)
    return FailingCalls(
        {**first, **model},
        {**second, **model},
        platform.errors.ai.amount,
        keeps_firing(tenant_high_ai_error_rate, platform),
        (AI_REQUESTS,),
        AI_ERRORS,
        routes(platform),
    )


@alert_test(
    "TenantHighAIErrorRate",
    TICKET,
    covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED),
    id="calls_of_a_tenant_to_a_model_fail",
)
def calls_of_a_tenant_to_a_model_fail(platform: Platform) -> Scenario:
    """{share} of a tenant's {calls} calls a minute to a model fail from {start} to {end}: fires from {fires} to {last},
    one ticket, never for the other tenant."""
    return calls_fail(of_model(platform))


@alert_test("TenantHighAIErrorRate", TICKET, covers=(FIRES, RECOVERS), id="few_calls_to_a_model_fail")
def few_calls_to_a_model_fail(platform: Platform) -> Scenario | NotPossible:
    """All calls of a tenant to a model fail, {calls} every {apart}, until {end}: fires from {fires} to {last}, one
    ticket."""
    return few_calls_fail(of_model(platform))


@alert_test("TenantHighAIErrorRate", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="model_calls_just_below")
def model_calls_just_below(platform: Platform) -> Scenario:
    """{share} of a tenant's calls to a model fail all the time, through two restarts: does not fire."""
    return just_below_the_threshold(of_model(platform))


@alert_test("TenantHighAIErrorRate", TICKET, covers=(LOW_TRAFFIC,), id="single_calls_to_a_model_fail")
def single_calls_to_a_model_fail(platform: Platform) -> Scenario:
    """A tenant calls a model {calls} times every {apart}, on two routes; a call of each fails, and again an hour later:
    does not fire."""
    return single_failures(of_model(platform))
