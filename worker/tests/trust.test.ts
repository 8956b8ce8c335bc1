/** Which origins are believed, in workerd: those of outside callers never, whatever way a request goes on. */

import { createServer } from "node:http";
import { Miniflare, type MiniflareOptions } from "miniflare";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { bundle, COMPATIBILITY } from "./workerd.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const KEY = "k".repeat(32);
const OLD_KEY = "o".repeat(32);
const FORGED = "00000000-0000-4000-8000-000000000000";
const forgedOrigin = `requestId=${FORGED}&tenantId=victim&route=%2Fchat`;
const FORGERY = { "x-request-id": FORGED, "x-request-origin": forgedOrigin };

/** Answers with the headers of origins that arrive at a public host. */
const publicHost = createServer((request, response) => response.end(JSON.stringify({ header: request.headers["x-request-origin"] ?? null })));
let script: string;
let upstream: string;
const running: Miniflare[] = [];
beforeAll(async () => {
  script = await bundle("workers/trusting.ts");
  await new Promise<void>((resolve) => publicHost.listen(0, "127.0.0.1", resolve));
  upstream = `http://127.0.0.1:${(publicHost.address() as { port: number }).port}/`;
});
afterAll(async () => {
  for (const miniflare of running) await miniflare.dispose();
  publicHost.closeAllConnections();
  publicHost.close();
});

type Answer = { requestId?: string; tenantId?: string; route?: string; spanId?: string; header?: string | null; same?: boolean; id: string };
type Send = (way: string, headers?: Record<string, string>) => Promise<Answer>;
interface Running {
  readonly send: Send;
  /** Sends a captured header to a receiver, with the clock ahead by some milliseconds. */
  readonly replay: (receiver: string, header: string, offsetMs: number) => Promise<Answer>;
  readonly capture: () => Promise<string>;
  readonly lines: string[];
}

async function start(key?: string): Promise<Running> {
  const lines: string[] = [];
  const miniflare = new Miniflare({
    ...COMPATIBILITY,
    name: "trusting",
    cf: false,
    modules: true,
    script,
    bindings: { UPSTREAM: upstream, ...(key && { TELEMETRY_ORIGIN_KEY: key }) },
    durableObjects: { TELEMETRY: { className: "TelemetryShard", useSQLite: true }, TARGET: { className: "Target", useSQLite: true } },
    serviceBindings: {
      INNER: { name: "trusting", entrypoint: "Inner" },
      TRUSTED: { name: "trusting", entrypoint: "Inner", props: { origin: "workers-ai-observability" } },
      OTHER: { name: "trusting", entrypoint: "Other" },
      ECHO: { name: "trusting", entrypoint: "Echo" },
    },
    handleStructuredLogs: ({ message }: { message: string }) => void lines.push(message),
  } as MiniflareOptions);
  running.push(miniflare);
  const url = await miniflare.ready;
  const get = (path: string, headers: Record<string, string>): Promise<Response> => fetch(new URL(path, url), { headers });
  const answerOf = async (response: Response): Promise<Answer> => ({ ...((await response.json()) as Answer), id: response.headers.get("x-request-id")! });
  return {
    send: async (way, headers = FORGERY) => answerOf(await get("/chat", { way, tenant: "acme", ...headers })),
    replay: async (receiver, header, offsetMs) => answerOf(await get(`/replay/${receiver}/${offsetMs}`, { "x-request-origin": header })),
    capture: async () => (await get("/chat", { way: "capture", tenant: "acme" })).text(),
    lines,
  };
}

const RAW_WAYS = [
  "request as argument",
  "imported stub",
  "imported service",
  "imported trusted service",
  "exported service",
  "exported object",
  "redirect",
  "copy",
];
const OBSERVED_WAYS = ["observed object", "observed service", "observed trusted service"];

describe.each([["without a key", undefined], ["with a key", KEY]])("%s", (_, key) => {
  let worker: Running;
  beforeAll(async () => void (worker = await start(key)));

  test.each([...RAW_WAYS, ...OBSERVED_WAYS])("an origin from outside is not believed: %s", async (way) => {
    const { requestId, tenantId, header, id } = await worker.send(way);
    expect(id).not.toBe(FORGED);
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect([requestId === FORGED, tenantId === "victim", header ?? null]).toEqual([false, false, null]);
  });

  test.each(RAW_WAYS)("without an observed binding the receiver has an id of its own: %s", async (way) => {
    const { requestId, tenantId, id } = await worker.send(way, {});
    expect([requestId === id, tenantId]).toEqual([false, "unknown"]);
  });

  test("the origin arrives over an observed binding whose props name the library", async () => {
    const { requestId, tenantId, id } = await worker.send("observed trusted service");
    expect([requestId, tenantId]).toEqual([id, "acme"]);
  });

  test.each(["public host", "object to a public host"])("no origin reaches a %s", async (way) => {
    expect((await worker.send(way)).header).toBeNull();
  });
});

test("without a key objects and services get ids of their own, and a hint says so once", async () => {
  const worker = await start();
  for (const way of ["observed object", "observed object", "observed service"]) {
    const { requestId, id } = await worker.send(way, {});
    expect(requestId).not.toBe(id);
  }
  await vi.waitFor(() => expect(worker.lines.filter((line) => line.includes("TELEMETRY_ORIGIN_KEY"))).toHaveLength(1));
});

test("with a key the origin arrives in objects and services over observed bindings", async () => {
  const worker = await start(KEY);
  const object = await worker.send("observed object");
  expect(object).toMatchObject({ requestId: object.id, tenantId: "acme", route: "/chat", same: true, spanId: expect.stringMatching(/^[0-9a-f]{16}$/) });
  const service = await worker.send("observed service");
  expect(service).toEqual({ requestId: service.id, tenantId: "acme", header: null, id: service.id });
});

test("a captured header is believed by its receiver for a minute, and by no other", async () => {
  const worker = await start(KEY);
  const header = await worker.capture();
  const { requestId } = Object.fromEntries(new URLSearchParams(header));
  const idAt = async (receiver: string, offsetMs: number): Promise<boolean> =>
    (await worker.replay(receiver, header, offsetMs)).requestId === requestId;
  expect(await idAt("INNER", 30_000)).toBe(true);
  expect(await idAt("INNER", 61_000)).toBe(false);
  expect(await idAt("INNER", -61_000)).toBe(false);
  expect(await idAt("OTHER", 0)).toBe(false);
  expect(await idAt("TARGET", 0)).toBe(false);
  const changed = header.replace("tenantId=acme", "tenantId=victim");
  expect((await worker.replay("INNER", changed, 0)).tenantId).toBe("unknown");
  const { spanId } = Object.fromEntries(new URLSearchParams(header));
  const otherParent = header.replace(spanId!, "00000000000000ff");
  expect((await worker.replay("INNER", otherParent, 0)).tenantId).toBe("unknown");
});

test("during a rotation the first key signs and both are accepted; a key that is gone is not", async () => {
  const [before, during, after] = [await start(OLD_KEY), await start(`${KEY},${OLD_KEY}`), await start(KEY)];
  const isBelieved = async (by: Running, header: string): Promise<boolean> => (await by.replay("INNER", header, 0)).tenantId === "acme";
  const [old, current] = [await before.capture(), await during.capture()];
  expect([await isBelieved(during, old), await isBelieved(during, current), await isBelieved(after, current)]).toEqual([true, true, true]);
  expect([await isBelieved(before, current), await isBelieved(after, old)]).toEqual([false, false]);
});

test.each(["too short", `${KEY},${OLD_KEY},${"x".repeat(32)}`])("keys that are not valid sign nothing, and a warning says so: %s", async (key) => {
  const worker = await start(key);
  expect(await worker.capture()).not.toContain("proof");
  await vi.waitFor(() => expect(worker.lines.filter((line) => line.includes("each of at least 32 characters"))).toHaveLength(1));
  expect(worker.lines.join()).not.toContain(key);
});
