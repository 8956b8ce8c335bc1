/** Accepts documents over HTTP, and stores them in KV and Vectorize through a queue. */

import { observe, type ObservedMessageBatch } from "workers-ai-observability";

import type { Document, Environment, Passed } from "./environment.ts";
import { ingest } from "./ingest.ts";
import { store } from "./store.ts";

export { TelemetryShard } from "workers-ai-observability/shard";

const shared = {
  service: "ingest-worker",
  pass: ["document"],
  tenant: (request: Request) => request.headers.get("x-tenant-id"),
  fetch: ingest,
} as const;

/** The entrypoint for service bindings. Nothing else can reach it, so it trusts the request id of the caller. */
export const Bound = observe({ ...shared, from: "bindings" });

export default observe({
  ...shared,
  queue: async (batch: ObservedMessageBatch<Document, Environment, Passed>) => {
    await Promise.all(batch.messages.map(store));
  },
});
