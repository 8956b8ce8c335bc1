/** Collectors that refuse, are slow, or are dead: answers are unchanged, nothing is lost, and it is said. */

import type { ServerResponse } from "node:http";
import { afterEach, expect, test } from "vitest";
import { Collector, type Point, type Push } from "./collector.ts";
import { messages, Stage } from "./stage.ts";
import { crowd, until } from "./workerd.ts";

const stage = new Stage();
afterEach(() => stage.end());

type Behaviour = (response: ServerResponse) => unknown;
const PARTIAL = '{"partialSuccess":{"rejectedDataPoints":"3"}}';
const CASES: [string, Behaviour, string][] = [
  ["400", (response) => response.writeHead(400).end("out of order sample"), "400 out of order sample); it is kept"],
  ["401", (response) => response.writeHead(401).end("who?"), "401 who?); it is kept and sent again: mend OTLP_TOKEN."],
  ["429", (response) => response.writeHead(429, { "retry-after": "1" }).end(), "429"],
  ["500", (response) => response.writeHead(500).end(), "500"],
  ["302 elsewhere", (response) => response.writeHead(302, { location: "/" }).end(), "302"],
  ["200, some of it rejected", (response) => response.end(PARTIAL), "rejected"],
  ["nothing, ever", () => undefined, "TimeoutError"],
  ["by hanging up", (response) => response.destroy(), "look whether it is up, and whether OTLP_URL leads there"],
];
test.each(CASES)("a collector that answers %s costs no answer and no count, and is told", async (_, behave, why) => {
  const collector = await stage.collector();
  collector.behave = behave;
  const worker = await stage.worker(collector.url, { OTLP_TOKEN: "t0p" });
  const answers = await crowd(100, 10, () => worker.ask("/"));
  expect(new Set(answers.map((answer) => answer.length))).toEqual(new Set([36])); // each is a request's id
  await until(() => collector.pushes.length, (length) => length >= 2);
  collector.acceptAgain();
  await until(() => collector.total("requests_total"), (total) => total >= 100);
  expect(collector.total("requests_total")).toBe(100);
  await until(() => messages(worker), (said) => said.length >= 2);
  expect(messages(worker)[0]).toContain("shard-0: the collector took no telemetry (");
  expect(messages(worker)[0]).toContain(why);
  expect(messages(worker).slice(1)).toEqual(["shard-0: the collector takes telemetry again."]);
});

test("a collector that is not there when the Workers start, and comes up later, hears everything", async () => {
  const gone = await Collector.start();
  const { port, url } = gone;
  await gone.stop();
  const worker = await stage.worker(url);
  await crowd(50, 10, () => worker.ask("/"));
  await until(() => messages(worker), (said) => said.length === 1);
  const collector = stage.ending(await Collector.start(port));
  await until(() => collector.total("requests_total"), (total) => total >= 50);
  expect(collector.total("requests_total")).toBe(50);
});

test("a Retry-After is heeded", async () => {
  const collector = await stage.collector();
  const times: number[] = [];
  collector.behave = (response, nth) => {
    times.push(Date.now());
    if (nth === 1) response.writeHead(429, { "retry-after": "2" }).end();
    else response.end();
  };
  const worker = await stage.worker(collector.url);
  await worker.ask("/");
  await until(() => times.length, (length) => length >= 2);
  expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(2_000); // a push is due after 100 ms
});

test("idle, everything is pushed on and on: the heartbeat grows, the rest stands, time goes forward", async () => {
  const collector = await stage.collector();
  const worker = await stage.worker(collector.url);
  await worker.ask("/");
  await until(() => collector.total("requests_total"), (total) => total === 1);
  const seen = collector.pushes.length;
  await until(() => collector.pushes.length, (length) => length >= seen + 3);
  const idle = collector.pushes.slice(seen);
  const beats = idle.map((push) => pointOf(push, "telemetry_heartbeat").asDouble!);
  expect(beats.every((beat, n) => n === 0 || beat > beats[n - 1]!)).toBe(true);
  expect(Math.abs(beats[0]! - Date.now() / 1000)).toBeLessThan(60); // seconds since 1970
  const requests = idle.map((push) => pointOf(push, "requests_total"));
  expect(new Set(requests.map((point) => `${point.asDouble} ${point.startTimeUnixNano}`)).size).toBe(1);
  const times = collector.pushes.map((push) => BigInt([...push.points.values()][0]!.timeUnixNano));
  expect(times.every((time, n) => n === 0 || time > times[n - 1]!)).toBe(true);
  expect(BigInt(requests[0]!.startTimeUnixNano!)).toBeLessThan(times[0]!);
});

function pointOf({ points }: Push, metric: string): Point {
  return [...points].find(([name]) => name.startsWith(`${metric}`))![1];
}

test("between full pushes only what has changed is pushed", async () => {
  const collector = await stage.collector();
  const worker = await stage.worker(collector.url, { TELEMETRY_FULL_MS: 60_000 });
  await worker.ask("/", { tenant: "acme" });
  await until(() => collector.total("requests_total"), (total) => total === 1);
  await worker.ask("/", { tenant: "globex" });
  await until(() => collector.total("requests_total"), (total) => total === 2);
  const names = [...collector.pushes.at(-1)!.points.keys()].map((name) => name.split(",")[0]);
  expect(names.sort()).toEqual(["latency_ms{tenant_id=globex", "requests_total{tenant_id=globex"]);
});

test("the content type is exactly application/json, the token is a bearer's, what is large is gzipped", async () => {
  const collector = await stage.collector();
  const worker = await stage.worker(collector.url, { OTLP_TOKEN: "t0p-secret\n" });
  await worker.ask("/");
  await until(() => collector.pushes.length, (length) => length >= 1);
  const { headers } = collector.pushes[0]!;
  expect(headers["content-type"]).toBe("application/json");
  expect(headers.authorization).toBe("Bearer t0p-secret");
  expect(headers["content-encoding"]).toBe("gzip");
});

test("exemplars carry the request's id and its time, to the window, once", async () => {
  const collector = await stage.collector();
  const worker = await stage.worker(collector.url);
  const askedAt = Date.now();
  const requestId = await worker.ask("/", { latency: "123" });
  await until(() => collector.pushes.length, (length) => length >= 3);
  const pushed = collector.pushes.flatMap((push) => pointOf(push, "latency_ms").exemplars ?? []);
  expect(pushed.map(({ asDouble, filteredAttributes }) => [asDouble, filteredAttributes])).toEqual([
    [123, [{ key: "request_id", value: { stringValue: requestId } }]],
  ]);
  const at = Number(pushed[0]!.timeUnixNano) / 1e6;
  expect(at).toBeGreaterThanOrEqual(askedAt);
  expect(at).toBeLessThan(askedAt + 15_000); // a window of 100 ms, on a busy machine
});

test("more series than one request takes go in several, all of one moment", async () => {
  const collector = await stage.collector();
  const worker = await stage.worker(collector.url);
  await crowd(700, 20, (n) => worker.ask("/", { tenant: `tenant-${n}` })); // a counter and a histogram each, and four
  await until(() => collector.taken.size, (size) => size >= 1_404);
  expect(collector.total("requests_total")).toBe(700);
  const full = await until(() => fullPush(collector.pushes), (sizes) => sizes[0]! + sizes[1]! >= 1_404);
  expect(full).toEqual([1_000, 404]);
});

/** The sizes of the requests of the last push that had several, as far as it was seen whole. */
function fullPush(pushes: readonly Push[]): number[] {
  const moment = ({ points }: Push): string => [...points.values()][0]!.timeUnixNano;
  const last = pushes.findLast((push, n) => n > 0 && moment(push) === moment(pushes[n - 1]!));
  return pushes.filter((push) => last && moment(push) === moment(last)).map(({ points }) => points.size);
}

test("without OTLP_URL the counting goes on, and the cure is said once", async () => {
  const worker = await stage.worker("");
  await worker.ask("/");
  await until(() => messages(worker), (said) => said.length === 1);
  expect(messages(worker)[0]).toContain("OTLP_URL is not set; set it to the collector's /v1/metrics");
  expect(Number(await worker.ask("/shard-0/series"))).toBe(6); // a heartbeat, three zeros, a counter, a histogram
});
