"""Alert tests of HighAICosts and AICostForecast: a tenant uses up its token budget."""

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from alerts.cost import ai_cost_forecast
from alerts.tests.names import (
    HOSTILE_TENANT,
    Labels,
    models,
    route_of_last_service,
    routes,
    tenants,
    unlisted_tenant,
)
from alerts.tests.ratio_alert import share
from contract.ai import AI_TOKENS_INPUT, AI_TOKENS_OUTPUT
from contract.labels import TENANT
from generator.dsl.alert import PAGE, TICKET
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
    ConstantRate,
    FiringAlert,
    InputSeries,
    NotPossible,
    Restart,
    Scenario,
    Segment,
    alert_test,
    count,
    expect,
    expect_firing,
    expect_none,
    firing,
    input_series,
    no_samples,
    not_applicable,
    not_possible,
    scenario,
)
from generator.dsl.alert_timing import ONE_MINUTE, amount, first_evaluation, multiple, pending_seconds
from generator.dsl.metrics import Counter
from generator.dsl.platform import Platform
from generator.dsl.rates import at_most, just_below
from generator.dsl.units import Duration, hours, minutes
from generator.frozen import frozen

FIVE_MINUTES = minutes(5)
WHOLE = Fraction(1)
TICKET_COMES_TOO_EARLY = "the ticket's threshold is below the tokens of five minutes of any rate that uses the budget"
EXTRAPOLATED = (
    "the backend's amounts are increases of raw counters, which are extrapolated: the texts have other numbers"
)
DAY, RESTARTING = hours(24), hours(26)
BATCH = minutes(30)
"""How long a batch lasts, and the time between two evaluations of the days that it is in."""
RESTARTS_BEFORE, RESTARTS_AFTER = hours(10), minutes(20)
"""When the reporting process restarts, before and after a rate of tokens changes."""

LOW_TRAFFIC_IS_FAR_BELOW_THE_BUDGET = not_applicable(
    "HighAICosts",
    TICKET,
    PAGE,
    covers=(LOW_TRAFFIC,),
    reason="The alert is about an amount, not a ratio: a tenant with low traffic is far below its budget.",
)
LOW_TRAFFIC_HAS_A_LOW_FORECAST = not_applicable(
    "AICostForecast",
    TICKET,
    covers=(LOW_TRAFFIC,),
    reason="The alert is about an amount, not a ratio: the forecast of low traffic is low.",
)


def with_restarts(per_minute: Fraction) -> tuple[Segment, ...]:
    """A constant rate for more than a day, with two restarts of the reporting process."""
    return (
        count(per_minute, hours(12) + minutes(2)),  # between two multiples of 5 minutes
        Restart(),
        count(per_minute, hours(8)),
        Restart(),
        count(per_minute, RESTARTING - hours(20) - minutes(2)),
    )


@frozen
class TokenUser:
    """A tenant, its token budget, and the tokens per minute that it uses over time."""

    labels: Labels
    budget: Fraction
    tokens: tuple[Segment, ...]
    samples_every: Duration = ONE_MINUTE

    def increase(self, at: Duration, window: Duration) -> Fraction:
        """The tokens of the window that ends at a time, as Prometheus counts them."""
        return amount(self.tokens, at, window, self.samples_every)

    def used(self, at: Duration) -> Fraction:
        """The fraction of the budget that is used in the day that ends at a time."""
        return self.increase(at, DAY) / self.budget

    def forecast(self, at: Duration) -> Fraction:
        """The tokens of a day: of 18 hours, and of six more at the rate of the last hour."""
        return self.increase(at, hours(18)) + 6 * self.of_hour(at)

    def of_hour(self, at: Duration) -> Fraction:
        """The tokens of the last hour."""
        return self.increase(at, hours(1))

    def first(self, above: Fraction, after: Duration = FIVE_MINUTES) -> Duration:
        """The first evaluation after a time at which more than a fraction of the budget is used."""
        return first_evaluation(lambda time: self.used(time) > above, after, FIVE_MINUTES)

    def alerts(self, platform: Platform, at: Duration) -> tuple[FiringAlert, ...]:
        """The ticket and the page of this tenant at a time."""
        thresholds = ((TICKET, platform.cost.warning.amount), (PAGE, Fraction(1)))
        used = self.used(at)
        return tuple(firing(each, float(used), self.labels) for each, threshold in thresholds if used > threshold)


def token_user(platform: Platform, labels: Labels, *course: tuple[Fraction, Duration]) -> TokenUser:
    """A tenant that uses fractions of its budget per minute, each for a duration, as exact numbers of tokens."""
    budget = platform.cost.tokens_per_day.value_for(labels[TENANT])
    assert budget is not None, "token budgets have a default"
    segments = tuple(count(at_most(of_budget * budget.amount), duration) for of_budget, duration in course)
    return TokenUser(labels, budget.amount, segments)


def steady(platform: Platform, labels: Labels, of_budget: Fraction) -> TokenUser:
    """A tenant that uses a fraction of its budget in a day, through two restarts."""
    user = token_user(platform, labels, (of_budget / 1440, DAY))
    (segment,) = user.tokens
    assert isinstance(segment, ConstantRate)
    return replace(user, tokens=with_restarts(segment.per_minute))


def restarting(user: TokenUser) -> TokenUser:
    """A tenant whose reporting process restarts after each part of its course."""
    return replace(user, tokens=tuple(each for segment in user.tokens for each in (segment, Restart())))


def prompt_tokens(platform: Platform, user: TokenUser, part: Fraction = WHOLE) -> InputSeries:
    """A part of a tenant's tokens as input tokens of chats."""
    return tokens(AI_TOKENS_INPUT, user, part, {**routes(platform)[0], **models(platform)[0]})


def answer_tokens(platform: Platform, user: TokenUser, part: Fraction = WHOLE) -> InputSeries:
    """A part of a tenant's tokens as output tokens of chats."""
    return tokens(AI_TOKENS_OUTPUT, user, part, {**routes(platform)[0], **models(platform)[0]})


def summary_tokens(platform: Platform, user: TokenUser, part: Fraction = WHOLE) -> InputSeries:
    """A part of a tenant's tokens as output tokens of another route."""
    return tokens(AI_TOKENS_OUTPUT, user, part, {**route_of_last_service(platform), **models(platform)[0]})


def embedding_tokens(platform: Platform, user: TokenUser, part: Fraction = WHOLE) -> InputSeries:
    """A part of a tenant's tokens as those of embeddings on another route, which are input tokens only."""
    return tokens(AI_TOKENS_INPUT, user, part, {**route_of_last_service(platform), **models(platform)[1]})


def tokens(counter: Counter, user: TokenUser, part: Fraction, labels: Labels) -> InputSeries:
    """A part of a tenant's tokens as one series."""
    segments = (
        replace(segment, per_minute=segment.per_minute * part) if isinstance(segment, ConstantRate) else segment
        for segment in user.tokens
    )
    return input_series(counter, {**user.labels, **labels}, *segments)


@alert_test(
    "HighAICosts",
    TICKET,
    PAGE,
    covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED),
    id="budget_used_in_two_hours",
)
def budget_used_in_two_hours(platform: Platform) -> Scenario | NotPossible:
    """A tenant uses its budget in {duration}: the ticket fires at {ticket}, the page at {page}; both resolve after a
    day."""
    first, second = tenants(platform, platform.cost.tokens_per_day)
    warning = platform.cost.warning.amount
    # At a 125th of the budget a minute; slower where that is above a low threshold of the ticket at once.
    of_budget = max(Fraction(1, 1200), min(Fraction(1, 125), warning / 10))
    if of_budget * 5 > warning:
        return not_possible(TICKET_COMES_TOO_EARLY)
    if not platform.backend.sums_growth:
        return not_possible(EXTRAPOLATED)
    constantly = token_user(platform, first, (of_budget, DAY))
    ticket, page = constantly.first(warning), constantly.first(Fraction(1))
    user = token_user(platform, first, (of_budget, page), (Fraction(0), hours(25)))
    other = token_user(platform, second, (just_below(warning) / 1440, page + hours(25)))
    full, step = DAY, FIVE_MINUTES
    ends = first_evaluation(lambda time: user.used(time) <= 1, full, step)
    resolves = first_evaluation(lambda time: user.used(time) <= warning, full, step)
    half_quarter = Fraction(1, 4)
    return scenario(
        prompt_tokens(platform, user, half_quarter * 2),
        answer_tokens(platform, user, half_quarter / 2),
        summary_tokens(platform, user, half_quarter / 2),
        embedding_tokens(platform, user, half_quarter),
        prompt_tokens(platform, other),
        *(
            expect(time, user.alerts(platform, time))
            for time in sorted(
                {ticket - step, ticket, page - step, page, full, ends - step, ends, resolves - step, resolves}
            )
        ),
        evaluation_interval=FIVE_MINUTES,
        claim={"duration": page, "ticket": ticket, "page": page},
    )


@alert_test("HighAICosts", TICKET, PAGE, covers=(FIRES, BEFORE_FOR), id="each_tenant_has_its_own_budget")
def each_tenant_has_its_own_budget(platform: Platform) -> Scenario | NotPossible:
    """Three tenants use their budgets at different rates, one for embeddings only: each fires at its own budget."""
    (first, second), unlisted = tenants(platform, platform.cost.tokens_per_day), unlisted_tenant(platform)
    # The fastest uses a tenth of its budget in five minutes; slower where that is above a low threshold of the ticket.
    slower = max(1, math.ceil(Fraction(1, 10) / platform.cost.warning.amount))
    end = minutes(300) * slower
    if end > DAY:
        return not_possible(TICKET_COMES_TOO_EARLY)
    fast, medium, slow = (
        token_user(platform, labels, (Fraction(1, minutes_to_budget * slower), end))
        for labels, minutes_to_budget in ((unlisted, 50), (second, 100), (first, 250))
    )
    users = (fast, medium, slow)
    moments = {user.first(above) for user in users for above in (platform.cost.warning.amount, Fraction(1))}
    before = {time - FIVE_MINUTES for time in moments if time > FIVE_MINUTES}
    return scenario(
        prompt_tokens(platform, slow, Fraction(3, 4)),
        answer_tokens(platform, slow, Fraction(1, 4)),
        answer_tokens(platform, medium),
        embedding_tokens(platform, fast),
        *(
            expect(time, [alert for user in users for alert in user.alerts(platform, time)])
            for time in sorted(moments | before)
        ),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("HighAICosts", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="just_below_ticket_threshold")
def just_below_ticket_threshold(platform: Platform) -> Scenario:
    """Each tenant uses {used} of its budget in a day, through two restarts: does not fire."""
    (first, second), unlisted = tenants(platform, platform.cost.tokens_per_day), unlisted_tenant(platform)
    used = just_below(platform.cost.warning.amount)
    return scenario(
        answer_tokens(platform, steady(platform, first, used)),
        prompt_tokens(platform, steady(platform, second, used)),
        embedding_tokens(platform, steady(platform, unlisted, used)),
        *(expect_none(hours(hour)) for hour in (13, 21, 24, 26)),
        evaluation_interval=FIVE_MINUTES,
        claim={"used": share(used)},
    )


@alert_test("HighAICosts", PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="just_below_page_threshold")
def just_below_page_threshold(platform: Platform) -> Scenario:
    """A tenant uses 90% of its budget in a day, through two restarts: the page does not fire, whatever the ticket
    does."""
    _, second = tenants(platform, platform.cost.tokens_per_day)
    user = steady(platform, second, Fraction(9, 10))
    return scenario(
        prompt_tokens(platform, user, Fraction(1, 2)),
        answer_tokens(platform, user, Fraction(1, 2)),
        *(expect(hours(hour), user.alerts(platform, hours(hour))) for hour in (21, 22, 24, 26)),
        evaluation_interval=FIVE_MINUTES,
    )


def forecast_for(platform: Platform) -> int:
    """The `for` of AICostForecast in seconds."""
    return pending_seconds(ai_cost_forecast.rule(platform))


@alert_test(
    "AICostForecast",
    TICKET,
    covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED),
    id="rate_triples_in_the_last_hour",
)
def rate_triples_in_the_last_hour(platform: Platform) -> Scenario:
    """A tenant's rate of tokens triples from {from} on, through restarts: fires from {fires} to {last}, never for the
    other tenant."""
    first, second = tenants(platform, platform.cost.tokens_per_day)
    # A 2,000th of the budget a minute is 72 % of it in a day.
    normal, starts, lasts = Fraction(1, 2000), hours(20), hours(1) + multiple(forecast_for(platform), FIVE_MINUTES)
    user = restarting(
        token_user(
            platform,
            second,
            (normal, starts - RESTARTS_BEFORE),
            (normal, RESTARTS_BEFORE),
            (normal * 3, RESTARTS_AFTER),
            (normal * 3, lasts - RESTARTS_AFTER),
            (normal, hours(1)),
        )
    )
    other = token_user(platform, first, (Fraction(3, 5000), starts + lasts + hours(1)))
    true_from = first_evaluation(lambda time: user.forecast(time) > user.budget, starts, FIVE_MINUTES)
    fires = multiple(true_from.seconds + forecast_for(platform), FIVE_MINUTES)
    resolves = first_evaluation(lambda time: user.forecast(time) <= user.budget, starts + lasts, FIVE_MINUTES)
    last = resolves - FIVE_MINUTES
    quarter = Fraction(1, 4)
    return scenario(
        prompt_tokens(platform, user, quarter),
        embedding_tokens(platform, user, quarter),
        answer_tokens(platform, user, quarter),
        summary_tokens(platform, user, quarter),
        prompt_tokens(platform, other),
        expect_none(true_from - FIVE_MINUTES),
        expect_none(fires - FIVE_MINUTES),
        *(
            expect_firing(time, firing(TICKET, float(user.forecast(time)), second))
            for time in sorted({fires, starts + lasts, last})
        ),
        expect_none(resolves),
        evaluation_interval=FIVE_MINUTES,
        claim={"from": starts, "fires": fires, "last": last},
    )


@alert_test(
    "AICostForecast",
    TICKET,
    covers=(FIRES, BEFORE_FOR, OTHERS_UNAFFECTED),
    id="unlisted_tenant_exceeds_the_default_budget",
)
def unlisted_tenant_exceeds_the_default_budget(platform: Platform) -> Scenario:
    """Two tenants use tokens: fires at {fires} for the one with the default budget, whatever its name."""
    _, second = tenants(platform, platform.cost.tokens_per_day)
    end = multiple(50 * 60 + forecast_for(platform), FIVE_MINUTES)
    hostile = token_user(platform, HOSTILE_TENANT, (Fraction(1, 250), end))
    other = token_user(platform, second, (Fraction(1, 8 * end.seconds // 60), end))
    true_from = first_evaluation(lambda time: hostile.forecast(time) > hostile.budget, minutes(1), minutes(1))
    fires = multiple(true_from.seconds + forecast_for(platform), minutes(1))
    return scenario(
        embedding_tokens(platform, hostile),
        embedding_tokens(platform, other),
        expect_none(true_from),
        *(() if fires - minutes(1) <= true_from else (expect_none(fires - minutes(1)),)),
        expect_firing(fires, firing(TICKET, float(hostile.forecast(fires)), HOSTILE_TENANT)),
        claim={"fires": fires},
    )


@alert_test("AICostForecast", TICKET, covers=(RECOVERS,), id="budget_used_at_once")
def budget_used_at_once(platform: Platform) -> Scenario:
    """A tenant uses its whole budget in ten minutes and nothing more: fires to {last}, while the last hour has tokens,
    and not at exactly the budget."""
    first, _ = tenants(platform, platform.cost.tokens_per_day)
    lasts = multiple(10 * 60 + forecast_for(platform), FIVE_MINUTES)
    user = token_user(platform, first, (Fraction(1, 10), minutes(10)), (Fraction(0), lasts + hours(2)))
    resolves = first_evaluation(lambda time: user.forecast(time) <= user.budget, minutes(10), FIVE_MINUTES)
    last = resolves - FIVE_MINUTES
    is_long_enough = last.seconds >= FIVE_MINUTES.seconds + forecast_for(platform)
    return scenario(
        prompt_tokens(platform, user),
        *([expect_firing(last, firing(TICKET, float(user.forecast(last)), first))] if is_long_enough else ()),
        expect_none(resolves),
        expect_none(lasts + hours(2)),
        evaluation_interval=FIVE_MINUTES,
        claim={"last": last},
    )


@alert_test("AICostForecast", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="steady_rate_within_budget")
def steady_rate_within_budget(platform: Platform) -> Scenario:
    """Each tenant uses 86.4% of its budget in a day, through two restarts: does not fire."""
    (first, second), unlisted = tenants(platform, platform.cost.tokens_per_day), unlisted_tenant(platform)
    used = Fraction(864, 1000)
    return scenario(
        answer_tokens(platform, steady(platform, first, used)),
        prompt_tokens(platform, steady(platform, second, used)),
        embedding_tokens(platform, steady(platform, unlisted, used)),
        *(expect_none(hours(hour)) for hour in (13, 18, 21, 24, 26)),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("AICostForecast", TICKET, covers=(FIRES, OTHERS_UNAFFECTED), id="batch_of_every_day")
def batch_of_every_day(platform: Platform) -> Scenario | NotPossible:
    """Tenants use a quarter of their budgets in half an hour from {from} on: fires at {fires} for one
    that used three fifths as much a day before, and more of another model an hour later, and for one that used as much
    2.5 hours earlier on that day; never for one that used two thirds at that time, or five sevenths: the prompts half
    an hour earlier, and the answers an hour later."""
    return batches_after(platform, hours(24))


@alert_test("AICostForecast", TICKET, covers=(FIRES, OTHERS_UNAFFECTED), id="batch_of_every_week")
def batch_of_every_week(platform: Platform) -> Scenario | NotPossible:
    """Tenants use a quarter of their budgets in half an hour from {from} on: fires at {fires} for one
    that used three fifths as much a week before, and more of another model an hour later, and for one that used as much
    2.5 hours earlier on that day; never for one that used two thirds at that time, or five sevenths: the prompts half
    an hour earlier, and the answers an hour later."""
    return batches_after(platform, hours(7 * 24))


def batches_after(platform: Platform, period: Duration) -> Scenario | NotPossible:
    """Four tenants with a batch, each a period after an earlier one; the first evaluation after it is at its end."""
    if forecast_for(platform) > BATCH.seconds:
        return not_possible("the alert waits for longer than the batch is seen")
    if not platform.backend.sums_growth:
        return not_possible(EXTRAPOLATED)
    first, second = tenants(platform, platform.cost.tokens_per_day)
    now = period + hours(3)
    grown, of_other_model = (two_batches(platform, second, (hours(at), Fraction(1, 150)), now) for at in (3, 4))
    late = two_batches(platform, HOSTILE_TENANT, (hours(3) - minutes(150), Fraction(1, 120)), now)
    usual, answers = (
        two_batches(platform, first, (start, Fraction(1, 168)), now) for start in (hours(3) - BATCH, hours(4))
    )
    seen, fires = now + BATCH, now + BATCH + (BATCH if forecast_for(platform) else minutes(0))
    half = Fraction(1, 2)
    return scenario(
        prompt_tokens(platform, grown, half / 2),
        answer_tokens(platform, grown, half),
        embedding_tokens(platform, of_other_model, half / 2),
        prompt_tokens(platform, late, half),
        answer_tokens(platform, late, half),
        prompt_tokens(platform, usual, half),
        answer_tokens(platform, answers, half),
        *two_thirds_before(platform, hours(3), now),
        expect_none(now),
        expect_none(seen),
        expect_firing(fires, *(firing(TICKET, float(each.forecast(fires)), each.labels) for each in (grown, late))),
        evaluation_interval=BATCH,
        samples_every=FIVE_MINUTES,
        claim={"from": now, "fires": fires},
    )


def two_batches(platform: Platform, labels: Labels, before: tuple[Duration, Fraction], now: Duration) -> TokenUser:
    """A tenant with an earlier batch, at its time and with its fraction of the budget a minute, and one of a quarter of
    the budget now."""
    (start, of_budget), nothing = before, Fraction(0)
    earlier = ((nothing, start), (of_budget, BATCH), (nothing, now - start - BATCH))
    user = token_user(platform, labels, *earlier, (Fraction(1, 120), BATCH), (nothing, hours(1)))
    return replace(user, samples_every=FIVE_MINUTES)


def two_thirds_before(platform: Platform, before: Duration, now: Duration) -> Iterator[InputSeries]:
    """A tenant that uses exactly 1.5 times as much now as before. Each batch has a series of its own that begins at 0
    in the window of its hour, which nothing is extrapolated to."""
    labels = unlisted_tenant(platform)
    (part,) = token_user(platform, labels, (Fraction(1, 300), FIVE_MINUTES)).tokens
    assert isinstance(part, ConstantRate)
    for start, parts, of_model in ((before, 2, 0), (now, 3, 1)):
        idle, rest = count(0, FIVE_MINUTES), count(0, now + BATCH + hours(1) - start - BATCH)
        batch = count(part.per_minute * parts, BATCH - FIVE_MINUTES)
        of_route = {**labels, **routes(platform)[0], **models(platform)[of_model]}
        yield input_series(AI_TOKENS_INPUT, of_route, no_samples(start), idle, batch, rest)
