"""Alert tests of TenantStorageErrors: calls of one tenant to a store fail, many or few of them."""

from fractions import Fraction

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
    InputSeries,
    NotPossible,
    Restart,
    Scenario,
    Segment,
    alert_test,
    count,
    expect_firing,
    firing,
    scenario,
)
from generator.dsl.platform import Platform
from generator.dsl.rates import Traffic, at_most
from generator.dsl.units import hours, minutes


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


@alert_test("TenantStorageErrors", TICKET, covers=(FIRES, OTHERS_UNAFFECTED), id="every_store_of_a_tenant_fails")
def every_store_of_a_tenant_fails(platform: Platform) -> Scenario:
    """All calls of a tenant to each store fail, on two routes, and a share below the threshold of another tenant's: at
    {time} there is a ticket of each store, for the first tenant alone, {restarted} after all counters restarted."""
    (first, second), time, restarted, rate = tenants(platform), hours(1), minutes(3), Fraction(600)
    series: list[InputSeries] = []

    def course(per_minute: Fraction) -> tuple[Segment, ...]:
        return count(per_minute, time - restarted), Restart(), count(per_minute, restarted)

    for store in stores(platform):
        fewer = Traffic(rate, at_most(rate * min(Fraction(1), store.ticket.amount * 3 / 2)))
        for number, route in enumerate(routes(platform)):
            series += store.series({**first, **route}, Traffic(rate, rate), course)
            below = fewer if number == 0 else Traffic(rate, Fraction(0))
            series += store.series({**second, **route}, below, course)
    tickets = (firing(TICKET, 1, {**first, **store.labels}) for store in stores(platform))
    return scenario(*series, expect_firing(time, *tickets), claim={"time": time, "restarted": restarted})
