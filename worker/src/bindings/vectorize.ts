/** Vectorize: queries, how long they take and what they find; writes are told in the log alone. */

import type { Context } from "../context.ts";
import { replacing, watch, type Watched } from "./call.ts";

const METHODS = {
  query: "query",
  queryById: "query",
  getByIds: "read",
  describe: "read",
  insert: "write",
  upsert: "write",
  deleteByIds: "write",
} as const;
type Operation = (typeof METHODS)[keyof typeof METHODS];
type Call = (...given: never[]) => Promise<VectorizeMatches>;

export function observeVectorize(index: Vectorize, binding: string, context: Context): Vectorize {
  const methods = Object.entries(METHODS).map(([name, operation]) => {
    const watched: Watched<VectorizeMatches> = watching(name, operation, binding, context);
    const method = (...given: never[]): Promise<unknown> =>
      watch<Promise<VectorizeMatches>>(context, watched, () => (index[name as keyof Vectorize] as unknown as Call).apply(index, given));
    return [name, method];
  });
  return replacing(index, Object.fromEntries(methods));
}

function watching(name: string, operation: Operation, binding: string, context: Context): Watched<VectorizeMatches> {
  const watched = { message: `Vectorize ${name}`, metadata: { binding, store: "vectorize", operation } as const };
  if (operation !== "query") return watched;
  const { meter, labels, origin } = context;
  return {
    ...watched,
    told: (found) => ({ metadata: { documents: found.matches.length } }),
    ended(latency, ending, found) {
      meter.count("vectorize_queries_total", labels);
      meter.observe("vectorize_latency_ms", labels, latency, origin.requestId);
      if ("error" in ending) return meter.count("vectorize_errors_total", labels, 1, origin.requestId);
      meter.count("rag_queries_total", labels);
      if (found) meter.observe("rag_retrieval_count", labels, found.matches.length, origin.requestId);
    },
  };
}
