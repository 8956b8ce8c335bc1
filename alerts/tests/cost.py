"""Stories of cost: tenants that use up their day's tokens, or are about to."""

from collections.abc import Mapping

from contract.ai import AI_TOKENS_INPUT, AI_TOKENS_OUTPUT
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from generator.dsl.alert import PAGE, TICKET
from generator.dsl.alert_test import (
    Act,
    Flow,
    Plot,
    Restart,
    Shows,
    Told,
    count,
    flow,
    heard,
    plot,
    quiet,
    senseless,
    story,
    told,
)
from generator.dsl.labels import Label
from generator.dsl.platform import Platform
from generator.dsl.units import hours, minutes

FIRST, SECOND = {TENANT: "com.rainbowsmokeofficial"}, {TENANT: "com-mrrainbowsmoke"}  # 5 and 2 million tokens a day
UNLISTED = {TENANT: "com.new"}  # a million, like everyone who is not listed
HOSTILE = {TENANT: 'new "é" & {{ $value }}/\\'}
CHAT = {ROUTE: "/chat", SERVICE: "worker-api", MODEL: "@cf/openai/gpt-oss-20b"}
SUMMARY = {ROUTE: "/ingest", SERVICE: "ingest-worker", MODEL: "@cf/openai/gpt-oss-20b"}
EMBEDDING = {ROUTE: "/ingest", SERVICE: "ingest-worker", MODEL: "@cf/baai/bge-m3"}
FIVE = minutes(5)  # long windows are added up at the clock's fives

FEW_TOKENS_ARE_FAR_FROM_A_BUDGET = senseless(
    "HighAICosts",
    TICKET,
    PAGE,
    shows=(Shows.LOW_TRAFFIC,),
    reason="It judges an amount, not a share: a tenant with little traffic is far from its budget.",
)
FEW_TOKENS_FORECAST_FEW = senseless(
    "AICostForecast",
    TICKET,
    shows=(Shows.LOW_TRAFFIC,),
    reason="It judges an amount, not a share: little traffic, projected to a day, stays little.",
)


def restarting(per_minute: int) -> tuple[Act, ...]:
    """A day and two hours of so many a minute, by a reporter that starts anew twice."""
    return (
        count(per_minute, hours(12) + minutes(2)),  # in the midst of five minutes that are added up
        Restart(),
        count(per_minute, hours(8)),
        Restart(),
        count(per_minute, hours(6)),
    )


def embeds(tenant: Mapping[Label, str], *acts: Act) -> Flow:
    """The tokens of embeddings: all of them go in."""
    return flow(AI_TOKENS_INPUT, {**tenant, **EMBEDDING}, *acts)


def asks(tenant: Mapping[Label, str], *acts: Act) -> Flow:
    """The tokens of questions."""
    return flow(AI_TOKENS_INPUT, {**tenant, **CHAT}, *acts)


def answers(tenant: Mapping[Label, str], *acts: Act) -> Flow:
    """The tokens of answers."""
    return flow(AI_TOKENS_OUTPUT, {**tenant, **CHAT}, *acts)


def summaries(tenant: Mapping[Label, str], *acts: Act) -> Flow:
    """The tokens of summaries, written as documents are taken in."""
    return flow(AI_TOKENS_OUTPUT, {**tenant, **SUMMARY}, *acts)


def warned(tenant: Mapping[Label, str], used: float) -> tuple[Told]:
    """A ticket."""
    return (told(TICKET, used, tenant),)


def exceeded(tenant: Mapping[Label, str], used: float) -> tuple[Told, Told]:
    """A ticket and a page."""
    return told(TICKET, used, tenant), told(PAGE, used, tenant)


@story("HighAICosts", TICKET, PAGE, shows=(Shows.FIRES, Shows.BEFORE, Shows.RECOVERS, Shows.OTHERS))
def a_day_is_used_up_in_two_hours(platform: Platform) -> Plot:
    """40,000 tokens a minute: over 80 % at minute 105, over the budget at 130, step by step forgotten a day later."""
    return plot(
        asks(FIRST, count(20000, minutes(130)), count(0, hours(23))),
        answers(FIRST, count(6000, minutes(130)), count(0, hours(23))),
        summaries(FIRST, count(4000, minutes(130)), count(0, hours(23))),
        embeds(FIRST, count(10000, minutes(130)), count(0, hours(23))),
        asks(SECOND, count(1000, hours(25))),
        quiet(minutes(100)),  # 4 million of 5 are 80 %, not more
        heard(minutes(105), *warned(FIRST, 0.84)),
        heard(minutes(125), *warned(FIRST, 1)),
        heard(minutes(130), *exceeded(FIRST, 1.04)),
        heard(hours(24), *exceeded(FIRST, 1.04)),
        heard(hours(24) + FIVE, *warned(FIRST, 1)),  # the day's first five minutes, 200,000 tokens, are out of it
        heard(hours(24) + minutes(25), *warned(FIRST, 0.84)),
        quiet(hours(24) + minutes(30)),
        every=FIVE,
    )


@story("HighAICosts", TICKET, PAGE, shows=(Shows.FIRES, Shows.BEFORE))
def each_by_its_own_budget(platform: Platform) -> Plot:
    """Three tenants use 20,000 tokens a minute: each is told at its own budget, be it for embeddings alone."""
    return plot(
        asks(FIRST, count(15000, hours(5))),
        answers(FIRST, count(5000, hours(5))),
        answers(SECOND, count(20000, hours(5))),
        embeds(UNLISTED, count(20000, hours(5))),
        quiet(minutes(40)),
        heard(minutes(45), *warned(UNLISTED, 0.9)),
        heard(minutes(50), *warned(UNLISTED, 1)),
        heard(minutes(55), *exceeded(UNLISTED, 1.1)),
        heard(minutes(80), *exceeded(UNLISTED, 1.6)),
        heard(minutes(85), *exceeded(UNLISTED, 1.7), *warned(SECOND, 0.85)),
        heard(minutes(105), *exceeded(UNLISTED, 2.1), *exceeded(SECOND, 1.05)),
        heard(minutes(200), *exceeded(UNLISTED, 4), *exceeded(SECOND, 2)),
        heard(minutes(205), *exceeded(UNLISTED, 4.1), *exceeded(SECOND, 2.05), *warned(FIRST, 0.82)),
        heard(minutes(255), *exceeded(UNLISTED, 5.1), *exceeded(SECOND, 2.55), *exceeded(FIRST, 1.02)),
        every=FIVE,
    )


@story("HighAICosts", TICKET, shows=(Shows.BELOW, Shows.RESET))
def three_quarters_of_every_budget(platform: Platform) -> Plot:
    """Each tenant uses 72 % of its own budget day by day, and its reporter restarts twice: quiet after a day and on."""
    return plot(
        answers(FIRST, *restarting(2500)),
        asks(SECOND, *restarting(1000)),
        embeds(UNLISTED, *restarting(500)),
        *(quiet(hours(hour)) for hour in (13, 21, 24, 26)),
        every=FIVE,
    )


@story("HighAICosts", PAGE, shows=(Shows.BELOW, Shows.RESET))
def nine_tenths_of_a_budget(platform: Platform) -> Plot:
    """A tenant uses 90 % day by day, and its reporter restarts twice: no token is lost, none invented, no page sent."""
    return plot(
        asks(SECOND, *restarting(750)),
        answers(SECOND, *restarting(500)),
        quiet(hours(21)),
        heard(hours(22), *warned(SECOND, 0.825)),
        heard(hours(24), *warned(SECOND, 0.9)),
        heard(hours(26), *warned(SECOND, 0.9)),
        every=FIVE,
    )


@story("AICostForecast", TICKET, shows=(Shows.FIRES, Shows.BEFORE, Shows.RECOVERS, Shows.OTHERS))
def the_last_hour_explodes(platform: Platform) -> Plot:
    """A tenant uses three times its tokens in its 21st hour: told 50 minutes into it, over 25 minutes after it."""
    # 18 h × 60,000 + 6 × 60,000 are expected; each hot five minutes add 10,000 to the one, 60,000 to the other.
    return plot(
        asks(SECOND, count(600, hours(20)), count(1800, hours(1)), count(600, hours(1))),
        answers(SECOND, count(400, hours(20)), count(1200, hours(1)), count(400, hours(1))),
        asks(FIRST, count(3000, hours(22))),
        quiet(hours(20) + minutes(40)),  # 1.44 + 8 × 0.07 are 2 million, not more
        quiet(hours(20) + minutes(45)),
        heard(hours(20) + minutes(50), told(TICKET, 2_140_000, SECOND)),
        heard(hours(21), told(TICKET, 2_280_000, SECOND)),
        heard(hours(21) + minutes(20), told(TICKET, 2_040_000, SECOND)),
        quiet(hours(21) + minutes(25)),
        every=FIVE,
    )


@story("AICostForecast", TICKET, shows=(Shows.FIRES, Shows.BEFORE, Shows.OTHERS))
def a_newcomer_rushes_in(platform: Platform) -> Plot:
    """Two tenants take 4,000 tokens a minute; the one that nobody listed, hostile name and all, is told at 45."""
    # 7 × 4,000 for each minute so far: 980,000 at 35; 1,120,000 from 40 on, which has lasted five minutes at 45.
    return plot(
        embeds(HOSTILE, count(4000, minutes(50))),
        embeds(SECOND, count(4000, minutes(50))),
        quiet(minutes(40)),
        quiet(minutes(44)),
        heard(minutes(45), told(TICKET, 1_260_000, HOSTILE)),
    )


@story("AICostForecast", TICKET, shows=(Shows.BELOW, Shows.RESET))
def steady_tenants_stay_within(platform: Platform) -> Plot:
    """Each tenant uses 86.4 % of its own budget day by day, and its reporter restarts twice: none will exceed it."""
    return plot(
        answers(FIRST, *restarting(3000)),
        asks(SECOND, *restarting(1200)),
        embeds(UNLISTED, *restarting(600)),
        *(quiet(hours(hour)) for hour in (13, 18, 21, 24, 26)),
        every=FIVE,
    )
