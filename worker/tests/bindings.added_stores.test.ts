/** D1, R2 and Queues where the platform lists them: the expected counts are derived by hand from its contract. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { restoreStores, useAddedStores } from "./added_stores.ts";

type Handlers = { fetch?: (request: Request, env: any) => Promise<Response>; queue?: (batch: any, env: any) => Promise<void> };
let run: (handlers: Handlers, env: object, messages?: object[]) => Promise<void>;
let counts: () => Record<string, number>;
beforeEach(async () => {
  for (const level of ["log", "warn", "error"] as const) vi.spyOn(console, level).mockImplementation(() => undefined);
  useAddedStores();
  const { observe } = await import("../src/index.ts");
  const { takeDeltas } = await import("../src/accumulator.ts");
  const { METRIC_DEFINITIONS } = await import("../src/series.ts");
  const ctx = { waitUntil: () => undefined } as unknown as ExecutionContext;
  run = async (handlers, env, messages = []) => {
    const worker = observe({ service: "worker-api", tenant: () => "acme", ...handlers } as never) as any;
    if (handlers.fetch) await worker.fetch(new Request("https://worker.example/chat"), env, ctx);
    else await worker.queue({ messages, ackAll: () => undefined, retryAll: () => undefined }, env, ctx).catch(() => undefined);
  };
  const nameOf = (id: string): string => Object.keys(METRIC_DEFINITIONS).find((name) => METRIC_DEFINITIONS[name as "errors_total"].id === id)!;
  counts = () => {
    const counted = takeDeltas(0, 1).map(({ key, numbers }) => [nameOf(key.split("\x1f")[0]!), numbers] as const);
    const ofStores = counted.filter(([name, [, ...numbers]]) => /^(d1|r2|queue)_/.test(name) && numbers.some((number) => number > 0));
    return Object.fromEntries(ofStores.map(([name, numbers]) => [name, name === "d1_latency_ms" ? numbers.slice(0, -1).reduce((a, b) => a + b) : numbers.at(-1)!]));
  };
});
afterEach(restoreStores);

class Statement {
  constructor(readonly text: string) {}
  bind = (): Statement => new Statement(this.text);
  run = async (): Promise<object> => ({});
  first = async (): Promise<null> => null;
  all = async (): Promise<never> => {
    throw new Error("no such table");
  };
}
class D1Database {
  prepare = (text: string): Statement => new Statement(text);
  batch = async (statements: unknown[]): Promise<unknown[]> => statements.map((statement) => statement instanceof Statement && statement.text);
  exec = async (): Promise<object> => ({});
}

test("D1: each run, batch and exec is a query, and one that throws an error", async () => {
  let batch: unknown;
  const fetch: Handlers["fetch"] = async (_, { DB }) => {
    const insert = DB.prepare("INSERT");
    await insert.bind(1).run();
    await insert.first();
    batch = await DB.batch([insert.bind(1), insert.bind(2)]);
    await DB.exec("PRAGMA");
    await DB.prepare("SELECT").all().catch(() => undefined);
    return new Response("done");
  };
  await run({ fetch }, { DB: new D1Database() });
  expect(batch).toEqual(["INSERT", "INSERT"]);
  expect(counts()).toEqual({ d1_queries_total: 5, d1_errors_total: 1, d1_latency_ms: 5 });
});

test("D1: rows are counted as run, all and batch report them, and first, raw and exec report none", async () => {
  const result = (read: number, written: number): object => ({ results: [], meta: { rows_read: read, rows_written: written } });
  const statement = { bind: () => statement, run: async () => result(10, 3), all: async () => result(200, 0), first: async () => ({ meta: 7 }), raw: async () => [[1]] };
  const DB = { prepare: () => statement, batch: async () => [result(1, 1), result(0, 5), {}], exec: async () => ({ count: 1 }) };
  const fetch: Handlers["fetch"] = async (_, { DB }) => {
    for (const method of ["run", "all", "first", "raw"] as const) await DB.prepare("SELECT").bind(1)[method]();
    await DB.batch([]);
    await DB.exec("DELETE");
    return new Response("done");
  };
  await run({ fetch }, { DB });
  expect(counts()).toEqual({ d1_queries_total: 6, d1_latency_ms: 6, d1_rows_read_total: 211, d1_rows_written_total: 9 });
});

class Upload {
  uploadPart = async (): Promise<object> => ({});
  abort = async (): Promise<void> => undefined;
  complete = async (): Promise<object> => ({});
}
class R2Bucket {
  get = async (): Promise<null> => null;
  head = async (): Promise<null> => null;
  list = async (): Promise<object> => ({ objects: [] });
  delete = async (): Promise<void> => undefined;
  put = async (): Promise<never> => {
    throw new Error("too large");
  };
  createMultipartUpload = async (): Promise<Upload> => new Upload();
  resumeMultipartUpload = (): Upload => new Upload();
}

test("R2: reads, lists, deletes, and writes with each call of a multipart upload; aborting one is a delete, and one that throws an error", async () => {
  const fetch: Handlers["fetch"] = async (_, { BUCKET }) => {
    await BUCKET.get("a");
    await BUCKET.head("a");
    await BUCKET.put("a", "b").catch(() => undefined);
    await (await BUCKET.createMultipartUpload("b")).uploadPart(1, "c");
    await BUCKET.resumeMultipartUpload("b", "id").complete([]);
    await BUCKET.resumeMultipartUpload("c", "id").abort();
    await BUCKET.list();
    await BUCKET.delete(["a", "b"]);
    return new Response("done");
  };
  await run({ fetch }, { BUCKET: new R2Bucket() });
  expect(counts()).toEqual({ r2_reads_total: 2, r2_writes_total: 4, r2_lists_total: 1, r2_deletes_total: 2, r2_errors_total: 1 });
});

class WorkerQueue {
  send = async (body: unknown): Promise<void> => {
    if (body === undefined) throw new TypeError("no body");
  };
  sendBatch = async (): Promise<void> => undefined;
}

test("Queues: each message of a batch that is sent counts", async () => {
  const fetch: Handlers["fetch"] = async (_, { QUEUE }) => {
    await QUEUE.send({ a: 1 });
    await QUEUE.send(undefined).catch(() => undefined);
    await QUEUE.sendBatch(new Set([{ body: 1 }, { body: 2 }, { body: 3 }]));
    return new Response("done");
  };
  await run({ fetch }, { QUEUE: new WorkerQueue() });
  expect(counts()).toEqual({ queue_messages_sent_total: 5, queue_errors_total: 1 });
});

const message = (): object => ({ id: "m", timestamp: new Date(), body: 1, attempts: 1, ack: () => undefined, retry: () => undefined });

test.each([
  ["returns", async () => undefined, 0],
  ["throws", () => Promise.reject(new Error("failed")), 3],
  ["throws after it acknowledged the first message", async ({ messages }: any) => (messages[0].ack(), Promise.reject(new Error("failed"))), 2],
  ["retries the second message", async ({ messages }: any) => messages[1].retry(), 1],
  ["acknowledges the first message and retries all", async (batch: any) => (batch.messages[0].ack(), batch.retryAll()), 2],
  ["acknowledges all and throws", async (batch: any) => (batch.ackAll(), Promise.reject(new Error("failed"))), 0],
] as const)("Queues: of three messages, a consumer that %s", async (_, queue, errors) => {
  await run({ queue: queue as never }, {}, [message(), message(), message()]);
  expect(counts()).toEqual({ queue_messages_consumed_total: 3, ...(errors > 0 && { queue_errors_total: errors }) });
});
