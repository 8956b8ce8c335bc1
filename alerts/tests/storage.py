"""Alert tests of StorageErrors."""

from contract.labels import ROUTE, SERVICE, STORE, TENANT
from contract.storage import (
    DO_ERRORS,
    DO_REQUESTS,
    KV_ERRORS,
    KV_READS,
    KV_WRITES,
    VECTORIZE_ERRORS,
    VECTORIZE_QUERIES,
)
from generator.dsl.alert import PAGE, TICKET
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
    Restart,
    Scenario,
    Segment,
    alert_test,
    count,
    expect_firing,
    expect_none,
    firing,
    input_series,
    scenario,
)
from generator.dsl.platform import Platform
from generator.dsl.units import minutes

SEARCH = {TENANT: "com.rainbowsmokeofficial", ROUTE: "/search", SERVICE: "worker-api"}
SECOND_SEARCH = {**SEARCH, TENANT: "com-mrrainbowsmoke"}
INGEST = {TENANT: "com-mrrainbowsmoke", ROUTE: "/ingest", SERVICE: "ingest-worker"}
FIRST_INGEST = {**INGEST, TENANT: "com.rainbowsmokeofficial"}
VECTORIZE, KV, DURABLE_OBJECTS = {STORE: "vectorize"}, {STORE: "kv"}, {STORE: "durable_objects"}


def constant(per_minute: int | str) -> Segment:
    """A constant rate for the whole test."""
    return count(per_minute, minutes(70))


def incident(per_minute: int) -> tuple[Segment, ...]:
    """An increase per minute from minute 30 to 60, and none before and after."""
    return count(0, minutes(30)), count(per_minute, minutes(30)), count(0, minutes(10))


def with_restarts(per_minute: int) -> tuple[Segment, ...]:
    """A constant rate, with restarts of the reporting process at minutes 30 and 34."""
    return (
        count(per_minute, minutes(30)),
        Restart(),
        count(per_minute, minutes(4)),
        Restart(),
        count(per_minute, minutes(36)),
    )


@alert_test(
    "StorageErrors",
    TICKET,
    covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED),
    id="vectorize_above_ticket_threshold",
)
def vectorize_above_ticket_threshold(platform: Platform) -> Scenario:
    """Vectorize fails 1.15 % of its calls from minute 30 to 60: fires from 40 to 60, never for KV at 0.9 %."""
    return scenario(
        input_series(VECTORIZE_QUERIES, SEARCH, constant(900)),
        input_series(VECTORIZE_ERRORS, SEARCH, *incident(15)),
        input_series(VECTORIZE_QUERIES, SECOND_SEARCH, constant(600)),
        input_series(VECTORIZE_ERRORS, SECOND_SEARCH, *incident(8)),  # 23 of the store's 2,000 calls
        input_series(VECTORIZE_QUERIES, INGEST, constant(500)),
        input_series(VECTORIZE_ERRORS, INGEST, constant(0)),
        input_series(KV_READS, SEARCH, constant(2000)),
        input_series(KV_ERRORS, SEARCH, constant(18)),
        expect_none(minutes(30)),
        expect_none(
            minutes(39)
        ),  # four failing minutes of five are 0.92 %: the condition is true from 35 on, for 5 minutes at 40
        expect_firing(minutes(40), firing(TICKET, 0.0115, VECTORIZE)),
        expect_firing(minutes(60), firing(TICKET, 0.0115, VECTORIZE)),
        expect_none(minutes(61)),
    )


@alert_test(
    "StorageErrors", TICKET, PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="kv_above_page_threshold"
)
def kv_above_page_threshold(platform: Platform) -> Scenario:
    """KV fails 11.5 % of its calls from minute 30 to 60: the ticket fires from 36 to 63, the page from 40 to 60."""
    return scenario(
        input_series(KV_READS, SEARCH, constant(900)),
        input_series(KV_READS, SECOND_SEARCH, constant(600)),
        input_series(KV_WRITES, INGEST, constant(300)),
        input_series(KV_WRITES, FIRST_INGEST, constant(200)),
        input_series(KV_ERRORS, SEARCH, *incident(18)),
        input_series(KV_ERRORS, SECOND_SEARCH, *incident(12)),
        input_series(KV_ERRORS, INGEST, *incident(200)),
        input_series(VECTORIZE_QUERIES, SEARCH, constant(1500)),
        input_series(VECTORIZE_ERRORS, SEARCH, constant(0)),
        expect_none(minutes(35)),
        expect_firing(minutes(36), firing(TICKET, 0.115, KV)),
        expect_firing(minutes(39), firing(TICKET, 0.115, KV)),
        expect_firing(minutes(40), firing(TICKET, 0.115, KV), firing(PAGE, 0.115, KV)),
        expect_firing(minutes(60), firing(TICKET, 0.115, KV), firing(PAGE, 0.115, KV)),
        # The last of five minutes has no errors; the increase sees three of the other four steps: 3 × 5/4.
        expect_firing(minutes(61), firing(TICKET, 0.08625, KV)),
        expect_firing(minutes(63), firing(TICKET, 0.02875, KV)),
        expect_none(minutes(64)),
    )


@alert_test("StorageErrors", TICKET, PAGE, covers=(FIRES, BEFORE_FOR), id="durable_objects_at_then_above_thresholds")
def durable_objects_at_then_above_thresholds(platform: Platform) -> Scenario:
    """Durable Objects fail exactly 1 %, then 10 %, then 11 %: the ticket fires from 26, the page from 46."""
    return scenario(
        input_series(DO_REQUESTS, SEARCH, count(1500, minutes(30)), Restart(), count(1500, minutes(30))),
        input_series(
            DO_ERRORS, SEARCH, count(20, minutes(20)), count(80, minutes(10)), Restart(), count(80, minutes(30))
        ),
        input_series(DO_REQUESTS, SECOND_SEARCH, constant(500)),
        input_series(DO_ERRORS, SECOND_SEARCH, count(0, minutes(20)), count(120, minutes(20)), count(140, minutes(20))),
        expect_none(minutes(20)),
        expect_none(minutes(25)),
        expect_firing(minutes(26), firing(TICKET, 0.1, DURABLE_OBJECTS)),
        expect_firing(minutes(33), firing(TICKET, 0.1, DURABLE_OBJECTS)),
        expect_firing(minutes(40), firing(TICKET, 0.1, DURABLE_OBJECTS)),
        expect_firing(minutes(45), firing(TICKET, 0.11, DURABLE_OBJECTS)),
        expect_firing(minutes(46), firing(TICKET, 0.11, DURABLE_OBJECTS), firing(PAGE, 0.11, DURABLE_OBJECTS)),
    )


@alert_test("StorageErrors", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="just_below_ticket_threshold")
def just_below_ticket_threshold(platform: Platform) -> Scenario:
    """Every store fails 0.9 % of its calls with much traffic, through two restarts: does not fire."""
    return scenario(
        input_series(VECTORIZE_QUERIES, SEARCH, *with_restarts(2000)),
        input_series(VECTORIZE_ERRORS, SEARCH, *with_restarts(18)),
        input_series(KV_READS, SEARCH, *with_restarts(1500)),
        input_series(KV_WRITES, SEARCH, *with_restarts(500)),
        input_series(KV_ERRORS, SEARCH, *with_restarts(18)),
        input_series(DO_REQUESTS, INGEST, *with_restarts(2000)),
        input_series(DO_ERRORS, INGEST, *with_restarts(18)),
        *(expect_none(minutes(minute)) for minute in (11, 31, 35, 38, 41, 60)),
    )


@alert_test("StorageErrors", PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="just_below_page_threshold")
def just_below_page_threshold(platform: Platform) -> Scenario:
    """KV and Vectorize fail 9 % of their calls, through two restarts: the page does not fire, the tickets do."""
    return scenario(
        input_series(KV_READS, SEARCH, *with_restarts(1500)),
        input_series(KV_WRITES, SEARCH, *with_restarts(500)),
        input_series(KV_ERRORS, SEARCH, *with_restarts(180)),
        input_series(VECTORIZE_QUERIES, SEARCH, *with_restarts(2000)),
        input_series(VECTORIZE_ERRORS, SEARCH, *with_restarts(180)),
        *(
            expect_firing(minutes(minute), firing(TICKET, 0.09, KV), firing(TICKET, 0.09, VECTORIZE))
            for minute in (11, 31, 35, 38, 41, 60)
        ),
    )


@alert_test("StorageErrors", TICKET, PAGE, covers=(LOW_TRAFFIC,), id="fourteen_calls")
def fourteen_calls(platform: Platform) -> Scenario:
    """All of 14 calls to Vectorize and to KV in 5 minutes fail: does not fire, because 15 are the minimum."""
    return scenario(
        input_series(VECTORIZE_QUERIES, SEARCH, constant("2.8")),
        input_series(VECTORIZE_ERRORS, SEARCH, constant("2.8")),
        input_series(KV_READS, SEARCH, constant(2)),
        input_series(KV_WRITES, SEARCH, constant("0.8")),
        input_series(KV_ERRORS, SEARCH, constant("2.8")),
        input_series(DO_REQUESTS, SEARCH, constant(2000)),
        input_series(DO_ERRORS, SEARCH, constant(0)),
        *(expect_none(minutes(minute)) for minute in (10, 11, 30, 60)),
    )


@alert_test("StorageErrors", TICKET, PAGE, covers=(FIRES, BEFORE_FOR), id="fifteen_calls")
def fifteen_calls(platform: Platform) -> Scenario:
    """10 of 15 calls to KV in 5 minutes, the minimum of both, fail: both fire from 10 on."""
    return scenario(
        input_series(KV_READS, SEARCH, constant(2)),
        input_series(KV_ERRORS, SEARCH, constant("1.5")),
        input_series(KV_WRITES, INGEST, constant(1)),
        input_series(KV_ERRORS, INGEST, constant("0.5")),
        expect_none(minutes(9)),
        expect_firing(minutes(10), firing(TICKET, 2 / 3, KV), firing(PAGE, 2 / 3, KV)),
        expect_firing(minutes(60), firing(TICKET, 2 / 3, KV), firing(PAGE, 2 / 3, KV)),
    )


@alert_test("StorageErrors", TICKET, PAGE, covers=(LOW_TRAFFIC,), id="nine_errors")
def nine_errors(platform: Platform) -> Scenario:
    """9 of 50 calls to KV in 5 minutes fail: does not fire, because 10 errors are the minimum."""
    return scenario(
        input_series(KV_READS, SEARCH, constant(6)),
        input_series(KV_WRITES, SEARCH, constant(4)),
        input_series(KV_ERRORS, SEARCH, constant("1.8")),
        input_series(DO_REQUESTS, SEARCH, constant(2000)),
        input_series(DO_ERRORS, SEARCH, constant(2)),
        *(expect_none(minutes(minute)) for minute in (10, 11, 30, 60)),
    )
