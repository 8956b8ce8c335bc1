/** Requests of two tenants, interleaved in one isolate: nothing of the one is ever told or counted under the other. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { Observed } from "./observe.running.ts";
import { crowd, until } from "./workerd.ts";

const EACH = 300;
const TENANTS = ["acme", "globex"];
let worker: Observed;
beforeAll(async () => void (worker = await Observed.start({ TELEMETRY_MODE: "batch", TELEMETRY_WINDOW_MS: "200" })));
afterAll(() => worker.stop());

test("600 requests of two tenants at a time: each sees its own, and the counts are right to the unit", async () => {
  const answers = await crowd(2 * EACH, 2 * EACH, async (n) => {
    const answer = await worker.ask("interleaved", { tenant: TENANTS[n % 2]! });
    return { id: answer.headers.get("x-request-id")!, tenant: TENANTS[n % 2]!, told: (await answer.json()) as Record<string, unknown> };
  });
  for (const { id, tenant, told } of answers) {
    const origin = { requestId: id, tenantId: tenant, route: "/chat" };
    expect(told).toEqual({ ...origin, asked: tenant, inside: { ...origin, again: origin } });
  }
  const tenantOf = new Map(answers.map(({ id, tenant }) => [id, tenant]));
  expect(tenantOf.size).toBe(2 * EACH);
  const ours = () => worker.lines.filter(({ request_id }) => tenantOf.has(request_id));
  const lines = await until(ours, ({ length }) => length >= 2 * EACH * 7);
  expect(lines.filter(({ request_id, tenant_id }) => tenantOf.get(request_id) !== tenant_id)).toEqual([]);
  expect(lines.filter(({ message, tenant_id }) => message.startsWith("for ") && message !== `for ${tenant_id}`)).toEqual([]);
  expect(lines).toHaveLength(2 * EACH * 7); // arrival, KV, its own, the object's two, the object, the answer
  const counts = { requests_total: 1, latency_ms: 1, kv_reads_total: 2, do_requests_total: 1 };
  const series = (tenant: string) =>
    Object.entries(counts).map(([metric, count]) => [`${metric} ${tenant} /chat worker-api`, count * EACH] as const);
  const expected = TENANTS.flatMap(series);
  const whole = (found: Record<string, number>): boolean => expected.every(([name, count]) => found[name] === count);
  const counted = await until(() => worker.counted(), whole).catch(() => worker.counted());
  expect(counted).toMatchObject(Object.fromEntries(expected));
});
