"""What every counter must say, from the requests that were sent and the fakes' books, never from what was counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.e2e.client import Sent
from tests.e2e.scenario import EMBEDDER, TOO_LONG, WRITER

Key: TypeAlias = tuple[str, ...]
"""Values of labels, in the order of the labels' names."""
Counts: TypeAlias = Mapping[Key, float]
Entry: TypeAlias = Mapping[str, Any]
KEY_BYTES = 512
"""What KV takes in a key."""
DELIVERIES = 3
"""How often a message that fails is delivered: once, and twice again."""
API, INGEST = "worker-api", "ingest-worker"


@dataclass(frozen=True)
class Truth:
    """All requests that were sent, and the fakes' books."""

    sent: Sequence[Sent]
    books: Sequence[Entry]

    def expected(self) -> dict[str, Counts]:
        """By a query, every series that it must answer with, and its value; a series of 0 may be missing."""
        told: dict[str, Counts] = {}
        for labels, counts in (
            ("route, service, tenant_id", self.requests()),
            ("service, tenant_id", self.stores()),
            ("tenant_id", self.found()),
            ("model, tenant_id", self.models()),
            ("model, route, service", {"ai_requests_total": self.calls_by_route()}),
        ):
            told |= {f"sum by ({labels}) ({metric})": each for metric, each in counts.items()}
        return told

    def requests(self) -> dict[str, Counts]:
        """A question that is kept makes a request to the other service."""
        kept = [("/ingest", INGEST, one.tenant) for one in self.sent if one.route == "/chat" and _kept(one)]
        every = _tally([*map(_place, self.sent), *kept])
        return {
            "requests_total": every,
            "latency_ms_count": every,
            "errors_total": _tally(_place(one) for one in self.sent if one.failed),
            "rate_limited_total": _tally(_place(one) for one in self.sent if one.status == 429),
        }

    def stores(self) -> dict[str, Counts]:
        """A search reads the cache, then a text for each vector found, and writes the cache; a document is a write."""
        chats = [one for one in self.sent if one.route == "/chat" and one.status != 401]
        looked = [*((API, one.tenant) for one in self.sent if _looked(one))]
        reads = _tally(looked, ((API, each["tenant"]) for each in self._queries() for _ in range(each["matches"])))
        misses = [(API, one.tenant) for one in self.sent if _looked(one) and not one.cached and _found(one)]
        good = [(INGEST, tenant) for tenant, name in self._documents() if len(name) <= KEY_BYTES]
        bad = [(INGEST, tenant) for tenant, name in self._documents() if len(name) > KEY_BYTES] * DELIVERIES
        return {
            "do_requests_total": _tally((API, one.tenant) for one in chats),
            "do_errors_total": _tally((API, one.tenant) for one in chats if _too_long(one)),
            "kv_reads_total": reads,
            "kv_writes_total": _tally(misses, good, bad),
            "kv_errors_total": _tally(bad),
        }

    def found(self) -> dict[str, Counts]:
        """A query that the index answers is one that retrieval answers; so is one from the cache."""
        hits = _tally((one.tenant,) for one in self.sent if one.cached)
        answered = _sum(self._queries(), ("tenant",), lambda each: each["calls"] - each["refused"])
        calls = _sum(self._queries(), ("tenant",), lambda each: each["calls"])
        return {
            "rag_cache_hits_total": hits,
            "rag_queries_total": {key: hits.get(key, 0) + answered.get(key, 0) for key in {*hits, *answered}},
            "rag_retrieval_count_count": answered,
            "rag_retrieval_count_sum": _sum(self._queries(), ("tenant",), lambda each: each["matches"]),
            "vectorize_queries_total": calls,
            "vectorize_errors_total": _sum(self._queries(), ("tenant",), lambda each: each["refused"]),
            "vectorize_latency_ms_count": calls,
        }

    def models(self) -> dict[str, Counts]:
        """Streams that were cut told no usage, nor did embeddings; refused calls neither streamed nor used anything."""
        calls = [each for each in self.books if each["binding"] == "AI"]
        writer = [each for each in calls if each["model"] == WRITER]
        by = ("model", "tenant")
        return {
            "ai_requests_total": _sum(calls, by, lambda each: each["calls"]),
            "ai_latency_ms_count": _sum(calls, by, lambda each: each["calls"]),
            "ai_errors_total": _sum(calls, by, lambda each: each["refused"] + each["cut"]),
            "ai_tokens_input": _sum(calls, by, lambda each: each["tokens_input"]),
            "ai_tokens_output": _sum(calls, by, lambda each: each["tokens_output"]),
            "ai_tokens_unknown_total": _sum(calls, by, lambda each: each["untold"] + each["cut"]),
            "ai_time_to_first_token_ms_count": _sum(writer, by, lambda each: each["calls"] - each["refused"]),
        }

    def calls_by_route(self) -> Counts:
        """Every look at the index is embedded first, and so is every document whose text KV took."""
        looked = [(EMBEDDER, one.route, API) for one in self.sent if _looked(one) and not one.cached]
        stored = [(EMBEDDER, "/ingest", INGEST) for _, name in self._documents() if len(name) <= KEY_BYTES]
        written = [(WRITER, "/chat", API) for one in self.sent if one.route == "/chat" and _looked(one)]
        return _tally(looked, stored, written)

    def _queries(self) -> list[Entry]:
        return [each for each in self.books if each["operation"] == "query"]

    def _documents(self) -> Iterator[tuple[str, str]]:
        """Each document that was taken into the queue: its tenant, and its key."""
        for one in filter(_kept, self.sent):
            yield from ((one.tenant, f"{one.tenant}/{name}") for name in one.documents)


def _place(one: Sent) -> Key:
    return one.route, one.service, one.tenant


def _too_long(one: Sent) -> bool:
    return one.route == "/chat" and len(one.question) >= TOO_LONG


def _looked(one: Sent) -> bool:
    """Did it come as far as the cache?"""
    return one.route in ("/chat", "/search") and one.status not in (401, 429) and not _too_long(one)


def _found(one: Sent) -> bool:
    """Did retrieval do its work? A search fails by it alone; a chat that fails does so after it."""
    return one.route == "/chat" or not one.failed


def _kept(one: Sent) -> bool:
    """Were its documents taken into the queue?"""
    return bool(one.documents) and one.status not in (401, 429) and not _too_long(one)


def _tally(*keys: Iterable[Key]) -> dict[Key, float]:
    counts: dict[Key, float] = {}
    for each in keys:
        for key in each:
            counts[key] = counts.get(key, 0) + 1
    return counts


def _sum(entries: Iterable[Entry], by: tuple[str, ...], value: Callable[[Entry], float]) -> dict[Key, float]:
    sums: dict[Key, float] = {}
    for entry in entries:
        key = tuple(str(entry[name]) for name in by)
        sums[key] = sums.get(key, 0) + value(entry)
    return sums
