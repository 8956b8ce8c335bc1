/** Whatever fails on our side, the answer is the application's; what a developer gets wrong is said when the Worker starts. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { observe } from "../src/observe.ts";

beforeEach(() => {
  for (const level of ["log", "warn", "error"] as const) vi.spyOn(console, level).mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());

const ctx = { waitUntil: () => undefined } as unknown as ExecutionContext;
const broken = (): never => {
  throw new Error("broken");
};
const hello = (): Response => new Response("hello");
type Fetching = { fetch(request: Request, env: never, ctx: ExecutionContext): Promise<Response> };
const ask = (worker: Fetching, env: object = {}): Promise<Response> =>
  worker.fetch(new Request("https://worker.example/chat"), env as never, ctx);
const lines = (): string[] => [console.log, console.warn, console.error].flatMap((write) => vi.mocked(write).mock.calls.map(([line]) => String(line)));

test.each([
  ["a tenant that throws", { tenant: broken }],
  ["a tenant that rejects", { tenant: async () => broken() }],
  ["a route that throws", { route: broken }],
  ["a route that is none", { route: () => "/nowhere" as never }],
  ["a debug setting that throws", { debug: broken }],
  ["a debug setting that is no time", { debug: () => ({ until: "tomorrow" as never }) }],
])("%s changes nothing", async (_, options) => {
  expect(await (await ask(observe({ service: "worker-api", ...options, fetch: hello }))).text()).toBe("hello");
  expect(lines().filter((line) => line.includes('"answer"'))).toHaveLength(1);
});

test.each([
  ["no TELEMETRY", {}],
  ["a TELEMETRY that throws", { TELEMETRY: { idFromName: broken, get: broken }, TELEMETRY_MODE: "sync" }],
  ["a TELEMETRY that cannot be read", Object.defineProperty({}, "TELEMETRY", { get: broken })],
])("%s changes nothing", async (_, env) => {
  expect(await (await ask(observe({ service: "worker-api", fetch: hello }), env)).text()).toBe("hello");
});

test("a console that throws changes nothing", async () => {
  const gone = (): never => {
    throw new Error("there is no console"); // other words than elsewhere here, for each fault is said only once
  };
  for (const level of ["log", "warn", "error"] as const) vi.mocked(console[level]).mockImplementation(gone);
  expect(await (await ask(observe({ service: "worker-api", fetch: hello }))).text()).toBe("hello");
});

test("an error whose message cannot be read reaches the application as it is", async () => {
  const error = Object.defineProperty(new Error(), "message", { get: broken });
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
  expect((await ask(observe({ service: "worker-api", fetch }), { AI: new Ai() })).status).toBe(500);
  expect(caught).toBe(error);
});

test("a handler that gives no Response is an error that says so", async () => {
  const worker = observe({ service: "worker-api", fetch: () => undefined as never });
  expect((await ask(worker)).status).toBe(500);
  expect(lines().join()).toContain("fetch: return a Response that is not used");
});

test("a stream that HEAD never reads has its end at once", async () => {
  const stream = (): Response => new Response(new ReadableStream(), { headers: { "content-type": "text/event-stream" } });
  const { fetch } = observe({ service: "worker-api", fetch: stream });
  await fetch(new Request("https://worker.example/chat", { method: "HEAD" }), {} as never, ctx);
  expect(lines().filter((line) => line.includes('"answer"'))).toHaveLength(1);
});

test("only the handlers that were given are there", () => {
  expect(Object.keys(observe({ service: "worker-api", fetch: hello }))).toEqual(["fetch"]);
  expect(Object.keys(observe({ service: "worker-api", queue: () => undefined, scheduled: () => undefined }))).toEqual(["queue", "scheduled"]);
});

test("a service that the contract does not have is refused, and told which there are", () => {
  const wrong = () => observe({ service: "worker-ap" as never, fetch: hello });
  expect(wrong).toThrow("service: not in the contract; give what contract.gen.ts lists");
});

test("keys that name secrets are refused, all at once", () => {
  const wrong = () => observe({ service: "worker-api", pass: ["api_key", "fine", "No Key"], fetch: hello });
  expect(wrong).toThrow('["api_key","No Key"]');
});

test("that raw texts are logged is said, however many other warnings an isolate has given", async () => {
  let n = 0;
  const flooded = observe({ service: "worker-api", route: () => { throw new Error(`no route ${n++}`); }, fetch: hello }); // prettier-ignore
  for (let request = 0; request < 150; request++) await ask(flooded);
  expect(lines().filter((line) => line.includes("no route")).length).toBeLessThanOrEqual(100);
  await ask(observe({ service: "worker-api", debug: () => ({ until: new Date(Date.now() + 3_600_000) }), fetch: hello }));
  expect(lines().filter((line) => line.includes("debug_until"))).toHaveLength(1);
});
