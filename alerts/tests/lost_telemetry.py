"""Alert tests of telemetry that is lost or moved: counted by nobody, for another tenant or under another name."""

from collections.abc import Mapping
from fractions import Fraction

from alerts.telemetry import (
    ai_tokens_missing,
    ai_tokens_unknown,
    route_latency_missing,
    telemetry_dropped,
    tenants_counted_as_other,
)
from alerts.tests.names import Labels, models, route_of_last_service, routes, tenants, unpriced_model
from alerts.tests.phases import Phases, phases
from contract.ai import AI_ERRORS, AI_REQUESTS, AI_TOKENS_INPUT, AI_TOKENS_OUTPUT, AI_TOKENS_UNKNOWN
from contract.api import DROPPED, LATENCY, REQUESTS
from contract.labels import MODEL, REASON, SERVICE, TENANT
from generator.dsl.alert import TICKET, Alert
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
    Expectation,
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
    not_applicable,
    not_possible,
    observe,
    scenario,
)
from generator.dsl.alert_timing import AlertTiming, IncidentTimes, extrapolated_increase, multiple, timing
from generator.dsl.metrics import Counter
from generator.dsl.platform import Platform
from generator.dsl.rates import at_most
from generator.dsl.units import Duration, hours, minutes

ANY = "One is enough: what is lost is missing in every other number, however low the traffic is."
DROPPED_ANY = not_applicable("TelemetryDropped", TICKET, covers=(LOW_TRAFFIC,), reason=ANY)
OTHER_ANY = not_applicable("TenantsCountedAsOther", TICKET, covers=(LOW_TRAFFIC,), reason=ANY)
ONE_REQUEST = "the minimum is one request, so that no traffic is too low"
LOST_PER_MINUTE = Fraction(60)
STOPS, BACK_AFTER, A_MINUTE = hours(2), hours(2), minutes(1)
"""Tokens or latencies stop after two hours, and are back two hours later."""


def lost(platform: Platform) -> tuple[Labels, Labels]:
    """A service that loses telemetry, with the reason; and a reason for which it loses none."""
    service = {SERVICE: next(iter(platform.services))}
    return {**service, REASON: "buffer_full"}, {**service, REASON: "refused"}


def while_something_counts(
    alert: AlertTiming, during: Phases, segments: tuple[Segment, ...], labels: Labels
) -> tuple[Expectation, ...]:
    """What fires of an alert on any count, while a counter of these segments counts during an incident."""
    times = IncidentTimes(alert, during.start, during.end, Fraction(1_000_000))

    def value(time: Duration) -> float:
        return float(extrapolated_increase(segments, time, alert.window, alert.interval))

    ended = times.true_until
    kept = firing(TICKET, value(ended), labels, condition_ended=ended if times.last > ended else None)
    return (
        expect_none(alert.before(times.fires)),
        expect_firing(times.fires, firing(TICKET, value(times.fires), labels)),
        expect_firing(times.last, kept),
        expect_none(alert.after(times.last)),
    )


def forgotten(alert: AlertTiming) -> tuple[tuple[Segment, ...], Duration]:
    """Segments of what counted once, and restarts long after; and when it restarts."""
    used = minutes(10)
    restarts = used + multiple(alert.window.seconds + alert.for_ + alert.keep_firing, minutes(5)) + minutes(20)
    segments = count(LOST_PER_MINUTE, used), count(0, restarts - used), Restart(), count(0, minutes(30))
    return segments, restarts


@alert_test("TelemetryDropped", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="telemetry_is_lost")
def telemetry_is_lost(platform: Platform) -> Scenario:
    """A service loses 60 observations a minute from {start} to {end}: fires from {fires} to {last}, for this reason
    alone."""
    alert, (labels, other) = timing(telemetry_dropped.rule(platform)), lost(platform)
    during = phases(alert)
    segments = during.incident(LOST_PER_MINUTE)
    return scenario(
        input_series(DROPPED, labels, *segments),
        input_series(DROPPED, other, during.constant(Fraction(0))),
        *while_something_counts(alert, during, segments, labels),
        evaluation_interval=alert.interval,
        claim=IncidentTimes(alert, during.start, during.end, Fraction(1_000_000)).claim,
    )


@alert_test("TelemetryDropped", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="lost_long_ago")
def lost_long_ago(platform: Platform) -> Scenario:
    """Telemetry was lost long before the process restarts at {restarts}: does not fire."""
    alert, (labels, _) = timing(telemetry_dropped.rule(platform)), lost(platform)
    segments, restarts = forgotten(alert)
    return scenario(
        input_series(DROPPED, labels, *segments),
        *map(expect_none, (restarts, restarts + minutes(1), restarts + minutes(5), restarts + minutes(30))),
        evaluation_interval=alert.interval,
        claim={"restarts": restarts},
    )


def other_tenant(platform: Platform) -> Labels:
    """Requests of tenants beyond the limit on series, on the first route."""
    return {TENANT: "other", **routes(platform)[0]}


@alert_test(
    "TenantsCountedAsOther", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="too_many_tenants"
)
def too_many_tenants(platform: Platform) -> Scenario:
    """60 requests a minute of a route are counted under `other` from {start} to {end}: fires from {fires} to {last},
    for this route alone."""
    alert, (first, second) = timing(tenants_counted_as_other.rule(platform)), tenants(platform)
    during, (route, other_route) = phases(alert), routes(platform)
    segments = during.incident(LOST_PER_MINUTE)
    return scenario(
        input_series(REQUESTS, other_tenant(platform), *segments),
        input_series(REQUESTS, {**first, **route}, during.constant(Fraction(600))),
        input_series(REQUESTS, {**second, **other_route}, during.constant(Fraction(600))),
        *while_something_counts(alert, during, segments, route),
        evaluation_interval=alert.interval,
        claim=IncidentTimes(alert, during.start, during.end, Fraction(1_000_000)).claim,
    )


@alert_test("TenantsCountedAsOther", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="too_many_tenants_long_ago")
def too_many_tenants_long_ago(platform: Platform) -> Scenario:
    """Requests were counted under `other` long before the process restarts at {restarts}, those of a tenant still
    arrive: does not fire."""
    alert, (first, _) = timing(tenants_counted_as_other.rule(platform)), tenants(platform)
    segments, restarts = forgotten(alert)
    busy = count(600, restarts), Restart(), count(600, minutes(30))
    return scenario(
        input_series(REQUESTS, other_tenant(platform), *segments),
        input_series(REQUESTS, {**first, **routes(platform)[0]}, *busy),
        *map(expect_none, (restarts, restarts + minutes(1), restarts + minutes(5), restarts + minutes(30))),
        evaluation_interval=alert.interval,
        claim={"restarts": restarts},
    )


def pending(alert: Alert, platform: Platform) -> Duration | None:
    """How long the condition of an alert is true before it fires."""
    return alert.rule(platform).pending


def after(time: Duration, waiting: Duration | None) -> Duration:
    """A time, and what an alert waits for."""
    return time if waiting is None else time + waiting


def calls(labels: Labels, model: str, counts: Mapping[Counter, tuple[Segment, ...]]) -> tuple[InputSeries, ...]:
    """The counters of calls to a model."""
    return tuple(
        input_series(counter, {**labels, MODEL: model}, *segments) for counter, segments in counts.items() if segments
    )


def minimum(platform: Platform) -> Fraction:
    """The minimum of requests."""
    return platform.min_requests.amount


def too_few(platform: Platform) -> Fraction:
    """Calls a minute of which an hour has fewer than the minimum."""
    return at_most((minimum(platform) - 1) / 60)


@alert_test("AITokensUnknown", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="usage_is_gone")
def usage_is_gone(platform: Platform) -> Scenario:
    """From {start} to {end} no response of a model has its usage: fires at {fires} with more than half of an hour's
    calls, until fewer have none; never for a model that never reported any, and has no price for output."""
    rate, labels = minimum(platform), {**tenants(platform)[0], **routes(platform)[0]}
    model, silent = models(platform)[0][MODEL], unpriced_model(platform)
    wait = pending(ai_tokens_unknown, platform)
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
        }),
        expect_none(fires - A_MINUTE),
        expect_firing(fires, firing(TICKET, share_of_hour(fires), {MODEL: model})),
        expect_firing(full, firing(TICKET, 1, {MODEL: model})),
        expect_firing(end + minutes(25), firing(TICKET, 7 / 12, {MODEL: model})),
        expect_none(end + minutes(30)),
        claim={"start": STOPS, "end": end, "fires": fires},
    )  # fmt: skip


def share_of_hour(at: Duration) -> float:
    """The fraction of the last hour's calls that have no usage, in steps of 5 minutes."""
    return min(12, (at - STOPS).seconds // 300) / 12


@alert_test("AITokensUnknown", TICKET, covers=(FIRES,), id="usage_never_came")
def usage_never_came(platform: Platform) -> Scenario | NotPossible:
    """Most calls of a model with a price for output tokens, fewer than the minimum, never report their usage: fires."""
    rate, labels = at_most(minimum(platform) / 50), {**tenants(platform)[0], **routes(platform)[0]}
    generating = [model for model, price in platform.model_prices.items() if price.output is not None]
    if not generating:
        return not_possible("no model has a price for its output tokens")
    at = after(hours(2), pending(ai_tokens_unknown, platform))
    # 1.2 times the minimum in an hour, of which more than half.
    counts = {AI_REQUESTS: (count(rate, at),), AI_TOKENS_UNKNOWN: (count(rate * 3 / 4, at),)}
    return scenario(
        *calls(labels, generating[0], counts), expect_firing(at, firing(TICKET, 0.75, {MODEL: generating[0]}))
    )


@alert_test("AITokensUnknown", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="half_without_usage")
def half_without_usage(platform: Platform) -> Scenario:
    """Half of a model's calls have no usage, through a restart: does not fire."""
    rate, labels = minimum(platform), {**tenants(platform)[0], **routes(platform)[0]}

    def restarting(per_minute: Fraction) -> tuple[Segment, ...]:
        return count(per_minute, STOPS), Restart(), count(per_minute, STOPS)

    return scenario(
        *calls(labels, models(platform)[0][MODEL], {
            AI_REQUESTS: restarting(rate * 2),
            AI_TOKENS_UNKNOWN: restarting(rate),
            AI_TOKENS_INPUT: restarting(rate * 100),
        }),
        *map(expect_none, (STOPS, STOPS + minutes(1), STOPS + minutes(6), STOPS + STOPS)),
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
    # An increase needs two samples: the last two leave the hour a minute before the last one does.
    fires = after(STOPS + hours(1) - A_MINUTE, pending(ai_tokens_missing, platform))
    alert = firing(TICKET, float(rate * 60), {MODEL: renamed})
    return scenario(
        *calls(labels, renamed, {AI_REQUESTS: always, AI_TOKENS_INPUT: stopping(rate * 100)}),
        *calls(labels, renamed, {AI_TOKENS_OUTPUT: (count(rate * 50, end),)}),
        *calls({**second, **route}, failing, {AI_REQUESTS: always, AI_ERRORS: always}),
        *calls({**first, **other_route}, arriving, {AI_REQUESTS: always, AI_TOKENS_INPUT: (count(rate * 9, end),)}),
        expect_none(fires - A_MINUTE),
        expect_firing(fires, alert),
        expect_firing(STOPS + BACK_AFTER + A_MINUTE, alert),
        expect_none(STOPS + BACK_AFTER + minutes(2)),
        claim={"stops": STOPS, "fires": fires},
    )


@alert_test("AITokensMissing", TICKET, covers=(FIRES, OTHERS_UNAFFECTED), id="output_tokens_are_renamed")
def output_tokens_are_renamed(platform: Platform) -> Scenario | NotPossible:
    """The series of a model's output tokens stop at {stops}: fires at {fires}, not for a model without a price for
    output, which has none, nor for one whose calls have no usage."""
    labels, rate = {**tenants(platform)[0], **route_of_last_service(platform)}, minimum(platform)
    generating = [model for model, price in platform.model_prices.items() if price.output is not None]
    if not generating:
        return not_possible("no model has a price for its output tokens")
    model, end, embedding = generating[0], STOPS + BACK_AFTER, unpriced_model(platform)
    always = (count(rate, end),)
    fires = after(STOPS + hours(1) - A_MINUTE, pending(ai_tokens_missing, platform))
    return scenario(
        *calls(labels, model, {
            AI_REQUESTS: always,
            AI_TOKENS_INPUT: (count(rate * 100, end),),
            AI_TOKENS_OUTPUT: (count(rate * 50, STOPS), no_samples(BACK_AFTER)),
        }),
        *calls(labels, embedding, {AI_REQUESTS: always, AI_TOKENS_INPUT: (count(rate * 10, end),)}),
        *calls(labels, embedding + "-b", {AI_REQUESTS: always, AI_TOKENS_UNKNOWN: always}),
        expect_none(fires - A_MINUTE),
        expect_firing(fires, firing(TICKET, float(rate * 60), {MODEL: model})),
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
        *map(expect_none, (hours(1), minutes(91), minutes(120), minutes(150))),
    )


def latency_alert(platform: Platform) -> AlertTiming:
    """The timing of RouteLatencyMissing."""
    return timing(route_latency_missing.rule(platform))


@alert_test(
    "RouteLatencyMissing",
    TICKET,
    covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED),
    id="latency_is_renamed",
)
def latency_is_renamed(platform: Platform) -> Scenario:
    """The series of a route's latency stop at {stops}, and its requests go on: fires at {fires}, until they are back;
    not for another route."""
    alert, (first, second), (route, other) = latency_alert(platform), tenants(platform), routes(platform)
    rate = minimum(platform)
    stops = multiple(alert.window.seconds + alert.for_ + 600, minutes(5))
    silent = multiple(alert.window.seconds + alert.for_ + 600, minutes(5))
    back, end = stops + silent, stops + silent + stops
    fires = alert.fires(stops + alert.window - alert.interval)
    value = firing(TICKET, float(rate * alert.window.seconds / 60), route)
    return scenario(
        input_series(REQUESTS, {**first, **route}, count(rate, end)),
        input_series(LATENCY, {**first, **route}, observe(rate, 4, stops), no_samples(silent), observe(rate, 4, stops)),
        input_series(REQUESTS, {**second, **other}, count(rate, end)),
        input_series(LATENCY, {**second, **other}, observe(rate, 4, end)),
        expect_none(alert.before(fires)),
        expect_firing(fires, value),
        expect_firing(back + alert.interval, value),
        expect_none(back + alert.interval + alert.interval),
        evaluation_interval=alert.interval,
        claim={"stops": stops, "fires": fires},
    )


@alert_test("RouteLatencyMissing", TICKET, covers=(LOW_TRAFFIC,), id="few_requests_without_latency")
def few_requests_without_latency(platform: Platform) -> Scenario | NotPossible:
    """Fewer than {minimum} requests in {window} have no latency: does not fire."""
    alert, rate = (
        latency_alert(platform),
        at_most((minimum(platform) - 1) * 60 / latency_alert(platform).window.seconds),
    )
    if not rate:
        return not_possible(ONE_REQUEST)
    end = multiple(alert.window.seconds + alert.for_ + 3600, minutes(5))
    return scenario(
        input_series(REQUESTS, {**tenants(platform)[0], **routes(platform)[0]}, count(rate, end)),
        *map(expect_none, (minutes(30), end)),
        evaluation_interval=alert.interval,
        claim={"minimum": minimum(platform), "window": alert.window.text()},
    )


@alert_test("RouteLatencyMissing", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="few_latencies_arrive")
def few_latencies_arrive(platform: Platform) -> Scenario:
    """One of many requests has a latency in each window, through a restart: does not fire."""
    alert, labels = latency_alert(platform), {**tenants(platform)[0], **routes(platform)[0]}
    rate, restarts = minimum(platform) * 10, multiple(alert.window.seconds + alert.for_ + 600, minutes(5))
    end = restarts + restarts
    once = Fraction(60, alert.window.seconds)
    return scenario(
        input_series(REQUESTS, labels, count(rate, restarts), Restart(), count(rate, restarts)),
        input_series(LATENCY, labels, observe(once, 4, restarts), Restart(), observe(once, 4, restarts)),
        *map(expect_none, (restarts, restarts + alert.interval, restarts + minutes(5), end)),
        evaluation_interval=alert.interval,
    )
