"""Stories of storage: calls to Vectorize, KV and Durable Objects that fail, and what is heard of it."""

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
from generator.dsl.alert_test import Act, Plot, Restart, Shows, count, flow, heard, plot, quiet, story, told
from generator.dsl.platform import Platform
from generator.dsl.units import minutes

SEARCH = {TENANT: "com.rainbowsmokeofficial", ROUTE: "/search", SERVICE: "worker-api"}
SECOND_SEARCH = {**SEARCH, TENANT: "com-mrrainbowsmoke"}
INGEST = {TENANT: "com-mrrainbowsmoke", ROUTE: "/ingest", SERVICE: "ingest-worker"}
FIRST_INGEST = {**INGEST, TENANT: "com.rainbowsmokeofficial"}
VECTORIZE, KV, DURABLE_OBJECTS = {STORE: "vectorize"}, {STORE: "kv"}, {STORE: "durable_objects"}


def always(per_minute: int | str) -> Act:
    """So many a minute, as long as any story here lasts."""
    return count(per_minute, minutes(70))


def from_30_to_60(per_minute: int) -> tuple[Act, ...]:
    """So many a minute for half an hour; none before, none after."""
    return count(0, minutes(30)), count(per_minute, minutes(30)), count(0, minutes(10))


def restarting(per_minute: int) -> tuple[Act, ...]:
    """So many a minute, by a reporter that starts anew after 30 and after 34 minutes."""
    return (
        count(per_minute, minutes(30)),
        Restart(),
        count(per_minute, minutes(4)),
        Restart(),
        count(per_minute, minutes(36)),
    )


@story("StorageErrors", TICKET, shows=(Shows.FIRES, Shows.BEFORE, Shows.RECOVERS, Shows.OTHERS))
def vectorize_fails_a_little(platform: Platform) -> Plot:
    """Vectorize fails 1.15 % from minute 30 on: quiet at 39, told at 40, over at 61; KV, at 0.9 %, is never told of."""
    return plot(
        flow(VECTORIZE_QUERIES, SEARCH, always(900)),
        flow(VECTORIZE_ERRORS, SEARCH, *from_30_to_60(15)),
        flow(VECTORIZE_QUERIES, SECOND_SEARCH, always(600)),
        flow(VECTORIZE_ERRORS, SECOND_SEARCH, *from_30_to_60(8)),  # 23 of 2,000: a store is judged over all who call it
        flow(VECTORIZE_QUERIES, INGEST, always(500)),
        flow(VECTORIZE_ERRORS, INGEST, always(0)),
        flow(KV_READS, SEARCH, always(2000)),
        flow(KV_ERRORS, SEARCH, always(18)),
        quiet(minutes(30)),
        quiet(minutes(39)),  # four failing minutes of five are 0.92 %: it is so from 35 on, and lasts 5 minutes at 40
        heard(minutes(40), told(TICKET, 0.0115, VECTORIZE)),
        heard(minutes(60), told(TICKET, 0.0115, VECTORIZE)),
        quiet(minutes(61)),
    )


@story("StorageErrors", TICKET, PAGE, shows=(Shows.FIRES, Shows.BEFORE, Shows.RECOVERS, Shows.OTHERS))
def kv_fails_badly(platform: Platform) -> Plot:
    """KV fails 11.5 % from minute 30 on: a ticket at 36, a page from 40 to 60, all over at 64; Vectorize is well."""
    return plot(
        flow(KV_READS, SEARCH, always(900)),
        flow(KV_READS, SECOND_SEARCH, always(600)),
        flow(KV_WRITES, INGEST, always(300)),
        flow(KV_WRITES, FIRST_INGEST, always(200)),
        flow(KV_ERRORS, SEARCH, *from_30_to_60(18)),
        flow(KV_ERRORS, SECOND_SEARCH, *from_30_to_60(12)),
        flow(KV_ERRORS, INGEST, *from_30_to_60(200)),
        flow(VECTORIZE_QUERIES, SEARCH, always(1500)),
        flow(VECTORIZE_ERRORS, SEARCH, always(0)),
        quiet(minutes(35)),
        heard(minutes(36), told(TICKET, 0.115, KV)),
        heard(minutes(39), told(TICKET, 0.115, KV)),
        heard(minutes(40), told(TICKET, 0.115, KV), told(PAGE, 0.115, KV)),
        heard(minutes(60), told(TICKET, 0.115, KV), told(PAGE, 0.115, KV)),
        # Of the last five minutes the fifth fails no more; the first of the other four is not seen whole: 3 × 5/4.
        heard(minutes(61), told(TICKET, 0.08625, KV)),
        heard(minutes(63), told(TICKET, 0.02875, KV)),
        quiet(minutes(64)),
    )


@story("StorageErrors", TICKET, PAGE, shows=(Shows.FIRES, Shows.BEFORE))
def durable_objects_fail_more_and_more(platform: Platform) -> Plot:
    """Durable Objects fail just 1 %, 10 %, then 11 %: at a ceiling is not above it; a restart at 30 hides nothing."""
    return plot(
        flow(DO_REQUESTS, SEARCH, count(1500, minutes(30)), Restart(), count(1500, minutes(30))),
        flow(DO_ERRORS, SEARCH, count(20, minutes(20)), count(80, minutes(10)), Restart(), count(80, minutes(30))),
        flow(DO_REQUESTS, SECOND_SEARCH, always(500)),
        flow(DO_ERRORS, SECOND_SEARCH, count(0, minutes(20)), count(120, minutes(20)), count(140, minutes(20))),
        quiet(minutes(20)),
        quiet(minutes(25)),
        heard(minutes(26), told(TICKET, 0.1, DURABLE_OBJECTS)),
        heard(minutes(33), told(TICKET, 0.1, DURABLE_OBJECTS)),
        heard(minutes(40), told(TICKET, 0.1, DURABLE_OBJECTS)),
        heard(minutes(45), told(TICKET, 0.11, DURABLE_OBJECTS)),
        heard(minutes(46), told(TICKET, 0.11, DURABLE_OBJECTS), told(PAGE, 0.11, DURABLE_OBJECTS)),
    )


@story("StorageErrors", TICKET, shows=(Shows.BELOW, Shows.RESET))
def nine_in_a_thousand(platform: Platform) -> Plot:
    """Every store fails 0.9 % of heavy traffic, and its reporter restarts twice: not a word for an hour."""
    return plot(
        flow(VECTORIZE_QUERIES, SEARCH, *restarting(2000)),
        flow(VECTORIZE_ERRORS, SEARCH, *restarting(18)),
        flow(KV_READS, SEARCH, *restarting(1500)),
        flow(KV_WRITES, SEARCH, *restarting(500)),
        flow(KV_ERRORS, SEARCH, *restarting(18)),
        flow(DO_REQUESTS, INGEST, *restarting(2000)),
        flow(DO_ERRORS, INGEST, *restarting(18)),
        *(quiet(minutes(minute)) for minute in (11, 31, 35, 38, 41, 60)),
    )


@story("StorageErrors", PAGE, shows=(Shows.BELOW, Shows.RESET))
def nine_in_a_hundred(platform: Platform) -> Plot:
    """KV and Vectorize fail 9 % of heavy traffic, through two restarts: tickets that say 9 % all along, no page."""
    return plot(
        flow(KV_READS, SEARCH, *restarting(1500)),
        flow(KV_WRITES, SEARCH, *restarting(500)),
        flow(KV_ERRORS, SEARCH, *restarting(180)),
        flow(VECTORIZE_QUERIES, SEARCH, *restarting(2000)),
        flow(VECTORIZE_ERRORS, SEARCH, *restarting(180)),
        *(
            heard(minutes(minute), told(TICKET, 0.09, KV), told(TICKET, 0.09, VECTORIZE))
            for minute in (11, 31, 35, 38, 41, 60)
        ),
    )


@story("StorageErrors", TICKET, PAGE, shows=(Shows.LOW_TRAFFIC,))
def fourteen_calls(platform: Platform) -> Plot:
    """Vectorize and KV fail all of 14 calls in 5 minutes: too few to judge by, though Durable Objects are busy."""
    return plot(
        flow(VECTORIZE_QUERIES, SEARCH, always("2.8")),
        flow(VECTORIZE_ERRORS, SEARCH, always("2.8")),
        flow(KV_READS, SEARCH, always(2)),
        flow(KV_WRITES, SEARCH, always("0.8")),
        flow(KV_ERRORS, SEARCH, always("2.8")),
        flow(DO_REQUESTS, SEARCH, always(2000)),
        flow(DO_ERRORS, SEARCH, always(0)),
        *(quiet(minutes(minute)) for minute in (10, 11, 30, 60)),
    )


@story("StorageErrors", TICKET, PAGE, shows=(Shows.FIRES, Shows.BEFORE))
def fifteen_calls(platform: Platform) -> Plot:
    """KV fails 7.5 of 10 reads and 2.5 of 5 writes in 5 minutes: just enough, so told at 10, not at 9."""
    return plot(
        flow(KV_READS, SEARCH, always(2)),
        flow(KV_ERRORS, SEARCH, always("1.5")),
        flow(KV_WRITES, INGEST, always(1)),
        flow(KV_ERRORS, INGEST, always("0.5")),
        quiet(minutes(9)),
        heard(minutes(10), told(TICKET, 2 / 3, KV), told(PAGE, 2 / 3, KV)),
        heard(minutes(60), told(TICKET, 2 / 3, KV), told(PAGE, 2 / 3, KV)),
    )


@story("StorageErrors", TICKET, PAGE, shows=(Shows.LOW_TRAFFIC,))
def nine_failures(platform: Platform) -> Plot:
    """KV fails 9 of 50 calls in 5 minutes: too few to judge by, though Durable Objects fail ten of 10,000."""
    return plot(
        flow(KV_READS, SEARCH, always(6)),
        flow(KV_WRITES, SEARCH, always(4)),
        flow(KV_ERRORS, SEARCH, always("1.8")),
        flow(DO_REQUESTS, SEARCH, always(2000)),
        flow(DO_ERRORS, SEARCH, always(2)),
        *(quiet(minutes(minute)) for minute in (10, 11, 30, 60)),
    )
