"""Stories of dollars: what all tokens cost together, and models that nobody has priced."""

from collections.abc import Mapping

from contract.ai import AI_TOKENS_INPUT, AI_TOKENS_OUTPUT
from contract.labels import DIRECTION, MODEL, ROUTE, SERVICE, TENANT
from generator.dsl.alert import TICKET
from generator.dsl.alert_test import (
    Act,
    Flow,
    Plot,
    Restart,
    Shows,
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
from generator.dsl.metric import Counter
from generator.dsl.platform import Platform
from generator.dsl.units import hours, minutes

LARGE = "@cf/openai/gpt-oss-120b"  # 0.35 dollars for a million tokens in, 0.75 out
SMALL = "@cf/openai/gpt-oss-20b"  # 0.20 and 0.30
EMBEDDING = "@cf/baai/bge-m3"  # 0.012 in; it has no price for tokens out
EMBEDDINGS = (EMBEDDING, "@cf/baai/bge-small-en-v1.5", "@cf/baai/bge-base-en-v1.5", "@cf/baai/bge-large-en-v1.5")
UNPRICED = "@cf/new/model"
IN, OUT = AI_TOKENS_INPUT, AI_TOKENS_OUTPUT
CHAT, INGEST = {ROUTE: "/chat", SERVICE: "worker-api"}, {ROUTE: "/ingest", SERVICE: "ingest-worker"}
FIRST, SECOND = {TENANT: "com.rainbowsmokeofficial", **CHAT}, {TENANT: "com-mrrainbowsmoke", **CHAT}
TAKEN_IN = {**FIRST, **INGEST}
FIVE = minutes(5)

SPENDING_HAS_NO_OTHERS = senseless(
    "HighAISpend",
    TICKET,
    shows=(Shows.OTHERS, Shows.LOW_TRAFFIC),
    reason="It judges the dollars of all together: there is no other, and little traffic costs little.",
)
ONE_TOKEN_IS_ENOUGH = senseless(
    "AIModelWithoutPrice",
    TICKET,
    shows=(Shows.LOW_TRAFFIC,),
    reason="One token without a price is told: the price is missing however few there are.",
)


def used(direction: Counter, model: str, *acts: Act, by: Mapping[Label, str] = FIRST) -> Flow:
    """Tokens of a model."""
    return flow(direction, {**by, MODEL: model}, *acts)


@story("HighAISpend", TICKET, shows=(Shows.FIRES, Shows.BEFORE, Shows.RECOVERS))
def fifty_dollars_are_spent(platform: Platform) -> Plot:
    """56 cents a minute, embeddings included, for 90 minutes: $47.60 is quiet at 85, $50.40 told, until a day later."""

    # A minute: 1 million × $0.35 + 0.2 million × $0.75 + 5 million × $0.012 = $0.35 + $0.15 + $0.06.
    # A restart in the midst of five minutes loses and adds nothing.
    def spent(per_minute: int) -> tuple[Act, ...]:
        return count(per_minute, minutes(62)), Restart(), count(per_minute, minutes(28)), count(0, hours(23))

    return plot(
        used(IN, LARGE, *spent(600_000)),
        used(IN, LARGE, *spent(400_000), by=TAKEN_IN),
        used(OUT, LARGE, *spent(50_000)),
        used(OUT, LARGE, *spent(150_000), by=SECOND),
        used(IN, EMBEDDING, *spent(5_000_000), by=TAKEN_IN),
        quiet(minutes(85)),
        heard(minutes(90), told(TICKET, 50.4)),
        heard(hours(24), told(TICKET, 50.4)),
        quiet(hours(24) + FIVE),
        every=FIVE,
    )


@story("HighAISpend", TICKET, shows=(Shows.FIRES, Shows.BEFORE))
def embeddings_at_their_prices(platform: Platform) -> Plot:
    """A million tokens a minute of each of four embeddings, 30.3 cents: quiet at 165, at $49.995; told at 170."""
    # A million of each: $0.012 + $0.020 + $0.067 + $0.204.
    return plot(
        *(used(IN, model, count(1_000_000, minutes(170)), by=TAKEN_IN) for model in EMBEDDINGS),
        quiet(minutes(165)),
        heard(minutes(170), told(TICKET, 51.51)),
        every=FIVE,
    )


@story("HighAISpend", TICKET, shows=(Shows.FIRES, Shows.BEFORE))
def just_fifty_dollars(platform: Platform) -> Plot:
    """40 cents a minute: at minute 125 just $50 are spent, which is not above the ceiling; $52 at 130 are told."""
    return plot(
        used(IN, SMALL, count(2_000_000, minutes(130))),
        quiet(minutes(125)),
        heard(minutes(130), told(TICKET, 52)),
        every=FIVE,
    )


@story("HighAISpend", TICKET, shows=(Shows.BELOW, Shows.RESET))
def forty_three_dollars_a_day(platform: Platform) -> Plot:
    """Answers cost $43.20 a day, and their reporter restarts twice: quiet after 24 and after 26 hours."""
    a_day = (
        count(100_000, hours(12) + minutes(2)),
        Restart(),
        count(100_000, hours(8)),
        Restart(),
        count(100_000, hours(6)),
    )
    return plot(
        used(OUT, SMALL, *a_day),
        *(quiet(hours(hour)) for hour in (13, 21, 24, 26)),
        every=FIVE,
    )


@story("AIModelWithoutPrice", TICKET, shows=(Shows.FIRES, Shows.BEFORE, Shows.RECOVERS, Shows.OTHERS))
def a_model_without_a_price(platform: Platform) -> Plot:
    """A new model is used for an hour: told at 5 for what goes in and what comes out, over at 120; others are not."""
    goes_in, comes_out = {MODEL: UNPRICED, DIRECTION: "input"}, {MODEL: UNPRICED, DIRECTION: "output"}
    return plot(
        used(IN, UNPRICED, count(60, hours(1)), count(0, hours(1))),
        used(IN, UNPRICED, count(20, hours(1)), count(0, hours(1)), by=TAKEN_IN),
        used(IN, UNPRICED, count(20, hours(1)), count(0, hours(1)), by=SECOND),
        used(OUT, UNPRICED, count(30, hours(1)), count(0, hours(1))),
        used(IN, SMALL, count(80, hours(2))),
        used(OUT, SMALL, count(80, hours(2))),
        quiet(minutes(4)),  # hours are added up at the clock's fives
        heard(minutes(5), told(TICKET, 500, goes_in), told(TICKET, 150, comes_out)),
        heard(hours(1), told(TICKET, 6000, goes_in), told(TICKET, 1800, comes_out)),
        heard(minutes(119), told(TICKET, 500, goes_in), told(TICKET, 150, comes_out)),
        quiet(minutes(120)),
    )


@story("AIModelWithoutPrice", TICKET, shows=(Shows.FIRES, Shows.OTHERS))
def an_embedding_that_answers(platform: Platform) -> Plot:
    """An embedding is priced for what goes in; when tokens come out, they alone are told."""
    return plot(
        used(IN, EMBEDDING, count(100, minutes(10))),
        used(OUT, EMBEDDING, count(1, minutes(10))),
        heard(minutes(10), told(TICKET, 10, {MODEL: EMBEDDING, DIRECTION: "output"})),
    )


@story("AIModelWithoutPrice", TICKET, shows=(Shows.BELOW,))
def a_model_without_tokens(platform: Platform) -> Plot:
    """A new model is called and reports no token: there is nothing to price."""
    return plot(
        used(IN, UNPRICED, count(0, minutes(30))),
        used(OUT, UNPRICED, count(0, minutes(30))),
        quiet(minutes(5)),
        quiet(minutes(30)),
    )


@story("AIModelWithoutPrice", TICKET, shows=(Shows.RESET,))
def a_model_that_was_left(platform: Platform) -> Plot:
    """A new model was used for 10 minutes, then left: when its reporter restarts, 80 minutes on, nothing is used."""
    left = (count(1000, minutes(10)), count(0, minutes(80)), Restart(), count(0, minutes(30)))
    return plot(
        used(IN, UNPRICED, *left),
        used(IN, SMALL, count(6000, minutes(90)), Restart(), count(6000, minutes(30))),
        *(quiet(minutes(minute)) for minute in (70, 91, 95, 100, 120)),
    )
