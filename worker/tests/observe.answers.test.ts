/** What callers get of an observed Worker, and what is told and counted of it: in workerd. */

import { get } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Observed, PLAIN } from "./observe.running.ts";
import { until } from "./workerd.ts";

let worker: Observed;
beforeAll(async () => void (worker = await Observed.start()));
afterAll(() => worker.stop());

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const CHAT = "acme /chat worker-api";

test("an answer bears a minted id, and its lines tell arrival and answer with route, latency and status", async () => {
  const answer = await worker.ask("text", { "cf-ray": "0123456789abcdef-FRA" });
  expect(await answer.text()).toBe("hello");
  expect(answer.headers.get("x-request-id")).toMatch(UUID);
  expect(answer.headers.get("content-length")).toBe("5");
  const [arrival, end, ...more] = await worker.whole(answer);
  expect(more).toEqual([]);
  const mark = { tenant_id: "acme", route: "/chat", level: "info" };
  expect(arrival).toMatchObject({ ...mark, metadata: { step: "arrival", cf_ray: "0123456789abcdef-FRA" } });
  expect(end).toMatchObject({ ...mark, status_code: 200, latency_ms: expect.any(Number), metadata: { step: "answer" } });
});

test.each([
  ["status", { status: "200" }, { requests_total: 1 }],
  ["status", { status: "404" }, { requests_total: 1 }],
  ["status", { status: "429" }, { requests_total: 1, rate_limited_total: 1 }],
  ["status", { status: "500" }, { requests_total: 1, errors_total: 1 }],
  ["status", { status: "503" }, { requests_total: 1, errors_total: 1 }],
  ["throw", {}, { requests_total: 1, errors_total: 1 }],
  ["stream", {}, { requests_total: 1 }],
  ["stream that breaks", {}, { requests_total: 1, errors_total: 1 }],
])("%s %j counts as %j, and its latency once", async (what, headers, counts) => {
  const grown = await worker.grown(() => worker.ask(what, headers).then((answer) => answer.text()).catch(() => undefined));
  const expected = Object.entries({ ...counts, latency_ms: 1 }).map(([metric, count]) => [`${metric} ${CHAT}`, count]);
  expect(grown).toEqual(Object.fromEntries(expected));
});

test.each([
  [{ tenant: "" }, "/chat", "unknown", "/chat"],
  [{ "no-tenant": "1" }, "/search", "unknown", "/search"],
  [{ tenant: "a%b" }, "/chat", "other", "/chat"],
  [{ tenant: "x".repeat(129) }, "/chat", "other", "/chat"],
  [{}, "/admin", "acme", "other"],
  [{}, "/chat/", "acme", "other"],
  [{}, "/ingest", "acme", "other"],
])("tenant %j at %s counts under %s at %s", async (headers, path, tenant, route) => {
  const grown = await worker.grown(async () => expect(await (await worker.ask("text", headers, path)).text()).toBe("hello"));
  expect(grown).toEqual({ [`requests_total ${tenant} ${route} worker-api`]: 1, [`latency_ms ${tenant} ${route} worker-api`]: 1 });
});

test("a constant that is sent again and again arrives each time, and stays whole for the next request", async () => {
  for (const _ of [1, 2]) expect(await (await worker.ask("pings")).text()).toBe("ping;ping;ping;");
});

test.each(["used", "locked"] as const)("a Response whose body is %s already is the failure that it is", async (act) => {
  const grown = await worker.grown(async () => expect((await worker.ask(act)).status).toBe(500));
  expect(grown).toMatchObject({ [`requests_total ${CHAT}`]: 1, [`errors_total ${CHAT}`]: 1 });
});

test("what is counted after the answer needs no other request to be handed over", async () => {
  const grown = await worker.grown(async () => {
    expect(await (await worker.ask("late")).text()).toBe("hello");
    await new Promise((done) => setTimeout(done, 2_500)); // longer than the work that goes on, and a window
  });
  expect(grown).toMatchObject({ [`kv_writes_total ${CHAT}`]: 1 });
});

test("a request whose caller has left is counted, and its answer told", async () => {
  const grown = await worker.grown(async () => {
    expect(await (await worker.ask("impatient")).text()).toBe("left");
    await new Promise((done) => setTimeout(done, 1_500));
  });
  const search = "acme /search worker-api";
  expect(grown).toMatchObject({ [`requests_total ${search}`]: 1, [`latency_ms ${search}`]: 1 });
});

test("an exception is answered with 500 and the id alone, and the line has message and stack", async () => {
  const answer = await worker.ask("throw", { "cf-ray": "00000000deadbeef-AMS" });
  expect(answer.status).toBe(500);
  expect(answer.headers.get("x-request-id")).toMatch(UUID);
  expect(await answer.text()).toBe("Internal Server Error"); // what the message quotes is not for the caller to read
  const [, line] = await worker.whole(answer);
  const metadata = { step: "answer", cf_ray: "00000000deadbeef-AMS" };
  expect(line).toMatchObject({ level: "error", status_code: 500, error: { message: "the handler broke" }, metadata });
  expect(line?.error?.stack).toContain("at Object.throw");
});

test("a stream is measured at its end", async () => {
  const answer = await worker.ask("stream");
  const steps = (): unknown[] => worker.of(answer).map(({ metadata }) => metadata["step"]);
  expect(await until(steps, ({ length }) => length > 0)).toEqual(["arrival"]);
  expect(await answer.text()).toBe("part 1;part 2;part 3;");
  const [, end] = await worker.whole(answer);
  expect(end?.latency_ms).toBeGreaterThanOrEqual(85); // three parts, 30 ms each
});

test("the first part of a stream is with the caller before the second is made", async () => {
  const answer = await worker.ask("endless stream");
  const reader = answer.body!.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe("part 1;");
  await reader.cancel();
});

test("a stream that breaks after its 200 is an error of 200, with its reason", async () => {
  const answer = await worker.ask("stream that breaks");
  expect(answer.status).toBe(200);
  await answer.text().catch(() => "cut"); // miniflare's entry ends the broken body as if it were whole, observed or not
  const [, end] = await worker.whole(answer);
  expect(end).toMatchObject({ level: "error", status_code: 200, error: { message: "the stream broke" } });
});

test.each(["endless stream", "torrent"])("a caller that leaves a stream is no error; the line says so: %s", async (what) => {
  const headers = { do: what, tenant: "acme", ...PLAIN };
  const id = await new Promise<string>((done) => {
    const request = get(new URL("/chat", worker.url), { headers }, (answer) => {
      answer.once("data", () => request.destroy());
      answer.once("error", () => done(String(answer.headers["x-request-id"])));
    });
  });
  const ended = () => worker.lines.find(({ request_id, metadata }) => request_id === id && metadata["step"] === "answer");
  const line = await until(ended, Boolean);
  expect(line).toMatchObject({ level: "info", message: "the caller left", status_code: 200 });
});

test("what an application writes into a pipe of the runtime's arrives", async () => {
  expect(await (await worker.ask("piped")).text()).toBe("through a pipe");
});

test("a stream of what is no bytes is an error that says so", async () => {
  const answer = await worker.ask("stream of texts");
  await answer.text().catch(() => "cut");
  const [, end] = await worker.whole(answer);
  expect(end).toMatchObject({ level: "error", status_code: 200, error: { message: "the body: a chunk is no bytes" } });
});

test.each([204, 205, 304])("%i has no body, and keeps none", async (status) => {
  const answer = await worker.ask("nothing", { status: String(status) });
  expect([answer.status, answer.headers.has("x-request-id"), await answer.text()]).toEqual([status, true, ""]);
});

test("HEAD is answered and counted, though nobody reads the body", async () => {
  const grown = await worker.grown(() => worker.ask("stream", {}, "/chat", { method: "HEAD" }));
  expect(grown).toEqual({ [`requests_total ${CHAT}`]: 1, [`latency_ms ${CHAT}`]: 1 });
});

test("headers that cannot be set are no obstacle: a redirect, an answer from elsewhere", async () => {
  const redirect = await worker.ask("redirect");
  expect([redirect.status, redirect.headers.get("location")]).toEqual([302, "https://example.com/there"]);
  const moved = await worker.ask("upstream", { path: "/there" });
  expect([moved.status, moved.headers.get("location")]).toEqual([301, "/elsewhere"]);
  const known = await worker.ask("upstream");
  expect([known.headers.get("x-own"), known.headers.get("content-length"), await known.text()]).toEqual(["kept", "5", "known"]);
  for (const answer of [redirect, moved, known]) expect(answer.headers.get("x-request-id")).toMatch(UUID);
});

test("a long body whose length is known keeps its Content-Length", async () => {
  const answer = await worker.ask("upstream", { path: "/long" });
  expect([answer.headers.get("content-length"), (await answer.text()).length]).toEqual(["100000", 100_000]);
});

test("a packed body stays readable", async () => {
  const answer = await worker.ask("upstream", { path: "/gzip" });
  expect(await answer.text()).toBe("packed");
});

test("a WebSocket comes through", async () => {
  const response = await worker.miniflare.dispatchFetch("http://worker/chat", { headers: { upgrade: "websocket", do: "socket", tenant: "acme" } });
  const socket = response.webSocket!;
  socket.accept();
  const heard = new Promise((done) => socket.addEventListener("message", ({ data }) => done(data)));
  socket.send("hello");
  expect([response.status, response.headers.get("x-request-id"), await heard]).toEqual([101, expect.stringMatching(UUID), "heard hello"]);
  socket.close();
});
