/** KV, Durable Objects, Vectorize and Queues in workerd: the application's code works as ever, and all is counted. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { type Line, Observed } from "./observe.running.ts";
import { until } from "./workerd.ts";

let worker: Observed;
beforeAll(async () => void (worker = await Observed.start()));
afterAll(() => worker.stop());

const calls = async (answer: Response): Promise<Line[]> =>
  (await worker.whole(answer)).filter(({ metadata }) => metadata["step"] === "call");
/** What was counted of one request at /chat, without what is counted of every request. */
async function counted(what: string, use: (answer: Response) => Promise<unknown>): Promise<Record<string, number>> {
  const grown = await worker.grown(async () => use(await worker.ask(what)));
  const stores = Object.entries(grown).filter(([name]) => !/^(requests_total|latency_ms|errors_total) /.test(name));
  return Object.fromEntries(stores.map(([name, count]) => [name.replace(" acme /chat worker-api", ""), count]));
}

test("KV: reads, writes and failures are counted, and a cache hit where the application says so", async () => {
  const grown = await counted("kv", async (answer) => {
    expect(await answer.json()).toMatchObject({ read: ["1", 1, "1"], listed: ["a"], refused: expect.stringContaining("empty") });
    const told = (await calls(answer)).map(({ level, message, metadata }) => [level, message, metadata["operation"]]);
    expect(told).toEqual([
      ["info", "KV put", "write"],
      ["info", "KV get", "read"],
      ["info", "KV get", "read"],
      ["info", "KV getWithMetadata", "read"],
      ["info", "KV list", "read"],
      ["info", "KV delete", "write"],
      ["error", "KV put failed", "write"],
    ]);
    expect((await calls(answer))[0]?.metadata).toEqual({ step: "call", binding: "KV", store: "kv", operation: "write" });
  });
  expect(grown).toEqual({ kv_reads_total: 4, kv_writes_total: 3, kv_errors_total: 1, rag_queries_total: 1, rag_cache_hits_total: 1 });
});

test("Vectorize: queries and what they find; a write is told and not counted as a query", async () => {
  const grown = await counted("vectorize", async (answer) => {
    expect(await answer.json()).toEqual({ found: 2, refused: "VECTOR_QUERY_ERROR (code = 40006): the vector's length is wrong" });
    const told = (await calls(answer)).map(({ message, metadata }) => [message, metadata["operation"], metadata["documents"]]);
    expect(told).toEqual([["Vectorize query", "query", 2], ["Vectorize upsert", "write", undefined], ["Vectorize query failed", "query", undefined]]);
  });
  const expected = { vectorize_queries_total: 2, vectorize_latency_ms: 2, vectorize_errors_total: 1, rag_queries_total: 1, rag_retrieval_count: 1 };
  expect(grown).toEqual(expected);
});

test("Durable Objects: requests by fetch and RPC; what they throw and their own 5xx are errors, a 404 is none", async () => {
  const grown = await counted("objects", async (answer) => {
    expect(await answer.json()).toEqual([200, 503, 404, "the object broke", "x", "the method broke", 3]);
    const told = (await calls(answer)).filter(({ metadata }) => metadata["store"] === "durable_objects");
    expect(told.map(({ message, status_code }) => [message, status_code])).toEqual([
      ["Durable Object fetch", 200],
      ["Durable Object fetch", 503],
      ["Durable Object fetch", 404],
      ["Durable Object fetch failed", undefined],
      ["Durable Object fail failed", undefined],
      ["Durable Object add", undefined],
    ]);
  });
  expect(grown).toEqual({ do_requests_total: 6, do_errors_total: 3, kv_reads_total: 3 }); // the object reads KV itself, thrice
});

test("RPC works as ever: properties, calls on a result that is not awaited, disposal, a stub that is awaited", async () => {
  const grown = await counted("rpc", async (answer) =>
    expect(await answer.json()).toEqual({ size: 7, pipelined: 42, told: expect.arrayContaining(["disposed"]), itself: true }),
  );
  expect(grown).toEqual({ do_requests_total: 4 }); // size, child, child, told: calls on a child go by what it is, not by the stub
});

test("what is not observed passes as it is: buckets, texts, names, and telemetry's own object", async () => {
  let told = { names: [] as string[] };
  expect(await counted("plain", async (answer) => (told = (await answer.json()) as typeof told))).toEqual({});
  expect(told).toMatchObject({ same: true, r2: "in a bucket", upstream: expect.stringContaining("http://127.0.0.1") });
  expect(told.names).toEqual(expect.arrayContaining(["AI", "INNER", "KV", "QUEUE", "R2", "TELEMETRY", "THING", "UPSTREAM", "VECTORIZE"]));
});

test("Queues: each message comes with its body, and with the log and bindings of the request that sent it", async () => {
  const answer = await worker.ask("queue");
  const told = await until(
    () => worker.lines.filter(({ message }) => message === "a message"),
    (lines) => lines.length === 3,
  );
  const id = answer.headers.get("x-request-id");
  expect(told.map(({ metadata }) => metadata["further"]).sort()).toEqual(['"as text"', '"two"', '{"a":1}']);
  const ours = told.filter(({ request_id }) => request_id === id);
  expect(ours.map(({ metadata, tenant_id, route }) => [metadata["further"], tenant_id, route])).toEqual([
    ['{"a":1}', "acme", "/chat"],
    ['"two"', "acme", "/chat"],
  ]); // a text cannot be wrapped, so its request is a new one
  const steps = (await worker.whole(answer, 3)).map(({ message }) => message); // the request's own end, and two messages'
  expect(steps.filter((message) => message === "message arrived")).toHaveLength(2);
  expect(steps.filter((message) => message === "KV put")).toHaveLength(2);
});
