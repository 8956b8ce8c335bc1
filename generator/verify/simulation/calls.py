"""The calls of a request to its dependencies: Durable Objects, KV, Vectorize and models. Each has a duration and may
fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

import numpy as np

from contract.ai import (
    AI_ERRORS,
    AI_ERRORS_BY_CLASS,
    AI_FINISH_REASONS,
    AI_LATENCY,
    AI_REQUESTS,
    AI_TIME_PER_OUTPUT_TOKEN,
    AI_TIME_TO_FIRST_TOKEN,
    AI_TOKENS_INPUT,
    AI_TOKENS_INPUT_CACHE_WRITE,
    AI_TOKENS_INPUT_CACHED,
    AI_TOKENS_OUTPUT,
    AI_TOKENS_OUTPUT_REASONING,
    AI_TOKENS_UNKNOWN,
)
from contract.labels import ERROR_CLASS, FINISH_REASON, MODEL, STORE
from contract.rag import RAG_CACHE_HITS, RAG_QUERIES, RAG_RETRIEVAL_COUNT
from contract.storage import (
    DO_ERRORS,
    DO_REQUESTS,
    KV_ERRORS,
    KV_READS,
    KV_WRITES,
    VECTORIZE_ERRORS,
    VECTORIZE_LATENCY,
    VECTORIZE_QUERIES,
)
from generator.frozen import frozen
from generator.verify.simulation.clock import Flags, Steps, Values
from generator.verify.simulation.distribution import LogNormalMixture
from generator.verify.simulation.incident import IncidentKind, IncidentTimeline
from generator.verify.simulation.measurements import Measurements, additions, increments, observations
from generator.verify.simulation.population import BASE_FAILURE_RATIO, TenantRoute

VECTORIZE_TIMEOUT = 5_000.0
"""Milliseconds."""
VECTORIZE_LATENCIES = LogNormalMixture(35, 0.45)
EMBEDDING_LATENCIES = LogNormalMixture(45, 0.35)
INDEXING_LATENCIES = LogNormalMixture(450, 0.45)
GENERATION_LATENCIES = LogNormalMixture(1_900, 0.42, tail_fraction=0.03, tail_median=3_600)
TIMES_TO_FIRST_TOKEN = LogNormalMixture(320, 0.4)
"""Milliseconds, like all latencies."""
PROMPT_TOKENS = LogNormalMixture(110, 0.5)
ANSWER_TOKENS = LogNormalMixture(70, 0.5)
QUERY_TOKENS = LogNormalMixture(14, 0.4)
DOCUMENT_TOKENS = LogNormalMixture(370, 0.4)
CACHED_PART = 0.4
"""The fraction of a prompt that several calls have in common."""
STEPS_PER_CACHED_PROMPT = 7
"""After so many steps a call writes it to the cache. Windows of 20 steps do not all exclude the same ones."""
STEPS_PER_CUT_TEXT, STEPS_PER_WITHHELD_TEXT = 13, 29
STEPS_PER_TIMEOUT, STEPS_PER_BLOCKED_PROMPT = 3, 5
REASONING_PART = 0.25
"""The fraction of an answer's tokens that are not in it."""


@frozen
class Requests:
    """Requests of a tenant's route, one per element of `steps`; only the `selected` ones make the call."""

    tenant_route: TenantRoute
    timeline: IncidentTimeline
    random: np.random.Generator
    steps: Steps
    selected: Flags

    def failures(self, kind: IncidentKind, labels: Mapping[str, str], base_ratio: float = BASE_FAILURE_RATIO) -> Flags:
        """Draw which calls fail: a few at random, and more during an incident."""
        draws = self.random.random(self.steps.size)
        return self.selected & (draws < np.maximum(base_ratio, self.timeline.failure_ratio(kind, self.steps, labels)))

    def slowdown(self, kind: IncidentKind, labels: Mapping[str, str]) -> Values:
        """Return the factor by which each call is slower than without incidents."""
        return self.timeline.factor(kind, self.steps, labels)

    def draw(self, mixture: LogNormalMixture) -> Values:
        """Draw a value for each request."""
        return mixture.draw(self.random, self.steps.size)

    def draw_tokens(self, mixture: LogNormalMixture) -> Values:
        """Draw the tokens of each request, divided by the tenant's load factor."""
        return self.draw(mixture) / self.tenant_route.tenant.load_factor


@frozen
class CallResults:
    """The results of calls for each request: duration in milliseconds and failure; and what the Workers measured."""

    duration: Values
    failed: Flags
    measurements: tuple[Measurements, ...] = field(default=())

    def __add__(self, other: CallResults) -> CallResults:
        """Return the results of both, called one after the other."""
        return CallResults(
            self.duration + other.duration, self.failed | other.failed, self.measurements + other.measurements
        )


def session(requests: Requests) -> CallResults:
    """Call the Durable Object of a session, which also limits its rate."""
    labels = requests.tenant_route.labels
    failed = requests.failures(IncidentKind.STORE_FAILS, {**labels, STORE.name: "durable_objects"})
    measurements = (
        increments(DO_REQUESTS, labels, requests.steps, requests.selected),
        increments(DO_ERRORS, labels, requests.steps, failed),
    )
    return CallResults(np.where(requests.selected, 4.0, 0.0), failed, measurements)


def retrieval(requests: Requests) -> CallResults:
    """Retrieve documents from the cache in KV; on a miss, query Vectorize and write the result to the cache."""
    labels, steps, selected = requests.tenant_route.labels, requests.steps, requests.selected
    hits = selected & (requests.random.random(steps.size) < requests.tenant_route.tenant.cache_hit_ratio)
    misses = Requests(requests.tenant_route, requests.timeline, requests.random, steps, selected & ~hits)
    on_miss = embedding(misses, EMBEDDING_LATENCIES, QUERY_TOKENS) + vectorize_query(misses) + kv_write(misses)
    measurements = (
        increments(KV_READS, labels, steps, selected),
        increments(RAG_QUERIES, labels, steps, selected),
        increments(RAG_CACHE_HITS, labels, steps, hits),
    )
    return CallResults(np.where(selected, 6.0, 0.0), np.zeros_like(hits), measurements) + on_miss


def vectorize_query(requests: Requests) -> CallResults:
    """Query Vectorize. A query that throws or times out retrieves no documents."""
    labels, steps, selected = requests.tenant_route.labels, requests.steps, requests.selected
    timed_out = requests.failures(IncidentKind.STORE_TIMES_OUT, labels, base_ratio=0)
    thrown = requests.failures(IncidentKind.STORE_FAILS, {**labels, STORE.name: "vectorize"})
    duration = np.where(timed_out, VECTORIZE_TIMEOUT, requests.draw(VECTORIZE_LATENCIES))
    documents = requests.random.binomial(10, 0.6, steps.size) * (requests.random.random(steps.size) > 0.03)
    failed = timed_out | thrown
    measurements = (
        increments(VECTORIZE_QUERIES, labels, steps, selected),
        increments(VECTORIZE_ERRORS, labels, steps, failed),
        observations(VECTORIZE_LATENCY, labels, steps, selected, duration),
        observations(RAG_RETRIEVAL_COUNT, labels, steps, selected & ~failed, documents.astype(np.float64)),
    )
    return CallResults(np.where(selected, duration, 0.0), failed, measurements)


def kv_write(requests: Requests) -> CallResults:
    """Write to KV. No request waits for the write, so its failure fails no request."""
    labels = requests.tenant_route.labels
    failed = requests.failures(IncidentKind.STORE_FAILS, {**labels, STORE.name: "kv"})
    measurements = (
        increments(KV_WRITES, labels, requests.steps, requests.selected),
        increments(KV_ERRORS, labels, requests.steps, failed),
    )
    return CallResults(np.zeros(requests.steps.size), np.zeros_like(failed), measurements)


def embedding(requests: Requests, latencies: LogNormalMixture, tokens: LogNormalMixture) -> CallResults:
    """Call an embedding model, which has no output tokens."""
    labels = {**requests.tenant_route.labels, MODEL.name: requests.tenant_route.tenant.embedding_model}
    failed = requests.failures(IncidentKind.MODEL_FAILS, labels)
    duration = requests.draw(latencies) * requests.slowdown(IncidentKind.MODEL_SLOW, labels)
    duration = np.where(failed, 30.0, duration)
    succeeded, has_usage = requests.selected & ~failed, requests.tenant_route.tenant.embedding_has_usage
    measurements = (
        *model_call_measurements(requests, labels, failed, duration),
        additions(AI_TOKENS_INPUT, labels, requests.steps, succeeded & has_usage, requests.draw_tokens(tokens)),
        increments(AI_TOKENS_UNKNOWN, labels, requests.steps, succeeded & (not has_usage)),
    )
    return CallResults(np.where(requests.selected, duration, 0.0), failed, measurements)


def indexing(requests: Requests) -> CallResults:
    """Embed a document, then write it to KV."""
    return embedding(requests, INDEXING_LATENCIES, DOCUMENT_TOKENS) + kv_write(requests)


def generation(requests: Requests) -> CallResults:
    """Stream an answer. A stream that breaks halfway has a first token; a call that fails immediately has none."""
    labels = {**requests.tenant_route.labels, MODEL.name: requests.tenant_route.tenant.model}
    rejected = requests.failures(IncidentKind.MODEL_FAILS, labels)
    broken = requests.failures(IncidentKind.STREAMS_BREAK, labels, base_ratio=0) & ~rejected
    slowdown = requests.slowdown(IncidentKind.MODEL_SLOW, labels)
    first_token = requests.draw(TIMES_TO_FIRST_TOKEN) * slowdown
    duration = np.maximum(first_token, requests.draw(GENERATION_LATENCIES) * slowdown)
    half = first_token + (duration - first_token) / 2
    duration = np.where(rejected, 60.0, np.where(broken, half, duration))
    streamed = requests.selected & ~rejected
    output_tokens = requests.draw_tokens(ANSWER_TOKENS)
    complete = streamed & ~broken
    has_usage = ~requests.timeline.is_active(IncidentKind.USAGE_MISSING, requests.steps, labels)
    input_tokens = requests.draw_tokens(PROMPT_TOKENS)
    reported = complete & has_usage
    later_tokens = np.rint(output_tokens) - 1
    token_time = (duration - first_token) / np.maximum(later_tokens, 1)
    measurements = (
        *model_call_measurements(requests, labels, rejected | broken, duration),
        *token_classes(requests, labels, reported, input_tokens, output_tokens),
        *finish_reasons(requests, labels, complete, rejected | broken),
        observations(AI_TIME_TO_FIRST_TOKEN, labels, requests.steps, streamed, first_token),
        observations(AI_TIME_PER_OUTPUT_TOKEN, labels, requests.steps, reported & (later_tokens > 0), token_time),
        additions(AI_TOKENS_INPUT, labels, requests.steps, reported, input_tokens),
        additions(AI_TOKENS_OUTPUT, labels, requests.steps, reported, output_tokens),
        increments(AI_TOKENS_UNKNOWN, labels, requests.steps, broken | (complete & ~has_usage)),
    )
    return CallResults(np.where(requests.selected, duration, 0.0), rejected | broken, measurements)


def token_classes(
    requests: Requests, labels: Mapping[str, str], reported: Flags, input_tokens: Values, output_tokens: Values
) -> tuple[Measurements, ...]:
    """Return the parts of the tokens that models report: the start of a prompt is written to the cache now and then,
    and read from there in between."""
    steps = requests.steps
    writes = steps % STEPS_PER_CACHED_PROMPT == 0
    prefix = input_tokens * CACHED_PART
    return (
        additions(AI_TOKENS_INPUT_CACHED, labels, steps, reported & ~writes, prefix),
        additions(AI_TOKENS_INPUT_CACHE_WRITE, labels, steps, reported & writes, prefix),
        additions(AI_TOKENS_OUTPUT_REASONING, labels, steps, reported, output_tokens * REASONING_PART),
    )


def finish_reasons(
    requests: Requests, labels: Mapping[str, str], complete: Flags, failed: Flags
) -> tuple[Measurements, ...]:
    """Return why the texts of models ended: now and then one reaches its maximum length, or is withheld."""
    cut = complete & (requests.steps % STEPS_PER_CUT_TEXT == 0)
    withheld = complete & ~cut & (requests.steps % STEPS_PER_WITHHELD_TEXT == 0)
    ends = {"stop": complete & ~cut & ~withheld, "length": cut, "content_filter": withheld, "error": failed}
    return tuple(
        increments(AI_FINISH_REASONS, {**labels, FINISH_REASON.name: reason}, requests.steps, ended)
        for reason, ended in ends.items()
    )


def model_call_measurements(
    requests: Requests, labels: Mapping[str, str], failed: Flags, duration: Values
) -> tuple[Measurements, ...]:
    """Return the measurements that every model call has. Most failures are a lack of capacity, the others time-outs and
    prompts that a guardrail blocks."""
    is_timeout = requests.steps % STEPS_PER_TIMEOUT == 0
    is_blocked = ~is_timeout & (requests.steps % STEPS_PER_BLOCKED_PROMPT == 0)
    classes = {"capacity": ~is_timeout & ~is_blocked, "timeout": is_timeout, "safety": is_blocked}
    return (
        increments(AI_REQUESTS, labels, requests.steps, requests.selected),
        increments(AI_ERRORS, labels, requests.steps, failed),
        *(
            increments(AI_ERRORS_BY_CLASS, {**labels, ERROR_CLASS.name: name}, requests.steps, failed & of_class)
            for name, of_class in classes.items()
        ),
        observations(AI_LATENCY, labels, requests.steps, requests.selected, duration),
    )
