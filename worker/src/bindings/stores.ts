/** KV and Vectorize: what is done, what fails, how long queries take and what they find. */

import { type Method, observing } from "./call.ts";

const READ: Method = { operation: "read", counters: ["kv_reads_total", "kv_errors_total"] };
const WRITE: Method = { operation: "write", counters: ["kv_writes_total", "kv_errors_total"] };

/** A call is one, however many keys it reads. */
export const observeKv = observing("KV", { get: READ, getWithMetadata: READ, list: READ, put: WRITE, delete: WRITE }, "kv");

const QUERY: Method<never, VectorizeMatches> = {
  operation: "query",
  counters: ["vectorize_queries_total", "vectorize_errors_total"],
  histogram: "vectorize_latency_ms",
  told({ matches: { length: documents } }, { count }) {
    count("rag_queries_total");
    count("rag_retrieval_count", documents);
    return { metadata: { documents } };
  },
};
const LOOK: Method = { operation: "read" };
const CHANGE: Method = { operation: "write" };

/** All but queries is told in the log alone. */
export const observeVectorize = observing(
  "Vectorize",
  { query: QUERY, queryById: QUERY, getByIds: LOOK, describe: LOOK, insert: CHANGE, upsert: CHANGE, deleteByIds: CHANGE },
  "vectorize",
);
