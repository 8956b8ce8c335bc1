/** Takes documents, and brings them to KV and to the index by way of a queue. */

import { type Batch, observe } from "workers-ai-observability";

import type { Document, Environment, Passed } from "./environment.ts";
import { store } from "./store.ts";
import { take } from "./take.ts";

export { TelemetryShard } from "workers-ai-observability/shard";

const taking = {
  service: "ingest-worker",
  pass: ["document"],
  tenant: (request: Request) => request.headers.get("x-tenant-id"),
  fetch: take,
} as const;

/** The entrypoint that only bindings reach: there a request keeps the id that it came with. */
export const Bound = observe({ ...taking, from: "bindings" });

export default observe({
  ...taking,
  queue: async (batch: Batch<Document, Environment, Passed>) => {
    await Promise.all(batch.messages.map(store));
  },
});
