"""Stories of what requests wait for: models, and Vectorize."""

from collections.abc import Mapping

from alerts.tests.waiting import Spell, always, from_30_to_50, restarting, served
from contract.ai import AI_LATENCY, AI_REQUESTS
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from contract.storage import VECTORIZE_LATENCY, VECTORIZE_QUERIES
from generator.dsl.alert import TICKET
from generator.dsl.alert_test import Flow, Plot, Restart, Shows, heard, plot, quiet, senseless, story, told
from generator.dsl.labels import Label
from generator.dsl.platform import Platform
from generator.dsl.units import minutes

CHAT = {TENANT: "com.rainbowsmokeofficial", ROUTE: "/chat", SERVICE: "worker-api"}
SEARCH = {**CHAT, ROUTE: "/search"}
OTHER_CHAT, OTHER_SEARCH = {**CHAT, TENANT: "com-mrrainbowsmoke"}, {**SEARCH, TENANT: "com-mrrainbowsmoke"}
LARGE, SMALL = {MODEL: "@cf/openai/gpt-oss-120b"}, {MODEL: "@cf/openai/gpt-oss-20b"}

VECTORIZE_IS_ONE = senseless(
    "HighVectorizeLatency",
    TICKET,
    shows=(Shows.OTHERS,),
    reason="It judges all queries together, whoever asks: there is no other.",
)


def calls(who: Mapping[Label, str], model: Mapping[Label, str], *spells: Spell | Restart) -> tuple[Flow, ...]:
    """Calls to a model, and how long they take."""
    return served(AI_REQUESTS, AI_LATENCY, {**who, **model}, *spells)


def queries(who: Mapping[Label, str], *spells: Spell | Restart) -> tuple[Flow, ...]:
    """Queries to Vectorize, and how long they take."""
    return served(VECTORIZE_QUERIES, VECTORIZE_LATENCY, who, *spells)


@story("HighAILatency", TICKET, shows=(Shows.FIRES, Shows.BEFORE, Shows.RECOVERS, Shows.OTHERS))
def a_model_slows(platform: Platform) -> Plot:
    """10 in 180 calls take 20 s from minute 30 to 50: told from 44 to 50; a smaller model, at 9 s, is let alone."""
    # 10 s + 20 s × 1/10, over all who call it; the smaller one: 5 s + 5 s × 4/5.
    return plot(
        *calls(CHAT, LARGE, *from_30_to_50({2000: 100}, {2000: 94, 20000: 6})),
        *calls(OTHER_CHAT, LARGE, *from_30_to_50({2000: 60}, {2000: 59, 20000: 1})),
        *calls(SEARCH, LARGE, *from_30_to_50({2000: 20}, {2000: 17, 20000: 3})),
        *calls(CHAT, SMALL, always({1000: 91, 7000: 5, 20000: 4})),
        quiet(minutes(30)),
        quiet(minutes(43)),
        heard(minutes(44), told(TICKET, 12000, LARGE)),
        heard(minutes(50), told(TICKET, 12000, LARGE)),
        quiet(minutes(51)),
    )


@story("HighAILatency", TICKET, shows=(Shows.BELOW, Shows.RESET))
def a_model_almost_too_slow(platform: Platform) -> Plot:
    """A model's p95 is 9 s, its slowest calls take 20, and the reporter restarts twice: not a word for an hour."""
    pace = {1000: 910, 7000: 50, 20000: 40}
    return plot(
        *calls(CHAT, LARGE, *restarting(pace, pace)),
        *(quiet(minutes(minute)) for minute in (11, 15, 30, 39, 41, 44, 48, 60)),
    )


@story("HighAILatency", TICKET, shows=(Shows.FIRES, Shows.BEFORE))
def a_model_at_its_promise_and_over(platform: Platform) -> Plot:
    """Just 95 % of calls take 10 s or less, then 94 %: told 10 minutes after that is seen; restarts hide nothing."""
    return plot(
        *calls(CHAT, LARGE, *restarting({7000: 5700, 20000: 300}, {7000: 5640, 20000: 360})),
        quiet(minutes(30)),
        quiet(minutes(40)),
        *(heard(minutes(minute), told(TICKET, 13333.3, LARGE)) for minute in (41, 44, 60)),  # 10 s + 20 s × 60/360
    )


@story("HighAILatency", TICKET, shows=(Shows.LOW_TRAFFIC,))
def fourteen_calls(platform: Platform) -> Plot:
    """All of 8 and 6 calls of two routes take 20 s: too few to judge by, though another model is busy."""
    return plot(
        *calls(CHAT, LARGE, always({20000: 1.6})),
        *calls(SEARCH, LARGE, always({20000: 1.2})),
        *calls(SEARCH, SMALL, always({1000: 1000})),
        *(quiet(minutes(minute)) for minute in (15, 16, 30, 60)),
    )


@story("HighAILatency", TICKET, shows=(Shows.FIRES, Shows.BEFORE))
def fifteen_calls(platform: Platform) -> Plot:
    """All of 10 and 5 calls of two routes take 20 s: just enough to judge by, so told at 15, not at 14."""
    return plot(
        *calls(CHAT, LARGE, always({20000: 2})),
        *calls(SEARCH, LARGE, always({20000: 1})),
        quiet(minutes(14)),
        heard(minutes(15), told(TICKET, 29000, LARGE)),
        heard(minutes(60), told(TICKET, 29000, LARGE)),
    )


@story("HighVectorizeLatency", TICKET, shows=(Shows.FIRES, Shows.BEFORE, Shows.RECOVERS))
def vectorize_slows(platform: Platform) -> Plot:
    """5 in 80 queries take 400 ms from minute 30 to 50: told from 44 to 50, over at 51."""
    # 250 + 250 × 1/5, over all who ask.
    return plot(
        *queries(SEARCH, *from_30_to_50({50: 40}, {50: 38, 400: 2})),
        *queries(OTHER_SEARCH, *from_30_to_50({50: 30}, {50: 29, 400: 1})),
        *queries(CHAT, *from_30_to_50({50: 10}, {50: 8, 400: 2})),
        quiet(minutes(30)),
        quiet(minutes(43)),
        heard(minutes(44), told(TICKET, 300)),
        heard(minutes(50), told(TICKET, 300)),
        quiet(minutes(51)),
    )


@story("HighVectorizeLatency", TICKET, shows=(Shows.BELOW, Shows.RESET))
def vectorize_almost_too_slow(platform: Platform) -> Plot:
    """Vectorize's p95 is 220 ms, its slowest queries take 400, and the reporter restarts twice: not a word."""
    pace = {50: 910, 200: 50, 400: 40}  # 100 + 150 × 4/5
    return plot(
        *queries(SEARCH, *restarting(pace, pace)),
        *(quiet(minutes(minute)) for minute in (11, 15, 30, 39, 41, 44, 48, 60)),
    )


@story("HighVectorizeLatency", TICKET, shows=(Shows.FIRES, Shows.BEFORE))
def vectorize_at_its_promise_and_over(platform: Platform) -> Plot:
    """Just 95 % of queries take 250 ms or less, then 94 %: told 10 minutes after that is seen, through restarts too."""
    return plot(
        *queries(SEARCH, *restarting({200: 5700, 400: 300}, {200: 5640, 400: 360})),
        quiet(minutes(30)),
        quiet(minutes(40)),
        *(heard(minutes(minute), told(TICKET, 291.667)) for minute in (41, 44, 60)),  # 250 + 250 × 60/360
    )


@story("HighVectorizeLatency", TICKET, shows=(Shows.LOW_TRAFFIC,))
def fourteen_queries(platform: Platform) -> Plot:
    """All of 8 and 6 queries of two routes take 400 ms: too few to judge by."""
    return plot(
        *queries(SEARCH, always({400: 1.6})),
        *queries(CHAT, always({400: 1.2})),
        *(quiet(minutes(minute)) for minute in (15, 16, 30, 60)),
    )


@story("HighVectorizeLatency", TICKET, shows=(Shows.FIRES, Shows.BEFORE))
def fifteen_queries(platform: Platform) -> Plot:
    """All of 15 queries, of two tenants and routes, take 800 ms: just enough to judge by, so told at 15, not at 14."""
    return plot(
        *queries(SEARCH, always({800: 1})),
        *queries(OTHER_SEARCH, always({800: 0.5})),
        *queries(OTHER_CHAT, always({800: 1.5})),
        quiet(minutes(14)),
        heard(minutes(15), told(TICKET, 975)),  # 500 + 500 × 0.95
        heard(minutes(60), told(TICKET, 975)),
    )
