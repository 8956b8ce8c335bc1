"""What a request calls: a session, retrieval, a model that writes, an index. Each call takes time and may fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from contract.ai import (
    AI_ERRORS,
    AI_LATENCY,
    AI_REQUESTS,
    AI_TIME_TO_FIRST_TOKEN,
    AI_TOKENS_INPUT,
    AI_TOKENS_OUTPUT,
    AI_TOKENS_UNKNOWN,
)
from contract.labels import MODEL, STORE
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
from generator.verify.simulation.clock import Flags, LabelValues, Steps
from generator.verify.simulation.counting import Told, counted, observed, summed
from generator.verify.simulation.distribution import Mixture
from generator.verify.simulation.incident import Kind, World
from generator.verify.simulation.population import Cell

MISHAP = 1e-4
"""The share of any calls that fails on an ordinary day."""
TIME_OUT = 5_000.0
"""Milliseconds after which a query to Vectorize is given up."""
VECTORIZE = Mixture(35, 0.45)
EMBEDDING = Mixture(45, 0.35)
INDEXING = Mixture(450, 0.45)
WRITING = Mixture(1_900, 0.42, tail_share=0.03, tail_median=3_600)
FIRST_TOKEN = Mixture(320, 0.4)
SAYS_NO_USAGE = "@cf/baai/bge-base-en-v1.5"
FAST_INTERVAL, ANSWER, QUERY, DOCUMENT = Mixture(110, 0.5), Mixture(70, 0.5), Mixture(14, 0.4), Mixture(370, 0.4)
"""Tokens."""


@dataclass(frozen=True)
class Asked:
    """Requests of a cell at steps; `which` of them make the call."""

    cell: Cell
    world: World
    random: np.random.Generator
    at: Steps
    which: Flags

    def fails(self, kind: Kind, labels: Mapping[str, str], ordinary: float = MISHAP) -> Flags:
        """Which calls fail: by bad luck, or because an incident is under way."""
        luck = self.random.random(self.at.size)
        return self.which & (luck < np.maximum(ordinary, self.world.share(kind, self.at, labels)))

    def slow(self, kind: Kind, labels: Mapping[str, str]) -> LabelValues:
        """How many times longer each call takes than on an ordinary day."""
        return self.world.factor(kind, self.at, labels)

    def draw(self, mixture: Mixture) -> LabelValues:
        """A value for each request."""
        return mixture.draw(self.random, self.at.size)

    def tokens(self, mixture: Mixture) -> LabelValues:
        """The tokens of each request: the fewer, the more requests there are."""
        return self.draw(mixture) / self.cell.tenant.rush


@dataclass(frozen=True)
class Part:
    """What calls did to their requests: the milliseconds they took, which failed, and what was told."""

    took: LabelValues
    failed: Flags
    told: tuple[Told, ...] = field(default=())

    def __add__(self, other: Part) -> Part:
        """One after the other."""
        return Part(self.took + other.took, self.failed | other.failed, self.told + other.told)


def session(asked: Asked) -> Part:
    """The Durable Object that holds a caller's session and rate: one request to it each."""
    labels = asked.cell.labels
    failed = asked.fails(Kind.STORE_FAILS, {**labels, STORE.name: "durable_objects"})
    told = (counted(DO_REQUESTS, labels, asked.at, asked.which), counted(DO_ERRORS, labels, asked.at, failed))
    return Part(np.where(asked.which, 4.0, 0.0), failed, told)


def retrieval(asked: Asked) -> Part:
    """Documents for a question: from the cache in KV, else found by Vectorize, and then written to the cache."""
    labels = asked.cell.labels
    hit = asked.which & (asked.random.random(asked.at.size) < asked.cell.tenant.cache_share)
    missed = Asked(asked.cell, asked.world, asked.random, asked.at, asked.which & ~hit)
    found = embedding(missed, EMBEDDING, QUERY) + vectorize(missed) + written(missed)
    told = (
        counted(KV_READS, labels, asked.at, asked.which),
        counted(RAG_QUERIES, labels, asked.at, asked.which),
        counted(RAG_CACHE_HITS, labels, asked.at, hit),
    )
    return Part(np.where(asked.which, 6.0, 0.0), np.zeros_like(hit), told) + found


def vectorize(asked: Asked) -> Part:
    """A query to Vectorize, and how many documents it found. One that throws or times out finds none."""
    labels = asked.cell.labels
    late = asked.fails(Kind.STORE_TIMES_OUT, labels, ordinary=0)
    thrown = asked.fails(Kind.STORE_FAILS, {**labels, STORE.name: "vectorize"})
    took = np.where(late, TIME_OUT, asked.draw(VECTORIZE))
    documents = asked.random.binomial(10, 0.6, asked.at.size) * (asked.random.random(asked.at.size) > 0.03)
    failed = late | thrown
    told = (
        counted(VECTORIZE_QUERIES, labels, asked.at, asked.which),
        counted(VECTORIZE_ERRORS, labels, asked.at, failed),
        observed(VECTORIZE_LATENCY, labels, asked.at, asked.which, took),
        observed(RAG_RETRIEVAL_COUNT, labels, asked.at, asked.which & ~failed, documents.astype(np.float64)),
    )
    return Part(np.where(asked.which, took, 0.0), failed, told)


def written(asked: Asked) -> Part:
    """A write to KV, which no request waits for: its failure is nobody else's."""
    labels = asked.cell.labels
    refused = asked.fails(Kind.STORE_FAILS, {**labels, STORE.name: "kv"})
    told = (counted(KV_WRITES, labels, asked.at, asked.which), counted(KV_ERRORS, labels, asked.at, refused))
    return Part(np.zeros(asked.at.size), np.zeros_like(refused), told)


def embedding(asked: Asked, latency: Mixture, tokens: Mixture) -> Part:
    """A call to the model that embeds, which writes no tokens."""
    labels = {**asked.cell.labels, MODEL.name: asked.cell.tenant.embedding}
    failed = asked.fails(Kind.MODEL_FAILS, labels)
    took = asked.draw(latency) * asked.slow(Kind.MODEL_SLOW, labels)
    took = np.where(failed, 30.0, took)
    answered, says = asked.which & ~failed, labels[MODEL.name] != SAYS_NO_USAGE
    told = (
        *called(asked, labels, failed, took),
        summed(AI_TOKENS_INPUT, labels, asked.at, answered & says, asked.tokens(tokens)),
        counted(AI_TOKENS_UNKNOWN, labels, asked.at, answered & (not says)),
    )
    return Part(np.where(asked.which, took, 0.0), failed, told)


def indexing(asked: Asked) -> Part:
    """A document taken in: embedded, then written to KV."""
    return embedding(asked, INDEXING, DOCUMENT) + written(asked)


def generation(asked: Asked) -> Part:
    """A streamed answer. One that breaks halfway has had its first token; one that fails at once has had none."""
    labels = {**asked.cell.labels, MODEL.name: asked.cell.tenant.model}
    refused = asked.fails(Kind.MODEL_FAILS, labels)
    broken = asked.fails(Kind.STREAMS_BREAK, labels, ordinary=0) & ~refused
    slow = asked.slow(Kind.MODEL_SLOW, labels)
    first = asked.draw(FIRST_TOKEN) * slow
    took = np.maximum(first, asked.draw(WRITING) * slow)
    took = np.where(refused, 60.0, np.where(broken, first + (took - first) / 2, took))
    streamed = asked.which & ~refused
    tokens = asked.tokens(ANSWER)
    told = (
        *called(asked, labels, refused | broken, took),
        observed(AI_TIME_TO_FIRST_TOKEN, labels, asked.at, streamed, first),
        summed(AI_TOKENS_INPUT, labels, asked.at, streamed & ~broken, asked.tokens(FAST_INTERVAL)),
        summed(AI_TOKENS_OUTPUT, labels, asked.at, streamed & ~broken, tokens),
        counted(AI_TOKENS_UNKNOWN, labels, asked.at, broken),
    )
    return Part(np.where(asked.which, took, 0.0), refused | broken, told)


def called(asked: Asked, labels: Mapping[str, str], failed: Flags, took: LabelValues) -> tuple[Told, ...]:
    """What is told of every call to a model."""
    return (
        counted(AI_REQUESTS, labels, asked.at, asked.which),
        counted(AI_ERRORS, labels, asked.at, failed),
        observed(AI_LATENCY, labels, asked.at, asked.which, took),
    )
