/** KV, Durable Objects, Vectorize and Queues in workerd: the application's code works unchanged, and every operation is counted. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { CALL_IDS, type Line, ObservedWorker } from "./observed_worker.ts";
import { waitFor } from "./workerd.ts";

let worker: ObservedWorker;
beforeAll(async () => void (worker = await ObservedWorker.start()));
afterAll(() => worker.stop());

const callLines = async (response: Response): Promise<Line[]> =>
  (await worker.completeLinesOf(response)).filter(({ metadata }) => metadata["step"] === "call");
/** Runs a scenario at /chat, and returns the increases of the counters, without those that every request increases. */
async function storeIncreases(scenario: string, check: (response: Response) => Promise<unknown>): Promise<Record<string, number>> {
  const increases = await worker.increasesDuring(async () => check(await worker.run(scenario)));
  const stores = Object.entries(increases).filter(([name]) => !/^(requests_total|latency_ms|errors_total) /.test(name));
  return Object.fromEntries(stores.map(([name, count]) => [name.replace(" acme /chat worker-api", ""), count]));
}

test("KV: reads, lists, writes, deletes, errors and the application's cache hits are counted", async () => {
  const increases = await storeIncreases("kv", async (response) => {
    expect(await response.json()).toMatchObject({ read: ["1", 1, "1"], listed: ["a"], error: expect.stringContaining("empty") });
    const lines = (await callLines(response)).map(({ level, message, metadata }) => [level, message, metadata["operation"]]);
    expect(lines).toEqual([
      ["info", "KV put", "write"],
      ["info", "KV get", "read"],
      ["info", "KV get", "read"],
      ["info", "KV getWithMetadata", "read"],
      ["info", "KV list", "list"],
      ["info", "KV delete", "delete"],
      ["error", "KV put failed", "write"],
    ]);
    expect((await callLines(response))[0]?.metadata).toEqual({ ...CALL_IDS, step: "call", binding: "KV", store: "kv", operation: "write" });
  });
  const calls = { kv_reads_total: 3, kv_lists_total: 1, kv_writes_total: 2, kv_deletes_total: 1, kv_errors_total: 1 };
  expect(increases).toEqual({ ...calls, rag_queries_total: 1, rag_cache_hits_total: 1 });
});

test("Vectorize: queries and their matches are counted; a write is logged, but not counted as a query", async () => {
  const increases = await storeIncreases("vectorize", async (response) => {
    expect(await response.json()).toEqual({ matches: 2, error: "VECTOR_QUERY_ERROR (code = 40006): the vector's length is wrong" });
    const lines = (await callLines(response)).map(({ message, metadata }) => [message, metadata["operation"], metadata["documents"]]);
    expect(lines).toEqual([["Vectorize query", "query", 2], ["Vectorize upsert", "write", undefined], ["Vectorize query failed", "query", undefined]]);
  });
  const expected = { vectorize_queries_total: 2, vectorize_latency_ms: 2, vectorize_errors_total: 1, rag_queries_total: 1, rag_retrieval_count: 1 };
  expect(increases).toEqual(expected);
});

test("Durable Objects: requests by fetch and RPC are counted; exceptions and 5xx responses are errors, a 404 is not", async () => {
  const increases = await storeIncreases("durable objects", async (response) => {
    expect(await response.json()).toEqual([200, 503, 404, "the object failed", "x", "the method failed", 3]);
    const lines = (await callLines(response)).filter(({ metadata }) => metadata["store"] === "durable_objects");
    expect(lines.map(({ message, status_code }) => [message, status_code])).toEqual([
      ["Durable Object fetch", 200],
      ["Durable Object fetch", 503],
      ["Durable Object fetch", 404],
      ["Durable Object fetch failed", undefined],
      ["Durable Object fail failed", undefined],
      ["Durable Object add", undefined],
    ]);
  });
  expect(increases).toEqual({ do_requests_total: 6, do_errors_total: 3, kv_reads_total: 3 }); // the object itself reads KV three times
});

test("RPC works unchanged: properties, pipelining, disposal, and awaiting a stub", async () => {
  const increases = await storeIncreases("rpc", async (response) =>
    expect(await response.json()).toEqual({ size: 7, pipelined: 42, events: expect.arrayContaining(["disposed"]), isSameStub: true }),
  );
  expect(increases).toEqual({ do_requests_total: 4 }); // size, child, child, events: calls on a child do not go through the stub
});

test("bindings that are not observed are unchanged: R2 buckets, variables, and TELEMETRY", async () => {
  let body = { names: [] as string[] };
  expect(await storeIncreases("unobserved", async (response) => (body = (await response.json()) as typeof body))).toEqual({});
  expect(body).toMatchObject({ isSame: true, r2: "in a bucket", upstream: expect.stringContaining("http://127.0.0.1") });
  expect(body.names).toEqual(expect.arrayContaining(["AI", "INNER", "KV", "OBJECT", "QUEUE", "R2", "TELEMETRY", "UPSTREAM", "VECTORIZE"]));
});

test("Queues: each message has its body, and the log and bindings of the request that sent it", async () => {
  const response = await worker.run("queue");
  const lines = await waitFor(
    () => worker.lines.filter(({ message }) => message === "a message"),
    ({ length }) => length === 3,
  );
  const id = response.headers.get("x-request-id");
  expect(lines.map(({ metadata }) => metadata["further"]).sort()).toEqual(['"as text"', '"two"', '{"a":1}']);
  const ownLines = lines.filter(({ request_id }) => request_id === id);
  expect(ownLines.map(({ metadata, tenant_id, route }) => [metadata["further"], tenant_id, route])).toEqual([
    ['{"a":1}', "acme", "/chat"],
    ['"two"', "acme", "/chat"],
  ]); // a text message cannot carry an origin, so it gets a new request id
  const messages = (await worker.completeLinesOf(response, 3)).map(({ message }) => message); // the answers of the request and of two messages
  expect(messages.filter((message) => message === "message arrived")).toHaveLength(2);
  expect(messages.filter((message) => message === "KV put")).toHaveLength(2);
});
