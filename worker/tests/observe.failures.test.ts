/** Failures of the library never change the application's response; wrong arguments of a developer throw when the Worker starts. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { observe } from "../src/observe.ts";

beforeEach(() => {
  for (const level of ["log", "warn", "error"] as const) vi.spyOn(console, level).mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());

const ctx = { waitUntil: () => undefined } as unknown as ExecutionContext;
const failing = (): never => {
  throw new Error("failed");
};
const hello = (): Response => new Response("hello");
type FetchHandler = { fetch(request: Request, env: never, ctx: ExecutionContext): Promise<Response> };
const sendRequest = (worker: FetchHandler, env: object = {}): Promise<Response> =>
  worker.fetch(new Request("https://worker.example/chat"), env as never, ctx);
const loggedLines = (): string[] =>
  [console.log, console.warn, console.error].flatMap((write) => vi.mocked(write).mock.calls.map(([line]) => String(line)));

test.each([
  ["a tenant that throws", { tenant: failing }],
  ["a tenant that rejects", { tenant: async () => failing() }],
  ["a route that throws", { route: failing }],
  ["a route that the contract does not list", { route: () => "/nowhere" as never }],
  ["a debug setting that throws", { debug: failing }],
  ["a debug setting that is not a time", { debug: () => ({ until: "tomorrow" as never }) }],
])("%s does not change the response", async (_, options) => {
  expect(await (await sendRequest(observe({ service: "worker-api", ...options, fetch: hello }))).text()).toBe("hello");
  expect(loggedLines().filter((line) => line.includes('"answer"'))).toHaveLength(1);
});

test.each([
  ["no TELEMETRY", {}],
  ["a TELEMETRY that throws", { TELEMETRY: { idFromName: failing, get: failing }, TELEMETRY_MODE: "sync" }],
  ["a TELEMETRY that cannot be read", Object.defineProperty({}, "TELEMETRY", { get: failing })],
])("%s does not change the response", async (_, env) => {
  expect(await (await sendRequest(observe({ service: "worker-api", fetch: hello }), env)).text()).toBe("hello");
});

test("a console that throws does not change the response", async () => {
  const unavailable = (): never => {
    throw new Error("there is no console"); // a message of its own, because an isolate logs the same warning only once
  };
  for (const level of ["log", "warn", "error"] as const) vi.mocked(console[level]).mockImplementation(unavailable);
  expect(await (await sendRequest(observe({ service: "worker-api", fetch: hello }))).text()).toBe("hello");
});

test("an error whose message cannot be read reaches the application as it is", async () => {
  const error = Object.defineProperty(new Error(), "message", { get: failing });
  let caught: unknown;
  class Ai {
    async run(): Promise<never> {
      throw error;
    }
  }
  const fetch = async (_: Request, env: { AI: Ai }): Promise<Response> => {
    await env.AI.run().catch((thrown: unknown) => (caught = thrown));
    throw caught;
  };
  expect((await sendRequest(observe({ service: "worker-api", fetch }), { AI: new Ai() })).status).toBe(500);
  expect(caught).toBe(error);
});

test("a handler that returns no Response is an error with that message", async () => {
  const worker = observe({ service: "worker-api", fetch: () => undefined as never });
  expect((await sendRequest(worker)).status).toBe(500);
  expect(loggedLines().join()).toContain("fetch: return a Response that is not used");
});

test("the answer to a HEAD request is logged at once, although its stream is never read", async () => {
  const stream = (): Response => new Response(new ReadableStream(), { headers: { "content-type": "text/event-stream" } });
  const { fetch } = observe({ service: "worker-api", fetch: stream });
  await fetch(new Request("https://worker.example/chat", { method: "HEAD" }), {} as never, ctx);
  expect(loggedLines().filter((line) => line.includes('"answer"'))).toHaveLength(1);
});

test("observe returns only the handlers that were passed", () => {
  expect(Object.keys(observe({ service: "worker-api", fetch: hello }))).toEqual(["fetch"]);
  expect(Object.keys(observe({ service: "worker-api", queue: () => undefined, scheduled: () => undefined }))).toEqual(["queue", "scheduled"]);
});

test("an unknown service is rejected with a reference to the list of services", () => {
  const observeWrongly = () => observe({ service: "worker-ap" as never, fetch: hello });
  expect(observeWrongly).toThrow("service: not in the contract; use a value that contract.gen.ts lists");
});

test("keys that name secrets are rejected, all in one error", () => {
  const observeWrongly = () => observe({ service: "worker-api", pass: ["api_key", "fine", "No Key"], fetch: hello });
  expect(observeWrongly).toThrow('["api_key","No Key"]');
});

test("the warning that raw texts are logged appears even after many other warnings of the isolate", async () => {
  let warnings = 0;
  const route = (): never => {
    throw new Error(`no route ${warnings++}`);
  };
  const warning = observe({ service: "worker-api", route, fetch: hello });
  for (let request = 0; request < 150; request++) await sendRequest(warning);
  expect(loggedLines().filter((line) => line.includes("no route")).length).toBeLessThanOrEqual(100);
  await sendRequest(observe({ service: "worker-api", debug: () => ({ until: new Date(Date.now() + 3_600_000) }), fetch: hello }));
  expect(loggedLines().filter((line) => line.includes("debug_until"))).toHaveLength(1);
});
