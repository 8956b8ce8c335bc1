/** Request ids in workerd: minted at the edge, carried over every kind of binding, trusted only there. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { carrying, requestOf } from "../src/request.ts";
import { Observed } from "./observe.running.ts";
import { until } from "./workerd.ts";

let worker: Observed;
beforeAll(async () => void (worker = await Observed.start()));
afterAll(() => worker.stop());

/** What miniflare lets a test begin. */
interface Running {
  scheduled(given: object): Promise<{ outcome: string }>;
  queue(name: string, messages: object[]): Promise<{ outcome: string }>;
}

const FORGED = "00000000-0000-4000-8000-000000000000";
const id = (answer: Response): string => answer.headers.get("x-request-id")!;

test("an id from outside is never adopted, but kept beside the minted one", async () => {
  const answer = await worker.ask("text", { "x-request-id": FORGED });
  expect(id(answer)).not.toBe(FORGED);
  expect((await worker.whole(answer)).map(({ metadata }) => metadata["caller_request_id"])).toEqual([FORGED, FORGED]);
});

test.each(["a b", "a;b", 'a"b', "x".repeat(129), "%0a"])("a caller's id that is hostile is not written anywhere: %s", async (hostile) => {
  const answer = await worker.ask("text", { "x-request-id": hostile, "cf-ray": hostile });
  expect(await worker.whole(answer)).toHaveLength(2);
  expect(JSON.stringify(worker.lines)).not.toContain(hostile);
});

test("one id goes over a service binding, an object's fetch, RPC, and into what they do themselves", async () => {
  const answer = await worker.ask("ids", { "x-request-id": FORGED });
  const { own, service, object, rpc } = (await answer.json()) as Record<string, { requestId: string }>;
  const origin = { requestId: id(answer), tenantId: "acme", route: "/chat" };
  expect([own, rpc]).toEqual([id(answer), id(answer)]);
  expect(service).toMatchObject({ requestId: id(answer) });
  expect(object).toEqual({ ...origin, again: origin });
  const told = (await worker.whole(answer, 2)).map(({ message }) => message);
  expect(told).toEqual([
    "request arrived",
    "request arrived", // at the service that only bindings reach
    "answered",
    "service fetch",
    "inside the object",
    "KV get",
    "Durable Object fetch",
    "by RPC",
    "Durable Object follow",
    "answered",
  ]);
  expect(worker.of(answer).filter(({ metadata }) => metadata["caller_request_id"]).length).toBeGreaterThan(0);
});

test("only bindings lead to an entrypoint that trusts ids: a UUID is taken, anything else is minted anew", async () => {
  const inner = await worker.miniflare.getWorker("observed");
  const outside = await inner.fetch("http://worker/chat", { headers: { "x-request-id": FORGED, do: "log" } });
  expect(outside.headers.get("x-request-id")).not.toBe(FORGED);
});

test("a schedule and a message of another producer have ids of their own, and no tenant", async () => {
  const running = (await worker.miniflare.getWorker("observed")) as unknown as Running;
  const before = worker.lines.length;
  expect(await running.scheduled({ cron: "* * * * *" })).toMatchObject({ outcome: "ok" });
  const message = { id: "m", timestamp: new Date(), attempts: 1 };
  await running.queue("messages", [
    { ...message, body: "from elsewhere" },
    { ...message, id: "n", body: { requestId: FORGED, tenantId: "globex", route: "/search", body: { a: 1 } } },
    { ...message, id: "o", body: { requestId: "forged", tenantId: "globex", route: "/search", body: 2 } },
  ]);
  const ours = () => worker.lines.slice(before).filter(({ message }) => ["the schedule works", "a message"].includes(message));
  const told = await until(ours, ({ length }) => length === 4);
  expect(told.map(({ metadata, tenant_id, route, request_id }) => [metadata["further"], tenant_id, route, request_id === FORGED])).toEqual([
    [undefined, "unknown", "other", false],
    ['"from elsewhere"', "unknown", "other", false],
    ['{"a":1}', "globex", "/search", true],
    [expect.stringContaining("forged"), "unknown", "other", false],
  ]);
  expect(new Set(told.map(({ request_id }) => request_id)).size).toBe(4);
});

test("a consumer that throws is told on each message's line, and thrown on so that the queue delivers again", async () => {
  const running = (await worker.miniflare.getWorker("observed")) as unknown as Running;
  const body = { requestId: FORGED, tenantId: "globex", route: "/search", body: "fail" };
  const { outcome } = await running.queue("messages", [{ id: "f", timestamp: new Date(), attempts: 1, body }]);
  expect(outcome).toBe("exception");
  const failed = await until(() => worker.lines.find(({ message }) => message === "message failed"), Boolean);
  expect(failed).toMatchObject({ level: "error", tenant_id: "globex", request_id: FORGED, error: { message: "the consumer broke" } });
});

test("an origin from outside does not get through a service binding", () => {
  const origin = { requestId: "8d3f2b1a-4c5d-4e6f-8a9b-0c1d2e3f4a5b", tenantId: "acme", route: "/chat" } as const;
  const forged = String(new URLSearchParams({ requestId: FORGED, tenantId: "globex", route: "/search" }));
  const asked = carrying(new Request("https://worker.example/", { headers: { "x-request-origin": forged } }), undefined, origin, false);
  expect(requestOf(asked)).toEqual({ requestId: origin.requestId, tenantId: "unknown", route: "other" });
});
