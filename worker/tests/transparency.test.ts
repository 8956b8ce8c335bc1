/** An observed Worker answers as the same Worker without `observe` does: the answers are compared over raw connections. */

import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { waitFor } from "./workerd.ts";
import { FETCHES } from "./workers/transparent/fetches.ts";
import { Pair, type PairSettings, type RawRequest } from "./transparency.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // workerd starts slowly on a busy machine

const COMPRESSED = ["Accept-Encoding: gzip, br"];
const TRACEPARENT = "Traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const UPGRADE = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];

const REQUESTS: RawRequest[] = [
  ...["/text", "/json", "/empty", "/large", "/bytes", "/no-content", "/error", "/redirect", "/cookies", "/pipe"].map((path) => ({ path })),
  ...["/text", "/large", "/upstream/long", "/upstream/br", "/chunks"].map((path) => ({ path, method: "HEAD" })),
  { path: "/packed", headers: COMPRESSED },
  { path: "/web-socket", headers: UPGRADE },
  ...FETCHES.map((name) => ({ path: `/fetch/${encodeURIComponent(name)}`, method: "PUT", headers: ["X-Sent: by the caller", TRACEPARENT], body: "received" })),
  { path: "/echo", method: "POST", body: "a body" },
  { path: "/echo", method: "PUT", body: "z".repeat(150_000) },
  ...["text", "long", "chunked", "gzip", "br", "gzip-chunked", "br-chunked", "events-br"].map((name) => ({
    path: `/upstream/${name}`,
    headers: COMPRESSED,
  })),
  ...["gzip", "br", "br-chunked"].map((name) => ({ path: `/upstream/${name}` })),
  ...["range", "not-modified", "moved", "cookies", "copy"].map((name) => ({ path: `/upstream/${name}`, headers: ["Range: bytes=0-4"] })),
];
const STREAMS: RawRequest[] = ["/chunks", "/events", "/tee", "/byob", "/transform"].map((path) => ({ path }));
const nameOf = ({ method = "GET", path, headers = [] }: RawRequest): string => [method, path, ...headers].join(" ");

const NEWEST = "2026-04-01";
const MINIMUM = "2024-04-03";
const SETTINGS: (PairSettings & { isOld?: boolean })[] = [
  { entry: "plain.ts", compatibilityDate: NEWEST },
  { entry: "plain.ts", compatibilityDate: MINIMUM },
  { entry: "plain.ts", compatibilityDate: "2022-10-31", isOld: true },
  { entry: "plain.ts", compatibilityDate: NEWEST, runtime: "workerd-newest" },
  { entry: "plain.ts", compatibilityDate: MINIMUM, runtime: "workerd-newest" },
  { entry: "plain.ts", compatibilityDate: NEWEST, compatibilityFlags: ["nodejs_compat"] },
  { entry: "plain.ts", compatibilityDate: NEWEST, compatibilityFlags: ["nodejs_compat"], runtime: "workerd-newest" },
  { entry: "log_fetch.ts", compatibilityDate: NEWEST },
  { entry: "log_fetch.ts", compatibilityDate: "2022-10-31", isOld: true },
  { entry: "entrypoint.ts", compatibilityDate: NEWEST },
  { entry: "hono.js", compatibilityDate: NEWEST },
  { entry: "partyserver.js", compatibilityDate: NEWEST, bindings: { durableObjects: { Room: { className: "Room", useSQLite: true } } } as never },
  { entry: "sentry_outside.js", compatibilityDate: NEWEST, compatibilityFlags: ["nodejs_compat"] },
  { entry: "sentry_inside.js", compatibilityDate: NEWEST, compatibilityFlags: ["nodejs_compat"] },
];

const titled = SETTINGS.map((settings) => [[settings.entry, settings.compatibilityDate, settings.runtime ?? "workerd", ...(settings.compatibilityFlags ?? [])].join(", "), settings] as const);

interface Line {
  readonly level: string;
  readonly message: string;
  readonly latency_ms: number;
  readonly error?: { readonly message: string };
  readonly metadata: { readonly binding: string; readonly method?: string };
}
/** What the Worker of `rpc.ts` calls; calls on results are not calls of the service. */
const METHODS_CALLED = [
  ...["add", "version", "nested.deep.name", "user", "counter", "user", "multiplier", "multiplier", "call", "stream", "fetch", "fail"],
  ...["missing", "fail", "add", "call", "add", "response", "counter"],
];

describe.each(titled)("%s", (_, { isOld = false, ...settings }) => {
  let pair: Pair;
  beforeAll(async () => void (pair = await Pair.start(settings)));
  afterAll(() => pair?.stop());

  const requests = isOld ? REQUESTS.filter(({ path }) => path !== "/chunks") : [...REQUESTS, ...STREAMS];
  test.each(requests.map((request) => [nameOf(request), request] as const))("%s", async (_, request) => {
    const { bare, observed } = await pair.answers(request);
    expect(observed.status).toBe(bare.status);
    expect(observed.headers).toEqual(bare.headers);
    expect(observed.body.equals(bare.body), `${observed.body.length} bytes instead of ${bare.body.length}`).toBe(true);
    expect([observed.isComplete, bare.isComplete]).toEqual([true, true]);
  });

  test("an answer that requests share is the same for each", async () => {
    for (const _ of [1, 2, 3]) {
      const { bare, observed } = await pair.answers({ path: "/not-found" });
      expect([observed.status, observed.headers]).toEqual([bare.status, bare.headers]);
    }
  });

  const [testIfOld, testIfNew] = isOld ? [test, () => undefined] : [() => undefined, test];
  testIfOld("the log says once which compatibility date is needed", async () => {
    await pair.answers({ path: "/text" });
    const lines = await waitFor(() => pair.lines.filter((line) => line.includes("compatibility_date")), (found) => found.length > 0);
    expect(lines.map((line) => JSON.parse(line).message)).toEqual(["compatibility_date: nothing is counted before 2024-04-03; use a later date."]);
  });

  testIfNew("after a caller disconnects in the middle of a body, the next request is answered", async () => {
    const { bare, observed } = await pair.answers({ path: "/endless", abortAfter: 400 });
    expect([observed.status, observed.headers, observed.isComplete]).toEqual([bare.status, bare.headers, false]);
    expect((await pair.answers({ path: "/text" })).observed.body.toString()).toBe("hello");
  });
});

test("an exception that Sentry sees inside reaches the log, and the answer is a 500", async () => {
  const pair = await Pair.start({ entry: "sentry_inside.js", compatibilityDate: NEWEST, compatibilityFlags: ["nodejs_compat"] });
  try {
    const { observed } = await pair.answers({ path: "/nowhere" });
    expect([observed.status, observed.body.toString()]).toEqual(["HTTP/1.1 500 Internal Server Error", "Internal Server Error"]);
    const isError = (line: string): boolean => line.includes('"level":"error"') && line.includes("there is no answer for /nowhere");
    expect(await waitFor(() => pair.lines.filter(isError), (errors) => errors.length > 0)).toHaveLength(1);
  } finally {
    await pair.stop();
  }
});

test("calls to D1, R2 and Queues have the results of the bare Worker", async () => {
  const bindings = { d1Databases: ["DB"], r2Buckets: ["BUCKET"], queueProducers: { QUEUE: "messages" } } as never;
  const pair = await Pair.start({ entry: "stores.ts", compatibilityDate: NEWEST, bindings });
  try {
    for (const path of ["/d1", "/r2", "/queue"]) {
      // one after the other, because both Workers have the same stores
      const [bare, observed] = await pair.answersInTurn({ path });
      expect(bare.status).toBe("HTTP/1.1 200 OK");
      expect([observed.status, observed.body.toString()]).toEqual([bare.status, bare.body.toString()]);
    }
    expect(pair.lines.filter((line) => line.includes('"message":"D1 batch"'))).toHaveLength(2);
  } finally {
    await pair.stop();
  }
});

test.each([[MINIMUM], [NEWEST], [NEWEST, "nodejs_compat"]])("an observed Durable Object sees what the bare one does: %s %s", async (compatibilityDate, ...compatibilityFlags) => {
  const bindings = { durableObjects: { OBJECTS: { className: "Objects", useSQLite: true }, OLD: "OldObjects" } } as never;
  const pair = await Pair.start({ entry: "objects.ts", compatibilityDate, compatibilityFlags, bindings });
  try {
    for (const path of ["/sql", "/keys", "/alarm", "/alarm-runs", "/alarm-by-rpc", "/old"]) {
      const { bare, observed } = await pair.answers({ path });
      expect(bare.status, bare.body.toString()).toBe("HTTP/1.1 200 OK");
      expect([observed.status, observed.body.toString()]).toEqual([bare.status, bare.body.toString()]);
    }
    expect(pair.lines.filter((line) => line.includes('"message":"telemetry: '))).toEqual([]);
    const alarms = pair.lines.flatMap((line) => /"message":"(alarm [a-z]+)"/.exec(line)?.[1] ?? []);
    expect(alarms.sort()).toEqual(["alarm arrived", "alarm arrived", "alarm arrived", "alarm arrived", "alarm failed", "alarm failed", "alarm handled", "alarm handled"]);
  } finally {
    await pair.stop();
  }
});

test.each(["rpc.ts", "rpc_sentry.js"])("calls to a service by RPC have the results of the bare Worker, and a line each: %s", async (entry) => {
  const bindings = { serviceBindings: { SERVICE: { name: "bare", entrypoint: "Methods" } } } as never;
  const pair = await Pair.start({ entry, compatibilityDate: NEWEST, compatibilityFlags: ["nodejs_compat"], bindings });
  try {
    const [bare, observed] = await pair.answersInTurn({ path: "/" });
    expect(bare.status).toBe("HTTP/1.1 200 OK");
    const seen = JSON.parse(bare.body.toString()) as object;
    expect(seen).toMatchObject({ pipelined: "Ada", nested: "a property of a property", pipelinedFunction: 15, disposed: expect.stringContaining("disposed") });
    expect(JSON.parse(observed.body.toString())).toEqual(seen);
    const lines = pair.lines.filter((line) => line.includes('"step":"call"')).map((line) => JSON.parse(line) as Line);
    expect(lines.map(({ metadata }) => metadata.method ?? "fetch").sort()).toEqual(METHODS_CALLED.sort());
    const failed = lines.filter(({ level }) => level === "error");
    expect(failed.map(({ message, error }) => [message, error?.message])).toEqual([
      ["service fail failed", "the method failed"],
      ["service missing failed", expect.stringContaining("missing")],
      ["service fail failed", "the method failed"],
      ["service call failed", "Symbol(no) could not be cloned."],
    ]);
    expect(lines.every(({ latency_ms, metadata }) => latency_ms >= 0 && metadata.binding === "SERVICE")).toBe(true);
  } finally {
    await pair.stop();
  }
});
