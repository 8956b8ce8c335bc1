"""Metrics of calls to models at Workers AI."""

from contract import conventions
from contract.labels import DIRECTION, ERROR_CLASS, FINISH_REASON, MODEL, ROUTE, SERVICE, TENANT, TOKEN_CLASS
from generator.dsl.metrics import CombinedCounter, Counter, Extension, Histogram, Member, Seed
from generator.dsl.units import (
    CALLS_UNIT,
    ERRORS_UNIT,
    IMAGES_UNIT,
    MILLISECONDS,
    REQUESTS_UNIT,
    TEXTS_UNIT,
    TOKENS_UNIT,
)

LABELS = (TENANT, ROUTE, SERVICE, MODEL)
TOKEN_CLASSES = {
    "input": "US dollars per million tokens.",
    "output": "US dollars per million tokens. Embedding models have no output.",
    "cached_input": "US dollars per million input tokens that were read from a prompt cache; else they cost as input.",
    "cache_write": "US dollars per million input tokens that were written to a prompt cache; else they cost as input.",
    "reasoning": "US dollars per million output tokens of reasoning; else they cost as output.",
}
"""The classes of tokens that can have prices of their own, as the labels `direction` and `token_class` name them, each
with the meaning of its key in `model_prices`. Every model has a price of its input."""
LATENCY_BUCKETS = (50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000)

AI_REQUESTS = Counter(
    name="ai_requests_total",
    unit=REQUESTS_UNIT,
    labels=LABELS,
    help="Calls to a model, whatever the result.",
    origin=Seed("3.2"),
    convention=conventions.COUNT_OF_DURATION,
)
AI_ERRORS = Counter(
    name="ai_errors_total",
    unit=ERRORS_UNIT,
    labels=LABELS,
    help="Calls to a model that threw, or whose stream broke. The platform's code (3036 allocation used up, 3040 out "
    "of capacity) is in the log.",
    origin=Seed("3.2"),
    convention=conventions.FAILED_DURATION,
)
AI_ERRORS_BY_CLASS = Counter(
    name="ai_errors_by_class_total",
    unit=ERRORS_UNIT,
    labels=(*LABELS, ERROR_CLASS),
    help="The calls of ai_errors_total by what went wrong, as the platform's code or the HTTP status says.",
    origin=Extension("a used-up allocation, a lack of capacity and a blocked prompt need different actions"),
    convention=conventions.FAILED_DURATION,
)
AI_FINISH_REASONS = Counter(
    name="ai_finish_reasons_total",
    unit=REQUESTS_UNIT,
    labels=(*LABELS, FINISH_REASON),
    help="Calls to a model by why its text ended. Failed calls are `error`, also those for vectors or images, which "
    "have no text and are left out otherwise.",
    origin=Extension("an answer that is cut at its maximum length looks like a good one in all other metrics"),
    convention=conventions.REASONS_OF_SPANS,
)
AI_FALLBACKS = Counter(
    name="ai_fallbacks_total",
    unit=CALLS_UNIT,
    labels=LABELS,
    help="Calls that another model answered than the one asked first, by the model asked first: AI Gateway asked both, "
    "or the same request asked the other with the same input after the call had failed.",
    origin=Extension("a fallback hides that a model fails: the call is no error, and counts for the other model"),
    convention=conventions.TOKENS_AND_TIMES,
)
AI_RETRIES = Counter(
    name="ai_retries_total",
    unit=CALLS_UNIT,
    labels=LABELS,
    help="Calls that repeat a failed call of the same request: they ask the same model with the same input.",
    origin=Extension("retries multiply the load on a model that is out of capacity, and hide from users that it fails"),
    convention=conventions.TOKENS_AND_TIMES,
)
AI_TOOL_CALLS = Counter(
    name="ai_tool_calls_total",
    unit=CALLS_UNIT,
    labels=LABELS,
    help="Calls of tools that answers of models ask for; one answer may ask for several.",
    origin=Extension("each one leads to a further call of the model, so a loop of them is a loop of cost"),
    convention=conventions.TOKENS_AND_TIMES,
)
WHY_OWN_UNIT = "some models report no tokens for them, and their number is what such a call is sized by"
AI_EMBEDDED_TEXTS = Counter(
    name="ai_embedded_texts_total",
    unit=TEXTS_UNIT,
    labels=LABELS,
    help="Texts that models turned into vectors; one call may embed many.",
    origin=Extension(WHY_OWN_UNIT),
    convention=conventions.TOKENS_AND_TIMES,
)
AI_IMAGES = Counter(
    name="ai_images_total",
    unit=IMAGES_UNIT,
    labels=LABELS,
    help="Images that models made, as base64 or as a stream of PNG or JPEG.",
    origin=Extension(WHY_OWN_UNIT),
    convention=conventions.TOKENS_AND_TIMES,
)
AI_LATENCY = Histogram(
    name="ai_latency_ms",
    unit=MILLISECONDS,
    labels=LABELS,
    buckets=LATENCY_BUCKETS,
    help="Time from a call to a model to the end of its response; a stream is measured at its end.",
    origin=Seed("3.2"),
    convention=conventions.DURATION,
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
    convention=conventions.TIME_TO_FIRST_CHUNK,
)
AI_TIME_PER_OUTPUT_TOKEN = Histogram(
    name="ai_time_per_output_token_ms",
    unit=MILLISECONDS,
    labels=LABELS,
    buckets=(5, 10, 15, 20, 30, 50, 75, 100, 200, 500, 1000),
    help="Time from the first event of a stream to its end, for each output token after the first; streams of at most "
    "one token, or without token usage, are not counted. A slow reader of the stream counts as a slow model.",
    origin=Extension("it is how fast a chat user sees the text go on; ai_latency_ms depends on its length"),
    convention=conventions.TIME_PER_OUTPUT_CHUNK,
)
AI_TOKENS_INPUT = Counter(
    name="ai_tokens_input",
    unit=TOKENS_UNIT,
    labels=LABELS,
    help="All input tokens as models report them, also those from a prompt cache; a model that reports none adds none. "
    "A counter, although the plan's name lacks Prometheus' `_total`.",
    origin=Seed("3.2"),
    convention=conventions.INPUT_TOKENS,
)
AI_TOKENS_OUTPUT = Counter(
    name="ai_tokens_output",
    unit=TOKENS_UNIT,
    labels=LABELS,
    help="Output tokens as models report them; an embedding has none. A counter, although the plan's name lacks "
    "Prometheus' `_total`.",
    origin=Seed("3.2"),
    convention=conventions.OUTPUT_TOKENS,
)
WHY_PRICED = "these tokens have a price of their own, a tenth of the others' in places, or several times it"
WHEN_REPORTED = "A model that does not report them has no series, because their number is unknown."
AI_TOKENS_INPUT_CACHED = Counter(
    name="ai_tokens_input_cached_total",
    unit=TOKENS_UNIT,
    labels=LABELS,
    help=f"The part of ai_tokens_input that was read from a prompt cache. {WHEN_REPORTED}",
    origin=Extension(WHY_PRICED),
    convention=conventions.CACHE_READ_TOKENS,
)
AI_TOKENS_INPUT_CACHE_WRITE = Counter(
    name="ai_tokens_input_cache_write_total",
    unit=TOKENS_UNIT,
    labels=LABELS,
    help=f"The part of ai_tokens_input that was written to a prompt cache. {WHEN_REPORTED}",
    origin=Extension(WHY_PRICED),
    convention=conventions.CACHE_WRITE_TOKENS,
)
AI_TOKENS_OUTPUT_REASONING = Counter(
    name="ai_tokens_output_reasoning_total",
    unit=TOKENS_UNIT,
    labels=LABELS,
    help=f"The part of ai_tokens_output that a model wrote before its answer, to reason. {WHEN_REPORTED}",
    origin=Extension("they cost what other output costs and nobody reads them; a longer answer looks the same"),
    convention=conventions.REASONING_TOKENS,
)
AI_TOKENS_UNKNOWN = Counter(
    name="ai_tokens_unknown_total",
    unit=REQUESTS_UNIT,
    labels=LABELS,
    help="Calls to a model whose tokens are not known: the response has no usage, as that of some embeddings, or not "
    "both sides of it, or its stream broke before the usage.",
    origin=Extension("a call without usage would count as one without tokens, and cost would be too low"),
    convention=conventions.ZERO_TOKENS,
)
TOKENS = CombinedCounter(
    name="ai_tokens",
    unit=TOKENS_UNIT,
    help="Input and output tokens.",
    members=(Member(AI_TOKENS_INPUT, {DIRECTION: "input"}), Member(AI_TOKENS_OUTPUT, {DIRECTION: "output"})),
)
TOKEN_PARTS = CombinedCounter(
    name="ai_token_parts",
    unit=TOKENS_UNIT,
    help="The parts of input and output tokens that can have prices of their own.",
    members=(
        Member(AI_TOKENS_INPUT_CACHED, {DIRECTION: "input", TOKEN_CLASS: "cached_input"}),
        Member(AI_TOKENS_INPUT_CACHE_WRITE, {DIRECTION: "input", TOKEN_CLASS: "cache_write"}),
        Member(AI_TOKENS_OUTPUT_REASONING, {DIRECTION: "output", TOKEN_CLASS: "reasoning"}),
    ),
)
