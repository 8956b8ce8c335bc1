/** The responses of an observed Worker, with the log lines and counters that they cause, in workerd. */

import { get } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ObservedWorker, UNCOMPRESSED } from "./observed_worker.ts";
import { runConcurrently, waitFor } from "./workerd.ts";

let worker: ObservedWorker;
beforeAll(async () => void (worker = await ObservedWorker.start()));
afterAll(() => worker.stop());

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const CHAT = "acme /chat worker-api";

test("a response has a generated request id, and its two lines log arrival and answer with route, latency and status", async () => {
  const response = await worker.run("text", { "cf-ray": "0123456789abcdef-FRA" });
  expect(await response.text()).toBe("hello");
  expect(response.headers.get("x-request-id")).toMatch(UUID);
  expect(response.headers.get("content-length")).toBe("5");
  const [arrival, answer, ...more] = await worker.completeLinesOf(response);
  expect(more).toEqual([]);
  const common = { tenant_id: "acme", route: "/chat", level: "info" };
  expect(arrival).toMatchObject({ ...common, metadata: { step: "arrival", cf_ray: "0123456789abcdef-FRA" } });
  expect(answer).toMatchObject({ ...common, status_code: 200, latency_ms: expect.any(Number), metadata: { step: "answer" } });
});

test.each([
  ["status", { status: "200" }, { requests_total: 1 }],
  ["status", { status: "404" }, { requests_total: 1 }],
  ["status", { status: "429" }, { requests_total: 1, rate_limited_total: 1 }],
  ["status", { status: "500" }, { requests_total: 1, errors_total: 1 }],
  ["status", { status: "503" }, { requests_total: 1, errors_total: 1 }],
  ["throw", {}, { requests_total: 1, errors_total: 1 }],
  ["stream", {}, { requests_total: 1 }],
  ["failing stream", {}, { requests_total: 1, errors_total: 1 }],
])("scenario %s %j increases %j, and latency_ms by one observation", async (scenario, headers, counts) => {
  const increases = await worker.increasesDuring(() => worker.run(scenario, headers).then((response) => response.text()).catch(() => undefined));
  const expected = Object.entries({ ...counts, latency_ms: 1 }).map(([metric, count]) => [`${metric} ${CHAT}`, count]);
  expect(increases).toEqual(Object.fromEntries(expected));
});

test.each([
  [{ tenant: "" }, "/chat", "unknown", "/chat"],
  [{ "no-tenant": "1" }, "/search", "unknown", "/search"],
  [{ tenant: "a%b" }, "/chat", "other", "/chat"],
  [{ tenant: "x".repeat(129) }, "/chat", "other", "/chat"],
  [{}, "/admin", "acme", "other"],
  [{}, "/chat/", "acme", "other"],
  [{}, "/ingest", "acme", "other"],
])("a request with %j to %s is counted for tenant %s and route %s", async (headers, path, tenant, route) => {
  const increases = await worker.increasesDuring(async () => expect(await (await worker.run("text", headers, path)).text()).toBe("hello"));
  expect(increases).toEqual({ [`requests_total ${tenant} ${route} worker-api`]: 1, [`latency_ms ${tenant} ${route} worker-api`]: 1 });
});

test("a buffer that is enqueued repeatedly arrives each time, and is intact for the next request", async () => {
  for (const _ of [1, 2]) expect(await (await worker.run("repeated buffer")).text()).toBe("ping;ping;ping;");
});

test.each(["used", "locked"] as const)("a response whose body is already %s is an error with status 500", async (scenario) => {
  const increases = await worker.increasesDuring(async () => expect((await worker.run(scenario)).status).toBe(500));
  expect(increases).toMatchObject({ [`requests_total ${CHAT}`]: 1, [`errors_total ${CHAT}`]: 1 });
});

test("what is counted after the response is flushed without another request", async () => {
  const increases = await worker.increasesDuring(async () => {
    expect(await (await worker.run("count after response")).text()).toBe("hello");
    await new Promise((resolve) => setTimeout(resolve, 2_500)); // longer than the background work plus one window
  });
  expect(increases).toMatchObject({ [`kv_writes_total ${CHAT}`]: 1 });
});

test("a request that the caller aborted is counted when its response is done", async () => {
  const increases = await worker.increasesDuring(async () => {
    expect(await (await worker.run("aborted call")).text()).toBe("aborted");
    await new Promise((resolve) => setTimeout(resolve, 1_500));
  });
  const search = "acme /search worker-api";
  expect(increases).toMatchObject({ [`requests_total ${search}`]: 1, [`latency_ms ${search}`]: 1 });
});

test("after an exception the caller gets only a 500 and the request id; the log line has the message and the stack", async () => {
  const response = await worker.run("throw", { "cf-ray": "00000000deadbeef-AMS" });
  expect(response.status).toBe(500);
  expect(response.headers.get("x-request-id")).toMatch(UUID);
  expect(await response.text()).toBe("Internal Server Error"); // the message may quote data that the caller must not see
  const [, answer] = await worker.completeLinesOf(response);
  const metadata = { step: "answer", cf_ray: "00000000deadbeef-AMS" };
  expect(answer).toMatchObject({ level: "error", status_code: 500, error: { message: "the handler failed" }, metadata });
  expect(answer?.error?.stack).toContain("at Object.throw");
});

test("the latency of a streamed response is measured to the end of the stream", async () => {
  const response = await worker.run("stream");
  const steps = (): unknown[] => worker.linesOf(response).map(({ metadata }) => metadata["step"]);
  expect(await waitFor(steps, ({ length }) => length > 0)).toEqual(["arrival"]);
  expect(await response.text()).toBe("part 1;part 2;part 3;");
  const answer = (await worker.completeLinesOf(response)).at(-1);
  expect(answer?.latency_ms).toBeGreaterThanOrEqual(85); // three parts, 30 ms each
});

test("the first part of a stream reaches the caller before the second is produced", async () => {
  const response = await worker.run("endless stream");
  const reader = response.body!.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe("part 1;");
  await reader.cancel();
});

test("a stream that fails after its status 200 is logged as an error with status 200 and the reason", async () => {
  const response = await worker.run("failing stream");
  expect(response.status).toBe(200);
  await response.text().catch(() => "cut"); // Miniflare's entry Worker ends a failed body without an error, observed or not
  const [, answer] = await worker.completeLinesOf(response);
  expect(answer).toMatchObject({ level: "error", status_code: 200, error: { message: "the stream failed" } });
});

const ENDLESS = ["endless stream", "endless large chunks"];
test.each(ENDLESS)("a caller that disconnects during a stream is logged, but not as an error: %s", async (scenario) => {
  const headers = { scenario, tenant: "acme", ...UNCOMPRESSED };
  const id = await new Promise<string>((resolve) => {
    const request = get(new URL("/chat", worker.url), { headers }, (response) => {
      response.once("data", () => request.destroy());
      response.once("error", () => resolve(String(response.headers["x-request-id"])));
    });
  });
  const findAnswer = () => worker.lines.find(({ request_id, metadata }) => request_id === id && metadata["step"] === "answer");
  const answer = await waitFor(findAnswer, Boolean);
  expect(answer).toMatchObject({ level: "info", message: "caller disconnected", status_code: 200 });
});

test("what a handler writes into a TransformStream of the runtime arrives", async () => {
  expect(await (await worker.run("transform stream")).text()).toBe("through a pipe");
});

test("a stream whose chunks are not bytes is an error with that message", async () => {
  const response = await worker.run("stream of strings");
  await response.text().catch(() => "cut");
  const [, answer] = await worker.completeLinesOf(response);
  expect(answer).toMatchObject({ level: "error", status_code: 200, error: { message: "the body: a chunk is not bytes" } });
});

test.each([204, 205, 304])("a response with status %i has no body, but has a request id", async (status) => {
  const response = await worker.run("no body", { status: String(status) });
  expect([response.status, response.headers.has("x-request-id"), await response.text()]).toEqual([status, true, ""]);
});

test("a HEAD request is counted, although nobody reads the body", async () => {
  const increases = await worker.increasesDuring(() => worker.run("stream", {}, "/chat", { method: "HEAD" }));
  expect(increases).toEqual({ [`requests_total ${CHAT}`]: 1, [`latency_ms ${CHAT}`]: 1 });
});

test("responses with immutable headers, such as redirects and fetched responses, get a request id", async () => {
  const redirect = await worker.run("redirect");
  expect([redirect.status, redirect.headers.get("location")]).toEqual([302, "https://example.com/there"]);
  const moved = await worker.run("upstream", { path: "/moved" });
  expect([moved.status, moved.headers.get("location")]).toEqual([301, "/elsewhere"]);
  const fetched = await worker.run("upstream");
  expect([fetched.headers.get("x-own"), fetched.headers.get("content-length"), await fetched.text()]).toEqual(["kept", "5", "known"]);
  for (const response of [redirect, moved, fetched]) expect(response.headers.get("x-request-id")).toMatch(UUID);
});

test("a Response that requests share has each request's own id, and is not changed itself", async () => {
  const responses = await runConcurrently(40, 8, () => worker.run("shared answer"));
  expect(new Set(responses.map(({ headers }) => headers.get("x-request-id"))).size).toBe(40);
  for (const response of responses) {
    expect((await worker.completeLinesOf(response)).map(({ metadata }) => metadata["step"])).toEqual(["arrival", "answer"]);
  }
  const headers = (await (await worker.run("headers of the shared answer")).json()) as [string, string][];
  expect(headers).toEqual([["x-own", "kept"]]);
});

test("an answer keeps each of its cookies", async () => {
  const response = await worker.run("cookies");
  expect(response.headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2; HttpOnly"]);
});

test.each(["kai@example.com", "Bearer abcDEF123456", "192.0.2.17"])("a tenant named %s is `other` in metrics and log alike", async (tenant) => {
  let response: Response | undefined;
  const increases = await worker.increasesDuring(async () => void (response = await worker.run("text", { tenant })));
  expect(Object.keys(increases).sort()).toEqual(["latency_ms other /chat worker-api", "requests_total other /chat worker-api"]);
  expect((await worker.completeLinesOf(response!)).map(({ tenant_id }) => tenant_id)).toEqual(["other", "other"]);
  expect(worker.lines.filter(({ message }) => message.startsWith("tenant: a name is not valid")).length).toBe(1);
});

test("a text of any content type keeps its Content-Length", async () => {
  const response = await worker.run("html");
  expect([response.headers.get("content-length"), await response.text()]).toEqual(["8", "<p>hello"]);
});

test("the latency of a fetched stream is measured to the end of the stream", async () => {
  const response = await worker.run("upstream", { path: "/chunked" });
  expect(await response.text()).toBe("first;second");
  const answer = (await worker.completeLinesOf(response)).at(-1);
  expect(answer?.latency_ms).toBeGreaterThanOrEqual(85); // the second part comes after 100 ms
});

test("a long body of known length keeps its Content-Length", async () => {
  const response = await worker.run("upstream", { path: "/long" });
  expect([response.headers.get("content-length"), (await response.text()).length]).toEqual(["100000", 100_000]);
});

test("a gzipped body stays readable", async () => {
  const response = await worker.run("upstream", { path: "/gzip" });
  expect(await response.text()).toBe("compressed");
});

test("a WebSocket upgrade works", async () => {
  const headers = { upgrade: "websocket", scenario: "websocket", tenant: "acme" };
  const response = await worker.miniflare.dispatchFetch("http://worker/chat", { headers });
  const socket = response.webSocket!;
  socket.accept();
  const received = new Promise((resolve) => socket.addEventListener("message", ({ data }) => resolve(data)));
  socket.send("hello");
  expect([response.status, response.headers.get("x-request-id"), await received]).toEqual([101, expect.stringMatching(UUID), "received hello"]);
  socket.close();
});
