"""Metrics of retrieval: documents per query, and the cache."""

from contract.labels import ROUTE, SERVICE, TENANT
from generator.dsl.metrics import Counter, Extension, Gauge, Histogram, Seed
from generator.dsl.units import DOCUMENTS_UNIT, HITS_UNIT, PERCENT, QUERIES_UNIT, minutes

LABELS = (TENANT, ROUTE, SERVICE)
HIT_RATE_WINDOW = minutes(5)

RAG_RETRIEVAL_COUNT = Histogram(
    name="rag_retrieval_count",
    unit=DOCUMENTS_UNIT,
    labels=LABELS,
    buckets=(0, 1, 2, 3, 5, 10, 20, 50, 100),
    help="Documents retrieved for a query that the cache did not serve; Vectorize returns at most 100.",
    origin=Seed("3.4"),
)
RAG_QUERIES = Counter(
    name="rag_queries_total",
    unit=QUERIES_UNIT,
    labels=LABELS,
    help="Retrieval queries, served from the cache or not.",
    origin=Extension("rag_cache_hit_rate is a ratio, and ratios of isolates cannot be averaged; counts can be added"),
)
RAG_CACHE_HITS = Counter(
    name="rag_cache_hits_total",
    unit=HITS_UNIT,
    labels=LABELS,
    help="Retrieval queries served from the cache.",
    origin=Extension("rag_cache_hit_rate is a ratio, and ratios of isolates cannot be averaged; counts can be added"),
)
RAG_CACHE_HIT_RATE = Gauge(
    name="rag_cache_hit_rate",
    unit=PERCENT,
    labels=LABELS,
    help=f"The percentage of the last {HIT_RATE_WINDOW.window_text()}' retrieval queries served from the cache. "
    "Recorded by Prometheus from rag_cache_hits_total and rag_queries_total; no Worker emits it.",
    origin=Seed("3.4"),
    recorded_from=RAG_CACHE_HITS.ratio_to(RAG_QUERIES, HIT_RATE_WINDOW).by(*LABELS),
)
