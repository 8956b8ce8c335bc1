"""Alert tests of HighAICosts and AICostForecast: a tenant uses up its token budget."""

from collections.abc import Mapping

from contract.ai import AI_TOKENS_INPUT, AI_TOKENS_OUTPUT
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from generator.dsl.alert import PAGE, TICKET
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
from generator.dsl.platform import Platform
from generator.dsl.units import hours, minutes

FIRST = {TENANT: "com.rainbowsmokeofficial"}  # a budget of 5 million tokens
SECOND = {TENANT: "com-mrrainbowsmoke"}  # 2 million
UNLISTED = {TENANT: "com.new"}  # the default: a million
HOSTILE = {TENANT: 'new "é" & {{ $value }}/\\'}
CHAT = {ROUTE: "/chat", SERVICE: "worker-api", MODEL: "@cf/openai/gpt-oss-20b"}
SUMMARY = {ROUTE: "/ingest", SERVICE: "ingest-worker", MODEL: "@cf/openai/gpt-oss-20b"}
EMBEDDING = {ROUTE: "/ingest", SERVICE: "ingest-worker", MODEL: "@cf/baai/bge-m3"}
FIVE_MINUTES = minutes(5)  # long windows are sums at multiples of 5 minutes

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


def with_restarts(per_minute: int) -> tuple[Segment, ...]:
    """A constant rate for 26 hours, with two restarts of the reporting process."""
    return (
        count(per_minute, hours(12) + minutes(2)),  # between two multiples of 5 minutes
        Restart(),
        count(per_minute, hours(8)),
        Restart(),
        count(per_minute, hours(6)),
    )


def embedding_tokens(tenant: Mapping[Label, str], *segments: Segment) -> InputSeries:
    """Tokens of embeddings: they have input tokens only."""
    return input_series(AI_TOKENS_INPUT, {**tenant, **EMBEDDING}, *segments)


def prompt_tokens(tenant: Mapping[Label, str], *segments: Segment) -> InputSeries:
    """Input tokens of chats."""
    return input_series(AI_TOKENS_INPUT, {**tenant, **CHAT}, *segments)


def answer_tokens(tenant: Mapping[Label, str], *segments: Segment) -> InputSeries:
    """Output tokens of chats."""
    return input_series(AI_TOKENS_OUTPUT, {**tenant, **CHAT}, *segments)


def summary_tokens(tenant: Mapping[Label, str], *segments: Segment) -> InputSeries:
    """Output tokens of summaries, which are written while documents are ingested."""
    return input_series(AI_TOKENS_OUTPUT, {**tenant, **SUMMARY}, *segments)


def ticket(tenant: Mapping[Label, str], used: float) -> tuple[FiringAlert]:
    """A ticket."""
    return (firing(TICKET, used, tenant),)


def ticket_and_page(tenant: Mapping[Label, str], used: float) -> tuple[FiringAlert, FiringAlert]:
    """A ticket and a page."""
    return firing(TICKET, used, tenant), firing(PAGE, used, tenant)


@alert_test(
    "HighAICosts",
    TICKET,
    PAGE,
    covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED),
    id="budget_used_in_two_hours",
)
def budget_used_in_two_hours(platform: Platform) -> Scenario:
    """40,000 tokens per minute for 130 minutes: the ticket fires at 1:45, the page at 2:10; both resolve after 24 h."""
    return scenario(
        prompt_tokens(FIRST, count(20000, minutes(130)), count(0, hours(23))),
        answer_tokens(FIRST, count(6000, minutes(130)), count(0, hours(23))),
        summary_tokens(FIRST, count(4000, minutes(130)), count(0, hours(23))),
        embedding_tokens(FIRST, count(10000, minutes(130)), count(0, hours(23))),
        prompt_tokens(SECOND, count(1000, hours(25))),
        expect_none(minutes(100)),  # 4 million of 5 are 80 %, not more
        expect_firing(minutes(105), *ticket(FIRST, 0.84)),
        expect_firing(minutes(125), *ticket(FIRST, 1)),
        expect_firing(minutes(130), *ticket_and_page(FIRST, 1.04)),
        expect_firing(hours(24), *ticket_and_page(FIRST, 1.04)),
        # The first five minutes, 200,000 tokens, are out of the window.
        expect_firing(hours(24) + FIVE_MINUTES, *ticket(FIRST, 1)),
        expect_firing(hours(24) + minutes(25), *ticket(FIRST, 0.84)),
        expect_none(hours(24) + minutes(30)),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("HighAICosts", TICKET, PAGE, covers=(FIRES, BEFORE_FOR), id="each_tenant_has_its_own_budget")
def each_tenant_has_its_own_budget(platform: Platform) -> Scenario:
    """Three tenants use 20,000 tokens per minute, one for embeddings only: each fires at its own budget."""
    return scenario(
        prompt_tokens(FIRST, count(15000, hours(5))),
        answer_tokens(FIRST, count(5000, hours(5))),
        answer_tokens(SECOND, count(20000, hours(5))),
        embedding_tokens(UNLISTED, count(20000, hours(5))),
        expect_none(minutes(40)),
        expect_firing(minutes(45), *ticket(UNLISTED, 0.9)),
        expect_firing(minutes(50), *ticket(UNLISTED, 1)),
        expect_firing(minutes(55), *ticket_and_page(UNLISTED, 1.1)),
        expect_firing(minutes(80), *ticket_and_page(UNLISTED, 1.6)),
        expect_firing(minutes(85), *ticket_and_page(UNLISTED, 1.7), *ticket(SECOND, 0.85)),
        expect_firing(minutes(105), *ticket_and_page(UNLISTED, 2.1), *ticket_and_page(SECOND, 1.05)),
        expect_firing(minutes(200), *ticket_and_page(UNLISTED, 4), *ticket_and_page(SECOND, 2)),
        expect_firing(
            minutes(205), *ticket_and_page(UNLISTED, 4.1), *ticket_and_page(SECOND, 2.05), *ticket(FIRST, 0.82)
        ),
        expect_firing(
            minutes(255), *ticket_and_page(UNLISTED, 5.1), *ticket_and_page(SECOND, 2.55), *ticket_and_page(FIRST, 1.02)
        ),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("HighAICosts", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="just_below_ticket_threshold")
def just_below_ticket_threshold(platform: Platform) -> Scenario:
    """Each tenant uses 72 % of its budget in 24 h, through two restarts: does not fire in 26 hours."""
    return scenario(
        answer_tokens(FIRST, *with_restarts(2500)),
        prompt_tokens(SECOND, *with_restarts(1000)),
        embedding_tokens(UNLISTED, *with_restarts(500)),
        *(expect_none(hours(hour)) for hour in (13, 21, 24, 26)),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("HighAICosts", PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="just_below_page_threshold")
def just_below_page_threshold(platform: Platform) -> Scenario:
    """A tenant uses 90 % of its budget in 24 h, through two restarts: the page does not fire, the ticket does."""
    return scenario(
        prompt_tokens(SECOND, *with_restarts(750)),
        answer_tokens(SECOND, *with_restarts(500)),
        expect_none(hours(21)),
        expect_firing(hours(22), *ticket(SECOND, 0.825)),
        expect_firing(hours(24), *ticket(SECOND, 0.9)),
        expect_firing(hours(26), *ticket(SECOND, 0.9)),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test(
    "AICostForecast",
    TICKET,
    covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED),
    id="rate_triples_in_the_last_hour",
)
def rate_triples_in_the_last_hour(platform: Platform) -> Scenario:
    """A tenant's rate of tokens triples in hour 21: fires from 20:50 to 21:20, never for the other tenant."""
    # The forecast is 18 h × 60,000 + 6 × 60,000; five minutes at the higher rate add 10,000 and 6 × 10,000.
    return scenario(
        prompt_tokens(SECOND, count(600, hours(20)), count(1800, hours(1)), count(600, hours(1))),
        answer_tokens(SECOND, count(400, hours(20)), count(1200, hours(1)), count(400, hours(1))),
        prompt_tokens(FIRST, count(3000, hours(22))),
        expect_none(hours(20) + minutes(40)),  # 1.44 + 8 × 0.07 are 2 million, not more
        expect_none(hours(20) + minutes(45)),
        expect_firing(hours(20) + minutes(50), firing(TICKET, 2_140_000, SECOND)),
        expect_firing(hours(21), firing(TICKET, 2_280_000, SECOND)),
        expect_firing(hours(21) + minutes(20), firing(TICKET, 2_040_000, SECOND)),
        expect_none(hours(21) + minutes(25)),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test(
    "AICostForecast",
    TICKET,
    covers=(FIRES, BEFORE_FOR, OTHERS_UNAFFECTED),
    id="unlisted_tenant_exceeds_the_default_budget",
)
def unlisted_tenant_exceeds_the_default_budget(platform: Platform) -> Scenario:
    """Two tenants use 4,000 tokens per minute: fires at 45 for the one with the default budget, whatever its name."""
    # 7 × 4,000 for each minute so far: 980,000 at 35; 1,120,000 from 40 on, and for 5 minutes at 45.
    return scenario(
        embedding_tokens(HOSTILE, count(4000, minutes(50))),
        embedding_tokens(SECOND, count(4000, minutes(50))),
        expect_none(minutes(40)),
        expect_none(minutes(44)),
        expect_firing(minutes(45), firing(TICKET, 1_260_000, HOSTILE)),
    )


@alert_test("AICostForecast", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="steady_rate_within_budget")
def steady_rate_within_budget(platform: Platform) -> Scenario:
    """Each tenant uses 86.4 % of its budget in 24 h, through two restarts: does not fire in 26 hours."""
    return scenario(
        answer_tokens(FIRST, *with_restarts(3000)),
        prompt_tokens(SECOND, *with_restarts(1200)),
        embedding_tokens(UNLISTED, *with_restarts(600)),
        *(expect_none(hours(hour)) for hour in (13, 18, 21, 24, 26)),
        evaluation_interval=FIVE_MINUTES,
    )
