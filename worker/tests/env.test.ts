/** The observed `env`: which bindings are recognized, and that it behaves as the original. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { observe } from "../src/index.ts";

const ctx = { waitUntil: () => undefined } as unknown as ExecutionContext;
let lines: { message: string; metadata: { step: string } }[];
beforeEach(() => {
  lines = [];
  for (const level of ["log", "warn", "error"] as const) vi.spyOn(console, level).mockImplementation((line) => void lines.push(JSON.parse(String(line))));
});
afterEach(() => vi.restoreAllMocks());

const messagesOf = (step: string): string[] => lines.filter(({ metadata }) => metadata.step === step).map(({ message }) => message);

/** Runs a handler with an observed `env`. */
async function withEnv<Env extends object>(env: Env, use: (env: Env) => unknown): Promise<void> {
  let failure: unknown;
  const fetch = async (_: Request, observed: Env): Promise<Response> => {
    await Promise.resolve(use(observed)).catch((error: unknown) => (failure = error));
    return new Response("done");
  };
  await observe({ service: "worker-api", fetch }).fetch!(new Request("https://worker.example/chat") as never, env, ctx);
  if (failure) throw failure;
}

/** A class as the runtime has it: its name may be another one, and its tag shows what it is. */
class Renamed {
  readonly #value = "a value";
  get [Symbol.toStringTag](): string {
    return "KvNamespace";
  }
  get = async (): Promise<string> => this.#value;
}
/** Workers AI as the runtime has it, by another name. */
class A {
  run = async (): Promise<object> => ({ response: "an answer" });
  models = async (): Promise<object[]> => [];
  toMarkdown = async (): Promise<object[]> => [];
}
/** Vectorize as the runtime has it, by another name. */
class B {
  query = async (): Promise<object> => ({ matches: [] });
  upsert = async (): Promise<void> => undefined;
  getByIds = async (): Promise<object[]> => [];
}

test.each([
  ["a tag", (wrap: (binding: object) => object) => ({ X: wrap(new Renamed()) }), (env: any) => env.X.get(), ["KV get"]],
  ["the methods of Workers AI", (wrap: (binding: object) => object) => ({ X: wrap(new A()) }), (env: any) => env.X.run("@cf/m", {}), ["AI run"]],
  ["the methods of Vectorize", (wrap: (binding: object) => object) => ({ X: wrap(new B()) }), (env: any) => env.X.query([]), ["Vectorize query"]],
] as const)("a binding is recognized by %s, also in a Proxy", async (_, create, use, calls) => {
  await withEnv(create((binding) => binding), use);
  expect(messagesOf("call")).toEqual(calls);
  await withEnv(create((binding) => new Proxy(binding, {})), use);
  expect(messagesOf("call")).toEqual([...calls, ...calls]);
});

test("a binding that is not recognized is logged once; texts, numbers and plain objects are not", async () => {
  class Images {}
  const env = { IMAGES: new Images(), NAME: "text", LIMIT: 3, SETTINGS: { a: 1 }, LIST: [1], NOTHING: null };
  for (const _ of [1, 2]) await withEnv(env, (observed) => Object.values(observed));
  expect(messagesOf("telemetry").filter((message) => message.startsWith("env."))).toEqual([
    'env.IMAGES: Images is not observed; say so: bindings: { IMAGES: "plain" }.',
  ]);
});

/** What an application can do with its `env`, by name, with what it sees. */
const USES: Record<string, (env: any) => unknown> = {
  "its keys": (env) => [Object.keys(env), Reflect.ownKeys(env)],
  "`in`": (env) => ["NAME" in env, "OTHER" in env],
  "a copy": (env) => ({ ...env }).NAME,
  "JSON": (env) => JSON.stringify(env),
  "a property's descriptor": (env) => Object.getOwnPropertyDescriptor(env, "NAME")?.value,
  "hasOwn": (env) => [Object.hasOwn(env, "NAME"), Object.hasOwn(env, "toString")],
  "an assignment": (env) => {
    env.NAME = "assigned";
    return env.NAME;
  },
  "a deletion": (env) => {
    delete env.NAME;
    return [env.NAME, "NAME" in env];
  },
  "for in": (env) => {
    const names = [];
    for (const name in env) names.push(name);
    return names;
  },
};
/** What is seen, or the name of what is thrown. */
function outcome(use: (env: object) => unknown, env: object): unknown {
  try {
    return use(env);
  } catch (error) {
    return (error as Error).name;
  }
}

test.each(Object.entries(USES))("an observed env behaves as the original: %s", async (_, use) => {
  for (const prepare of [Object.freeze, Object.seal, (env: object) => env]) {
    const create = (): object => prepare({ NAME: "text", KV: new Renamed() }) as object;
    const [bare, observed] = [create(), create()];
    const expected = outcome(use, bare);
    await withEnv(observed, (env) => expect(outcome(use, env)).toEqual(expected));
    expect(Object.keys(observed)).toEqual(Object.keys(bare));
  }
});

test("a frozen env has observed bindings, and what is assigned is observed", async () => {
  await withEnv(Object.freeze({ KV: new Renamed() }), (env) => env.KV.get());
  await withEnv({ KV: new Renamed() }, (env) => {
    env.KV = new Renamed();
    return env.KV.get();
  });
  expect(messagesOf("call")).toEqual(["KV get", "KV get"]);
});

test("a queue gets `undefined` as it was sent, which the runtime refuses", async () => {
  const sent: unknown[] = [];
  class WorkerQueue {
    send = async (body: unknown): Promise<void> => void sent.push(body);
  }
  await withEnv({ QUEUE: new WorkerQueue() }, (env) => env.QUEUE.send(undefined));
  expect(sent).toEqual([undefined]);
});
