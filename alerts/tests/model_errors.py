"""Alert tests of HighAIErrorRate."""

from fractions import Fraction

from alerts.errors import high_ai_error_rate
from alerts.tests.names import Labels, models, routes, tenants
from alerts.tests.phases import phases
from alerts.tests.ratio_alert import MINIMUM_OF_ONE, NO_FEWER_ERRORS, RatioAlert, ratio_alert, share
from contract.ai import AI_ERRORS, AI_REQUESTS
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
    NotPossible,
    Scenario,
    Segment,
    alert_test,
    expect_firing,
    expect_none,
    firing,
    input_series,
    not_possible,
    scenario,
)
from generator.dsl.platform import Platform
from generator.dsl.units import minutes

RESTARTS = minutes(8), minutes(13)


def names(platform: Platform) -> tuple[Labels, Labels, Labels]:
    """Both tenants on the first route, and the first one on the second route."""
    first, second = tenants(platform)
    route, other_route = routes(platform)
    return {**first, **route}, {**second, **route}, {**first, **other_route}


def model_alert(platform: Platform) -> RatioAlert:
    """HighAIErrorRate."""
    return ratio_alert(high_ai_error_rate, platform, platform.errors.ai)


def model_calls(labels: Labels, model: Labels, *segments: Segment) -> InputSeries:
    """Calls to a model, whether they fail or not."""
    return input_series(AI_REQUESTS, {**labels, **model}, *segments)


def model_errors(labels: Labels, model: Labels, *segments: Segment) -> InputSeries:
    """Calls to a model that fail."""
    return input_series(AI_ERRORS, {**labels, **model}, *segments)


@alert_test("HighAIErrorRate", PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="model_fails")
def model_fails(platform: Platform) -> Scenario:
    """A model fails {ratio} of its calls from {start} to {end}: fires from {fires} to {last}, never for another model
    at {other}."""
    alert, (first, second, on_other), (model, other_model) = model_alert(platform), names(platform), models(platform)
    during, ratio, other = phases(alert.timing), alert.well_above.ratio, alert.just_below
    (larger, rest), times = alert.well_above.halves(), alert.incident(during, ratio)
    smaller, smallest = rest.halves()
    return scenario(
        model_calls(first, model, during.constant(larger.requests)),
        model_errors(first, model, *during.incident(larger.errors)),
        model_calls(second, model, during.constant(smaller.requests)),
        model_errors(second, model, *during.incident(smaller.errors)),
        model_calls(on_other, model, during.constant(smallest.requests)),
        model_errors(on_other, model, *during.incident(smallest.errors)),
        model_calls(on_other, other_model, during.constant(other.requests)),
        model_errors(on_other, other_model, during.constant(other.errors)),
        *alert.fires_in(times, PAGE, model),
        evaluation_interval=alert.timing.interval,
        claim={"ratio": share(ratio), "other": share(other.ratio), **times.claim},
    )


@alert_test("HighAIErrorRate", PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="model_just_below_threshold")
def model_just_below_threshold(platform: Platform) -> Scenario:
    """A model fails {ratio} of its calls all the time, through two restarts: does not fire."""
    alert, (first, *_), (model, _) = model_alert(platform), names(platform), models(platform)
    during, traffic = phases(alert.timing), alert.just_below
    return scenario(
        model_calls(first, model, *during.changing(traffic.requests, traffic.requests, *RESTARTS)),
        model_errors(first, model, *during.changing(traffic.errors, traffic.errors, *RESTARTS)),
        *map(expect_none, during.throughout(15, 16, 39, 42, 44, 48, 60)),
        evaluation_interval=alert.timing.interval,
        claim={"ratio": share(traffic.ratio)},
    )


@alert_test("HighAIErrorRate", PAGE, covers=(FIRES, BEFORE_FOR), id="model_at_then_above_threshold")
def model_at_then_above_threshold(platform: Platform) -> Scenario:
    """A model fails exactly {threshold}, then {ratio} from {start} on: fires from {fires} on, through two restarts."""
    alert, (first, *_), (model, _) = model_alert(platform), names(platform), models(platform)
    during, (at, above) = phases(alert.timing), alert.at_then_above()
    fires = alert.timing.fires_after_change(during.start)
    return scenario(
        model_calls(first, model, *during.changing(at.requests, above.requests, *RESTARTS)),
        model_errors(first, model, *during.changing(at.errors, above.errors, *RESTARTS)),
        *alert.fires_after(during, at, above, PAGE, model, minutes(44)),
        evaluation_interval=alert.timing.interval,
        claim={"threshold": share(at.ratio), "ratio": share(above.ratio), "start": during.start, "fires": fires},
    )


@alert_test("HighAIErrorRate", PAGE, covers=(LOW_TRAFFIC,), id="fourteen_model_calls")
def too_few_model_calls(platform: Platform) -> Scenario | NotPossible:
    """All of a model's {requests} calls of two routes in {window} fail: does not fire, because {minimum} are the
    minimum."""
    alert, (first, _, on_other), (model, other_model) = model_alert(platform), names(platform), models(platform)
    during, few = phases(alert.timing), alert.too_few_requests()
    if few is None:
        return not_possible(MINIMUM_OF_ONE)
    larger, smaller = few.halves()
    return scenario(
        model_calls(first, model, during.constant(larger.requests)),
        model_errors(first, model, during.constant(larger.errors)),
        model_calls(on_other, model, during.constant(smaller.requests)),
        model_errors(on_other, model, during.constant(smaller.errors)),
        model_calls(on_other, other_model, during.constant(alert.traffic(Fraction(1)).requests * 50)),
        model_errors(on_other, other_model, during.constant(Fraction(0))),
        *map(expect_none, during.throughout(15, 16, 30, 60)),
        evaluation_interval=alert.timing.interval,
        claim=alert.few_requests_claim,
    )


@alert_test("HighAIErrorRate", PAGE, covers=(FIRES, BEFORE_FOR), id="fifteen_model_calls")
def enough_model_calls(platform: Platform) -> Scenario:
    """{errors} of a model's {requests} calls of two routes in {window} fail, which are the minimum: fires from {fires}
    on."""
    alert, (first, _, on_other), (model, _) = model_alert(platform), names(platform), models(platform)
    during, (enough, fires_at) = phases(alert.timing), alert.just_enough()
    (larger, smaller), fires = enough.halves(), firing(PAGE, float(enough.ratio), model)
    return scenario(
        model_calls(first, model, during.constant(larger.requests)),
        model_errors(first, model, during.constant(larger.errors)),
        model_calls(on_other, model, during.constant(smaller.requests)),
        model_errors(on_other, model, during.constant(smaller.errors)),
        expect_none(alert.timing.before(fires_at)),
        expect_firing(fires_at, fires),
        expect_firing(during.length, fires),
        evaluation_interval=alert.timing.interval,
        claim=alert.enough_claim,
    )


@alert_test("HighAIErrorRate", PAGE, covers=(LOW_TRAFFIC,), id="nine_model_errors")
def too_few_model_errors(platform: Platform) -> Scenario | NotPossible:
    """{errors} of a model's {requests} calls of two routes in {window} fail: does not fire, because {minimum} errors
    are the minimum."""
    alert, (first, _, on_other), (model, other_model) = model_alert(platform), names(platform), models(platform)
    during, few, other = phases(alert.timing), alert.too_few_errors(), alert.just_below
    if few is None:
        return not_possible(NO_FEWER_ERRORS)
    larger, smaller = few.halves()
    return scenario(
        model_calls(first, model, during.constant(larger.requests)),
        model_errors(first, model, during.constant(larger.errors)),
        model_calls(on_other, model, during.constant(smaller.requests)),
        model_errors(on_other, model, during.constant(smaller.errors)),
        model_calls(on_other, other_model, during.constant(other.requests)),
        model_errors(on_other, other_model, during.constant(other.errors)),
        *map(expect_none, during.throughout(15, 16, 30, 60)),
        evaluation_interval=alert.timing.interval,
        claim=alert.few_errors_claim(few),
    )
