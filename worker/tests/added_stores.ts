/** The contract of a platform that lists D1, R2 and Queues, too. */

import { vi } from "vitest";

const CONTRACT = "workers-ai-observability/contract";
const COUNTER = { kind: "counter", labels: ["tenant_id", "route", "service"] };
const ADDED_METRICS = {
  d1_queries_total: COUNTER,
  d1_errors_total: COUNTER,
  d1_rows_read_total: COUNTER,
  d1_rows_written_total: COUNTER,
  d1_latency_ms: { kind: "histogram", labels: ["tenant_id", "route", "service"], buckets: [10, 100] },
  r2_reads_total: COUNTER,
  r2_lists_total: COUNTER,
  r2_writes_total: COUNTER,
  r2_deletes_total: COUNTER,
  r2_errors_total: COUNTER,
  queue_messages_sent_total: COUNTER,
  queue_messages_consumed_total: COUNTER,
  queue_errors_total: COUNTER,
};
const ADDED_STORES = {
  d1: { calls: { query: "d1_queries_total" }, errors: "d1_errors_total", latency: "d1_latency_ms" },
  r2: { calls: { read: "r2_reads_total", list: "r2_lists_total", write: "r2_writes_total", delete: "r2_deletes_total" }, errors: "r2_errors_total" },
  queues: { calls: { read: "queue_messages_consumed_total", write: "queue_messages_sent_total" }, errors: "queue_errors_total" },
};

/** Has the modules that are imported next use this contract. */
export function useAddedStores(): void {
  vi.resetModules(); // an isolate's state lives in its modules
  vi.doMock(CONTRACT, async (importOriginal) => {
    const original = await importOriginal<typeof import("workers-ai-observability/contract")>();
    return { ...original, METRICS: { ...original.METRICS, ...ADDED_METRICS }, STORES: { ...original.STORES, ...ADDED_STORES } };
  });
}

/** Restores the contract, and all mocks. */
export function restoreStores(): void {
  vi.doUnmock(CONTRACT);
  vi.restoreAllMocks();
}
