/** KV, Vectorize, D1 and R2: calls, errors, the latency of queries and the number of documents that Vectorize returns. */

import type { Metadata } from "workers-ai-observability/contract";
import { metricsOf } from "../store_metrics.ts";
import {
  callOf,
  type MethodInstrumentation,
  type ObserveBinding,
  observedResult,
  observeMethod,
  observeMethods,
  withReplacedMembers,
} from "./call.ts";

/** Returns how to instrument an operation on a store: counted if the platform lists the store, and logged in any case. */
export function storeOperation(store: string, operation: string): MethodInstrumentation {
  const metrics = metricsOf(store);
  if (!metrics) return {};
  const { calls, errors, latency } = metrics;
  return { operation: operation as Metadata["operation"], calls: calls[operation], errors, latency } as MethodInstrumentation;
}

/** Returns a store's name for log lines, if the platform lists it. */
const listed = (store: string): Metadata["store"] => (metricsOf(store) ? (store as Metadata["store"]) : undefined);

const KV_READ: MethodInstrumentation = { operation: "read", calls: "kv_reads_total", errors: "kv_errors_total" };

/** A call counts once, however many keys it reads. */
export const observeKv = observeMethods(
  "KV",
  {
    get: KV_READ,
    getWithMetadata: KV_READ,
    list: { ...KV_READ, operation: "list", calls: "kv_lists_total" },
    put: { ...KV_READ, operation: "write", calls: "kv_writes_total" },
    delete: { ...KV_READ, operation: "delete", calls: "kv_deletes_total" },
  },
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

const D1_QUERY = storeOperation("d1", "query");
/** Counts the rows that D1 reports; of `first`, `raw` and `exec` it reports none. */
const D1_RUN: MethodInstrumentation<never, object | object[]> = {
  ...D1_QUERY,
  ...(metricsOf("d1") && {
    readResult(results, { count }) {
      for (const { meta } of [results].flat() as { meta?: Readonly<Record<string, number>> }[]) {
        for (const rows of ["rows_read", "rows_written"]) if (meta?.[rows]) count(`d1_${rows}_total` as never, meta[rows] as never);
      }
      return {};
    },
  }),
};
const D1_METHODS: Readonly<Record<string, MethodInstrumentation>> = {
  run: D1_RUN,
  all: D1_RUN,
  first: D1_QUERY,
  raw: D1_QUERY,
  exec: D1_QUERY,
  batch: {
    ...D1_RUN,
    // the runtime reads its own statements
    argsWithOrigin: ([statements]: [object[]]) => [statements.map((statement) => originals.get(statement) ?? statement)],
  },
};
/** The methods that return a statement or a session, whose methods are observed. */
const D1_FACTORIES: Readonly<Record<string, undefined>> = { prepare: undefined, bind: undefined, withSession: undefined };
/** The runtime's statements by the observed ones. */
const originals = new WeakMap<object, object>();

/** A batch counts once, and so does each run of a statement. */
export const observeD1: ObserveBinding = (database: object, binding, context) => {
  const observed = withReplacedMembers(database, { ...D1_METHODS, ...D1_FACTORIES }, (method, name, original) =>
    method
      ? observeMethod(callOf("D1", name, { binding, store: listed("d1") }, method, context), method, original)
      : (...args: unknown[]) => observedResult(context, original(...args), (result) => observeD1(result as never, binding, context)),
  );
  originals.set(observed, database);
  return observed;
};

const R2_READ = storeOperation("r2", "read");
const R2_WRITE = storeOperation("r2", "write");
const R2_DELETE = storeOperation("r2", "delete");
const observeUpload = observeMethods("R2", { uploadPart: R2_WRITE, complete: R2_WRITE, abort: R2_DELETE }, listed("r2"));
const R2_METHODS: Readonly<Record<string, MethodInstrumentation | undefined>> = {
  head: R2_READ,
  get: R2_READ,
  list: storeOperation("r2", "list"),
  put: R2_WRITE,
  delete: R2_DELETE,
  createMultipartUpload: R2_WRITE,
  resumeMultipartUpload: undefined, // returns an object, and calls nothing
};

/** Each call of a multipart upload counts as a write, and its abortion, which is free, as a delete. */
export const observeR2: ObserveBinding = (bucket: object, binding, context) =>
  withReplacedMembers(bucket, R2_METHODS, (method, name, original) => {
    const observed = (upload: unknown): unknown => observedResult(context, upload, () => observeUpload(upload as never, binding, context));
    if (!method) return (...args: unknown[]) => observed(original(...args));
    const call = observeMethod(callOf("R2", name, { binding, store: listed("r2") }, method, context), method, original);
    if (name !== "createMultipartUpload") return call;
    return async (...args: unknown[]) => observed(await call(...args));
  });
