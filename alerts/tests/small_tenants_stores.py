"""Alert tests of TenantStorageErrors: calls of one tenant to a store fail, many or few of them."""

from alerts.storage import tenant_storage_errors
from alerts.tests.failing_calls import (
    FailingCalls,
    calls_fail,
    few_calls_fail,
    just_below_the_threshold,
    keeps_firing,
    single_failures,
)
from alerts.tests.names import routes, tenants
from alerts.tests.store_series import stores
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


def of_store(platform: Platform) -> FailingCalls:
    """The first tenant's calls to the store with the most counters; those of the other one do not fail."""
    (first, second), store = tenants(platform), stores(platform)[-1]
    return FailingCalls(
        {**first, **store.labels},
        {**second, **store.labels},
        store.ticket.amount,
        keeps_firing(tenant_storage_errors, platform),
        store.calls,
        store.errors,
        routes(platform),
    )


@alert_test(
    "TenantStorageErrors",
    TICKET,
    covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED),
    id="calls_of_a_tenant_to_a_store_fail",
)
def calls_of_a_tenant_to_a_store_fail(platform: Platform) -> Scenario:
    """{share} of a tenant's {calls} calls a minute to a store fail from {start} to {end}: fires from {fires} to {last},
    one ticket, never for the other tenant."""
    return calls_fail(of_store(platform))


@alert_test("TenantStorageErrors", TICKET, covers=(FIRES, RECOVERS), id="few_calls_to_a_store_fail")
def few_calls_to_a_store_fail(platform: Platform) -> Scenario | NotPossible:
    """All calls of a tenant to a store fail, {calls} every {apart}, until {end}: fires from {fires} to {last}, one
    ticket."""
    return few_calls_fail(of_store(platform))


@alert_test("TenantStorageErrors", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="store_calls_just_below")
def store_calls_just_below(platform: Platform) -> Scenario:
    """{share} of a tenant's calls to a store fail all the time, through two restarts: does not fire."""
    return just_below_the_threshold(of_store(platform))


@alert_test("TenantStorageErrors", TICKET, covers=(LOW_TRAFFIC,), id="single_calls_to_a_store_fail")
def single_calls_to_a_store_fail(platform: Platform) -> Scenario:
    """A tenant calls a store {calls} times every {apart}, on two routes; a call of each fails, and again an hour later:
    does not fire."""
    return single_failures(of_store(platform))
