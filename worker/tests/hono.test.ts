/** An application of Hono: its routes, tenants that a middleware knows, and exceptions that its error handler answers, in workerd. */

import { createRequire } from "node:module";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { bundle, COMPATIBILITY, waitFor } from "./workerd.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

function isInstalled(): boolean {
  try {
    return Boolean(createRequire(import.meta.url).resolve("hono"));
  } catch {
    return false;
  }
}
const testWithHono = test.skipIf(!isInstalled() && !process.env.CI);

const lines: string[] = [];
let miniflare: Miniflare | undefined;
beforeAll(async () => {
  if (!isInstalled() && !process.env.CI) return;
  miniflare = new Miniflare({
    ...COMPATIBILITY,
    cf: false,
    modules: true,
    script: await bundle("workers/hono.js"),
    bindings: { TELEMETRY_MODE: "sync" },
    kvNamespaces: ["KV"],
    durableObjects: { TELEMETRY: { className: "TelemetryShard", useSQLite: true } },
    handleStructuredLogs: ({ message }: { message: string }) => void lines.push(message),
  });
});
afterAll(() => miniflare?.dispose());

async function countsAfter(path: string, init: Record<string, unknown> = {}): Promise<[status: number, counts: Record<string, number>]> {
  const read = async () => (await (await miniflare!.dispatchFetch("http://x/counters")).json()) as Record<string, number>;
  const before = await read();
  const response = await miniflare!.dispatchFetch(`http://x${path}`, init as never);
  await response.text();
  const after = Object.entries(await read()).map(([name, value]) => [name, value - (before[name] ?? 0)] as const);
  return [response.status, Object.fromEntries(after.filter(([name, value]) => value !== 0 && !name.startsWith("telemetry_")))];
}

testWithHono("the route is the one that Hono matched, and the tenant the one that a middleware names", async () => {
  const series = "acme /search worker-api";
  const counts = { [`requests_total ${series}`]: 1, [`latency_ms ${series}`]: 1, [`kv_reads_total ${series}`]: 1 };
  expect(await countsAfter("/search", { headers: { "x-tenant": "acme" } })).toEqual([200, counts]);
});

testWithHono("a path that no route matches counts as `other`", async () => {
  expect(await countsAfter("/nowhere")).toEqual([404, { "requests_total unknown other worker-api": 1, "latency_ms unknown other worker-api": 1 }]);
});

testWithHono("an exception that Hono's error handler answers is an error with a redacted stack, and nothing is printed raw", async () => {
  const series = "unknown /chat worker-api";
  const counts = { [`requests_total ${series}`]: 1, [`latency_ms ${series}`]: 1, [`errors_total ${series}`]: 1 };
  expect(await countsAfter("/chat", { method: "POST" })).toEqual([500, counts]);
  const answer = await waitFor(() => lines.find((line) => line.includes("response failed")), Boolean);
  expect(JSON.parse(answer!).error.message).toMatch(/^the handler failed with .*\[redacted:/);
  expect(lines.filter((line) => line.includes("abcdefghijklmnopqrst"))).toEqual([]);
});
