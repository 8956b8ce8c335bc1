"""Alert tests of HighAILatency and HighVectorizeLatency."""

from collections.abc import Mapping

from alerts.tests.latency_series import LatencySegment, constant, incident, requests_with_latency, with_restarts
from contract.ai import AI_LATENCY, AI_REQUESTS
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from contract.storage import VECTORIZE_LATENCY, VECTORIZE_QUERIES
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
    Restart,
    Scenario,
    alert_test,
    expect_firing,
    expect_none,
    firing,
    not_applicable,
    scenario,
)
from generator.dsl.labels import Label
from generator.dsl.platform import Platform
from generator.dsl.units import minutes

CHAT = {TENANT: "com.rainbowsmokeofficial", ROUTE: "/chat", SERVICE: "worker-api"}
SEARCH = {**CHAT, ROUTE: "/search"}
OTHER_CHAT, OTHER_SEARCH = {**CHAT, TENANT: "com-mrrainbowsmoke"}, {**SEARCH, TENANT: "com-mrrainbowsmoke"}
LARGE, SMALL = {MODEL: "@cf/openai/gpt-oss-120b"}, {MODEL: "@cf/openai/gpt-oss-20b"}

VECTORIZE_HAS_NO_LABELS = not_applicable(
    "HighVectorizeLatency",
    TICKET,
    covers=(OTHERS_UNAFFECTED,),
    reason="The alert is about all queries together, so there are no others.",
)


def model_calls(
    labels: Mapping[Label, str], model: Mapping[Label, str], *segments: LatencySegment | Restart
) -> tuple[InputSeries, ...]:
    """Calls to a model, with their latencies."""
    return requests_with_latency(AI_REQUESTS, AI_LATENCY, {**labels, **model}, *segments)


def vectorize_queries(labels: Mapping[Label, str], *segments: LatencySegment | Restart) -> tuple[InputSeries, ...]:
    """Queries to Vectorize, with their latencies."""
    return requests_with_latency(VECTORIZE_QUERIES, VECTORIZE_LATENCY, labels, *segments)


@alert_test("HighAILatency", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="model_is_slow")
def model_is_slow(platform: Platform) -> Scenario:
    """10 of a model's 180 calls take 20 s from minute 30 to 50: fires from 44 to 50, never for another at 9 s."""
    # 10 s + 20 s × 1/10, over all tenants and routes; the other model: 5 s + 5 s × 4/5.
    return scenario(
        *model_calls(CHAT, LARGE, *incident({2000: 100}, {2000: 94, 20000: 6})),
        *model_calls(OTHER_CHAT, LARGE, *incident({2000: 60}, {2000: 59, 20000: 1})),
        *model_calls(SEARCH, LARGE, *incident({2000: 20}, {2000: 17, 20000: 3})),
        *model_calls(CHAT, SMALL, constant({1000: 91, 7000: 5, 20000: 4})),
        expect_none(minutes(30)),
        expect_none(minutes(43)),
        expect_firing(minutes(44), firing(TICKET, 12000, LARGE)),
        expect_firing(minutes(50), firing(TICKET, 12000, LARGE)),
        expect_none(minutes(51)),
    )


@alert_test("HighAILatency", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="model_just_below_threshold")
def model_just_below_threshold(platform: Platform) -> Scenario:
    """A model's p95 is 9 s and its maximum 20 s, through two restarts: does not fire."""
    latencies = {1000: 910, 7000: 50, 20000: 40}
    return scenario(
        *model_calls(CHAT, LARGE, *with_restarts(latencies, latencies)),
        *(expect_none(minutes(minute)) for minute in (11, 15, 30, 39, 41, 44, 48, 60)),
    )


@alert_test("HighAILatency", TICKET, covers=(FIRES, BEFORE_FOR), id="model_at_then_above_threshold")
def model_at_then_above_threshold(platform: Platform) -> Scenario:
    """95 % of calls take 10 s or less, then 94 % from minute 30 on: fires from 41 on, through restarts."""
    return scenario(
        *model_calls(CHAT, LARGE, *with_restarts({7000: 5700, 20000: 300}, {7000: 5640, 20000: 360})),
        expect_none(minutes(30)),
        expect_none(minutes(40)),
        # 10 s + 20 s × 60/360
        *(expect_firing(minutes(minute), firing(TICKET, 13333.3, LARGE)) for minute in (41, 44, 60)),
    )


@alert_test("HighAILatency", TICKET, covers=(LOW_TRAFFIC,), id="fourteen_model_calls")
def fourteen_model_calls(platform: Platform) -> Scenario:
    """All of a model's 14 calls of two routes in 5 minutes take 20 s: does not fire, because 15 are the minimum."""
    return scenario(
        *model_calls(CHAT, LARGE, constant({20000: 1.6})),
        *model_calls(SEARCH, LARGE, constant({20000: 1.2})),
        *model_calls(SEARCH, SMALL, constant({1000: 1000})),
        *(expect_none(minutes(minute)) for minute in (15, 16, 30, 60)),
    )


@alert_test("HighAILatency", TICKET, covers=(FIRES, BEFORE_FOR), id="fifteen_model_calls")
def fifteen_model_calls(platform: Platform) -> Scenario:
    """All of a model's 15 calls of two routes in 5 minutes, the minimum, take 20 s: fires from 15 on."""
    return scenario(
        *model_calls(CHAT, LARGE, constant({20000: 2})),
        *model_calls(SEARCH, LARGE, constant({20000: 1})),
        expect_none(minutes(14)),
        expect_firing(minutes(15), firing(TICKET, 29000, LARGE)),
        expect_firing(minutes(60), firing(TICKET, 29000, LARGE)),
    )


@alert_test("HighVectorizeLatency", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS), id="vectorize_is_slow")
def vectorize_is_slow(platform: Platform) -> Scenario:
    """5 of 80 queries take 400 ms from minute 30 to 50: fires from 44 to 50."""
    # 250 + 250 × 1/5, over all tenants and routes.
    return scenario(
        *vectorize_queries(SEARCH, *incident({50: 40}, {50: 38, 400: 2})),
        *vectorize_queries(OTHER_SEARCH, *incident({50: 30}, {50: 29, 400: 1})),
        *vectorize_queries(CHAT, *incident({50: 10}, {50: 8, 400: 2})),
        expect_none(minutes(30)),
        expect_none(minutes(43)),
        expect_firing(minutes(44), firing(TICKET, 300)),
        expect_firing(minutes(50), firing(TICKET, 300)),
        expect_none(minutes(51)),
    )


@alert_test(
    "HighVectorizeLatency", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="vectorize_just_below_threshold"
)
def vectorize_just_below_threshold(platform: Platform) -> Scenario:
    """The p95 of queries is 220 ms and their maximum 400 ms, through two restarts: does not fire."""
    latencies = {50: 910, 200: 50, 400: 40}  # 100 + 150 × 4/5
    return scenario(
        *vectorize_queries(SEARCH, *with_restarts(latencies, latencies)),
        *(expect_none(minutes(minute)) for minute in (11, 15, 30, 39, 41, 44, 48, 60)),
    )


@alert_test("HighVectorizeLatency", TICKET, covers=(FIRES, BEFORE_FOR), id="vectorize_at_then_above_threshold")
def vectorize_at_then_above_threshold(platform: Platform) -> Scenario:
    """95 % of queries take 250 ms or less, then 94 % from minute 30 on: fires from 41 on, through restarts."""
    return scenario(
        *vectorize_queries(SEARCH, *with_restarts({200: 5700, 400: 300}, {200: 5640, 400: 360})),
        expect_none(minutes(30)),
        expect_none(minutes(40)),
        *(expect_firing(minutes(minute), firing(TICKET, 291.667)) for minute in (41, 44, 60)),  # 250 + 250 × 60/360
    )


@alert_test("HighVectorizeLatency", TICKET, covers=(LOW_TRAFFIC,), id="fourteen_vectorize_queries")
def fourteen_vectorize_queries(platform: Platform) -> Scenario:
    """All of 14 queries of two routes in 5 minutes take 400 ms: does not fire, because 15 are the minimum."""
    return scenario(
        *vectorize_queries(SEARCH, constant({400: 1.6})),
        *vectorize_queries(CHAT, constant({400: 1.2})),
        *(expect_none(minutes(minute)) for minute in (15, 16, 30, 60)),
    )


@alert_test("HighVectorizeLatency", TICKET, covers=(FIRES, BEFORE_FOR), id="fifteen_vectorize_queries")
def fifteen_vectorize_queries(platform: Platform) -> Scenario:
    """All of 15 queries of two tenants in 5 minutes, the minimum, take 800 ms: fires from 15 on."""
    return scenario(
        *vectorize_queries(SEARCH, constant({800: 1})),
        *vectorize_queries(OTHER_SEARCH, constant({800: 0.5})),
        *vectorize_queries(OTHER_CHAT, constant({800: 1.5})),
        expect_none(minutes(14)),
        expect_firing(minutes(15), firing(TICKET, 975)),  # 500 + 500 × 0.95
        expect_firing(minutes(60), firing(TICKET, 975)),
    )
