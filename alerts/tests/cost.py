"""Stories of cost: tenants that use up their day's tokens, or are about to."""

from collections.abc import Mapping

from contract.ai import AI_TOKENS_INPUT, AI_TOKENS_OUTPUT
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from generator.dsl.alert import PAGE, TICKET
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
    FiringAlert,
    InputSeries,
    Restart,
    Scenario,
    Segment,
    alert_test,
    count,
    expect_firing,
    expect_none,
    firing,
    input_series,
    not_applicable,
    scenario,
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

FEW_TOKENS_ARE_FAR_FROM_A_BUDGET = not_applicable(
    "HighAICosts",
    TICKET,
    PAGE,
    covers=(LOW_TRAFFIC,),
    reason="It judges an amount, not a share: a tenant with little traffic is far from its budget.",
)
FEW_TOKENS_FORECAST_FEW = not_applicable(
    "AICostForecast",
    TICKET,
    covers=(LOW_TRAFFIC,),
    reason="It judges an amount, not a share: little traffic, projected to a day, stays little.",
)


def restarting(per_minute: int) -> tuple[Segment, ...]:
    """A day and two hours of so many a minute, by a reporter that starts anew twice."""
    return (
        count(per_minute, hours(12) + minutes(2)),  # in the midst of five minutes that are added up
        Restart(),
        count(per_minute, hours(8)),
        Restart(),
        count(per_minute, hours(6)),
    )


def embeds(tenant: Mapping[Label, str], *segments: Segment) -> InputSeries:
    """The tokens of embeddings: all of them go in."""
    return input_series(AI_TOKENS_INPUT, {**tenant, **EMBEDDING}, *segments)


def asks(tenant: Mapping[Label, str], *segments: Segment) -> InputSeries:
    """The tokens of questions."""
    return input_series(AI_TOKENS_INPUT, {**tenant, **CHAT}, *segments)


def answers(tenant: Mapping[Label, str], *segments: Segment) -> InputSeries:
    """The tokens of answers."""
    return input_series(AI_TOKENS_OUTPUT, {**tenant, **CHAT}, *segments)


def summaries(tenant: Mapping[Label, str], *segments: Segment) -> InputSeries:
    """The tokens of summaries, written as documents are taken in."""
    return input_series(AI_TOKENS_OUTPUT, {**tenant, **SUMMARY}, *segments)


def warned(tenant: Mapping[Label, str], used: float) -> tuple[FiringAlert]:
    """A ticket."""
    return (firing(TICKET, used, tenant),)


def exceeded(tenant: Mapping[Label, str], used: float) -> tuple[FiringAlert, FiringAlert]:
    """A ticket and a page."""
    return firing(TICKET, used, tenant), firing(PAGE, used, tenant)


@alert_test(
    "HighAICosts",
    TICKET,
    PAGE,
    covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED),
    id="a_day_is_used_up_in_two_hours",
)
def a_day_is_used_up_in_two_hours(platform: Platform) -> Scenario:
    """40,000 tokens a minute: over 80 % at minute 105, over the budget at 130, step by step forgotten a day later."""
    return scenario(
        asks(FIRST, count(20000, minutes(130)), count(0, hours(23))),
        answers(FIRST, count(6000, minutes(130)), count(0, hours(23))),
        summaries(FIRST, count(4000, minutes(130)), count(0, hours(23))),
        embeds(FIRST, count(10000, minutes(130)), count(0, hours(23))),
        asks(SECOND, count(1000, hours(25))),
        expect_none(minutes(100)),  # 4 million of 5 are 80 %, not more
        expect_firing(minutes(105), *warned(FIRST, 0.84)),
        expect_firing(minutes(125), *warned(FIRST, 1)),
        expect_firing(minutes(130), *exceeded(FIRST, 1.04)),
        expect_firing(hours(24), *exceeded(FIRST, 1.04)),
        expect_firing(
            hours(24) + FIVE, *warned(FIRST, 1)
        ),  # the day's first five minutes, 200,000 tokens, are out of it
        expect_firing(hours(24) + minutes(25), *warned(FIRST, 0.84)),
        expect_none(hours(24) + minutes(30)),
        evaluation_interval=FIVE,
    )


@alert_test("HighAICosts", TICKET, PAGE, covers=(FIRES, BEFORE_FOR), id="each_by_its_own_budget")
def each_by_its_own_budget(platform: Platform) -> Scenario:
    """Three tenants use 20,000 tokens a minute: each is told at its own budget, be it for embeddings alone."""
    return scenario(
        asks(FIRST, count(15000, hours(5))),
        answers(FIRST, count(5000, hours(5))),
        answers(SECOND, count(20000, hours(5))),
        embeds(UNLISTED, count(20000, hours(5))),
        expect_none(minutes(40)),
        expect_firing(minutes(45), *warned(UNLISTED, 0.9)),
        expect_firing(minutes(50), *warned(UNLISTED, 1)),
        expect_firing(minutes(55), *exceeded(UNLISTED, 1.1)),
        expect_firing(minutes(80), *exceeded(UNLISTED, 1.6)),
        expect_firing(minutes(85), *exceeded(UNLISTED, 1.7), *warned(SECOND, 0.85)),
        expect_firing(minutes(105), *exceeded(UNLISTED, 2.1), *exceeded(SECOND, 1.05)),
        expect_firing(minutes(200), *exceeded(UNLISTED, 4), *exceeded(SECOND, 2)),
        expect_firing(minutes(205), *exceeded(UNLISTED, 4.1), *exceeded(SECOND, 2.05), *warned(FIRST, 0.82)),
        expect_firing(minutes(255), *exceeded(UNLISTED, 5.1), *exceeded(SECOND, 2.55), *exceeded(FIRST, 1.02)),
        evaluation_interval=FIVE,
    )


@alert_test("HighAICosts", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="three_quarters_of_every_budget")
def three_quarters_of_every_budget(platform: Platform) -> Scenario:
    """Each tenant uses 72 % of its own budget day by day, and its reporter restarts twice: quiet after a day and on."""
    return scenario(
        answers(FIRST, *restarting(2500)),
        asks(SECOND, *restarting(1000)),
        embeds(UNLISTED, *restarting(500)),
        *(expect_none(hours(hour)) for hour in (13, 21, 24, 26)),
        evaluation_interval=FIVE,
    )


@alert_test("HighAICosts", PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="nine_tenths_of_a_budget")
def nine_tenths_of_a_budget(platform: Platform) -> Scenario:
    """A tenant uses 90 % day by day, and its reporter restarts twice: no token is lost, none invented, no page sent."""
    return scenario(
        asks(SECOND, *restarting(750)),
        answers(SECOND, *restarting(500)),
        expect_none(hours(21)),
        expect_firing(hours(22), *warned(SECOND, 0.825)),
        expect_firing(hours(24), *warned(SECOND, 0.9)),
        expect_firing(hours(26), *warned(SECOND, 0.9)),
        evaluation_interval=FIVE,
    )


@alert_test(
    "AICostForecast", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="the_last_hour_explodes"
)
def the_last_hour_explodes(platform: Platform) -> Scenario:
    """A tenant uses three times its tokens in its 21st hour: told 50 minutes into it, over 25 minutes after it."""
    # 18 h × 60,000 + 6 × 60,000 are expected; each hot five minutes add 10,000 to the one, 60,000 to the other.
    return scenario(
        asks(SECOND, count(600, hours(20)), count(1800, hours(1)), count(600, hours(1))),
        answers(SECOND, count(400, hours(20)), count(1200, hours(1)), count(400, hours(1))),
        asks(FIRST, count(3000, hours(22))),
        expect_none(hours(20) + minutes(40)),  # 1.44 + 8 × 0.07 are 2 million, not more
        expect_none(hours(20) + minutes(45)),
        expect_firing(hours(20) + minutes(50), firing(TICKET, 2_140_000, SECOND)),
        expect_firing(hours(21), firing(TICKET, 2_280_000, SECOND)),
        expect_firing(hours(21) + minutes(20), firing(TICKET, 2_040_000, SECOND)),
        expect_none(hours(21) + minutes(25)),
        evaluation_interval=FIVE,
    )


@alert_test("AICostForecast", TICKET, covers=(FIRES, BEFORE_FOR, OTHERS_UNAFFECTED), id="a_newcomer_rushes_in")
def a_newcomer_rushes_in(platform: Platform) -> Scenario:
    """Two tenants take 4,000 tokens a minute; the one that nobody listed, hostile name and all, is told at 45."""
    # 7 × 4,000 for each minute so far: 980,000 at 35; 1,120,000 from 40 on, which has lasted five minutes at 45.
    return scenario(
        embeds(HOSTILE, count(4000, minutes(50))),
        embeds(SECOND, count(4000, minutes(50))),
        expect_none(minutes(40)),
        expect_none(minutes(44)),
        expect_firing(minutes(45), firing(TICKET, 1_260_000, HOSTILE)),
    )


@alert_test("AICostForecast", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="steady_tenants_stay_within")
def steady_tenants_stay_within(platform: Platform) -> Scenario:
    """Each tenant uses 86.4 % of its own budget day by day, and its reporter restarts twice: none will exceed it."""
    return scenario(
        answers(FIRST, *restarting(3000)),
        asks(SECOND, *restarting(1200)),
        embeds(UNLISTED, *restarting(600)),
        *(expect_none(hours(hour)) for hour in (13, 18, 21, 24, 26)),
        evaluation_interval=FIVE,
    )
