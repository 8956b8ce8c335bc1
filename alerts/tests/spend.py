"""Alert tests of HighAISpend and AIModelWithoutPrice: what all tokens cost, and models without a price."""

from collections.abc import Callable
from fractions import Fraction

from alerts.cost import ai_model_without_price
from alerts.tests.names import Labels, models, route_of_last_service, routes, tenants, unpriced_model
from alerts.tests.phases import Phases
from contract.ai import AI_TOKENS_INPUT, AI_TOKENS_OUTPUT
from contract.labels import DIRECTION, MODEL
from generator.dsl.alert import TICKET
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
    not_applicable,
    not_possible,
    scenario,
)
from generator.dsl.alert_timing import (
    AlertTiming,
    IncidentTimes,
    amount,
    first_evaluation,
    multiple,
    timing,
)
from generator.dsl.metrics import Counter
from generator.dsl.platform import Platform
from generator.dsl.rates import RESOLUTION, WHOLE, at_most
from generator.dsl.units import DOLLARS, Duration, Quantity, hours, minutes
from generator.frozen import frozen

IN, OUT = AI_TOKENS_INPUT, AI_TOKENS_OUTPUT
FIVE_MINUTES, DAY = minutes(5), hours(24)
NO_PRICES = "all prices are zero, so that no tokens cost anything"

SPEND_IS_OF_THE_WHOLE_PLATFORM = not_applicable(
    "HighAISpend",
    TICKET,
    covers=(OTHERS_UNAFFECTED, LOW_TRAFFIC),
    reason="The alert is about the cost of all tenants together: there are no others, and low traffic costs little.",
)
ONE_TOKEN_FIRES = not_applicable(
    "AIModelWithoutPrice",
    TICKET,
    covers=(LOW_TRAFFIC,),
    reason="One token without a price is enough: the price is missing, however low the traffic is.",
)


@frozen
class PricedTokens:
    """Tokens of a model in one direction, and what one of them costs in dollars."""

    counter: Counter
    model: str
    price: Fraction

    def costing(self, dollars_per_minute: Fraction) -> Fraction:
        """The exact rate of tokens that costs at most so much."""
        return at_most(dollars_per_minute / self.price)


def priced(platform: Platform) -> tuple[PricedTokens, ...]:
    """All tokens that cost something: first those of embeddings, which have no output, then input and output tokens."""
    prices = sorted(platform.model_prices.items(), key=lambda entry: entry[1].output is not None)
    of_input = (PricedTokens(IN, model, price.input.amount) for model, price in prices)
    outputs = ((model, price.output) for model, price in prices)
    of_output = (PricedTokens(OUT, model, output.amount) for model, output in outputs if output is not None)
    return tuple(each for each in (*of_input, *of_output) if each.price)


def names(platform: Platform) -> tuple[Labels, Labels, Labels]:
    """Both tenants on the first route, and the first one on the last route."""
    first, second = tenants(platform)
    route = routes(platform)[0]
    return {**first, **route}, {**second, **route}, {**first, **route_of_last_service(platform)}


def tokens(counter: Counter, model: str, labels: Labels, *segments: Segment) -> InputSeries:
    """Tokens of a model."""
    return input_series(counter, {**labels, MODEL: model}, *segments)


@alert_test("HighAISpend", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS), id="spend_above_threshold")
def spend_above_threshold(platform: Platform) -> Scenario | NotPossible:
    """Tokens of {count} kinds cost {a_minute} a minute for 90 minutes: fires at {fires} with {spent}, until they are
    out of a day."""
    kinds, threshold, (first, second, on_last) = priced(platform), dollars_a_day(platform), names(platform)
    if not kinds:
        return not_possible(NO_PRICES)
    # 0.56 of 50 dollars a minute are exceeded after 90 minutes. An input, an output and an embedding share the cost.
    chosen = list(dict.fromkeys((kinds[-1], kinds[len(kinds) // 2], kinds[0])))
    first_rate, *rates = (each.costing(threshold * Fraction(112, 10000) / len(chosen)) for each in chosen)
    others = sum((each.price * rate for each, rate in zip(chosen[1:], rates, strict=True)), Fraction(0))
    rates.insert(0, clear_of_half_cents(first_rate, lambda rate: (rate * chosen[0].price + others) * 90))
    a_minute = sum((each.price * rate for each, rate in zip(chosen, rates, strict=True)), Fraction(0))
    fires = first_evaluation(lambda time: a_minute * time.seconds / 60 > threshold, FIVE_MINUTES, FIVE_MINUTES)

    def until_it_fires(per_minute: Fraction) -> tuple[Segment, ...]:
        return count(per_minute, minutes(62)), Restart(), count(per_minute, fires - minutes(62)), count(0, hours(25))

    def of_a_day(time: Duration) -> Fraction:
        return amount(until_it_fires(a_minute), time, DAY)

    spent, lasts = Quantity(of_a_day(fires), DOLLARS), DAY - FIVE_MINUTES
    return scenario(
        *(
            tokens(each.counter, each.model, labels, *until_it_fires(rate * part))
            for each, rate in zip(chosen, rates, strict=True)
            for labels, part in ((first, Fraction(1, 2)), (second, Fraction(1, 4)), (on_last, Fraction(1, 4)))
        ),
        expect_none(fires - FIVE_MINUTES),
        expect_firing(fires, firing(TICKET, float(spent.amount))),
        expect_firing(lasts, firing(TICKET, float(of_a_day(lasts)))),
        expect_none(first_evaluation(lambda time: of_a_day(time) <= threshold, lasts, FIVE_MINUTES)),
        evaluation_interval=FIVE_MINUTES,
        claim={"count": len(chosen), "a_minute": in_cents(a_minute), "fires": fires, "spent": in_cents(spent.amount)},
    )


def clear_of_half_cents(rate: Fraction, cost: Callable[[Fraction], Fraction]) -> Fraction:
    """The largest exact rate not above another one whose cost is not half a cent: an alert's text shows the cents of a
    sum in floating point, which rounds a half up or down."""
    step = Fraction(1) if rate >= WHOLE else Fraction(1, RESOLUTION)
    rates = (rate - step * count for count in range(100))
    return next(each for each in rates if abs(cost(each) * 100 % 1 - Fraction(1, 2)) > Fraction(1, 10000))


def in_cents(dollars: Fraction) -> Quantity:
    """An amount for a claim, with at least two digits that count."""
    return Quantity(Fraction(f"{float(dollars):.4g}"), DOLLARS)


def dollars_a_day(platform: Platform) -> Fraction:
    """The threshold on the cost of a day."""
    return platform.cost.dollars_per_day.amount


@alert_test("HighAISpend", TICKET, covers=(FIRES, BEFORE_FOR), id="embeddings_have_their_own_prices")
def models_have_their_own_prices(platform: Platform) -> Scenario | NotPossible:
    """As many tokens of each of {count} kinds, which cost {a_minute} a minute: fires at {fires} with {spent}, not at
    {before}."""
    kinds, threshold, (_, _, on_last) = priced(platform)[:4], dollars_a_day(platform), names(platform)
    if not kinds:
        return not_possible(NO_PRICES)
    together = sum((each.price for each in kinds), Fraction(0))
    # After 165 minutes, 99.99 % of the threshold is spent.
    highest = at_most(threshold * Fraction(9999, 10000) / 165 / together)
    rate = clear_of_half_cents(highest, lambda rate: rate * together * 170)
    fires = first_evaluation(lambda time: rate * together * time.seconds / 60 > threshold, minutes(60), FIVE_MINUTES)
    spent = rate * together * fires.seconds / 60
    return scenario(
        *(tokens(each.counter, each.model, on_last, count(rate, fires)) for each in kinds),
        expect_none(fires - FIVE_MINUTES),
        expect_firing(fires, firing(TICKET, float(spent))),
        evaluation_interval=FIVE_MINUTES,
        claim={
            "count": len(kinds),
            "a_minute": in_cents(rate * together),
            "fires": fires,
            "spent": in_cents(spent),
            "before": fires - FIVE_MINUTES,
        },
    )


@alert_test("HighAISpend", TICKET, covers=(FIRES, BEFORE_FOR), id="spend_at_then_above_threshold")
def spend_at_then_above_threshold(platform: Platform) -> Scenario | NotPossible:
    """Tokens cost {a_minute} a minute: does not fire at {before} with {at}, fires at {fires} with {spent}."""
    kinds, threshold, (first, *_) = priced(platform), dollars_a_day(platform), names(platform)
    if not kinds:
        return not_possible(NO_PRICES)
    before, fires = minutes(125), minutes(130)
    exact = [each for each in kinds if is_exact(each, threshold, before)]
    kind = exact[0] if exact else kinds[0]
    highest = kind.costing(threshold * 60 / before.seconds * (1 if exact else Fraction(9999, 10000)))
    rate = highest if exact else clear_of_half_cents(highest, lambda rate: rate * kind.price * 130)
    at, spent = (rate * kind.price * time.seconds / 60 for time in (before, fires))
    return scenario(
        tokens(kind.counter, kind.model, first, count(rate, fires)),
        expect_none(before),
        expect_firing(fires, firing(TICKET, float(spent))),
        evaluation_interval=FIVE_MINUTES,
        claim={
            "a_minute": in_cents(rate * kind.price),
            "before": before,
            "fires": fires,
            "at": in_cents(at),
            "spent": in_cents(spent),
        },
    )


def is_exact(kind: PricedTokens, dollars: Fraction, after: Duration) -> bool:
    """Whether a rate of tokens costs exactly so much after a time, also in floating point."""
    spent = kind.costing(dollars * 60 / after.seconds) * after.seconds / 60
    return spent * kind.price == dollars and float(spent) * float(kind.price) == float(dollars)


@alert_test("HighAISpend", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="spend_just_below_threshold")
def spend_just_below_threshold(platform: Platform) -> Scenario | NotPossible:
    """86.4% of the threshold in a day, through two restarts: does not fire."""
    kinds, (first, *_) = priced(platform), names(platform)
    if not kinds:
        return not_possible(NO_PRICES)
    rate = kinds[-1].costing(dollars_a_day(platform) * Fraction(864, 1000) / 1440)
    segments = (
        count(rate, hours(12) + minutes(2)),
        Restart(),
        count(rate, hours(8)),
        Restart(),
        count(rate, hours(6)),
    )
    return scenario(
        tokens(kinds[-1].counter, kinds[-1].model, first, *segments),
        *(expect_none(hours(hour)) for hour in (13, 21, 24, 26)),
        evaluation_interval=FIVE_MINUTES,
    )


def without_price(platform: Platform) -> AlertTiming:
    """The timing of AIModelWithoutPrice."""
    return timing(ai_model_without_price.rule(platform))


@alert_test(
    "AIModelWithoutPrice", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="model_without_price"
)
def model_without_price(platform: Platform) -> Scenario:
    """A new model is used until {ends}: fires for its input and its output from {fires} to {last}, never for a priced
    model."""
    alert, model, (first, second, on_last) = without_price(platform), unpriced_model(platform), names(platform)
    window, steps = alert.window, alert.steps
    starts, lasts = FIVE_MINUTES, multiple(window.seconds + alert.for_ + 5 * 60, FIVE_MINUTES)
    during = Phases(starts, starts + lasts, starts + lasts + multiple(window.seconds + 5 * 60, FIVE_MINUTES))
    times = IncidentTimes(alert, during.start, during.end, Fraction(1_000_000))

    def alerts(time: Duration) -> tuple[FiringAlert, ...]:
        counted = times.seen_at(time) * window.seconds / 60
        per_minute = {"input": 100, "output": 30}
        return tuple(
            firing(TICKET, float(rate * counted), {MODEL: model, DIRECTION: direction}, since=times.true_from)
            for direction, rate in per_minute.items()
        )

    other = models(platform)[0][MODEL]
    full = max(times.fires, during.start + steps.step * steps.count)
    return scenario(
        *(
            tokens(counter, model, labels, *during.incident(Fraction(rate)))
            for counter, labels, rate in (
                (IN, first, 60),
                (IN, on_last, 20),
                (IN, second, 20),
                (OUT, first, 20),
                (OUT, second, 10),
            )
        ),
        *priced_series(platform, other, first, during),
        expect_none(alert.before(times.fires)),
        *(expect_firing(time, *alerts(time)) for time in sorted({times.fires, full, times.last})),
        expect_none(alert.after(times.last)),
        evaluation_interval=alert.interval,
        claim={"ends": during.end, "fires": times.fires, "last": times.last},
    )


def priced_series(platform: Platform, model: str, labels: Labels, during: Phases) -> tuple[InputSeries, ...]:
    """Tokens of a model in each direction that it has a price for."""
    counters = (IN, OUT) if platform.model_prices[model].output is not None else (IN,)
    return tuple(tokens(counter, model, labels, during.constant(Fraction(80))) for counter in counters)


@alert_test("AIModelWithoutPrice", TICKET, covers=(FIRES, OTHERS_UNAFFECTED), id="embedding_with_output_tokens")
def embedding_with_output_tokens(platform: Platform) -> Scenario | NotPossible:
    """An embedding has a price for input tokens only: fires for its output tokens alone."""
    embeddings = [model for model, price in platform.model_prices.items() if price.output is None]
    if not embeddings:
        return not_possible("every model has a price for its output tokens")
    alert, (first, *_) = without_price(platform), names(platform)
    at = alert.fires(alert.steps.step * alert.steps.count)
    value = float(Fraction(alert.window.seconds, 60))
    return scenario(
        tokens(IN, embeddings[-1], first, count(100, at)),
        tokens(OUT, embeddings[-1], first, count(1, at)),
        expect_firing(at, firing(TICKET, value, {MODEL: embeddings[-1], DIRECTION: "output"})),
        evaluation_interval=alert.interval,
    )


@alert_test("AIModelWithoutPrice", TICKET, covers=(BELOW_THRESHOLD,), id="model_without_tokens")
def model_without_tokens(platform: Platform) -> Scenario:
    """A new model is called without tokens: does not fire."""
    alert, model, (first, *_) = without_price(platform), unpriced_model(platform), names(platform)
    end = multiple(max(1800, alert.for_ + 600), FIVE_MINUTES)
    return scenario(
        tokens(IN, model, first, count(0, end)),
        tokens(OUT, model, first, count(0, end)),
        expect_none(FIVE_MINUTES),
        expect_none(end),
        evaluation_interval=alert.interval,
    )


@alert_test("AIModelWithoutPrice", TICKET, covers=(COUNTER_RESET,), id="unused_model_restarts")
def unused_model_restarts(platform: Platform) -> Scenario:
    """The process that reports a new model restarts at {restarts}, long after its last use: does not fire."""
    alert, model, (first, *_) = without_price(platform), unpriced_model(platform), names(platform)
    used = minutes(10)
    forgotten = used + multiple(alert.window.seconds, FIVE_MINUTES)
    restarts, end = forgotten + minutes(20), forgotten + minutes(50)
    unused = count(1000, used), count(0, restarts - used), Restart(), count(0, end - restarts)
    other = models(platform)[0][MODEL]
    return scenario(
        tokens(IN, model, first, *unused),
        tokens(IN, other, first, count(6000, restarts), Restart(), count(6000, end - restarts)),
        *map(expect_none, (forgotten, restarts + minutes(1), restarts + minutes(5), restarts + minutes(10), end)),
        evaluation_interval=alert.interval,
        claim={"restarts": restarts},
    )
