"""Metrics of calls to models at Workers AI."""

from contract.labels import DIRECTION, MODEL, ROUTE, SERVICE, TENANT
from generator.dsl.metrics import CombinedCounter, Counter, Extension, Histogram, Member, Seed
from generator.dsl.units import ERRORS_UNIT, MILLISECONDS, REQUESTS_UNIT, TOKENS_UNIT

LABELS = (TENANT, ROUTE, SERVICE, MODEL)
TOKEN_CLASSES = {
    "input": "US dollars per million tokens.",
    "output": "US dollars per million tokens. Embedding models have no output.",
}
"""The classes of tokens that have prices of their own, as the label `direction` names them, each with the meaning of
its key in `model_prices`. Every model has a price of its input."""
LATENCY_BUCKETS = (50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000)

AI_REQUESTS = Counter(
    name="ai_requests_total",
    unit=REQUESTS_UNIT,
    labels=LABELS,
    help="Calls to a model, whatever the result.",
    origin=Seed("3.2"),
)
AI_ERRORS = Counter(
    name="ai_errors_total",
    unit=ERRORS_UNIT,
    labels=LABELS,
    help="Calls to a model that threw, or whose stream broke. The platform's code (3036 allocation used up, 3040 out "
    "of capacity) is in the log.",
    origin=Seed("3.2"),
)
AI_LATENCY = Histogram(
    name="ai_latency_ms",
    unit=MILLISECONDS,
    labels=LABELS,
    buckets=LATENCY_BUCKETS,
    help="Time from a call to a model to the end of its response; a stream is measured at its end.",
    origin=Seed("3.2"),
)
AI_TIME_TO_FIRST_TOKEN = Histogram(
    name="ai_time_to_first_token_ms",
    unit=MILLISECONDS,
    labels=LABELS,
    buckets=LATENCY_BUCKETS,
    help="Time from a call to a model to the first event of its stream; calls without a stream are not counted.",
    origin=Extension(
        "it is what a chat user waits for; a stream's ai_latency_ms depends on the length of the response"
    ),
)
AI_TOKENS_INPUT = Counter(
    name="ai_tokens_input",
    unit=TOKENS_UNIT,
    labels=LABELS,
    help="Input tokens as models report them; a model that reports none adds none. A counter, although the plan's name "
    "lacks Prometheus' `_total`.",
    origin=Seed("3.2"),
)
AI_TOKENS_OUTPUT = Counter(
    name="ai_tokens_output",
    unit=TOKENS_UNIT,
    labels=LABELS,
    help="Output tokens as models report them; an embedding has none. A counter, although the plan's name lacks "
    "Prometheus' `_total`.",
    origin=Seed("3.2"),
)
AI_TOKENS_UNKNOWN = Counter(
    name="ai_tokens_unknown_total",
    unit=REQUESTS_UNIT,
    labels=LABELS,
    help="Calls to a model without token usage: the response has none, as that of some embeddings, or its stream broke "
    "before the usage.",
    origin=Extension("a call without usage would count as one without tokens, and cost would be too low"),
)
TOKENS = CombinedCounter(
    name="ai_tokens",
    unit=TOKENS_UNIT,
    help="Input and output tokens.",
    members=(Member(AI_TOKENS_INPUT, {DIRECTION: "input"}), Member(AI_TOKENS_OUTPUT, {DIRECTION: "output"})),
)
