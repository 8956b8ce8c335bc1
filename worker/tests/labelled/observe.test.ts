/** The labels that a platform adds to its metrics: each count has the value that the Worker gave for the request. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { takeDeltas } from "../../src/accumulator.ts";
import { observe, originOf, withRequest } from "../../src/index.ts";
import { requestWithHeaders } from "../../src/origin.ts";
import { originHeader, serviceName } from "../../src/trust.ts";

vi.mock("workers-ai-observability/contract", () => import("../contract/labelled.gen.ts"));

const ctx = { waitUntil: () => undefined } as unknown as ExecutionContext;
beforeEach(() => {
  for (const level of ["log", "warn", "error"] as const) vi.spyOn(console, level).mockImplementation(() => undefined);
  takeDeltas(0, 1);
});
afterEach(() => vi.restoreAllMocks());

/** Returns the label values that a metric was counted with since the last call, joined by spaces. */
function counted(metric: string): string[] {
  const keys = takeDeltas(0, 1).map(({ key }) => key.split("\x1f"));
  return keys.filter(([id]) => id!.startsWith(`${metric}@`)).map(([, ...values]) => values.join(" "));
}

function undeterminable(): never {
  throw new Error("no region");
}

type LabelValue = string | null | undefined;
interface Labels {
  readonly region: LabelValue;
  readonly plan: LabelValue;
}
/** Handles a request to `/chat` of the tenant `acme`. */
async function handle(labels: (request: Request | undefined) => Labels, respond = () => new Response("hello")): Promise<void> {
  const worker = observe({ service: "worker-api", tenant: () => "acme", labels, fetch: respond });
  const request = new Request("https://worker.example/chat", { headers: { "x-region": "us" } });
  await (await worker.fetch(request, {}, ctx)).text();
}

test("a request counts with the values that the Worker returned for it", async () => {
  await handle((request) => ({ region: request?.headers.get("x-region"), plan: "paid" }));
  expect(counted("requests_total")).toEqual(["acme /chat worker-api us paid"]);
});

test("a metric has only those labels that the platform adds to it", async () => {
  await handle(() => ({ region: "eu", plan: "paid" }), () => new Response("", { status: 500 }));
  expect(counted("errors_total")).toEqual(["acme /chat worker-api eu"]);
});

test("a histogram has the labels, too", async () => {
  await handle(() => ({ region: "eu", plan: "free" }));
  expect(counted("latency_ms")).toEqual(["acme /chat worker-api eu free"]);
});

test.each([
  ["not listed", () => ({ region: "mars", plan: "gratis" })],
  ["missing", () => ({ region: undefined, plan: null })],
  ["not an object", () => "eu" as never],
  ["not determined", undeterminable],
])("values that are %s count as `other`", async (_, labels) => {
  await handle(labels);
  expect(counted("requests_total")).toEqual(["acme /chat worker-api other other"]);
});

test("the labels cannot replace those of the contract", async () => {
  await handle(() => ({ region: "eu", plan: "free", tenant_id: "evil", route: "/search", service: "ingest-worker" }));
  expect(counted("requests_total")).toEqual(["acme /chat worker-api eu free"]);
});

test("work for a request has its labels, sent with the request or as an argument", async () => {
  const origin = { requestId: crypto.randomUUID(), tenantId: "acme", route: "/chat", labels: { region: "us", plan: "paid" } } as const;
  const env = { TELEMETRY_ORIGIN_KEY: "k".repeat(32) };
  const receiver = { service: "worker-api", env, ctx } as const;
  const header = originHeader(origin, serviceName("worker-api"), receiver);
  const sent = requestWithHeaders("https://object.example/", undefined, { requestId: origin.requestId, origin: header });
  expect(originOf(sent, receiver)).toEqual(origin);
  const idOnly = requestWithHeaders("https://other.example/", undefined, { requestId: origin.requestId });
  expect(originOf(idOnly, receiver).labels).toEqual({ region: "other", plan: "other" });
  for (const request of [sent, origin]) {
    await withRequest({ service: "worker-api", request, env, ctx }, (_, log) => log.cacheHit());
    expect(counted("rag_cache_hits_total")).toEqual(["acme /chat worker-api us"]);
  }
});

test("a message has the labels of the request that sent it; one without an origin, those of its consumer", async () => {
  const sent: unknown[] = [];
  const queue = { send: async (body: unknown) => void sent.push(body) };
  const producer = observe({
    service: "worker-api",
    tenant: () => "acme",
    labels: () => ({ region: "us", plan: "free" }),
    bindings: { QUEUE: "queue" },
    fetch: async (_, env: { QUEUE: typeof queue }) => (await env.QUEUE.send({ job: 1 }), new Response()),
  });
  const env = { TELEMETRY_ORIGIN_KEY: "k".repeat(32) };
  await producer.fetch(new Request("https://worker.example/chat"), { ...env, QUEUE: queue }, ctx);
  takeDeltas(0, 1);
  const consumer = observe({
    service: "ingest-worker",
    labels: () => ({ region: "eu", plan: "paid" }),
    queue: (batch) => batch.messages.forEach(({ log }) => log.cacheHit()),
  });
  await consumer.queue({ messages: [...sent, { job: 2 }].map((body) => ({ body, timestamp: new Date() })) } as unknown as MessageBatch, env, ctx);
  expect(counted("rag_queries_total")).toEqual(["acme /chat ingest-worker us", "unknown other ingest-worker eu"]);
});

test("a schedule has the labels of a Worker without a request", async () => {
  const worker = observe({
    service: "worker-api",
    labels: (request) => ({ region: request ? "us" : "eu", plan: "free" }),
    scheduled: (_, __, ___, log) => log.cacheHit(),
  });
  await worker.scheduled({} as ScheduledController, {}, ctx);
  expect(counted("rag_queries_total")).toEqual(["unknown other worker-api eu"]);
});
