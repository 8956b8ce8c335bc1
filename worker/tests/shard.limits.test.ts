/** What a shard does not take: too many series, batches that come too late, counts of another contract. */

import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import type { Batch } from "../src/ledger.ts";
import { keyOf, SHAPES } from "../src/series.ts";
import type { Collector } from "./collector.ts";
import { messages, Stage } from "./stage.ts";
import { crowd, type Running, until } from "./workerd.ts";

const stage = new Stage();
afterEach(() => stage.end());

const CHAT = { tenant_id: "acme", route: "/chat" };
const MINUTE = 60_000;

function batchOf(key: string, changes: Partial<Batch> = {}): Batch {
  const deltas = [{ key, numbers: [3, 5], exemplars: [] }]; // three increments, five together
  return { id: randomUUID(), takenAt: Date.now(), service: "worker-api", deltas, ...changes };
}

async function add(worker: Running, ...batches: Batch[]): Promise<void> {
  expect(await worker.ask("/shard-0/add", { batches: JSON.stringify(batches) })).toBe("undefined");
}

async function started(bindings = {}): Promise<{ collector: Collector; worker: Running }> {
  const collector = await stage.collector();
  return { collector, worker: await stage.worker(collector.url, bindings) };
}

test("a flood of tenants becomes `other` beyond the cap: bounded, to the unit, and said once", async () => {
  const { collector, worker } = await started({ TELEMETRY_SERIES: 24 });
  await crowd(300, 10, (n) => worker.ask("/", { tenant: `tenant-${n}` }));
  await until(() => collector.total("requests_total"), (total) => total >= 300);
  expect(collector.total("requests_total")).toBe(300);
  expect(collector.total("latency_ms")).toBe(300);
  expect(collector.total("requests_total", "tenant_id=other")).toBeGreaterThanOrEqual(300 - 24);
  expect(collector.taken.size).toBeLessThanOrEqual(24 + 2); // and `other`, counter and histogram
  expect(collector.total("telemetry_dropped_total")).toBe(0);
  const warning = /^shard-0: has 24 series; .*`other`; .*raise TELEMETRY_SHARDS\.$/;
  expect(messages(worker)).toEqual([expect.stringMatching(warning)]);
});

test("what has no tenant to merge is refused beyond twice the cap, and counted as refused", async () => {
  const { collector, worker } = await started({ TELEMETRY_SERIES: 2 });
  const labels = Array.from({ length: 10 }, (_, n) => ({ ...CHAT, model: `model-${n}` }));
  await add(worker, ...labels.map((each) => batchOf(keyOf(SHAPES.ai_requests_total, each, "worker-api"))));
  // two are acme's; two more are of `other`, up to four series; then six of ten are left, with three increments each
  await until(() => collector.total("telemetry_dropped_total", "reason=refused"), (total) => total >= 18);
  expect(collector.total("telemetry_dropped_total", "reason=refused")).toBe(18);
  expect(collector.total("ai_requests_total", "tenant_id=acme")).toBe(10);
  expect(collector.total("ai_requests_total", "tenant_id=other")).toBe(10);
});

test("a batch older than half an hour is refused, since its id may be forgotten; a younger one is added", async () => {
  const { collector, worker } = await started();
  const key = keyOf(SHAPES.requests_total, CHAT, "worker-api");
  const late = batchOf(key, { takenAt: Date.now() - 31 * MINUTE });
  await add(worker, late, batchOf(key, { takenAt: Date.now() - 29 * MINUTE }));
  await add(worker, late);
  await until(() => collector.total("requests_total"), (total) => total > 0);
  expect(collector.total("requests_total")).toBe(5);
  expect(collector.total("telemetry_dropped_total", "reason=refused")).toBe(3);
  expect(messages(worker)).toEqual([expect.stringMatching(/^shard-0: refused what is older than half an hour/)]);
});

test("counts of another contract are refused: buckets that have changed are never added to the old ones", async () => {
  const { collector, worker } = await started();
  const foreign = keyOf({ ...SHAPES.requests_total, id: "requests_total@0" }, CHAT, "worker-api");
  await add(worker, batchOf(foreign), batchOf(keyOf(SHAPES.requests_total, CHAT, "worker-api")));
  await until(() => collector.total("requests_total"), (total) => total > 0);
  expect(collector.total("requests_total")).toBe(5);
  expect(collector.total("telemetry_dropped_total", "reason=refused")).toBe(3);
});

test("a service of another contract costs no batch: what it lost is counted under its name, and said by one that is known", async () => {
  const { collector, worker } = await started();
  const foreign = keyOf({ ...SHAPES.requests_total, id: "requests_total@0" }, CHAT, "worker-api");
  await add(worker, batchOf(foreign, { service: "billing" }), batchOf(keyOf(SHAPES.requests_total, CHAT, "worker-api")));
  await until(() => collector.total("requests_total"), (total) => total > 0);
  expect(collector.total("requests_total")).toBe(5);
  expect(collector.total("telemetry_dropped_total", "service=billing", "reason=refused")).toBe(3);
  expect(worker.lines.map((line) => JSON.parse(line).service)).toEqual(["worker-api"]);
});

test.each([
  ["34", 6],
  ["36", 4],
])("after %s idle days %i of 6 series are kept: who stays away too long is forgotten", async (days, kept) => {
  const { collector, worker } = await started();
  await worker.ask("/");
  await until(() => collector.total("requests_total"), (total) => total === 1);
  await worker.ask(`/shard-0/age${days}`);
  await worker.ask("/shard-0/crash"); // so that it reads its tables
  const seen = collector.pushes.length;
  await until(() => collector.pushes.length, (length) => length >= seen + 3);
  expect(await worker.ask("/shard-0/series")).toBe(String(kept));
  expect(await worker.ask("/shard-0/batches")).toBe("0"); // ids are forgotten after an hour
  expect(collector.pushes.at(-1)!.points.size).toBe(kept);
});

test("the same batch is added once, and its id is kept", async () => {
  const { collector, worker } = await started();
  const batch = batchOf(keyOf(SHAPES.requests_total, CHAT, "worker-api"));
  await add(worker, batch, batch);
  await add(worker, batch);
  await until(() => collector.total("requests_total"), (total) => total > 0);
  expect(collector.total("requests_total")).toBe(5);
  expect(await worker.ask("/shard-0/batches")).toBe("1");
});
