/** How often the exporter exports, and how long it waits when a response has a Retry-After header. */

import { expect, test, vi } from "vitest";
import { TELEMETRY } from "workers-ai-observability/contract";
import type { CounterStore } from "../src/counter_store.ts";
import { OtlpExporter } from "../src/otlp_exporter.ts";
import { parseRetryAfter } from "../src/otlp_post.ts";

const NOW = Date.UTC(2026, 10, 24, 12, 0, 0);

test.each([
  [null, 0],
  ["", 0],
  ["7", 7_000],
  ["0", 0],
  ["86400", 300_000], // at most five minutes
  ["Tue, 24 Nov 2026 12:00:30 GMT", 30_000],
  ["Tue, 24 Nov 2026 11:00:00 GMT", 0],
  ["soon", 0],
  ["-5", 0],
  ["1e9", 0],
])("a Retry-After of %j is a delay of %i ms", (header, delay) => {
  expect(parseRetryAfter(header, NOW)).toBe(delay);
});

test.each([
  ["no variable", {}, Math.round(TELEMETRY.pushIntervalMs / 3)],
  ["a shorter interval", { TELEMETRY_PUSH_MS: 250 }, 250],
  ["an interval that rules and dashboards do not expect", { TELEMETRY_PUSH_MS: TELEMETRY.pushIntervalMs + 1 }, Math.round(TELEMETRY.pushIntervalMs / 3)],
])("with %s changed series are exported at least three times in the contract's push interval", async (_, env, expected) => {
  vi.useFakeTimers({ now: 1_000_000 });
  const table = { slots: () => [] };
  const store = { table, service: () => "", follow: () => new Set(), deleteExpired: () => undefined, foldIfDue: () => undefined } as unknown as CounterStore;
  expect((await new OtlpExporter(store, env).export(1_000_000)) - 1_000_000).toBe(expected);
  vi.useRealTimers();
});
