/** What a shard writes: a row for a batch, and what the log adds up to now and then; exact whenever it is killed. */

import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import type { MetricsBatch } from "../src/batch.ts";
import { METRIC_DEFINITIONS, seriesKey } from "../src/series.ts";
import type { Collector } from "./collector.ts";
import { Fixtures } from "./fixtures.ts";
import { killWorkerd, type RunningWorker, waitFor } from "./workerd.ts";

const fixtures = new Fixtures();
afterEach(() => fixtures.dispose());

const HOUR = 3_600_000;
const KEY = seriesKey(METRIC_DEFINITIONS.requests_total, { tenant_id: "acme", route: "/chat" }, "worker-api");

function batchOf(sum: number, takenAt = Date.now()): MetricsBatch {
  return { id: randomUUID(), takenAt, service: "worker-api", deltas: [{ key: KEY, numbers: [1, sum], exemplars: [] }] };
}

async function addBatches(worker: RunningWorker, ...batches: MetricsBatch[]): Promise<void> {
  expect(await worker.fetchText("/shard-0/add", { batches: JSON.stringify(batches) })).toBe("undefined");
}

const count = async (worker: RunningWorker, name: string): Promise<number> => Number(await worker.fetchText(`/shard-0/${name}`));

/** Has the shard fold its log, which it does after a minute, and waits until the log is empty. */
async function fold(worker: RunningWorker): Promise<void> {
  await worker.fetchText("/shard-0/clock61000");
  await waitFor(() => count(worker, "log"), (rows) => rows === 0);
}

const startOf = ({ pushes }: Collector): string | undefined =>
  pushes.map(({ points }) => [...points].find(([name]) => name.startsWith("requests_total"))?.[1].startTimeUnixNano).findLast(Boolean);

/** The collector accepts requests and never answers. */
function hang(collector: Collector): void {
  collector.respond = () => undefined;
}

test.each([
  ["after the insert", 12, (worker: RunningWorker) => count(worker, "log")],
  ["after the fold", 12, fold],
  ["after a fold and another insert", 112, async (worker: RunningWorker) => {
    await fold(worker);
    await addBatches(worker, batchOf(100));
  }],
  ["during the push", 12, async (_: RunningWorker, collector: Collector) => waitFor(() => collector.pushes.length, Boolean)],
])("an object that is killed %s counts each batch once, also those that are delivered twice after it", async (_, expected, reach) => {
  const collector = await fixtures.collector();
  const folder = fixtures.temporaryFolder();
  const first = await fixtures.worker(collector.url, {}, folder);
  hang(collector);
  const [batch, next] = [batchOf(5), batchOf(7)];
  await addBatches(first, batch);
  await reach(first, collector);
  killWorkerd();
  await first.stop();
  collector.acceptAgain();
  const second = await fixtures.worker(collector.url, {}, folder);
  await addBatches(second, batch, next);
  await addBatches(second, batch);
  await addBatches(second, next);
  await waitFor(() => collector.total("requests_total"), (total) => total >= expected);
  const pushCount = collector.pushes.length;
  await waitFor(() => collector.pushes.length, (length) => length >= pushCount + 3);
  expect(collector.total("requests_total")).toBe(expected);
  expect(Number(startOf(collector)) / 1e6).toBeLessThanOrEqual(batch.takenAt + 5_000);
});

test("a shard that wakes after a collector was away for two hours has folded its log, and has every count and start time", async () => {
  const collector = await fixtures.collector();
  collector.respond = (response) => void response.writeHead(503).end();
  const folder = fixtures.temporaryFolder();
  const first = await fixtures.worker(collector.url, {}, folder);
  await first.fetchText(`/shard-0/clock-${2 * HOUR}`);
  await addBatches(first, batchOf(5, Date.now() - 2 * HOUR));
  await first.fetchText("/shard-0/clock-60000"); // nearly two hours later
  await addBatches(first, batchOf(7, Date.now() - 60_000));
  await waitFor(() => count(first, "log"), (rows) => rows === 0);
  await addBatches(first, batchOf(11, Date.now() - 60_000));
  killWorkerd();
  await first.stop();
  collector.acceptAgain();
  const second = await fixtures.worker(collector.url, {}, folder);
  await second.fetchText("/shard-0/log"); // wakes the object
  await waitFor(() => collector.total("requests_total"), (total) => total >= 23);
  expect(collector.total("requests_total")).toBe(23);
  expect(Math.abs(Number(startOf(collector)) / 1e6 - (Date.now() - 2 * HOUR))).toBeLessThan(60_000);
});

test("what was decided about a batch holds when the log is read again: `other` stays `other` under a higher limit", async () => {
  const collector = await fixtures.collector();
  const folder = fixtures.temporaryFolder();
  const first = await fixtures.worker(collector.url, { TELEMETRY_SERIES: 3 }, folder);
  await first.fetchText("/shard-0/many1x5");
  killWorkerd();
  await first.stop();
  collector.accepted.clear();
  const second = await fixtures.worker(collector.url, {}, folder);
  await second.fetchText("/shard-0/log");
  await waitFor(() => collector.total("requests_total"), (total) => total >= 5);
  expect(collector.total("requests_total", "tenant_id=other")).toBe(2);
  expect(collector.total("telemetry_overflow_total", "reason=shard_full")).toBe(2);
});

test("a batch takes at most two rows in all, and the published rows are those that were written", async () => {
  const collector = await fixtures.collector();
  const worker = await fixtures.worker(collector.url);
  await worker.fetchText("/shard-0/many2500");
  await fold(worker);
  await waitFor(() => collector.total("requests_total"), (total) => total >= 2_500);
  expect(await count(worker, "log")).toBeLessThan(1_000);
  const { rows, alarms } = JSON.parse(await worker.fetchText("/shard-0/written")) as { rows: number; alarms: number };
  expect(rows - alarms).toBeGreaterThanOrEqual(2_500);
  expect(rows - alarms).toBeLessThanOrEqual(2 * 2_500);
  const published = await waitFor(() => collector.total("telemetry_rows_written_total"), (total) => total >= rows);
  expect(published).toBeGreaterThanOrEqual(rows);
  const later = JSON.parse(await worker.fetchText("/shard-0/written")) as { rows: number };
  expect(published).toBeLessThanOrEqual(later.rows);
});

test("a fold writes at most two rows for 10,000 series, never a row each", async () => {
  const collector = await fixtures.collector();
  const worker = await fixtures.worker(collector.url);
  await worker.fetchText("/shard-0/many6x4999");
  await fold(worker);
  expect(await count(worker, "series")).toBe(29_995); // and the requests to the shard
  expect(await count(worker, "chunks")).toBeLessThanOrEqual(6);
  expect(await count(worker, "batches")).toBe(6);
  await worker.fetchText("/shard-0/crash");
  await waitFor(() => count(worker, "series"), (series) => series === 29_995);
  await waitFor(() => collector.total("requests_total"), (total) => total >= 29_994);
  expect(collector.total("requests_total")).toBe(29_994);
});
