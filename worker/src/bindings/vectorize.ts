/** Vectorize: queries, how long they take and what they find; writes are told in the log alone. */

import type { Context } from "../context.ts";
import { watchedStore, type Watched } from "./call.ts";

const METHODS = {
  query: "query",
  queryById: "query",
  getByIds: "read",
  describe: "read",
  insert: "write",
  upsert: "write",
  deleteByIds: "write",
} as const;

export function observeVectorize(index: Vectorize, binding: string, context: Context): Vectorize {
  const watching = (name: string, operation: "query" | "read" | "write"): Watched<VectorizeMatches> => ({
    message: `Vectorize ${name}`,
    metadata: { binding, store: "vectorize", operation },
    ...(operation === "query" && queried(context)),
  });
  return watchedStore(index, METHODS, watching, context);
}

function queried({ count, observe }: Context): Required<Pick<Watched<VectorizeMatches>, "told" | "ended">> {
  return {
    told: (found) => ({ metadata: { documents: found.matches.length } }),
    ended(latency, ending, found) {
      count("vectorize_queries_total");
      observe("vectorize_latency_ms", latency);
      if ("error" in ending) return count("vectorize_errors_total");
      count("rag_queries_total");
      if (found) observe("rag_retrieval_count", found.matches.length);
    },
  };
}
