/** Collectors that reject pushes, hang, or are down: responses do not change, no count is lost, and the outage is logged. */

import type { ServerResponse } from "node:http";
import { afterEach, expect, test } from "vitest";
import { TELEMETRY } from "workers-ai-observability/contract";
import { Collector, type Point, type Push } from "./collector.ts";
import { Fixtures, loggedMessages, SHORT_INTERVALS } from "./fixtures.ts";
import { bundle, runConcurrently, startWorker, waitFor } from "./workerd.ts";

const fixtures = new Fixtures();
afterEach(() => fixtures.dispose());

type Responder = (response: ServerResponse) => unknown;
const PARTIAL_SUCCESS = '{"partialSuccess":{"rejectedDataPoints":"3"}}';
const OUTAGES: [string, Responder, string][] = [
  ["responds 400", (response) => response.writeHead(400).end("out of order sample"), "400 out of order sample); they are kept"],
  ["responds 401", (response) => response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end("who?"), "401 who?); they are kept and sent again: it asks for Basic, and Bearer was sent; change OTEL"],
  ["responds 429", (response) => response.writeHead(429, { "retry-after": "1" }).end(), "429"],
  ["responds 500", (response) => response.writeHead(500).end(), "500"],
  ["redirects", (response) => response.writeHead(302, { location: "/" }).end(), "302"],
  ["responds 200 with rejected data points", (response) => response.end(PARTIAL_SUCCESS), "rejected"],
  ["never responds", () => undefined, "TimeoutError"],
  ["closes the connection", (response) => response.destroy(), "check that it is running and that OTEL_EXPORTER_OTLP_ENDPOINT points to it"],
];
test.each(OUTAGES)("if the collector %s, requests succeed, no count is lost, and the outage is logged", async (_, respond, reason) => {
  const collector = await fixtures.collector();
  collector.respond = respond;
  const worker = await fixtures.worker(collector.url, { OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Bearer%20t0p" });
  const bodies = await runConcurrently(100, 10, () => worker.fetchText("/"));
  expect(new Set(bodies.map((body) => body.length))).toEqual(new Set([36])); // each body is the request's id
  await waitFor(() => collector.pushes.length, (length) => length >= 2);
  collector.acceptAgain();
  await waitFor(() => collector.total("requests_total"), (total) => total >= 100);
  expect(collector.total("requests_total")).toBe(100);
  await waitFor(() => loggedMessages(worker), (messages) => messages.length >= 2);
  expect(loggedMessages(worker)[0]).toContain("shard-0: the collector did not accept metrics (");
  expect(loggedMessages(worker)[0]).toContain(reason);
  expect(loggedMessages(worker).slice(1)).toEqual(["shard-0: the collector accepts metrics again."]);
});

test("a collector that starts after the Workers receives all counts", async () => {
  const stopped = await Collector.start();
  const { port, url } = stopped;
  await stopped.stop();
  const worker = await fixtures.worker(url);
  await runConcurrently(50, 10, () => worker.fetchText("/"));
  await waitFor(() => loggedMessages(worker), (messages) => messages.length === 1);
  const collector = fixtures.use(await Collector.start(port));
  await waitFor(() => collector.total("requests_total"), (total) => total >= 50);
  expect(collector.total("requests_total")).toBe(50);
});

test("the exporter waits for the time in Retry-After", async () => {
  const collector = await fixtures.collector();
  const times: number[] = [];
  collector.respond = (response, requestNumber) => {
    times.push(Date.now());
    if (requestNumber === 1) response.writeHead(429, { "retry-after": "2" }).end();
    else response.end();
  };
  const worker = await fixtures.worker(collector.url);
  await worker.fetchText("/");
  await waitFor(() => times.length, (length) => length >= 2);
  expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(2_000); // without it the next push is due after 100 ms
});

test("an idle shard keeps pushing all series: only the heartbeat increases, and timestamps increase", async () => {
  const collector = await fixtures.collector();
  const worker = await fixtures.worker(collector.url);
  await worker.fetchText("/");
  await waitFor(() => collector.total("requests_total"), (total) => total === 1);
  const pushCount = collector.pushes.length;
  await waitFor(() => collector.pushes.length, (length) => length >= pushCount + 3);
  const idlePushes = collector.pushes.slice(pushCount);
  const heartbeats = idlePushes.map((push) => pointOf(push, "telemetry_heartbeat").asDouble!);
  expect(heartbeats.every((heartbeat, n) => n === 0 || heartbeat > heartbeats[n - 1]!)).toBe(true);
  expect(Math.abs(heartbeats[0]! - Date.now() / 1000)).toBeLessThan(60); // seconds since 1970
  const requests = idlePushes.map((push) => pointOf(push, "requests_total"));
  expect(new Set(requests.map((point) => `${point.asDouble} ${point.startTimeUnixNano}`)).size).toBe(1);
  const times = collector.pushes.map((push) => BigInt([...push.points.values()][0]!.timeUnixNano));
  expect(times.every((time, n) => n === 0 || time > times[n - 1]!)).toBe(true);
  expect(BigInt(requests[0]!.startTimeUnixNano!)).toBeLessThan(times[0]!);
});

function pointOf({ points }: Push, metric: string): Point {
  return [...points].find(([name]) => name.startsWith(`${metric}`))![1];
}

test("between full pushes only changed series are pushed", async () => {
  const collector = await fixtures.collector();
  const worker = await fixtures.worker(collector.url, { TELEMETRY_FULL_MS: TELEMETRY.pushIntervalMs });
  await worker.fetchText("/", { tenant: "acme" });
  await waitFor(() => collector.total("requests_total"), (total) => total === 1);
  await worker.fetchText("/", { tenant: "globex" });
  await waitFor(() => collector.total("requests_total"), (total) => total === 2);
  const names = [...collector.pushes.at(-1)!.points.keys()].map((name) => name.split(",")[0]);
  expect(names.sort()).toEqual(["latency_ms{tenant_id=globex", "requests_total{tenant_id=globex", "telemetry_object_requests_total{service=worker-api}"]);
});

test("pushes have the content type application/json and the headers of the variable, and large ones are gzipped", async () => {
  const collector = await fixtures.collector();
  const worker = await fixtures.worker(collector.url, { OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Bearer%20t0p-secret\n,X-Scope-OrgID=a%3Db" });
  await worker.fetchText("/");
  await waitFor(() => collector.pushes.length, (length) => length >= 1);
  const { headers } = collector.pushes[0]!;
  expect(headers["content-type"]).toBe("application/json");
  expect([headers.authorization, headers["x-scope-orgid"]]).toEqual(["Bearer t0p-secret", "a=b"]);
  expect(headers["content-encoding"]).toBe("gzip");
});

test("an exemplar is pushed once, with the request's id and a time within the window", async () => {
  const collector = await fixtures.collector();
  const worker = await fixtures.worker(collector.url);
  const requestedAt = Date.now();
  const requestId = await worker.fetchText("/", { latency: "123" });
  await waitFor(() => collector.pushes.length, (length) => length >= 3);
  const exemplars = collector.pushes.flatMap((push) => pointOf(push, "latency_ms").exemplars ?? []);
  expect(exemplars.map(({ asDouble, filteredAttributes }) => [asDouble, filteredAttributes])).toEqual([
    [123, [{ key: "request_id", value: { stringValue: requestId } }]],
  ]);
  const at = Number(exemplars[0]!.timeUnixNano) / 1e6;
  expect(at).toBeGreaterThanOrEqual(requestedAt);
  expect(at).toBeLessThan(requestedAt + 15_000); // the window is 100 ms, but the machine may be busy
});

test("more series than fit into one request are split over several requests with the same timestamp", async () => {
  const collector = await fixtures.collector();
  const worker = await fixtures.worker(collector.url);
  await runConcurrently(700, 20, (n) => worker.fetchText("/", { tenant: `tenant-${n}` })); // 700 counters, 700 histograms, 6 telemetry series, the requests to the shard, the rows written and the failed exports
  await waitFor(() => collector.accepted.size, (size) => size >= 1_409);
  expect(collector.total("requests_total")).toBe(700);
  const sizes = await waitFor(() => fullPushSizes(collector.pushes), (requests) => requests[0]! + requests[1]! >= 1_409);
  expect(sizes).toEqual([1_000, 409]);
});

/** Returns the numbers of series in the requests of the last push that was split, as far as they have arrived. */
function fullPushSizes(pushes: readonly Push[]): number[] {
  const timeOf = ({ points }: Push): string => [...points.values()][0]!.timeUnixNano;
  const last = pushes.findLast((push, n) => n > 0 && timeOf(push) === timeOf(pushes[n - 1]!));
  return pushes.filter((push) => last && timeOf(push) === timeOf(last)).map(({ points }) => points.size);
}

test("without an endpoint requests are still counted, and the hint is logged once", async () => {
  const worker = await fixtures.worker("");
  await worker.fetchText("/");
  await waitFor(() => loggedMessages(worker), (messages) => messages.length === 1);
  expect(loggedMessages(worker)[0]).toContain("OTEL_EXPORTER_OTLP_ENDPOINT is not set; use the collector's URL");
  expect(Number(await worker.fetchText("/shard-0/series"))).toBe(9); // the heartbeat, the requests to the shard, three dropped and two overflow counters, a counter, a histogram
});

test("exports go over the binding TELEMETRY_COLLECTOR, with the path and the credentials of the URL", async () => {
  const requests: { url: string; authorization: string | null }[] = [];
  const worker = fixtures.use(
    await startWorker({
      script: await bundle("workers/counting.ts"),
      bindings: { ...SHORT_INTERVALS, OTEL_EXPORTER_OTLP_ENDPOINT: "https://user:pass@collector.internal/otlp" },
      serviceBindings: {
        TELEMETRY_COLLECTOR: ({ url, headers }: { url: string; headers: { get(name: string): string | null } }) => {
          requests.push({ url, authorization: headers.get("authorization") });
          return new Response("{}") as never;
        },
      },
    }),
  );
  await worker.fetchText("/");
  await waitFor(() => requests.length, (length) => length > 0);
  expect(requests[0]).toEqual({ url: "https://collector.internal/otlp/v1/metrics", authorization: `Basic ${btoa("user:pass")}` });
});

test.each([
  ["OTLP_URL", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"],
  ["OTLP_TOKEN", "OTEL_EXPORTER_OTLP_HEADERS"],
])("while %s is set, nothing is exported, and a warning names %s", async (gone, replacement) => {
  const collector = await fixtures.collector();
  const worker = await fixtures.worker(collector.url, { [gone]: "s3cret" });
  await worker.fetchText("/");
  await waitFor(() => loggedMessages(worker), (messages) => messages.length === 1);
  expect(loggedMessages(worker)[0]).toContain(`${gone} is gone; set`);
  expect(loggedMessages(worker)[0]).toContain(replacement);
  expect([collector.pushes.length, worker.lines.join().includes("s3cret")]).toEqual([0, false]);
});
