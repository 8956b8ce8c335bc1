/** Calls to stores, counted by the application; the expected values are derived by hand from the contract of a platform with D1 and Queues. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { restoreStores, useAddedStores } from "./added_stores.ts";

const LABELS = { tenant_id: "acme", route: "/chat" } as const;

let countStorage: (store: string, operation: string, call?: object) => void;
let takeAll: () => Record<string, readonly number[]>;
let logged: string[];
beforeEach(async () => {
  logged = [];
  vi.spyOn(console, "warn").mockImplementation((line) => void logged.push(line));
  useAddedStores();
  const meter = (await import("../src/meter.ts")).getMeter("worker-api");
  const { countStorage: count } = await import("../src/storage_meter.ts");
  const { takeDeltas } = await import("../src/accumulator.ts");
  const { METRIC_DEFINITIONS } = await import("../src/series.ts");
  countStorage = (store, operation, call) => count(meter, store as never, operation as never, LABELS, call);
  const nameOf = (id: string): string => Object.keys(METRIC_DEFINITIONS).find((name) => METRIC_DEFINITIONS[name as "errors_total"].id === id)!;
  takeAll = () => {
    const counted = takeDeltas(0, 1).filter(({ numbers }) => numbers.some((number) => number > 0));
    return Object.fromEntries(counted.map(({ key, numbers }) => [nameOf(key.split("\x1f")[0]!), numbers]));
  };
});
afterEach(restoreStores);

test("a call counts once, and its latency is observed", () => {
  countStorage("d1", "query", { latencyMs: 12 });
  countStorage("d1", "query");
  // bounds: 10 100 +Inf, then the sum
  expect(takeAll()).toEqual({ d1_queries_total: [2, 2], d1_latency_ms: [0, 1, 0, 12] });
});

test("a failed call counts as a call and as an error", () => {
  countStorage("d1", "query", { failed: true, latencyMs: 200 });
  expect(takeAll()).toEqual({ d1_queries_total: [1, 1], d1_errors_total: [1, 1], d1_latency_ms: [0, 0, 1, 200] });
});

test("each message of a batch counts, and a store without a histogram has no latency", () => {
  countStorage("queues", "write", { calls: 10, latencyMs: 5 });
  countStorage("queues", "read", { calls: 4, failed: true });
  expect(takeAll()).toEqual({
    queue_messages_sent_total: [1, 10],
    queue_messages_consumed_total: [1, 4],
    queue_errors_total: [1, 4],
  });
});

test("the stores of the plan are counted by the same counters as observed bindings", () => {
  countStorage("kv", "read");
  countStorage("vectorize", "query", { failed: true });
  countStorage("durable_objects", "request");
  expect(takeAll()).toEqual({
    kv_reads_total: [1, 1],
    vectorize_queries_total: [1, 1],
    vectorize_errors_total: [1, 1],
    do_requests_total: [1, 1],
  });
});

test.each([
  ["hyperdrive", "query"],
  ["d1", "toString"],
  ["d1", "read"],
  ["toString", "call"],
])("%s %s, which the contract does not have, is counted as dropped and never throws", (store, operation) => {
  countStorage(store, operation, { failed: true });
  expect(takeAll()).toEqual({ telemetry_dropped_total: [1, 1] });
  expect(logged[0]).toContain(`${store} ${operation}: invalid, counted as dropped`);
});
