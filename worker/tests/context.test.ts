/** Interleaved requests of two tenants in one isolate are never logged or counted for the other tenant. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { ObservedWorker } from "./observed_worker.ts";
import { runConcurrently, waitFor } from "./workerd.ts";

const REQUESTS_PER_TENANT = 300;
const TENANTS = ["acme", "globex"];
let worker: ObservedWorker;
beforeAll(async () => void (worker = await ObservedWorker.start({ TELEMETRY_MODE: "batch", TELEMETRY_WINDOW_MS: "200" })));
afterAll(() => worker.stop());

test("600 concurrent requests of two tenants each see their own data, and the counts are exact", async () => {
  const responses = await runConcurrently(2 * REQUESTS_PER_TENANT, 2 * REQUESTS_PER_TENANT, async (n) => {
    const response = await worker.run("interleaved", { tenant: TENANTS[n % 2]! });
    return { id: response.headers.get("x-request-id")!, tenant: TENANTS[n % 2]!, body: (await response.json()) as Record<string, unknown> };
  });
  for (const { id, tenant, body } of responses) {
    const origin = { requestId: id, tenantId: tenant, route: "/chat" };
    expect(body).toMatchObject({ ...origin, requestedTenant: tenant, inObject: { ...origin, fromHeaders: origin } });
  }
  const tenantOf = new Map(responses.map(({ id, tenant }) => [id, tenant]));
  expect(tenantOf.size).toBe(2 * REQUESTS_PER_TENANT);
  const ownLines = () => worker.lines.filter(({ request_id }) => tenantOf.has(request_id));
  const lines = await waitFor(ownLines, ({ length }) => length >= 2 * REQUESTS_PER_TENANT * 7);
  expect(lines.filter(({ request_id, tenant_id }) => tenantOf.get(request_id) !== tenant_id)).toEqual([]);
  expect(lines.filter(({ message, tenant_id }) => message.startsWith("for ") && message !== `for ${tenant_id}`)).toEqual([]);
  expect(lines).toHaveLength(2 * REQUESTS_PER_TENANT * 7); // arrival, KV, its own line, two lines in the object, the object's fetch, the answer
  const counts = { requests_total: 1, latency_ms: 1, kv_reads_total: 2, do_requests_total: 1 };
  const series = (tenant: string) =>
    Object.entries(counts).map(([metric, count]) => [`${metric} ${tenant} /chat worker-api`, count * REQUESTS_PER_TENANT] as const);
  const expected = TENANTS.flatMap(series);
  const isComplete = (counters: Record<string, number>): boolean => expected.every(([name, count]) => counters[name] === count);
  const counters = await waitFor(() => worker.counters(), isComplete).catch(() => worker.counters());
  expect(counters).toMatchObject(Object.fromEntries(expected));
});
