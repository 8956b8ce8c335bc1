"""The expected value of every counter, from the sent requests and the fakes' call counts, never from the Workers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.e2e.client import SentRequest
from tests.e2e.workload import CHAT_MODEL, EMBEDDING_MODEL, TOO_LONG

LabelValues: TypeAlias = tuple[str, ...]
"""Values of labels, in the order of the labels' names."""
Counts: TypeAlias = Mapping[LabelValues, float]
CallCount: TypeAlias = Mapping[str, Any]
MAX_KEY_BYTES = 512
"""The limit of a KV key."""
DELIVERIES = 3
"""How often the queue delivers a message that fails: once, and two retries."""
API, INGEST = "worker-api", "ingest-worker"


@dataclass(frozen=True)
class ExpectedCounts:
    """Computes expected values from all sent requests and the fakes' call counts."""

    sent: Sequence[SentRequest]
    calls: Sequence[CallCount]

    def by_query(self) -> dict[str, Counts]:
        """Return the expected result of each query; a series whose value is 0 may be missing."""
        queries: dict[str, Counts] = {}
        for labels, counts_by_metric in (
            ("route, service, tenant_id", self.requests()),
            ("service, tenant_id", self.stores()),
            ("tenant_id", self.retrievals()),
            ("model, tenant_id", self.model_calls()),
            ("model, route, service", {"ai_requests_total": self.model_calls_by_route()}),
        ):
            queries |= {f"sum by ({labels}) ({metric})": counts for metric, counts in counts_by_metric.items()}
        return queries

    def requests(self) -> dict[str, Counts]:
        """A chat that stores its question sends a request to the other service."""
        forwarded = [
            ("/ingest", INGEST, request.tenant)
            for request in self.sent
            if request.route == "/chat" and _stores_documents(request)
        ]
        all_requests = _count([*map(_labels, self.sent), *forwarded])
        return {
            "requests_total": all_requests,
            "latency_ms_count": all_requests,
            "errors_total": _count(_labels(request) for request in self.sent if request.failed),
            "rate_limited_total": _count(_labels(request) for request in self.sent if request.status == 429),
        }

    def stores(self) -> dict[str, Counts]:
        """A search reads the cache, then a text for each match, and writes the cache; a document is one write, and an
        accepted question a row of its session."""
        chats = [request for request in self.sent if request.route == "/chat" and request.status != 401]
        cache_reads = [(API, request.tenant) for request in self.sent if _reaches_cache(request)]
        text_reads = ((API, call["tenant"]) for call in self._queries() for _ in range(call["matches"]))
        cache_writes = [
            (API, request.tenant)
            for request in self.sent
            if _reaches_cache(request) and not request.cached and _retrieves(request)
        ]
        documents = [(INGEST, tenant) for tenant, key in self._documents() if len(key) <= MAX_KEY_BYTES]
        failed_writes = [(INGEST, tenant) for tenant, key in self._documents() if len(key) > MAX_KEY_BYTES] * DELIVERIES
        return {
            "do_requests_total": _count((API, request.tenant) for request in chats),
            "do_errors_total": _count((API, request.tenant) for request in chats if _is_too_long(request)),
            "do_rows_written_total": _count((API, request.tenant) for request in chats if _is_accepted(request)),
            "kv_reads_total": _count(cache_reads, text_reads),
            "kv_writes_total": _count(cache_writes, documents, failed_writes),
            "kv_errors_total": _count(failed_writes),
        }

    def retrievals(self) -> dict[str, Counts]:
        """A retrieval succeeds if the index answers its query, or if its result is cached."""
        hits = _count((request.tenant,) for request in self.sent if request.cached)
        answered = _sum(self._queries(), ("tenant",), lambda call: call["calls"] - call["failed"])
        queries = _sum(self._queries(), ("tenant",), lambda call: call["calls"])
        return {
            "rag_cache_hits_total": hits,
            "rag_queries_total": {key: hits.get(key, 0) + answered.get(key, 0) for key in {*hits, *answered}},
            "rag_retrieval_count_count": answered,
            "rag_retrieval_count_sum": _sum(self._queries(), ("tenant",), lambda call: call["matches"]),
            "vectorize_queries_total": queries,
            "vectorize_errors_total": _sum(self._queries(), ("tenant",), lambda call: call["failed"]),
            "vectorize_latency_ms_count": queries,
        }

    def model_calls(self) -> dict[str, Counts]:
        """Truncated streams and embeddings have no usage; failed calls have neither a stream nor usage."""
        calls = [call for call in self.calls if call["binding"] == "AI"]
        chats = [call for call in calls if call["model"] == CHAT_MODEL]
        by = ("model", "tenant")
        return {
            "ai_requests_total": _sum(calls, by, lambda call: call["calls"]),
            "ai_latency_ms_count": _sum(calls, by, lambda call: call["calls"]),
            "ai_errors_total": _sum(calls, by, lambda call: call["failed"] + call["truncated"]),
            "ai_errors_by_class_total": _sum(calls, by, lambda call: call["failed"] + call["truncated"]),
            "ai_finish_reasons_total": _sum(
                calls, by, lambda call: call["calls"] if call["model"] == CHAT_MODEL else call["failed"]
            ),
            "ai_embedded_texts_total": _sum(calls, by, lambda call: call["embedded_texts"]),
            "ai_tokens_input": _sum(calls, by, lambda call: call["tokens_input"]),
            "ai_tokens_input_cached_total": _sum(calls, by, lambda call: call["tokens_input_cached"]),
            "ai_tokens_input_cache_write_total": _sum(calls, by, lambda call: call["tokens_input_cache_write"]),
            "ai_tokens_output": _sum(calls, by, lambda call: call["tokens_output"]),
            "ai_tokens_output_reasoning_total": _sum(calls, by, lambda call: call["tokens_output_reasoning"]),
            "ai_tokens_unknown_total": _sum(calls, by, lambda call: call["without_usage"] + call["truncated"]),
            "ai_time_per_output_token_ms_count": _sum(
                chats, by, lambda call: call["calls"] - call["failed"] - call["truncated"]
            ),
            "ai_time_to_first_token_ms_count": _sum(chats, by, lambda call: call["calls"] - call["failed"]),
        }

    def model_calls_by_route(self) -> Counts:
        """Every query of the index is embedded first, and so is every document that KV stores."""
        queries = [
            (EMBEDDING_MODEL, request.route, API)
            for request in self.sent
            if _reaches_cache(request) and not request.cached
        ]
        documents = [(EMBEDDING_MODEL, "/ingest", INGEST) for _, key in self._documents() if len(key) <= MAX_KEY_BYTES]
        chats = [
            (CHAT_MODEL, "/chat", API) for request in self.sent if request.route == "/chat" and _reaches_cache(request)
        ]
        return _count(queries, documents, chats)

    def _queries(self) -> list[CallCount]:
        return [call for call in self.calls if call["operation"] == "query"]

    def _documents(self) -> Iterator[tuple[str, str]]:
        """Yield the tenant and the key of each document that was sent to the queue."""
        for request in filter(_stores_documents, self.sent):
            yield from ((request.tenant, f"{request.tenant}/{name}") for name in request.documents)


def _labels(request: SentRequest) -> LabelValues:
    return request.route, request.service, request.tenant


def _is_too_long(request: SentRequest) -> bool:
    return request.route == "/chat" and len(request.question) >= TOO_LONG


def _is_accepted(request: SentRequest) -> bool:
    return request.status not in (401, 429) and not _is_too_long(request)


def _reaches_cache(request: SentRequest) -> bool:
    return request.route in ("/chat", "/search") and _is_accepted(request)


def _retrieves(request: SentRequest) -> bool:
    """Return whether retrieval succeeds: a search fails only in retrieval, a chat only after it."""
    return request.route == "/chat" or not request.failed


def _stores_documents(request: SentRequest) -> bool:
    return bool(request.documents) and _is_accepted(request)


def _count(*keys: Iterable[LabelValues]) -> dict[LabelValues, float]:
    counts: dict[LabelValues, float] = {}
    for group in keys:
        for key in group:
            counts[key] = counts.get(key, 0) + 1
    return counts


def _sum(
    calls: Iterable[CallCount], by: tuple[str, ...], value: Callable[[CallCount], float]
) -> dict[LabelValues, float]:
    sums: dict[LabelValues, float] = {}
    for call in calls:
        key = tuple(str(call[name]) for name in by)
        sums[key] = sums.get(key, 0) + value(call)
    return sums
