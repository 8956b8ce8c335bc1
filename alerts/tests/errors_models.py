"""Stories of models that fail, whoever calls them and on whatever route."""

from collections.abc import Mapping

from contract.ai import AI_ERRORS, AI_REQUESTS
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from generator.dsl.alert import PAGE
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
    Segment,
    alert_test,
    count,
    expect_firing,
    expect_none,
    firing,
    input_series,
    scenario,
)
from generator.dsl.labels import Label
from generator.dsl.platform import Platform
from generator.dsl.units import minutes

FIRST_CHAT = {TENANT: "com.rainbowsmokeofficial", ROUTE: "/chat", SERVICE: "worker-api"}
SECOND_CHAT = {**FIRST_CHAT, TENANT: "com-mrrainbowsmoke"}
SEARCH = {**FIRST_CHAT, ROUTE: "/search"}
LARGE, SMALL = {MODEL: "@cf/openai/gpt-oss-120b"}, {MODEL: "@cf/openai/gpt-oss-20b"}


def calls(who: Mapping[Label, str], model: Mapping[Label, str], *segments: Segment) -> InputSeries:
    """Calls to a model, failed or not."""
    return input_series(AI_REQUESTS, {**who, **model}, *segments)


def fails(who: Mapping[Label, str], model: Mapping[Label, str], *segments: Segment) -> InputSeries:
    """Calls to a model that fail."""
    return input_series(AI_ERRORS, {**who, **model}, *segments)


def always(per_minute: int | str) -> Segment:
    """So many a minute, as long as any story here lasts."""
    return count(per_minute, minutes(60))


def from_30_to_50(per_minute: int) -> tuple[Segment, ...]:
    """So many a minute for twenty minutes; none before, none after."""
    return count(0, minutes(30)), count(per_minute, minutes(20)), count(0, minutes(10))


def restarting(before: int, after: int) -> tuple[Segment, ...]:
    """So many a minute for half an hour, then so many, by a reporter that starts anew after 38 and 43 minutes."""
    return (
        count(before, minutes(30)),
        count(after, minutes(8)),
        Restart(),
        count(after, minutes(5)),
        Restart(),
        count(after, minutes(17)),
    )


@alert_test("HighAIErrorRate", PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="a_model_fails")
def a_model_fails(platform: Platform) -> Scenario:
    """A model fails 5.75 % from minute 30 to 50: quiet at 44, told from 45 to 55; a smaller one, at 4.5 %, is not."""
    return scenario(
        calls(FIRST_CHAT, LARGE, always(200)),
        fails(FIRST_CHAT, LARGE, *from_30_to_50(12)),
        calls(SECOND_CHAT, LARGE, always(100)),
        fails(SECOND_CHAT, LARGE, *from_30_to_50(8)),
        calls(SEARCH, LARGE, always(100)),
        fails(SEARCH, LARGE, *from_30_to_50(3)),  # 23 of 400: a model is judged over all who call it
        calls(SEARCH, SMALL, always(400)),
        fails(SEARCH, SMALL, always(18)),
        expect_none(minutes(30)),
        expect_none(minutes(44)),  # four failing minutes of five are 4.6 %: it is so from 35 on
        expect_firing(minutes(45), firing(PAGE, 0.0575, LARGE)),
        expect_firing(minutes(50), firing(PAGE, 0.0575, LARGE)),
        expect_firing(
            minutes(55), firing(PAGE, 0.0575, LARGE, condition_ended=minutes(50))
        ),  # not so from 51 on, and told still
        expect_none(minutes(56)),
    )


@alert_test("HighAIErrorRate", PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="a_model_stumbles")
def a_model_stumbles(platform: Platform) -> Scenario:
    """A model fails 4.5 % of heavy traffic, and its reporter restarts twice: not a word for an hour."""
    return scenario(
        calls(FIRST_CHAT, LARGE, *restarting(2000, 2000)),
        fails(FIRST_CHAT, LARGE, *restarting(90, 90)),
        *(expect_none(minutes(minute)) for minute in (15, 16, 39, 42, 44, 48, 60)),
    )


@alert_test("HighAIErrorRate", PAGE, covers=(FIRES, BEFORE_FOR), id="at_the_ceiling_and_over")
def at_the_ceiling_and_over(platform: Platform) -> Scenario:
    """A model fails just 5 %, then 5.5 % from minute 30 on: told at 41; restarts at 38 and 43 hide nothing."""
    return scenario(
        calls(FIRST_CHAT, LARGE, *restarting(400, 400)),
        fails(FIRST_CHAT, LARGE, *restarting(20, 22)),
        expect_none(minutes(30)),
        expect_none(minutes(40)),
        *(expect_firing(minutes(minute), firing(PAGE, 0.055, LARGE)) for minute in (41, 44, 60)),
    )


@alert_test("HighAIErrorRate", PAGE, covers=(LOW_TRAFFIC,), id="fourteen_calls")
def fourteen_calls(platform: Platform) -> Scenario:
    """A model fails all of 8 and 6 calls of two routes in 5 minutes: too few to judge by, though another is busy."""
    return scenario(
        calls(FIRST_CHAT, LARGE, always("1.6")),
        fails(FIRST_CHAT, LARGE, always("1.6")),
        calls(SEARCH, LARGE, always("1.2")),
        fails(SEARCH, LARGE, always("1.2")),
        calls(SEARCH, SMALL, always(1000)),
        fails(SEARCH, SMALL, always(0)),
        *(expect_none(minutes(minute)) for minute in (15, 16, 30, 60)),
    )


@alert_test("HighAIErrorRate", PAGE, covers=(FIRES, BEFORE_FOR), id="fifteen_calls")
def fifteen_calls(platform: Platform) -> Scenario:
    """A model fails 7.5 of 10 and 2.5 of 5 calls of two routes in 5 minutes: just enough, told at 15, not at 14."""
    return scenario(
        calls(FIRST_CHAT, LARGE, always(2)),
        fails(FIRST_CHAT, LARGE, always("1.5")),
        calls(SEARCH, LARGE, always(1)),
        fails(SEARCH, LARGE, always("0.5")),
        expect_none(minutes(14)),
        expect_firing(minutes(15), firing(PAGE, 2 / 3, LARGE)),
        expect_firing(minutes(60), firing(PAGE, 2 / 3, LARGE)),
    )


@alert_test("HighAIErrorRate", PAGE, covers=(LOW_TRAFFIC,), id="nine_failures")
def nine_failures(platform: Platform) -> Scenario:
    """A model fails 5 of 50 and 4 of 50 calls of two routes in 5 minutes: too few to judge by, though another fails."""
    return scenario(
        calls(FIRST_CHAT, LARGE, always(10)),
        fails(FIRST_CHAT, LARGE, always(1)),
        calls(SEARCH, LARGE, always(10)),
        fails(SEARCH, LARGE, always("0.8")),
        calls(SEARCH, SMALL, always(1000)),
        fails(SEARCH, SMALL, always(10)),
        *(expect_none(minutes(minute)) for minute in (15, 16, 30, 60)),
    )
