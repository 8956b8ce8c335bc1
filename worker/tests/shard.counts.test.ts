/** Counters equal the number of requests under failures, in workerd with real SQLite storage. */

import { afterEach, expect, test } from "vitest";
import { Fixtures } from "./fixtures.ts";
import { killWorkerd, runConcurrently, waitFor } from "./workerd.ts";

const fixtures = new Fixtures();
afterEach(() => fixtures.dispose());

test("2,000 requests, 50 at a time, are counted exactly", async () => {
  const collector = await fixtures.collector();
  const worker = await fixtures.worker(collector.url);
  const headers = (n: number) => ({ tenant: n % 4 ? "acme" : "globex", latency: String(n % 2 ? 7 : 70) });
  await runConcurrently(2_000, 50, (n) => worker.fetchText("/", headers(n)));
  await waitFor(() => collector.total("requests_total"), (total) => total >= 2_000);
  expect(collector.total("requests_total", "tenant_id=acme", "route=/chat", "service=worker-api")).toBe(1_500);
  expect(collector.total("requests_total", "tenant_id=globex")).toBe(500);
  // acme sends n = 1, 2, 3 of every four requests: the two odd ones take 7 ms, the even one takes 70 ms
  const acme = [...collector.accepted].find(([name]) => name.startsWith("latency_ms{tenant_id=acme"))![1];
  expect(acme.bucketCounts).toEqual([0, 1_000, 0, 0, 500, 0, 0, 0, 0, 0, 0, 0, 0]);
  expect([acme.count, acme.sum]).toEqual([1_500, 1_000 * 7 + 500 * 70]);
  expect(collector.total("telemetry_dropped_total")).toBe(0);
});

test.each([
  ["every batch is sent twice", "sent twice"],
  ["the response to a batch is lost", "response lost"],
])("500 requests are counted once each if %s", async (_, failure) => {
  const collector = await fixtures.collector();
  const worker = await fixtures.worker(collector.url);
  await runConcurrently(500, 10, () => worker.fetchText("/", { failure }));
  await waitFor(() => collector.total("requests_total"), (total) => total >= 500);
  await worker.fetchText("/"); // flushes what is left
  await waitFor(() => collector.total("requests_total"), (total) => total >= 501);
  expect(collector.total("requests_total")).toBe(501);
});

test("a shard that crashes under load loses no count, and its series keep their start times", async () => {
  const collector = await fixtures.collector();
  const worker = await fixtures.worker(collector.url);
  await worker.fetchText("/");
  await waitFor(() => collector.total("requests_total"), (total) => total === 1);
  await runConcurrently(400, 10, (n) => (n % 100 === 50 ? worker.fetchText("/shard-0/crash") : worker.fetchText("/")));
  await waitFor(() => collector.total("requests_total"), (total) => total >= 397);
  expect(collector.total("requests_total")).toBe(397); // 1 before, and 400 without the 4 that crashed the shard
  const startTimes = new Set(collector.pushes.flatMap(({ points }) => startTimesOf(points)));
  expect(startTimes.size).toBe(1);
});

function startTimesOf(points: Map<string, { startTimeUnixNano?: string }>): string[] {
  return [...points].flatMap(([name, point]) => (name.startsWith("requests_total") ? point.startTimeUnixNano! : []));
}

test("four shards count exactly, and each series is stored on one of them", async () => {
  const collector = await fixtures.collector();
  const worker = await fixtures.worker(collector.url, { TELEMETRY_SHARDS: 4 });
  await runConcurrently(600, 20, (n) => worker.fetchText("/", { tenant: `tenant-${n % 30}` }));
  await waitFor(() => collector.total("requests_total"), (total) => total >= 600);
  const requests = [...collector.accepted].filter(([name]) => name.startsWith("requests_total"));
  expect(requests.map(([, point]) => point.asDouble)).toEqual(new Array(30).fill(20));
  expect(new Set(requests.map(([name]) => name.split(" ")[1])).size).toBe(4);
  const heartbeats = [...collector.accepted.keys()].filter((name) => name.startsWith("telemetry_heartbeat"));
  expect(heartbeats).toHaveLength(1);
});

test("counters continue after the runtime restarts", async () => {
  const collector = await fixtures.collector();
  const folder = fixtures.temporaryFolder();
  const first = await fixtures.worker(collector.url, {}, folder);
  await runConcurrently(300, 20, () => first.fetchText("/"));
  await waitFor(() => collector.total("requests_total"), (total) => total >= 300);
  await first.stop();
  const pushCount = collector.pushes.length;
  const second = await fixtures.worker(collector.url, {}, folder);
  await waitFor(() => collector.pushes.length, (length) => length > pushCount);
  await runConcurrently(200, 20, () => second.fetchText("/"));
  await waitFor(() => collector.total("requests_total"), (total) => total >= 500);
  expect(collector.total("requests_total")).toBe(500);
});

test("in `sync` mode, a machine that crashes loses no request that received a response", async () => {
  const collector = await fixtures.collector();
  const folder = fixtures.temporaryFolder();
  const first = await fixtures.worker(collector.url, { TELEMETRY_MODE: "sync" }, folder);
  let responses = 0;
  let isKilled = false;
  const sendRequest = (): Promise<void> => first.fetchText("/").then(() => void responses++, () => undefined); // prettier-ignore
  void runConcurrently(10_000, 20, async () => (isKilled ? undefined : sendRequest()));
  await waitFor(() => collector.total("requests_total"), (total) => total > 200);
  killWorkerd();
  isKilled = true;
  await first.stop();
  collector.accepted.clear();
  const second = await fixtures.worker(collector.url, {}, folder);
  await second.fetchText("/shard-0/series");
  const counted = await waitFor(() => collector.total("requests_total"), (total) => total > 0);
  expect(responses).toBeGreaterThan(200);
  expect(counted).toBeGreaterThanOrEqual(responses);
  expect(counted).toBeLessThanOrEqual(responses + 20); // requests in flight may be counted although their responses never arrived
});
