/** Several collectors: each gets everything, whatever becomes of the others. */

import type { ServerResponse } from "node:http";
import { afterEach, expect, test } from "vitest";
import type { Collector } from "./collector.ts";
import { Fixtures, loggedMessages } from "./fixtures.ts";
import { type RunningWorker, runConcurrently, waitFor } from "./workerd.ts";

const fixtures = new Fixtures();
afterEach(() => fixtures.dispose());

async function start(bindings: Record<string, string | number> = {}): Promise<{ first: Collector; second: Collector; worker: RunningWorker }> {
  const [first, second] = [await fixtures.collector(), await fixtures.collector()];
  const worker = await fixtures.worker(first.url, { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT_2: second.url, ...bindings });
  return { first, second, worker };
}

const total = (collector: Collector, atLeast: number): Promise<number> => waitFor(() => collector.total("requests_total"), (number) => number >= atLeast);

test("two collectors get the same points with the same timestamps", async () => {
  const { first, second, worker } = await start();
  await runConcurrently(50, 10, (n) => worker.fetchText("/", { tenant: `tenant-${n % 5}` }));
  expect([await total(first, 50), await total(second, 50)]).toEqual([50, 50]);
  /** What each push had of the counters, by its timestamp. */
  const pushed = ({ pushes }: Collector): Map<string, string> => {
    const counters = pushes.map(({ points }) => [...points].filter(([name]) => name.startsWith("requests_total{")));
    const textOf = ([name, { startTimeUnixNano, asDouble }]: (typeof counters)[number][number]): string => `${name} ${startTimeUnixNano} ${asDouble}`;
    return new Map(counters.filter(({ length }) => length > 0).map((points) => [points[0]![1].timeUnixNano, points.map(textOf).join("\n")]));
  };
  // one that is slow for once misses a push
  const both = (): string[] => [...pushed(first).keys()].filter((time) => pushed(second).has(time));
  const times = await waitFor(both, ({ length }) => length >= 3);
  expect(times.map((time) => pushed(first).get(time))).toEqual(times.map((time) => pushed(second).get(time)));
});

test.each([
  ["never responds", () => undefined],
  ["closes the connection", (response) => response.destroy()],
  ["rejects everything", (response) => response.writeHead(503).end()],
] as [string, (response: ServerResponse) => unknown][])("one that %s gets all later, and is counted and logged", async (_, respond) => {
  const { first, second, worker } = await start({ OTEL_EXPORTER_OTLP_TIMEOUT_2: 400 });
  second.respond = respond;
  await runConcurrently(100, 10, () => worker.fetchText("/"));
  expect(await total(first, 100)).toBe(100);
  const pushes = first.pushes.length;
  await waitFor(() => first.pushes.length, (length) => length >= pushes + 4);
  const failures = () => [...first.accepted].find(([name]) => /^telemetry_export_failures_total\{.*endpoint=2/.test(name))?.[1].asDouble ?? 0;
  await waitFor(failures, (number) => number >= 2);
  expect(second.accepted.size).toBe(0);
  second.acceptAgain();
  expect(await total(second, 100)).toBe(100);
  const ofSecond = () => loggedMessages(worker).filter((message) => message.includes("collector 2")); // a busy machine may fail the first, too
  const messages = await waitFor(ofSecond, ({ length }) => length >= 2);
  expect(messages[0]).toContain("shard-0: collector 2 did not accept metrics (");
  expect(messages[1]).toBe("shard-0: collector 2 accepts metrics again.");
});

test("the other gets its pushes while one has not responded for longer than this test waits", async () => {
  const { first, second, worker } = await start({ OTEL_EXPORTER_OTLP_TIMEOUT_2: 30_000 });
  second.respond = () => undefined;
  await worker.fetchText("/");
  await waitFor(() => second.pushes.length, (length) => length >= 1);
  const pushes = first.pushes.length;
  await waitFor(() => first.pushes.length, (length) => length >= pushes + 4);
});

test("the first one may be down, too", async () => {
  const { first, second, worker } = await start();
  first.respond = (response) => void response.writeHead(500).end();
  await runConcurrently(30, 10, () => worker.fetchText("/"));
  expect(await total(second, 30)).toBe(30);
  first.acceptAgain();
  expect(await total(first, 30)).toBe(30);
});

test("credentials go to their own collector alone", async () => {
  const { first, second, worker } = await start({ OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Bearer%20first", OTEL_EXPORTER_OTLP_HEADERS_2: "X-Scope-OrgID=second" });
  await worker.fetchText("/");
  await Promise.all([total(first, 1), total(second, 1)]);
  const sent = ({ pushes }: Collector) => [pushes[0]!.headers.authorization, pushes[0]!.headers["x-scope-orgid"]];
  expect([sent(first), sent(second)]).toEqual([["Bearer first", undefined], [undefined, "second"]]);
});

test("a mistake in the settings of one stops that one alone, and is logged with its variable", async () => {
  const { first, second, worker } = await start({ OTEL_EXPORTER_OTLP_HEADERS_2: "s3cret", OTEL_EXPORTER_OTLP_ENDPOINT_7: "https://nowhere.example" });
  await worker.fetchText("/");
  expect(await total(first, 1)).toBe(1);
  const messages = await waitFor(() => loggedMessages(worker), ({ length }) => length >= 2);
  expect(messages.join("\n")).toContain("OTEL_EXPORTER_OTLP_HEADERS_2: use name=value");
  expect(messages.join("\n")).toContain("OTEL_EXPORTER_OTLP_ENDPOINT_7: no such endpoint; further ones end with _2, _3 or _4.");
  expect([second.pushes.length, worker.lines.join().includes("s3cret")]).toEqual([0, false]);
});

test("with http/protobuf the content type is application/x-protobuf, and a partial success is an error", async () => {
  const { first, second, worker } = await start({ OTEL_EXPORTER_OTLP_PROTOCOL_2: "http/protobuf" });
  // partial_success (field 1) with 300 rejected_data_points (field 1) and an error_message (field 2)
  second.respond = (response) => void response.end(Buffer.from([0x0a, 0x08, 0x08, 0xac, 0x02, 0x12, 0x03, 0x6f, 0x6c, 0x64]));
  await worker.fetchText("/");
  await total(first, 1);
  const messages = await waitFor(() => loggedMessages(worker), ({ length }) => length >= 1);
  expect(messages[0]).toMatch(/collector 2 did not accept metrics \(200 .*old\)/);
  expect(second.pushes[0]!.headers["content-type"]).toBe("application/x-protobuf");
  // an error_message alone is a warning: nothing was rejected
  second.respond = (response) => void response.end(Buffer.from([0x0a, 0x05, 0x12, 0x03, 0x6f, 0x6c, 0x64]));
  await waitFor(() => loggedMessages(worker), (all) => all.some((message) => message.endsWith("collector 2 accepts metrics again.")));
});
