/** KV and Vectorize: calls, errors, the latency of queries and the number of documents that they return. */

import { type MethodInstrumentation, observeMethods } from "./call.ts";

const KV_READ: MethodInstrumentation = { operation: "read", calls: "kv_reads_total", errors: "kv_errors_total" };
const KV_WRITE: MethodInstrumentation = { operation: "write", calls: "kv_writes_total", errors: "kv_errors_total" };

/** A call counts once, however many keys it reads. */
export const observeKv = observeMethods(
  "KV",
  { get: KV_READ, getWithMetadata: KV_READ, list: KV_READ, put: KV_WRITE, delete: KV_WRITE },
  "kv",
);

const QUERY: MethodInstrumentation<never, VectorizeMatches> = {
  operation: "query",
  calls: "vectorize_queries_total",
  errors: "vectorize_errors_total",
  latency: "vectorize_latency_ms",
  readResult({ matches }, { count }) {
    const documents = matches.length;
    count("rag_queries_total");
    count("rag_retrieval_count", documents);
    return { metadata: { documents } };
  },
};
const READ: MethodInstrumentation = { operation: "read" };
const WRITE: MethodInstrumentation = { operation: "write" };

/** Calls other than queries are logged, but not counted. */
export const observeVectorize = observeMethods(
  "Vectorize",
  { query: QUERY, queryById: QUERY, getByIds: READ, describe: READ, insert: WRITE, upsert: WRITE, deleteByIds: WRITE },
  "vectorize",
);
