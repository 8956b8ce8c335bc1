"""Alert tests of HighAISpend and AIModelWithoutPrice: what all tokens cost, and models without a price."""

from collections.abc import Mapping

from contract.ai import AI_TOKENS_INPUT, AI_TOKENS_OUTPUT
from contract.labels import DIRECTION, MODEL, ROUTE, SERVICE, TENANT
from generator.dsl.alert import TICKET
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
    not_applicable,
    scenario,
)
from generator.dsl.labels import Label
from generator.dsl.metrics import Counter
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
FIRST_INGEST = {**FIRST, **INGEST}
FIVE_MINUTES = minutes(5)

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


def tokens(direction: Counter, model: str, *segments: Segment, labels: Mapping[Label, str] = FIRST) -> InputSeries:
    """Tokens of a model."""
    return input_series(direction, {**labels, MODEL: model}, *segments)


@alert_test("HighAISpend", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS), id="spend_above_threshold")
def spend_above_threshold(platform: Platform) -> Scenario:
    """$0.56 per minute for 90 minutes, embeddings included: fires at 1:30 with $50.40, until they are out of 24 h."""

    # A minute: 1 million × $0.35 + 0.2 million × $0.75 + 5 million × $0.012 = $0.35 + $0.15 + $0.06.
    # A restart between two multiples of 5 minutes loses and adds nothing.
    def for_90_minutes(per_minute: int) -> tuple[Segment, ...]:
        return count(per_minute, minutes(62)), Restart(), count(per_minute, minutes(28)), count(0, hours(23))

    return scenario(
        tokens(IN, LARGE, *for_90_minutes(600_000)),
        tokens(IN, LARGE, *for_90_minutes(400_000), labels=FIRST_INGEST),
        tokens(OUT, LARGE, *for_90_minutes(50_000)),
        tokens(OUT, LARGE, *for_90_minutes(150_000), labels=SECOND),
        tokens(IN, EMBEDDING, *for_90_minutes(5_000_000), labels=FIRST_INGEST),
        expect_none(minutes(85)),
        expect_firing(minutes(90), firing(TICKET, 50.4)),
        expect_firing(hours(24), firing(TICKET, 50.4)),
        expect_none(hours(24) + FIVE_MINUTES),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("HighAISpend", TICKET, covers=(FIRES, BEFORE_FOR), id="embeddings_have_their_own_prices")
def embeddings_have_their_own_prices(platform: Platform) -> Scenario:
    """A million tokens per minute of each of four embeddings, $0.303: fires at 170 with $51.51, not at $49.995."""
    # A million of each: $0.012 + $0.020 + $0.067 + $0.204.
    return scenario(
        *(tokens(IN, model, count(1_000_000, minutes(170)), labels=FIRST_INGEST) for model in EMBEDDINGS),
        expect_none(minutes(165)),
        expect_firing(minutes(170), firing(TICKET, 51.51)),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("HighAISpend", TICKET, covers=(FIRES, BEFORE_FOR), id="spend_at_then_above_threshold")
def spend_at_then_above_threshold(platform: Platform) -> Scenario:
    """$0.40 per minute: does not fire at 125 with exactly $50, fires at 130 with $52."""
    return scenario(
        tokens(IN, SMALL, count(2_000_000, minutes(130))),
        expect_none(minutes(125)),
        expect_firing(minutes(130), firing(TICKET, 52)),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("HighAISpend", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="spend_just_below_threshold")
def spend_just_below_threshold(platform: Platform) -> Scenario:
    """$43.20 in 24 h, through two restarts: does not fire in 26 hours."""
    segments = (
        count(100_000, hours(12) + minutes(2)),
        Restart(),
        count(100_000, hours(8)),
        Restart(),
        count(100_000, hours(6)),
    )
    return scenario(
        tokens(OUT, SMALL, *segments),
        *(expect_none(hours(hour)) for hour in (13, 21, 24, 26)),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test(
    "AIModelWithoutPrice", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="model_without_price"
)
def model_without_price(platform: Platform) -> Scenario:
    """A new model is used for an hour: fires for its input and its output from 5 to 119, never for a priced model."""
    input_labels, output_labels = {MODEL: UNPRICED, DIRECTION: "input"}, {MODEL: UNPRICED, DIRECTION: "output"}
    return scenario(
        tokens(IN, UNPRICED, count(60, hours(1)), count(0, hours(1))),
        tokens(IN, UNPRICED, count(20, hours(1)), count(0, hours(1)), labels=FIRST_INGEST),
        tokens(IN, UNPRICED, count(20, hours(1)), count(0, hours(1)), labels=SECOND),
        tokens(OUT, UNPRICED, count(30, hours(1)), count(0, hours(1))),
        tokens(IN, SMALL, count(80, hours(2))),
        tokens(OUT, SMALL, count(80, hours(2))),
        expect_none(minutes(4)),  # windows of hours are sums at multiples of 5 minutes
        expect_firing(minutes(5), firing(TICKET, 500, input_labels), firing(TICKET, 150, output_labels)),
        expect_firing(hours(1), firing(TICKET, 6000, input_labels), firing(TICKET, 1800, output_labels)),
        expect_firing(minutes(119), firing(TICKET, 500, input_labels), firing(TICKET, 150, output_labels)),
        expect_none(minutes(120)),
    )


@alert_test("AIModelWithoutPrice", TICKET, covers=(FIRES, OTHERS_UNAFFECTED), id="embedding_with_output_tokens")
def embedding_with_output_tokens(platform: Platform) -> Scenario:
    """An embedding has a price for input tokens only: fires for its output tokens alone."""
    return scenario(
        tokens(IN, EMBEDDING, count(100, minutes(10))),
        tokens(OUT, EMBEDDING, count(1, minutes(10))),
        expect_firing(minutes(10), firing(TICKET, 10, {MODEL: EMBEDDING, DIRECTION: "output"})),
    )


@alert_test("AIModelWithoutPrice", TICKET, covers=(BELOW_THRESHOLD,), id="model_without_tokens")
def model_without_tokens(platform: Platform) -> Scenario:
    """A new model is called without tokens: does not fire."""
    return scenario(
        tokens(IN, UNPRICED, count(0, minutes(30))),
        tokens(OUT, UNPRICED, count(0, minutes(30))),
        expect_none(minutes(5)),
        expect_none(minutes(30)),
    )


@alert_test("AIModelWithoutPrice", TICKET, covers=(COUNTER_RESET,), id="unused_model_restarts")
def unused_model_restarts(platform: Platform) -> Scenario:
    """The process that reports a new model restarts 80 minutes after its last use: does not fire."""
    unused = (count(1000, minutes(10)), count(0, minutes(80)), Restart(), count(0, minutes(30)))
    return scenario(
        tokens(IN, UNPRICED, *unused),
        tokens(IN, SMALL, count(6000, minutes(90)), Restart(), count(6000, minutes(30))),
        *(expect_none(minutes(minute)) for minute in (70, 91, 95, 100, 120)),
    )
