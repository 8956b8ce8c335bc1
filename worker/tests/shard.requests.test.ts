/** The requests that Cloudflare bills for a shard: each call with a batch, and each run of an alarm; counted without a row of their own. */

import { randomUUID } from "node:crypto";
import { Miniflare } from "miniflare";
import { afterEach, expect, test } from "vitest";
import type { MetricsBatch } from "../src/batch.ts";
import { METRIC_DEFINITIONS, seriesKey } from "../src/series.ts";
import type { Collector } from "./collector.ts";
import { Fixtures, SHORT_INTERVALS } from "./fixtures.ts";
import { bundle, COMPATIBILITY, killWorkerd, type RunningWorker, runConcurrently, waitFor } from "./workerd.ts";
import type { Bill } from "./workers/counting.ts";

const fixtures = new Fixtures();
afterEach(() => fixtures.dispose());

const KEY = seriesKey(METRIC_DEFINITIONS.requests_total, { tenant_id: "acme", route: "/chat" }, "worker-api");

function batchOf(service = "worker-api"): MetricsBatch {
  return { id: randomUUID(), takenAt: Date.now(), service, deltas: [{ key: KEY, numbers: [1, 1], exemplars: [] }] };
}

type FetchText = RunningWorker["fetchText"];

async function addBatch(fetchText: FetchText, batch: MetricsBatch): Promise<void> {
  expect(await fetchText("/shard-0/add", { batches: JSON.stringify([batch]) })).toBe("undefined");
}

/** Adds a batch, and returns what the object has received with it, and what is then in storage. */
async function bill(fetchText: FetchText, batch = batchOf()): Promise<Bill> {
  return JSON.parse(await fetchText("/shard-0/bill", { batches: JSON.stringify([batch]) })) as Bill;
}

const published = (collector: Collector): number => collector.total("telemetry_object_requests_total");

/** Two Workers, each with its isolate, and one class of shards. */
async function startTwoIsolates(collector: Collector): Promise<readonly [FetchText, FetchText]> {
  const script = await bundle("workers/counting.ts");
  const worker = (name: string) => ({
    ...COMPATIBILITY,
    name,
    modules: true as const,
    script,
    bindings: { ...SHORT_INTERVALS, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: collector.url },
    durableObjects: { TELEMETRY: { className: "TelemetryShard", useSQLite: true, scriptName: "first" } },
  });
  const miniflare = new Miniflare({ cf: false, workers: [worker("first"), worker("second")] });
  fixtures.use({ stop: () => miniflare.dispose() });
  const fetchTextOf = async (name: string): Promise<FetchText> => {
    const { fetch } = await miniflare.getWorker(name);
    return async (path, headers = {}) => (await fetch(`http://worker${path}`, { headers })).text();
  };
  return [await fetchTextOf("first"), await fetchTextOf("second")];
}

test("calls from two isolates and runs of the alarm are counted, each once, also calls whose batch was sent before", async () => {
  const collector = await fixtures.collector();
  const [first, second] = await startTwoIsolates(collector);
  await runConcurrently(100, 5, (n) => (n % 2 ? first("/", { failure: "sent twice" }) : second("/")));
  await waitFor(() => collector.total("requests_total"), (total) => total >= 100);
  const { adds, alarms, stored } = await bill(first);
  expect(stored).toBe(adds + alarms);
  expect(adds).toBeGreaterThan(3); // a batch of each isolate, that of the first one twice, and the last one
  expect(alarms).toBeGreaterThan(0);
  await waitFor(() => published(collector), (total) => total >= stored);
  const later = await bill(first);
  expect(published(collector)).toBeLessThanOrEqual(later.stored);
  expect(later.stored).toBe(later.adds + later.alarms);
});

test("an object that is killed goes on counting: three calls and an alarm before it, three and an alarm after it", async () => {
  const collector = await fixtures.collector();
  const folder = fixtures.temporaryFolder();
  const rareAlarms = { TELEMETRY_PUSH_MS: 15_000, TELEMETRY_FULL_MS: 15_000 };
  const first = await fixtures.worker(collector.url, rareAlarms, folder);
  const batch = batchOf();
  await addBatch(first.fetchText, batch);
  await waitFor(() => published(collector), (total) => total === 2);
  await addBatch(first.fetchText, batch);
  expect(await bill(first.fetchText)).toEqual({ adds: 3, alarms: 1, stored: 4 });
  killWorkerd();
  await first.stop();
  const second = await fixtures.worker(collector.url, rareAlarms, folder);
  await addBatch(second.fetchText, batch);
  await addBatch(second.fetchText, batchOf());
  await second.fetchText("/shard-0/postpone0");
  await waitFor(() => published(collector), (total) => total === 7);
  expect(await bill(second.fetchText)).toEqual({ adds: 3, alarms: 1, stored: 8 });
});

test("what is counted belongs to the service of the next batch, to the contract's first one if that is unknown", async () => {
  const collector = await fixtures.collector();
  const { fetchText } = await fixtures.worker(collector.url, { TELEMETRY_PUSH_MS: 15_000, TELEMETRY_FULL_MS: 15_000 });
  await addBatch(fetchText, batchOf("ingest-worker"));
  await waitFor(() => collector.total("telemetry_object_requests_total", "service=ingest-worker"), (total) => total === 1);
  await addBatch(fetchText, batchOf("billing"));
  await fetchText("/shard-0/postpone0");
  await waitFor(() => collector.total("telemetry_object_requests_total", "service=worker-api"), (total) => total === 2); // with the first alarm
  expect(published(collector)).toBe(3);
});

test("an idle shard writes no row for its alarms but the row of a fold each minute, and counts them within ten minutes", async () => {
  const collector = await fixtures.collector();
  const { fetchText } = await fixtures.worker(collector.url);
  const written = async () => {
    const { rows, alarms } = JSON.parse(await fetchText("/shard-0/written")) as { rows: number; alarms: number };
    return rows - alarms;
  };
  await addBatch(fetchText, batchOf());
  await fetchText("/shard-0/clock61000");
  await waitFor(async () => Number(await fetchText("/shard-0/log")), (rows) => rows === 0);
  const [rows, counted] = [await written(), published(collector)];
  await fetchText("/shard-0/clock122000");
  await waitFor(written, (total) => total > rows);
  expect(await written()).toBe(rows + 1);
  await fetchText("/shard-0/clock700000");
  await waitFor(() => published(collector), (total) => total > counted);
});
