/** What a shard rejects: series beyond the limit, batches that arrive too late, and counts of another contract version. */

import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import type { MetricsBatch } from "../src/batch.ts";
import { METRIC_DEFINITIONS, seriesKey } from "../src/series.ts";
import type { Collector } from "./collector.ts";
import { Fixtures, loggedMessages } from "./fixtures.ts";
import { runConcurrently, type RunningWorker, waitFor } from "./workerd.ts";

const fixtures = new Fixtures();
afterEach(() => fixtures.dispose());

const CHAT = { tenant_id: "acme", route: "/chat" };
const MINUTE = 60_000;

function batchOf(key: string, changes: Partial<MetricsBatch> = {}): MetricsBatch {
  const deltas = [{ key, numbers: [3, 5], exemplars: [] }]; // three increments with the sum 5
  return { id: randomUUID(), takenAt: Date.now(), service: "worker-api", deltas, ...changes };
}

async function addBatches(worker: RunningWorker, ...batches: MetricsBatch[]): Promise<void> {
  expect(await worker.fetchText("/shard-0/add", { batches: JSON.stringify(batches) })).toBe("undefined");
}

async function start(bindings = {}): Promise<{ collector: Collector; worker: RunningWorker }> {
  const collector = await fixtures.collector();
  return { collector, worker: await fixtures.worker(collector.url, bindings) };
}

test("tenants beyond the series limit are counted exactly as `other`, and the limit is logged once", async () => {
  const { collector, worker } = await start({ TELEMETRY_SERIES: 24 });
  await runConcurrently(300, 10, (n) => worker.fetchText("/", { tenant: `tenant-${n}` }));
  await waitFor(() => collector.total("requests_total"), (total) => total >= 300);
  expect(collector.total("requests_total")).toBe(300);
  expect(collector.total("latency_ms")).toBe(300);
  expect(collector.total("requests_total", "tenant_id=other")).toBeGreaterThanOrEqual(300 - 24);
  expect(collector.accepted.size).toBeLessThanOrEqual(24 + 5); // the counter and the histogram of `other`, the requests to the shard, the rows written and the failed exports are added
  const other = collector.total("requests_total", "tenant_id=other") + collector.total("latency_ms", "tenant_id=other");
  expect(collector.total("telemetry_overflow_total", "reason=shard_full")).toBe(other);
  expect(collector.total("telemetry_dropped_total")).toBe(0);
  const warning = /^shard-0: has 24 series; .*`other`; .*raise TELEMETRY_SHARDS\.$/;
  expect(loggedMessages(worker)).toEqual([expect.stringMatching(warning)]);
});

test("new series beyond twice the limit, even of `other`, are rejected and counted as dropped", async () => {
  const { collector, worker } = await start({ TELEMETRY_SERIES: 2 });
  const labels = Array.from({ length: 10 }, (_, n) => ({ ...CHAT, model: `model-${n}` }));
  await addBatches(worker, ...labels.map((labelSet) => batchOf(seriesKey(METRIC_DEFINITIONS.ai_requests_total, labelSet, "worker-api"))));
  // one series of acme, the requests to the shard, one of `other` and its counter of overflow are four series; the other eight of ten have three increments each
  await waitFor(() => collector.total("telemetry_dropped_total", "reason=refused"), (total) => total >= 24);
  expect(collector.total("telemetry_dropped_total", "reason=refused")).toBe(24);
  expect(collector.total("ai_requests_total", "tenant_id=acme")).toBe(5);
  expect(collector.total("ai_requests_total", "tenant_id=other")).toBe(5);
  expect(collector.total("telemetry_overflow_total", "reason=shard_full")).toBe(3);
});

test("a batch older than 30 minutes is rejected, since its id may be deleted; a younger one is added", async () => {
  const { collector, worker } = await start();
  const key = seriesKey(METRIC_DEFINITIONS.requests_total, CHAT, "worker-api");
  const late = batchOf(key, { takenAt: Date.now() - 31 * MINUTE });
  await addBatches(worker, late, batchOf(key, { takenAt: Date.now() - 29 * MINUTE }));
  await addBatches(worker, late);
  await waitFor(() => collector.total("requests_total"), (total) => total > 0);
  expect(collector.total("requests_total")).toBe(5);
  expect(collector.total("telemetry_dropped_total", "reason=refused")).toBe(3);
  expect(loggedMessages(worker)).toEqual([expect.stringMatching(/^shard-0: dropped metrics that are older than 30 minutes/)]);
});

test("counts of another contract version are rejected, so that different buckets are never added together", async () => {
  const { collector, worker } = await start();
  const unknownKey = seriesKey({ ...METRIC_DEFINITIONS.requests_total, id: "requests_total@0" }, CHAT, "worker-api");
  await addBatches(worker, batchOf(unknownKey), batchOf(seriesKey(METRIC_DEFINITIONS.requests_total, CHAT, "worker-api")));
  await waitFor(() => collector.total("requests_total"), (total) => total > 0);
  expect(collector.total("requests_total")).toBe(5);
  expect(collector.total("telemetry_dropped_total", "reason=refused")).toBe(3);
});

test("counts dropped for an unknown service have its name, and the warning has a service of the contract", async () => {
  const { collector, worker } = await start();
  const unknownKey = seriesKey({ ...METRIC_DEFINITIONS.requests_total, id: "requests_total@0" }, CHAT, "worker-api");
  await addBatches(worker, batchOf(unknownKey, { service: "billing" }), batchOf(seriesKey(METRIC_DEFINITIONS.requests_total, CHAT, "worker-api")));
  await waitFor(() => collector.total("requests_total"), (total) => total > 0);
  expect(collector.total("requests_total")).toBe(5);
  expect(collector.total("telemetry_dropped_total", "service=billing", "reason=refused")).toBe(3);
  expect(worker.lines.map((line) => JSON.parse(line).service)).toEqual(["worker-api"]);
});

test.each([
  ["34", 9],
  ["36", 7],
])("after %s idle days %i of 9 series remain: series of tenants expire after 35 days", async (days, remaining) => {
  const { collector, worker } = await start();
  await worker.fetchText("/");
  await waitFor(() => collector.total("requests_total"), (total) => total === 1);
  await worker.fetchText(`/shard-0/age${days}`);
  await worker.fetchText("/shard-0/crash"); // so that the shard reads its tables again
  const pushCount = collector.pushes.length;
  await waitFor(() => collector.pushes.length, (length) => length >= pushCount + 3);
  expect(await worker.fetchText("/shard-0/series")).toBe(String(remaining));
  expect(await worker.fetchText("/shard-0/batches")).toBe("0"); // batch ids expire after an hour
  expect(collector.pushes.at(-1)!.points.size).toBe(remaining + 2); // and the rows written and the failed exports
});

test("a batch that arrives three times is added once, and its id is stored", async () => {
  const { collector, worker } = await start();
  const batch = batchOf(seriesKey(METRIC_DEFINITIONS.requests_total, CHAT, "worker-api"));
  await addBatches(worker, batch, batch);
  await addBatches(worker, batch);
  await waitFor(() => collector.total("requests_total"), (total) => total > 0);
  expect(collector.total("requests_total")).toBe(5);
  expect(await worker.fetchText("/shard-0/batches")).toBe("1");
});
