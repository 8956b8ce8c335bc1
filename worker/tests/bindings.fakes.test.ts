/** Bindings that are not objects of the runtime, such as fakes in tests: `bindings` declares their kinds, and they keep working. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { observeAi } from "../src/bindings/ai_methods.ts";
import { type BindingKind, observe, withRequest } from "../src/index.ts";

const ctx = { waitUntil: () => undefined } as unknown as ExecutionContext;
beforeEach(() => {
  for (const level of ["log", "warn", "error"] as const) vi.spyOn(console, level).mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());

/** Returns the messages of the lines of calls. */
const callMessages = (): string[] =>
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
    throw new Error("failed synchronously");
  }
}

/** Calls a handler that uses one binding of a kind, and returns the response's text. */
async function useBinding<Binding>(binding: Binding, kind: BindingKind, use: (binding: Binding) => Promise<unknown>): Promise<string> {
  const fetch = async (_: Request, env: { BOUND: Binding }): Promise<Response> => Response.json(await use(env.BOUND));
  const worker = observe({ service: "worker-api", bindings: { BOUND: kind }, fetch });
  return (await worker.fetch(new Request("https://worker.example/chat"), { BOUND: binding }, ctx)).text();
}

test("methods of an object keep their `this`", async () => {
  const namespace = { getByName: () => new Counter() };
  expect(await useBinding(namespace, "durable_objects", async (objects) => objects.getByName().add(2))).toBe("2");
  expect(callMessages()).toEqual(["Durable Object add"]);
});

test("a synchronous exception is logged, and reaches the application as a rejection", async () => {
  expect(await useBinding(new Counter(), "kv", (counter) => (counter.get() as Promise<never>).catch(String))).toBe('"Error: failed synchronously"');
  expect(callMessages()).toEqual(["KV get failed"]);
});

test("an invalid request throws a TypeError, as it would without the library", async () => {
  const service = { fetch: async (request: Request) => new Response(new Request(request).url) };
  const errorName = (error: unknown): string => (error as Error).name;
  expect(await useBinding(service, "service", (binding) => binding.fetch("not a URL" as never).catch(errorName))).toBe('"TypeError"');
});

test("a synchronous result is returned unchanged", async () => {
  expect(await useBinding({ put: () => "done" }, "kv", async (store) => store.put())).toBe('"done"');
  await Promise.resolve();
  expect(callMessages()).toEqual(["KV put"]);
});

test("an `env` that is already observed is wrapped again, and each call is logged once", async () => {
  const store = { list: async () => "listed" };
  const fetch = async (_: Request, env: { STORE: typeof store }): Promise<Response> => {
    const options = { service: "worker-api", bindings: { STORE: "kv" }, env, ctx } as const;
    return withRequest(options, async (own) => new Response(await own.STORE.list()));
  };
  const worker = observe({ service: "worker-api", bindings: { STORE: "kv" }, fetch });
  await worker.fetch(new Request("https://worker.example/chat"), { STORE: store }, ctx);
  expect(callMessages()).toEqual(["KV list"]);
});

test("a binding of the kind `plain` is passed unchanged", async () => {
  const store = { list: async () => "listed" };
  expect(await useBinding(store, "plain", async (plain) => plain === store)).toBe("true");
  expect(callMessages()).toEqual([]);
});

test("values with a secret's name are redacted in a raw prompt", async () => {
  const logged: unknown[] = [];
  const context = { logsRawText: true, count: () => undefined, writeLine: (_: string, { metadata }: { metadata: object }) => logged.push(metadata) };
  const inputs = { password: ["p1"], headers: [["Authorization", "opaque"]], prompt: "why?" };
  await observeAi({ run: async (..._: unknown[]) => ({}) }, "AI", context as never).run("m", inputs);
  const mark = "[redacted:named_secret]";
  expect(logged).toMatchObject([{ prompt: JSON.stringify({ password: [mark], headers: [["Authorization", mark]], prompt: "why?" }) }]);
});
