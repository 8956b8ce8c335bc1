/** The observed `env`: which bindings are recognized, and that it behaves as the original. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { observe } from "../src/index.ts";
import { CALL_IDS } from "./observed_worker.ts";

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

/** AI Search as the runtime has it. */
class AiSearchInstance {
  search = async (): Promise<object> => ({ search_query: "q", chunks: [{ text: "a" }, { text: "b" }] });
  chatCompletions = async (): Promise<object> => ({ model: "@cf/m", choices: [], chunks: [{ text: "a" }], usage: { prompt_tokens: 3, completion_tokens: 1 } });
}
class AiSearchNamespace {
  get = (): AiSearchInstance => new AiSearchInstance();
  list = async (): Promise<object[]> => [];
}
/** The same by another name. */
class C extends AiSearchInstance {}

test.each([
  ["an instance's class", (wrap: (binding: object) => object) => ({ X: wrap(new AiSearchInstance()) }), (env: any) => env.X.search({}), ["AI Search search"]],
  ["a namespace's class", (wrap: (binding: object) => object) => ({ X: wrap(new AiSearchNamespace()) }), (env: any) => env.X.get("docs").chatCompletions({}), ["AI Search chatCompletions"]],
  ["the methods of AI Search", (wrap: (binding: object) => object) => ({ X: wrap(new C()) }), (env: any) => env.X.search({}), ["AI Search search"]],
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

test("AI Search says how many documents it found, and of which model an answer is", async () => {
  await withEnv({ DOCS: new AiSearchNamespace() }, async ({ DOCS }) => {
    await DOCS.list();
    await (DOCS as any).get("docs").search({ query: "which?" });
    await (DOCS as any).get("docs").chatCompletions({ messages: [] });
  });
  const calls = lines.filter(({ metadata }) => metadata.step === "call").map(({ metadata }) => metadata);
  expect(calls).toEqual([
    { ...CALL_IDS, step: "call", binding: "DOCS", documents: 2 },
    { ...CALL_IDS, step: "call", binding: "DOCS", documents: 1, model: "@cf/m", finish_reason: "unknown", tokens_input: 3, tokens_output: 1 },
  ]);
});

test("methods that an AI binding does not have stay undefined", async () => {
  await withEnv({ AI: new A() }, (env) => expect([(env.AI as any).gateway, (env.AI as any).aiSearch]).toEqual([undefined, undefined]));
});

test("other methods of an AI Gateway pass through", async () => {
  class Gateway {
    getUrl = async (): Promise<string> => "https://gateway.example";
    patchLog = async (): Promise<void> => undefined;
  }
  class Ai {
    gateway = (): Gateway => new Gateway();
  }
  await withEnv({ AI: new Ai() }, async ({ AI }) => {
    expect(await AI.gateway().getUrl()).toBe("https://gateway.example");
    await AI.gateway().patchLog();
  });
  expect(messagesOf("call")).toEqual([]);
});
