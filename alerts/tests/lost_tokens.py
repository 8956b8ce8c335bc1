"""Alert tests of tokens that are not counted: calls without usage, and counters under another name."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import chain

from alerts.telemetry import ai_tokens_missing, ai_tokens_unknown
from alerts.tests.lost_telemetry import ONE_REQUEST, after, minimum, pending, too_few
from alerts.tests.names import Labels, models, route_of_last_service, routes, tenants, unpriced_model
from contract.ai import AI_ERRORS, AI_REQUESTS, AI_TOKENS_INPUT, AI_TOKENS_OUTPUT, AI_TOKENS_UNKNOWN
from contract.labels import MODEL
from contract.objectives import CALLS_MOSTLY_EXPLAINED
from generator.dsl.alert import TICKET, Alert
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
    expect_none,
    firing,
    input_series,
    no_samples,
    not_possible,
    scenario,
)
from generator.dsl.alert_timing import FIVE_MINUTES, multiple
from generator.dsl.metrics import Counter
from generator.dsl.platform import Platform
from generator.dsl.rates import at_most
from generator.dsl.units import Duration, hours, minutes

STOPS, BACK_AFTER, A_MINUTE = hours(2), hours(2), minutes(1)
"""Tokens stop after two hours, and are back two hours later."""
NO_OUTPUT_PRICE = "no model has a price for its output tokens"


def waits(alert: Alert, platform: Platform) -> Duration | None:
    """How long an alert that is evaluated every five minutes waits."""
    waiting = pending(alert, platform)
    return None if waiting is None else multiple(waiting.seconds, FIVE_MINUTES)


def generating(platform: Platform) -> list[str]:
    """The models that have a price for output tokens."""
    return [model for model, price in platform.model_prices.items() if price.output is not None]


def embedding(platform: Platform) -> list[str]:
    """The models that have a price for input tokens alone."""
    return [model for model, price in platform.model_prices.items() if price.output is None]


def fewest(platform: Platform) -> Fraction:
    """Calls a minute of which an hour has the minimum; a few more where that is not exact in floating point."""
    exact = minimum(platform) / 60
    return exact if at_most(exact / 2) == exact / 2 else at_most(minimum(platform) / 50)


def calls(labels: Labels, model: str, counts: Mapping[Counter, tuple[Segment, ...]]) -> tuple[InputSeries, ...]:
    """The counters of calls to a model."""
    return tuple(
        input_series(counter, {**labels, MODEL: model}, *segments) for counter, segments in counts.items() if segments
    )


@alert_test("AITokensUnknown", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="usage_is_gone")
def usage_is_gone(platform: Platform) -> Scenario:
    """From {start} to {end} no response of a model has its usage: fires at {fires} with more than half of an hour's
    calls, until fewer have none; never for a model that never reported any, and has no price for output."""
    rate, labels = minimum(platform), {**tenants(platform)[0], **routes(platform)[0]}
    model, silent = models(platform)[0][MODEL], next(iter(embedding(platform)), unpriced_model(platform))
    if silent == model:
        silent = unpriced_model(platform)
    wait = waits(ai_tokens_unknown, platform)
    before, during, later = count(0, STOPS), count(rate, BACK_AFTER), count(0, hours(2))
    end = STOPS + BACK_AFTER
    # Of twelve increases of 5 minutes, seven are more than half; then the half of them is known again.
    fires, full = after(STOPS + minutes(35), wait), after(STOPS + hours(1), wait)
    return scenario(
        *calls(labels, model, {
            AI_REQUESTS: (count(rate, end + hours(2)),),
            AI_TOKENS_UNKNOWN: (before, during, later),
            AI_TOKENS_INPUT: (count(rate * 100, STOPS), count(0, BACK_AFTER), count(rate * 100, hours(2))),
        }),
        *calls(labels, silent, {
            AI_REQUESTS: (count(rate, end + hours(2)),),
            AI_TOKENS_UNKNOWN: (count(rate, end + hours(2)),),
            AI_TOKENS_INPUT: (count(0, end + hours(2)),),
        }),
        expect_none(fires - FIVE_MINUTES),
        expect_firing(fires, firing(TICKET, share_of_hour(fires), {MODEL: model})),
        expect_firing(full, firing(TICKET, 1, {MODEL: model})),
        expect_firing(end + minutes(25), firing(TICKET, 7 / 12, {MODEL: model})),
        expect_none(end + minutes(30)),
        evaluation_interval=FIVE_MINUTES,
        claim={"start": STOPS, "end": end, "fires": fires},
    )  # fmt: skip


def share_of_hour(at: Duration) -> float:
    """The fraction of the last hour's calls that have no usage, in steps of 5 minutes."""
    return min(12, (at - STOPS).seconds // 300) / 12


@alert_test("AITokensUnknown", TICKET, covers=(FIRES,), id="usage_of_an_embedding_is_gone")
def usage_of_an_embedding_is_gone(platform: Platform) -> Scenario:
    """A model without a price for output reported tokens until {stops}, and no usage since: fires at {fires}, and
    still when the last hour has no tokens at all."""
    labels, rate, wait = (
        {**tenants(platform)[0], **routes(platform)[0]},
        fewest(platform),
        waits(ai_tokens_unknown, platform),
    )
    model, fires, full = unpriced_model(platform), after(STOPS + minutes(35), wait), after(STOPS + hours(1), wait)
    counts = {
        AI_REQUESTS: (count(rate, full),),
        AI_TOKENS_UNKNOWN: (count(0, STOPS), count(rate, full - STOPS)),
        AI_TOKENS_INPUT: (count(100, STOPS), count(0, full - STOPS)),
    }
    return scenario(
        *calls(labels, model, counts),
        expect_none(fires - FIVE_MINUTES),
        expect_firing(fires, firing(TICKET, share_of_hour(fires), {MODEL: model})),
        expect_firing(full, firing(TICKET, 1, {MODEL: model})),
        evaluation_interval=FIVE_MINUTES,
        claim={"stops": STOPS, "fires": fires},
    )


@alert_test("AITokensUnknown", TICKET, covers=(FIRES,), id="usage_never_came")
def usage_never_came(platform: Platform) -> Scenario | NotPossible:
    """Three of four calls of a model with a price for output tokens, fewer than the minimum, never report their usage,
    of two tenants and through a restart: fires."""
    (first, second), (route, _), rate = tenants(platform), routes(platform), fewest(platform)
    if not generating(platform):
        return not_possible(NO_OUTPUT_PRICE)
    model, at = generating(platform)[0], after(STOPS, waits(ai_tokens_unknown, platform))
    of_one = rate * 3 / 8
    before = STOPS - minutes(28)
    unknown = count(of_one, before), Restart(), count(of_one, at - before)
    return scenario(
        *calls({**first, **route}, model, {AI_REQUESTS: (count(rate, at),), AI_TOKENS_UNKNOWN: unknown}),
        *calls({**second, **route}, model, {AI_TOKENS_UNKNOWN: unknown}),
        expect_firing(at, firing(TICKET, 0.75, {MODEL: model})),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("AITokensUnknown", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="half_without_usage")
def half_without_usage(platform: Platform) -> Scenario:
    """Half of a model's calls have no usage, through a restart: does not fire."""
    rate, labels = minimum(platform), {**tenants(platform)[0], **routes(platform)[0]}

    def restarting(per_minute: Fraction) -> tuple[Segment, ...]:
        # Not at a time of evaluation, so that a window has samples before and after.
        return count(per_minute, STOPS - minutes(2)), Restart(), count(per_minute, STOPS + minutes(2))

    return scenario(
        *calls(labels, models(platform)[0][MODEL], {
            AI_REQUESTS: restarting(rate * 2),
            AI_TOKENS_UNKNOWN: restarting(rate),
            AI_TOKENS_INPUT: restarting(rate * 100),
        }),
        *map(expect_none, (STOPS, STOPS + FIVE_MINUTES, STOPS + minutes(10), STOPS + STOPS)),
        evaluation_interval=FIVE_MINUTES,
    )  # fmt: skip


@alert_test("AITokensUnknown", TICKET, covers=(LOW_TRAFFIC,), id="few_without_usage")
def few_without_usage(platform: Platform) -> Scenario | NotPossible:
    """All of fewer than {minimum} calls in an hour have no usage: does not fire."""
    rate, labels = too_few(platform), {**tenants(platform)[0], **routes(platform)[0]}
    if not rate:
        return not_possible(ONE_REQUEST)
    counts = {counter: (count(rate, STOPS),) for counter in (AI_REQUESTS, AI_TOKENS_UNKNOWN, AI_TOKENS_INPUT)}
    return scenario(
        *calls(labels, models(platform)[0][MODEL], counts),
        *map(expect_none, (hours(1), STOPS)),
        evaluation_interval=FIVE_MINUTES,
        claim={"minimum": minimum(platform)},
    )


def stopping(per_minute: Fraction) -> tuple[Segment, ...]:
    """A counter whose series stops, as where a backend renames it, and is back later."""
    return count(per_minute, STOPS), no_samples(BACK_AFTER), count(per_minute, hours(1))


@alert_test(
    "AITokensMissing", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="input_tokens_are_renamed"
)
def input_tokens_are_renamed(platform: Platform) -> Scenario:
    """The series of a model's input tokens stop at {stops}, and its calls go on: fires at {fires}, until they are back;
    not for a model whose calls fail, nor for one whose tokens arrive."""
    (first, second), (route, other_route) = tenants(platform), routes(platform)
    labels, rate = {**first, **route}, minimum(platform)
    renamed, failing = (names[MODEL] for names in models(platform))
    arriving, end = unpriced_model(platform) + "-v2", STOPS + BACK_AFTER + hours(1)
    always = (count(rate, end),)
    fires = after(STOPS + hours(1), waits(ai_tokens_missing, platform))
    alert = firing(TICKET, float(rate * 60), {MODEL: renamed})
    return scenario(
        *calls(labels, renamed, {AI_REQUESTS: always, AI_TOKENS_INPUT: stopping(rate * 100)}),
        *calls(labels, renamed, {AI_TOKENS_OUTPUT: (count(rate * 50, end),)}),
        *calls({**second, **route}, failing, {AI_REQUESTS: always, AI_ERRORS: always}),
        *calls({**first, **other_route}, arriving, {AI_REQUESTS: always, AI_TOKENS_INPUT: (count(rate * 9, end),)}),
        expect_none(fires - FIVE_MINUTES),
        expect_firing(fires, alert),
        expect_firing(STOPS + BACK_AFTER, alert),
        expect_none(STOPS + BACK_AFTER + FIVE_MINUTES),
        evaluation_interval=FIVE_MINUTES,
        claim={"stops": STOPS, "fires": fires},
    )


@alert_test("AITokensMissing", TICKET, covers=(FIRES, OTHERS_UNAFFECTED), id="output_tokens_are_renamed")
def output_tokens_are_renamed(platform: Platform) -> Scenario | NotPossible:
    """A model has no output tokens from {stops} on: fires at {fires}, not for a model without a price for
    output, which has none, nor for one whose calls have no usage."""
    labels, rate = {**tenants(platform)[0], **route_of_last_service(platform)}, minimum(platform)
    if not generating(platform):
        return not_possible(NO_OUTPUT_PRICE)
    (model, *others), end, unpriced = generating(platform), STOPS + BACK_AFTER, unpriced_model(platform)
    always = (count(rate, end),)
    fires = after(STOPS + hours(1), waits(ai_tokens_missing, platform))
    return scenario(
        *calls(labels, model, {
            AI_REQUESTS: always,
            AI_TOKENS_INPUT: (count(rate * 100, end),),
            AI_TOKENS_OUTPUT: (count(rate * 50, STOPS), count(0, BACK_AFTER)),
        }),
        *(
            series
            for unknown in (unpriced + "-b", *others[:1])
            for series in calls(labels, unknown, {AI_REQUESTS: always, AI_TOKENS_UNKNOWN: always})
        ),
        *(
            series
            for silent in (unpriced, *embedding(platform)[:1])
            for series in calls(labels, silent, {AI_REQUESTS: always, AI_TOKENS_INPUT: (count(rate * 10, end),)})
        ),
        expect_none(fires - FIVE_MINUTES),
        expect_firing(fires, firing(TICKET, float(rate * 60), {MODEL: model})),
        evaluation_interval=FIVE_MINUTES,
        claim={"stops": STOPS, "fires": fires},
    )  # fmt: skip


@alert_test("AITokensMissing", TICKET, covers=(LOW_TRAFFIC,), id="few_calls_without_tokens")
def few_calls_without_tokens(platform: Platform) -> Scenario | NotPossible:
    """Fewer than {minimum} calls in an hour have no tokens: does not fire."""
    rate, labels = too_few(platform), {**tenants(platform)[0], **routes(platform)[0]}
    if not rate:
        return not_possible(ONE_REQUEST)
    return scenario(
        *calls(labels, models(platform)[0][MODEL], {AI_REQUESTS: (count(rate, STOPS),)}),
        *map(expect_none, (hours(1), STOPS)),
        evaluation_interval=FIVE_MINUTES,
        claim={"minimum": minimum(platform)},
    )


@alert_test("AITokensMissing", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="few_tokens_arrive")
def few_tokens_arrive(platform: Platform) -> Scenario:
    """One input and one output token arrive in half an hour, through a restart: does not fire."""
    rate, labels = minimum(platform), {**tenants(platform)[0], **routes(platform)[0]}
    few = count(0, minutes(29)), count(1, A_MINUTE)
    half_hours: tuple[Segment, ...] = (*few, *few, *few, Restart(), *few, *few)
    model = models(platform)[0][MODEL]
    counts = dict.fromkeys((AI_TOKENS_INPUT, AI_TOKENS_OUTPUT), half_hours)
    return scenario(
        *calls(labels, model, {AI_REQUESTS: (count(rate, minutes(150)),), **counts}),
        *map(expect_none, (hours(1), minutes(95), minutes(120), minutes(150))),
        evaluation_interval=FIVE_MINUTES,
    )


def explained(platform: Platform, share: Fraction, model: str, why: Counter, *arriving: Counter) -> list[InputSeries]:
    """Calls of a model without tokens but those that arrive, of which a share has a reason: of two tenants, on two
    routes."""
    (first, second), (route, other_route) = tenants(platform), routes(platform)
    rate = minimum(platform) * 20
    return [
        series
        for labels in ({**first, **route}, {**second, **route}, {**first, **other_route})
        for series in calls(labels, model, {
            AI_REQUESTS: (count(rate, STOPS),),
            why: (count(rate * share, STOPS),),
            **{counter: (count(rate * 100, STOPS),) for counter in arriving},
        })
    ]  # fmt: skip


def of_each_reason(platform: Platform, share: Fraction) -> tuple[list[InputSeries], list[str]]:
    """Calls of which a share has a reason, for each reason: of models without input tokens, and of models without
    output tokens that have a price for them. And the models."""
    reasons = {"-failing": AI_ERRORS, "-unknown": AI_TOKENS_UNKNOWN}
    new = {unpriced_model(platform) + suffix: why for suffix, why in reasons.items()}
    priced = dict(zip(generating(platform), reasons.values(), strict=False))
    without_input = (explained(platform, share, model, why) for model, why in new.items())
    without_output = (explained(platform, share, model, why, AI_TOKENS_INPUT) for model, why in priced.items())
    return list(chain(*without_input, *without_output)), [*new, *priced]


@alert_test("AITokensMissing", TICKET, covers=(FIRES,), id="part_of_the_calls_is_explained")
def part_of_the_calls_is_explained(platform: Platform) -> Scenario:
    """{share} of a model's calls fail, or have no usage, and no tokens arrive: fires."""
    share = CALLS_MOSTLY_EXPLAINED.amount
    series, names = of_each_reason(platform, share)
    an_hour = float(minimum(platform) * 20 * 3 * 60)
    return scenario(
        *series,
        expect_firing(STOPS, *(firing(TICKET, an_hour, {MODEL: model}) for model in names)),
        evaluation_interval=FIVE_MINUTES,
        claim={"share": CALLS_MOSTLY_EXPLAINED},
    )


@alert_test("AITokensMissing", TICKET, covers=(BELOW_THRESHOLD,), id="many_calls_are_explained")
def many_calls_are_explained(platform: Platform) -> Scenario:
    """A little more than {share} of a model's calls fail, or have no usage, and no tokens arrive: does not fire."""
    series, _ = of_each_reason(platform, CALLS_MOSTLY_EXPLAINED.amount + Fraction(1, 20))
    return scenario(
        *series,
        *map(expect_none, (hours(1), STOPS)),
        evaluation_interval=FIVE_MINUTES,
        claim={"share": CALLS_MOSTLY_EXPLAINED},
    )


@alert_test("AITokensMissing", TICKET, covers=(FIRES, BEFORE_FOR), id="failures_end")
def failures_end(platform: Platform) -> Scenario:
    """All calls of a model fail until {end}, and no tokens arrive later: fires at {fires}, when the last hour has few
    failed calls."""
    rate, labels = minimum(platform), {**tenants(platform)[0], **routes(platform)[0]}
    # The steps of five minutes after which at most the share of an hour's calls failed.
    explaining = multiple(int(3600 * (1 - CALLS_MOSTLY_EXPLAINED.amount)), FIVE_MINUTES)
    fires, model = after(STOPS + explaining, waits(ai_tokens_missing, platform)), unpriced_model(platform)
    failing = count(rate, STOPS), count(0, fires - STOPS)
    return scenario(
        *calls(labels, model, {AI_REQUESTS: (count(rate, fires),), AI_ERRORS: failing}),
        *map(expect_none, (STOPS, fires - FIVE_MINUTES)),
        expect_firing(fires, firing(TICKET, float(rate * 60), {MODEL: model})),
        evaluation_interval=FIVE_MINUTES,
        claim={"end": STOPS, "fires": fires},
    )


@alert_test("AITokensMissing", TICKET, covers=(FIRES,), id="fewest_calls_without_tokens")
def fewest_calls_without_tokens(platform: Platform) -> Scenario:
    """The minimum of calls in an hour, on two routes, have no tokens, though the counters are there: fires."""
    first, rate = tenants(platform)[0], fewest(platform)
    input_missing, at = unpriced_model(platform), after(STOPS, waits(ai_tokens_missing, platform))
    arriving = {input_missing: (Fraction(0), Fraction(100))}
    arriving |= {model: (Fraction(100), Fraction(0)) for model in generating(platform)[:1]}
    return scenario(
        *(
            series
            for model, (of_input, of_output) in arriving.items()
            for route in routes(platform)
            for series in calls({**first, **route}, model, {
                AI_REQUESTS: (count(rate / 2, at),),
                AI_TOKENS_INPUT: (count(of_input, at),),
                AI_TOKENS_OUTPUT: (count(of_output, at),),
            })
        ),
        expect_firing(at, *(firing(TICKET, float(rate * 60), {MODEL: model}) for model in arriving)),
        evaluation_interval=FIVE_MINUTES,
    )  # fmt: skip
