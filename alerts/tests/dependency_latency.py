"""Alert tests of HighAILatency and HighVectorizeLatency."""

from alerts.latency import high_ai_latency, high_vectorize_latency
from alerts.tests.latency_series import (
    LatencyAlert,
    constant,
    incident,
    latency_alert,
    shares,
    slow_share,
    with_restarts,
)
from alerts.tests.names import Labels, models, routes, tenants
from alerts.tests.phases import phases
from alerts.tests.ratio_alert import MINIMUM_OF_ONE, share
from contract.ai import AI_LATENCY, AI_REQUESTS
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
    NotPossible,
    Scenario,
    alert_test,
    expect_firing,
    expect_none,
    firing,
    not_applicable,
    not_possible,
    scenario,
)
from generator.dsl.platform import Platform
from generator.dsl.units import minutes

RESTARTS = minutes(8), minutes(13)
AT_THRESHOLD, ABOVE_THRESHOLD = shares(6000, 300, within=5700), shares(6000, 375, within=5625)
"""Exactly 5 % are slow, then 6.25 %."""
BELOW_THRESHOLD_SHARES = shares(1000, 40, within=50)
"""Of 1,000 the 950th is the 40th of 50 in the bucket below the threshold."""
VECTORIZE_HAS_NO_LABELS = not_applicable(
    "HighVectorizeLatency",
    TICKET,
    covers=(OTHERS_UNAFFECTED,),
    reason="The alert is about all queries together, so there are no others.",
)


def names(platform: Platform) -> tuple[Labels, Labels, Labels, Labels]:
    """Both tenants on the first route, then on the second one."""
    first, second = tenants(platform)
    route, other_route = routes(platform)
    return {**first, **route}, {**second, **route}, {**first, **other_route}, {**second, **other_route}


def model_alert(platform: Platform) -> LatencyAlert:
    """HighAILatency."""
    return latency_alert(high_ai_latency, platform, platform.latency.ai, AI_REQUESTS, AI_LATENCY)


def vectorize_alert(platform: Platform) -> LatencyAlert:
    """HighVectorizeLatency."""
    slo = platform.latency.vectorize
    return latency_alert(high_vectorize_latency, platform, slo, VECTORIZE_QUERIES, VECTORIZE_LATENCY)


@alert_test("HighAILatency", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="model_is_slow")
def model_is_slow(platform: Platform) -> Scenario:
    """{share} of a model's calls take {slow} from {start} to {end}: fires from {fires} to {last}, never for another
    model within the threshold."""
    alert, (first, second, on_other, _) = model_alert(platform), names(platform)
    (model, other), during = models(platform), phases(alert.timing)
    *parts, healthy = alert.scaled(shares(100, 6), shares(44, 1), shares(16, 3), shares(100, 4, within=5))
    times = alert.incident(during, slow_share(parts))
    return scenario(
        *alert.series({**first, **model}, *incident(during, parts[0])),
        *alert.series({**second, **model}, *incident(during, parts[1])),
        *alert.series({**on_other, **model}, *incident(during, parts[2])),
        *alert.series({**first, **other}, constant(during, healthy)),
        expect_none(during.start),
        expect_none(alert.timing.before(times.fires)),
        *(
            expect_firing(time, firing(TICKET, alert.share_in(times, time), model))
            for time in (times.fires, during.end)
        ),
        expect_none(alert.timing.after(times.last)),
        evaluation_interval=alert.timing.interval,
        claim={**alert.claim, **times.claim, "share": share(round(slow_share(parts), 3))},
    )


@alert_test("HighAILatency", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="model_just_below_threshold")
def model_just_below_threshold(platform: Platform) -> Scenario:
    """A model's p95 is within {threshold} and its maximum far above, through two restarts: does not fire."""
    alert, (first, *_), (model, _) = model_alert(platform), names(platform), models(platform)
    during, latencies = phases(alert.timing), *alert.scaled(BELOW_THRESHOLD_SHARES)
    return scenario(
        *alert.series({**first, **model}, *with_restarts(during, latencies, latencies, *RESTARTS)),
        *map(expect_none, during.throughout(11, 15, 30, 39, 41, 44, 48, 60)),
        evaluation_interval=alert.timing.interval,
        claim=alert.claim,
    )


@alert_test("HighAILatency", TICKET, covers=(FIRES, BEFORE_FOR), id="model_at_then_above_threshold")
def model_at_then_above_threshold(platform: Platform) -> Scenario:
    """95% of calls take {threshold} or less, then 93.75% from {start} on: fires from {fires} on, through restarts."""
    alert, (first, *_), (model, _) = model_alert(platform), names(platform), models(platform)
    during, at, above = phases(alert.timing), *alert.scaled(AT_THRESHOLD, ABOVE_THRESHOLD)
    fires = alert.timing.fires_after_change(during.start)
    return scenario(
        *alert.series({**first, **model}, *with_restarts(during, at, above, *RESTARTS)),
        *alert.fires_after(during, at, above, TICKET, model, minutes(44)),
        evaluation_interval=alert.timing.interval,
        claim={**alert.claim, "start": during.start, "fires": fires},
    )


@alert_test("HighAILatency", TICKET, covers=(LOW_TRAFFIC,), id="fourteen_model_calls")
def too_few_model_calls(platform: Platform) -> Scenario | NotPossible:
    """All of a model's {fewer} calls of two routes in {window} take {slow}: does not fire, because {minimum} are the
    minimum."""
    alert, (first, _, on_other, _), (model, other) = model_alert(platform), names(platform), models(platform)
    during, few = phases(alert.timing), alert.too_few()
    if few is None:
        return not_possible(MINIMUM_OF_ONE)
    larger, smaller = few.split(4, 3)
    return scenario(
        *alert.series({**first, **model}, constant(during, larger)),
        *alert.series({**on_other, **model}, constant(during, smaller)),
        *alert.series({**on_other, **other}, constant(during, *alert.scaled(shares(1000, 0)))),
        *map(expect_none, during.throughout(15, 16, 30, 60)),
        evaluation_interval=alert.timing.interval,
        claim=alert.claim,
    )


@alert_test("HighAILatency", TICKET, covers=(FIRES, BEFORE_FOR), id="fifteen_model_calls")
def enough_model_calls(platform: Platform) -> Scenario:
    """A quarter of a model's {minimum} calls of two routes in {window}, the minimum, take {slow}: fires from {fires}
    on."""
    alert, (first, _, on_other, _), (model, _) = model_alert(platform), names(platform), models(platform)
    during, (enough, fires_at) = phases(alert.timing), alert.just_enough()
    (larger, smaller), fires = enough.split(1, 1), firing(TICKET, float(enough.slow_share), model)
    return scenario(
        *alert.series({**first, **model}, constant(during, larger)),
        *alert.series({**on_other, **model}, constant(during, smaller)),
        expect_none(alert.timing.before(fires_at)),
        expect_firing(fires_at, fires),
        expect_firing(during.length, fires),
        evaluation_interval=alert.timing.interval,
        claim={**alert.claim, "fires": fires_at},
    )


@alert_test("HighVectorizeLatency", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS), id="vectorize_is_slow")
def vectorize_is_slow(platform: Platform) -> Scenario:
    """{share} of the queries of two tenants and routes take {slow} from {start} to {end}: fires from {fires} to
    {last}."""
    alert, (_, _, first, second), (on_other, *_) = vectorize_alert(platform), names(platform), names(platform)
    during = phases(alert.timing)
    parts = alert.scaled(shares(40, 2), shares(30, 1), shares(10, 2))
    times = alert.incident(during, slow_share(parts))
    return scenario(
        *alert.series(first, *incident(during, parts[0])),
        *alert.series(second, *incident(during, parts[1])),
        *alert.series(on_other, *incident(during, parts[2])),
        expect_none(during.start),
        expect_none(alert.timing.before(times.fires)),
        *(expect_firing(time, firing(TICKET, alert.share_in(times, time))) for time in (times.fires, during.end)),
        expect_none(alert.timing.after(times.last)),
        evaluation_interval=alert.timing.interval,
        claim={**alert.claim, **times.claim, "share": share(round(slow_share(parts), 3))},
    )


@alert_test(
    "HighVectorizeLatency", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="vectorize_just_below_threshold"
)
def vectorize_just_below_threshold(platform: Platform) -> Scenario:
    """The p95 of queries is within {threshold} and their maximum far above, through two restarts: does not fire."""
    alert, (_, _, labels, _) = vectorize_alert(platform), names(platform)
    during, latencies = phases(alert.timing), *alert.scaled(BELOW_THRESHOLD_SHARES)
    return scenario(
        *alert.series(labels, *with_restarts(during, latencies, latencies, *RESTARTS)),
        *map(expect_none, during.throughout(11, 15, 30, 39, 41, 44, 48, 60)),
        evaluation_interval=alert.timing.interval,
        claim=alert.claim,
    )


@alert_test("HighVectorizeLatency", TICKET, covers=(FIRES, BEFORE_FOR), id="vectorize_at_then_above_threshold")
def vectorize_at_then_above_threshold(platform: Platform) -> Scenario:
    """95% of queries take {threshold} or less, then 93.75% from {start} on: fires from {fires} on, through restarts."""
    alert, (_, _, labels, _) = vectorize_alert(platform), names(platform)
    during, at, above = phases(alert.timing), *alert.scaled(AT_THRESHOLD, ABOVE_THRESHOLD)
    fires = alert.timing.fires_after_change(during.start)
    return scenario(
        *alert.series(labels, *with_restarts(during, at, above, *RESTARTS)),
        *alert.fires_after(during, at, above, TICKET, {}, minutes(44)),
        evaluation_interval=alert.timing.interval,
        claim={**alert.claim, "start": during.start, "fires": fires},
    )


@alert_test("HighVectorizeLatency", TICKET, covers=(LOW_TRAFFIC,), id="fourteen_vectorize_queries")
def too_few_vectorize_queries(platform: Platform) -> Scenario | NotPossible:
    """All of {fewer} queries of two routes in {window} take {slow}: does not fire, because {minimum} are the
    minimum."""
    alert, (on_other, _, labels, _) = vectorize_alert(platform), names(platform)
    during, few = phases(alert.timing), alert.too_few()
    if few is None:
        return not_possible(MINIMUM_OF_ONE)
    larger, smaller = few.split(4, 3)
    return scenario(
        *alert.series(labels, constant(during, larger)),
        *alert.series(on_other, constant(during, smaller)),
        *map(expect_none, during.throughout(15, 16, 30, 60)),
        evaluation_interval=alert.timing.interval,
        claim=alert.claim,
    )


@alert_test("HighVectorizeLatency", TICKET, covers=(FIRES, BEFORE_FOR), id="fifteen_vectorize_queries")
def enough_vectorize_queries(platform: Platform) -> Scenario:
    """A quarter of {minimum} queries of two tenants in {window}, the minimum, take {slow}: fires from {fires} on."""
    alert, (_, on_other, labels, other) = vectorize_alert(platform), names(platform)
    during, (enough, fires_at) = phases(alert.timing), alert.just_enough()
    (larger, rest), fires = enough.split(1, 1), firing(TICKET, float(enough.slow_share))
    smaller, smallest = rest.split(1, 1)
    return scenario(
        *alert.series(labels, constant(during, larger)),
        *alert.series(other, constant(during, smaller)),
        *alert.series(on_other, constant(during, smallest)),
        expect_none(alert.timing.before(fires_at)),
        expect_firing(fires_at, fires),
        expect_firing(during.length, fires),
        evaluation_interval=alert.timing.interval,
        claim={**alert.claim, "fires": fires_at},
    )
