"""Alert tests of HighAIErrorRate."""

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


def model_calls(labels: Mapping[Label, str], model: Mapping[Label, str], *segments: Segment) -> InputSeries:
    """Calls to a model, whether they fail or not."""
    return input_series(AI_REQUESTS, {**labels, **model}, *segments)


def model_errors(labels: Mapping[Label, str], model: Mapping[Label, str], *segments: Segment) -> InputSeries:
    """Calls to a model that fail."""
    return input_series(AI_ERRORS, {**labels, **model}, *segments)


def constant(per_minute: int | str) -> Segment:
    """A constant rate for the whole test."""
    return count(per_minute, minutes(60))


def incident(per_minute: int) -> tuple[Segment, ...]:
    """An increase per minute from minute 30 to 50, and none before and after."""
    return count(0, minutes(30)), count(per_minute, minutes(20)), count(0, minutes(10))


def with_restarts(before: int, after: int) -> tuple[Segment, ...]:
    """A rate that changes at minute 30, with restarts of the reporting process at minutes 38 and 43."""
    return (
        count(before, minutes(30)),
        count(after, minutes(8)),
        Restart(),
        count(after, minutes(5)),
        Restart(),
        count(after, minutes(17)),
    )


@alert_test("HighAIErrorRate", PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="model_fails")
def model_fails(platform: Platform) -> Scenario:
    """A model fails 5.75 % of its calls from minute 30 to 50: fires from 45 to 55, never for another model at 4.5 %."""
    return scenario(
        model_calls(FIRST_CHAT, LARGE, constant(200)),
        model_errors(FIRST_CHAT, LARGE, *incident(12)),
        model_calls(SECOND_CHAT, LARGE, constant(100)),
        model_errors(SECOND_CHAT, LARGE, *incident(8)),
        model_calls(SEARCH, LARGE, constant(100)),
        model_errors(SEARCH, LARGE, *incident(3)),  # 23 of the model's 400 calls
        model_calls(SEARCH, SMALL, constant(400)),
        model_errors(SEARCH, SMALL, constant(18)),
        expect_none(minutes(30)),
        expect_none(minutes(44)),  # four failing minutes of five are 4.6 %: the condition is true from 35 on
        expect_firing(minutes(45), firing(PAGE, 0.0575, LARGE)),
        expect_firing(minutes(50), firing(PAGE, 0.0575, LARGE)),
        # The condition is false from 51 on; keep_firing_for ends at 55.
        expect_firing(minutes(55), firing(PAGE, 0.0575, LARGE, condition_ended=minutes(50))),
        expect_none(minutes(56)),
    )


@alert_test("HighAIErrorRate", PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="model_just_below_threshold")
def model_just_below_threshold(platform: Platform) -> Scenario:
    """A model fails 4.5 % of its calls with much traffic, through two restarts: does not fire."""
    return scenario(
        model_calls(FIRST_CHAT, LARGE, *with_restarts(2000, 2000)),
        model_errors(FIRST_CHAT, LARGE, *with_restarts(90, 90)),
        *(expect_none(minutes(minute)) for minute in (15, 16, 39, 42, 44, 48, 60)),
    )


@alert_test("HighAIErrorRate", PAGE, covers=(FIRES, BEFORE_FOR), id="model_at_then_above_threshold")
def model_at_then_above_threshold(platform: Platform) -> Scenario:
    """A model fails exactly 5 %, then 5.5 % from minute 30 on: fires from 41 on, through restarts at 38 and 43."""
    return scenario(
        model_calls(FIRST_CHAT, LARGE, *with_restarts(400, 400)),
        model_errors(FIRST_CHAT, LARGE, *with_restarts(20, 22)),
        expect_none(minutes(30)),
        expect_none(minutes(40)),
        *(expect_firing(minutes(minute), firing(PAGE, 0.055, LARGE)) for minute in (41, 44, 60)),
    )


@alert_test("HighAIErrorRate", PAGE, covers=(LOW_TRAFFIC,), id="fourteen_model_calls")
def fourteen_model_calls(platform: Platform) -> Scenario:
    """All of a model's 14 calls of two routes in 5 minutes fail: does not fire, because 15 are the minimum."""
    return scenario(
        model_calls(FIRST_CHAT, LARGE, constant("1.6")),
        model_errors(FIRST_CHAT, LARGE, constant("1.6")),
        model_calls(SEARCH, LARGE, constant("1.2")),
        model_errors(SEARCH, LARGE, constant("1.2")),
        model_calls(SEARCH, SMALL, constant(1000)),
        model_errors(SEARCH, SMALL, constant(0)),
        *(expect_none(minutes(minute)) for minute in (15, 16, 30, 60)),
    )


@alert_test("HighAIErrorRate", PAGE, covers=(FIRES, BEFORE_FOR), id="fifteen_model_calls")
def fifteen_model_calls(platform: Platform) -> Scenario:
    """10 of a model's 15 calls of two routes in 5 minutes, the minimum of both, fail: fires from 15 on."""
    return scenario(
        model_calls(FIRST_CHAT, LARGE, constant(2)),
        model_errors(FIRST_CHAT, LARGE, constant("1.5")),
        model_calls(SEARCH, LARGE, constant(1)),
        model_errors(SEARCH, LARGE, constant("0.5")),
        expect_none(minutes(14)),
        expect_firing(minutes(15), firing(PAGE, 2 / 3, LARGE)),
        expect_firing(minutes(60), firing(PAGE, 2 / 3, LARGE)),
    )


@alert_test("HighAIErrorRate", PAGE, covers=(LOW_TRAFFIC,), id="nine_model_errors")
def nine_model_errors(platform: Platform) -> Scenario:
    """9 of a model's 100 calls of two routes in 5 minutes fail: does not fire, because 10 errors are the minimum."""
    return scenario(
        model_calls(FIRST_CHAT, LARGE, constant(10)),
        model_errors(FIRST_CHAT, LARGE, constant(1)),
        model_calls(SEARCH, LARGE, constant(10)),
        model_errors(SEARCH, LARGE, constant("0.8")),
        model_calls(SEARCH, SMALL, constant(1000)),
        model_errors(SEARCH, SMALL, constant(10)),
        *(expect_none(minutes(minute)) for minute in (15, 16, 30, 60)),
    )
