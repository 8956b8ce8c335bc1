/** Accepts documents over HTTP, and stores them in KV and Vectorize through a queue. */

import { observe, type ObservedMessageBatch } from "workers-ai-observability";

import type { Document, Environment, Passed } from "./environment.ts";
import { ingest } from "./ingest.ts";
import { store } from "./store.ts";

export { TelemetryShard } from "workers-ai-observability/shard";

export default observe({
  service: "ingest-worker",
  pass: ["document"],
  tenant: (request: Request) => request.headers.get("x-tenant-id"),
  fetch: ingest,
  queue: async (batch: ObservedMessageBatch<Document, Environment, Passed>) => {
    await Promise.all(batch.messages.map(store));
  },
});
