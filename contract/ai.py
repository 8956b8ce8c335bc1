"""What the Workers count of calls to models at Workers AI."""

from contract.labels import DIRECTION, MODEL, ROUTE, SERVICE, TENANT
from generator.dsl.metrics import CombinedCounter, Counter, Extension, Histogram, Member, Seed
from generator.dsl.units import ERRORS_UNIT, MILLISECONDS, REQUESTS_UNIT, TOKENS_UNIT

LABELS = (TENANT, ROUTE, SERVICE, MODEL)
LATENCY_BUCKETS = (50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000)

AI_REQUESTS = Counter(
    name="ai_requests_total",
    unit=REQUESTS_UNIT,
    labels=LABELS,
    help="Calls to a model, whatever came back.",
    origin=Seed("3.2"),
)
AI_ERRORS = Counter(
    name="ai_errors_total",
    unit=ERRORS_UNIT,
    labels=LABELS,
    help="Calls to a model that threw, or whose stream broke; the platform's code (3036 allocation used up, 3040 out "
    "of capacity) is in the log.",
    origin=Seed("3.2"),
)
AI_LATENCY = Histogram(
    name="ai_latency_ms",
    unit=MILLISECONDS,
    labels=LABELS,
    buckets=LATENCY_BUCKETS,
    help="From a call to a model to the end of its answer; a stream is measured at its end.",
    origin=Seed("3.2"),
)
AI_TIME_TO_FIRST_TOKEN = Histogram(
    name="ai_time_to_first_token_ms",
    unit=MILLISECONDS,
    labels=LABELS,
    buckets=LATENCY_BUCKETS,
    help="From a call to a model to the first event of its stream; calls that do not stream are not in it.",
    origin=Extension("a person at a chat waits for it; a stream's ai_latency_ms says how much the model wrote"),
)
AI_TOKENS_INPUT = Counter(
    name="ai_tokens_input",
    unit=TOKENS_UNIT,
    labels=LABELS,
    help="Tokens that models read, as they report them; a model that reports none counts none. A counter, although the "
    "plan's name, which is kept, lacks Prometheus' `_total`.",
    origin=Seed("3.2"),
)
AI_TOKENS_OUTPUT = Counter(
    name="ai_tokens_output",
    unit=TOKENS_UNIT,
    labels=LABELS,
    help="Tokens that models wrote, as they report them; an embedding writes none. A counter, although the plan's "
    "name, which is kept, lacks Prometheus' `_total`.",
    origin=Seed("3.2"),
)
AI_TOKENS_UNKNOWN = Counter(
    name="ai_tokens_unknown_total",
    unit=REQUESTS_UNIT,
    labels=LABELS,
    help="Calls to a model whose tokens nobody knows: it answered without saying its usage, as some embeddings do, or "
    "its stream broke before it did.",
    origin=Extension("a call that says no usage would pass for one of no tokens, and cost would be told too low"),
)
TOKENS = CombinedCounter(
    name="ai_tokens",
    unit=TOKENS_UNIT,
    help="Tokens in and out.",
    members=(Member(AI_TOKENS_INPUT, {DIRECTION: "input"}), Member(AI_TOKENS_OUTPUT, {DIRECTION: "output"})),
)
