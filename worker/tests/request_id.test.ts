/** Request ids in workerd: generated at the edge, propagated over every kind of binding, and trusted only there. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { hmacSha256 } from "../src/hmac.ts";
import { KEY, ObservedWorker } from "./observed_worker.ts";
import { waitFor } from "./workerd.ts";

let worker: ObservedWorker;
beforeAll(async () => void (worker = await ObservedWorker.start()));
afterAll(() => worker.stop());

/** The events that Miniflare can dispatch to a Worker. */
interface EventDispatcher {
  scheduled(options: object): Promise<{ outcome: string }>;
  queue(name: string, messages: object[]): Promise<{ outcome: string }>;
}

const FORGED = "00000000-0000-4000-8000-000000000000";
const idOf = (response: Response): string => response.headers.get("x-request-id")!;

test("an id from outside is never adopted, but logged beside the generated one", async () => {
  const response = await worker.run("text", { "x-request-id": FORGED });
  expect(idOf(response)).not.toBe(FORGED);
  expect((await worker.completeLinesOf(response)).map(({ metadata }) => metadata["caller_request_id"])).toEqual([FORGED, FORGED]);
});

const INVALID_IDS = ["a b", "a;b", 'a"b', "x".repeat(129), "%0a"];
test.each(INVALID_IDS)("an id from outside that has unsafe characters or is too long is not logged: %s", async (invalid) => {
  const response = await worker.run("text", { "x-request-id": invalid, "cf-ray": invalid });
  expect(await worker.completeLinesOf(response)).toHaveLength(2);
  expect(JSON.stringify(worker.lines)).not.toContain(invalid);
});

test("one id is propagated over a service binding, a Durable Object's fetch and RPC, and into the calls made there", async () => {
  const response = await worker.run("request ids", { "x-request-id": FORGED });
  const { own, service, object, rpc } = (await response.json()) as Record<string, { requestId: string }>;
  const origin = { requestId: idOf(response), tenantId: "acme", route: "/chat" };
  expect([own, rpc]).toEqual([idOf(response), idOf(response)]);
  expect(service).toMatchObject({ requestId: idOf(response) });
  expect(object).toMatchObject({ ...origin, fromHeaders: origin });
  const messages = (await worker.completeLinesOf(response, 2)).map(({ message }) => message);
  expect(messages).toEqual([
    "request arrived",
    "request arrived", // in the service behind the binding
    "answered",
    "service fetch",
    "inside the object",
    "KV get",
    "Durable Object fetch",
    "by RPC",
    "Durable Object follow",
    "answered",
  ]);
  expect(worker.linesOf(response).filter(({ metadata }) => metadata["caller_request_id"]).length).toBeGreaterThan(0);
});

test("the public entrypoint does not adopt a UUID from a request", async () => {
  const publicWorker = await worker.miniflare.getWorker("observed");
  const response = await publicWorker.fetch("http://worker/chat", { headers: { "x-request-id": FORGED, scenario: "log" } });
  expect(response.headers.get("x-request-id")).not.toBe(FORGED);
});

/** Returns the body of a message as an observed producer sends it, signed at a time. */
function signedBody(body: unknown, at: number): object {
  const origin = { requestId: FORGED, tenantId: "globex", route: "/search" };
  return { ...origin, body, proof: `${at}.${hmacSha256(KEY, `queue\n${at}\n${String(new URLSearchParams(origin))}`)}` };
}

test("a schedule and a message whose origin is not signed when it is sent get new ids and no tenant", async () => {
  const dispatcher = (await worker.miniflare.getWorker("observed")) as unknown as EventDispatcher;
  const before = worker.lines.length;
  expect(await dispatcher.scheduled({ cron: "* * * * *" })).toMatchObject({ outcome: "ok" });
  const timestamp = new Date();
  const message = { id: "m", timestamp, attempts: 1 };
  await dispatcher.queue("messages", [
    { ...message, body: "from elsewhere" },
    { ...message, id: "n", body: signedBody({ a: 1 }, timestamp.getTime() - 59_000) },
    { ...message, id: "o", body: { requestId: "forged", tenantId: "globex", route: "/search", body: 2 } },
    { ...message, id: "p", body: { requestId: FORGED, tenantId: "victim", route: "/search", body: "not signed" } },
    { ...message, id: "q", body: signedBody("sent again", timestamp.getTime() - 61_000) },
  ]);
  const ownLines = () => worker.lines.slice(before).filter(({ message }) => ["the schedule works", "a message"].includes(message));
  const lines = await waitFor(ownLines, ({ length }) => length === 6);
  expect(lines.map(({ metadata, tenant_id, route, request_id }) => [metadata["further"], tenant_id, route, request_id === FORGED])).toEqual([
    [undefined, "unknown", "other", false],
    ['"from elsewhere"', "unknown", "other", false],
    ['{"a":1}', "globex", "/search", true],
    [expect.stringContaining("forged"), "unknown", "other", false],
    ['"not signed"', "unknown", "other", false],
    ['"sent again"', "unknown", "other", false],
  ]);
  expect(new Set(lines.map(({ request_id }) => request_id)).size).toBe(6);
});

test("a consumer's exception is logged for each message and rethrown, so that the queue retries", async () => {
  const dispatcher = (await worker.miniflare.getWorker("observed")) as unknown as EventDispatcher;
  const timestamp = new Date();
  const body = signedBody("fail", timestamp.getTime());
  const { outcome } = await dispatcher.queue("messages", [{ id: "f", timestamp, attempts: 1, body }]);
  expect(outcome).toBe("exception");
  const failed = await waitFor(() => worker.lines.find(({ message }) => message === "message failed"), Boolean);
  expect(failed).toMatchObject({ level: "error", tenant_id: "globex", request_id: FORGED, error: { message: "the consumer failed" } });
});
