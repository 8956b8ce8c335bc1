"""What the Workers count of retrieval: how many documents a query found, and how many were served from the cache."""

from contract.labels import ROUTE, SERVICE, TENANT
from generator.dsl.metrics import Counter, Extension, Gauge, Histogram, Seed
from generator.dsl.units import DOCUMENTS_UNIT, HITS_UNIT, PERCENT, QUERIES_UNIT, minutes

LABELS = (TENANT, ROUTE, SERVICE)

RAG_RETRIEVAL_COUNT = Histogram(
    name="rag_retrieval_count",
    unit=DOCUMENTS_UNIT,
    labels=LABELS,
    buckets=(0, 1, 2, 3, 5, 10, 20, 50, 100),
    help="Documents found for a query that was not served from the cache; Vectorize gives 100 at the most.",
    origin=Seed("3.4"),
)
RAG_QUERIES = Counter(
    name="rag_queries_total",
    unit=QUERIES_UNIT,
    labels=LABELS,
    help="Queries that retrieval answered, from the cache or not.",
    origin=Extension("rag_cache_hit_rate is a share, and shares of isolates cannot be averaged: what is counted can"),
)
RAG_CACHE_HITS = Counter(
    name="rag_cache_hits_total",
    unit=HITS_UNIT,
    labels=LABELS,
    help="Queries that retrieval served from its cache.",
    origin=Extension("rag_cache_hit_rate is a share, and shares of isolates cannot be averaged: what is counted can"),
)
RAG_CACHE_HIT_RATE = Gauge(
    name="rag_cache_hit_rate",
    unit=PERCENT,
    labels=LABELS,
    help="The percentage of the last 5 minutes' queries that retrieval served from its cache. Recorded by Prometheus "
    "from rag_cache_hits_total and rag_queries_total; no Worker emits it.",
    origin=Seed("3.4"),
    recorded_from=RAG_CACHE_HITS.ratio_to(RAG_QUERIES, minutes(5)).by(*LABELS),
)
