/** Bindings that are not the runtime's, as a test's fakes: what they are is said by `bindings`, and they work as they are. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { observeAi } from "../src/bindings/ai.ts";
import { type Kind, observe, withRequest } from "../src/index.ts";

const ctx = { waitUntil: () => undefined } as unknown as ExecutionContext;
beforeEach(() => {
  for (const level of ["log", "warn", "error"] as const) vi.spyOn(console, level).mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());

/** What the lines of calls say: their messages. */
const calls = (): string[] =>
  [console.log, console.error]
    .flatMap((write) => vi.mocked(write).mock.calls.map(([line]) => JSON.parse(String(line)) as { message: string; metadata: { step: string } }))
    .filter(({ metadata }) => metadata.step === "call")
    .map(({ message }) => message);

class Counter {
  private total = 0;
  async add(by: number): Promise<number> {
    return (this.total += by);
  }
  get(): never {
    throw new Error("broken at once");
  }
}

async function using<Binding>(binding: Binding, kind: Kind, use: (binding: Binding) => Promise<unknown>): Promise<string> {
  const fetch = async (_: Request, env: { BOUND: Binding }): Promise<Response> => Response.json(await use(env.BOUND));
  const worker = observe({ service: "worker-api", bindings: { BOUND: kind }, fetch });
  return (await worker.fetch(new Request("https://worker.example/chat"), { BOUND: binding }, ctx)).text();
}

test("An object's methods keep what they are called on", async () => {
  const namespace = { getByName: () => new Counter() };
  expect(await using(namespace, "durable_objects", async (objects) => objects.getByName().add(2))).toBe("2");
  expect(calls()).toEqual(["Durable Object add"]);
});

test("What is thrown at once is told, and reaches the application as a rejection", async () => {
  expect(await using(new Counter(), "kv", (counter) => (counter.get() as Promise<never>).catch(String))).toBe('"Error: broken at once"');
  expect(calls()).toEqual(["KV get failed"]);
});

test("A request that cannot be made is the application's fault, as it would be without us", async () => {
  const service = { fetch: async (request: Request) => new Response(request.url) };
  const asked = using(service, "service", (outer) => outer.fetch("no address" as never).catch((error: unknown) => (error as Error).name));
  expect(await asked).toBe('"TypeError"');
});

test("An answer that comes at once, without a promise, is the application's too", async () => {
  expect(await using({ put: () => "done" }, "kv", async (store) => store.put())).toBe('"done"');
  await Promise.resolve();
  expect(calls()).toEqual(["KV put"]);
});

test("An `env` that is observed already is observed anew, and each call is told once", async () => {
  const store = { list: async () => "listed" };
  const fetch = async (_: Request, env: { STORE: typeof store }): Promise<Response> => {
    const following = { service: "worker-api", bindings: { STORE: "kv" }, env, ctx } as const;
    return withRequest(following, async (own) => new Response(await own.STORE.list()));
  };
  const worker = observe({ service: "worker-api", bindings: { STORE: "kv" }, fetch });
  await worker.fetch(new Request("https://worker.example/chat"), { STORE: store }, ctx);
  expect(calls()).toEqual(["KV list"]);
});

test("A binding that is left alone, and one that nobody knows, pass as they are", async () => {
  const store = { list: async () => "listed" };
  expect(await using(store, "plain", async (plain) => plain === store)).toBe("true");
  expect(calls()).toEqual([]);
});

test("a raw prompt is told without what a secret's name names in it", async () => {
  const told: unknown[] = [];
  const context = { raw: true, count: () => undefined, line: (_: string, { metadata }: { metadata: object }) => told.push(metadata) };
  const inputs = { password: ["p1"], headers: [["Authorization", "opaque"]], prompt: "why?" };
  await observeAi({ run: async () => ({}) }, "AI", context as never).run("m", inputs);
  const secret = "[redacted:named_secret]";
  expect(told).toMatchObject([{ prompt: JSON.stringify({ password: secret, headers: [["Authorization", secret]], prompt: "why?" }) }]);
});
