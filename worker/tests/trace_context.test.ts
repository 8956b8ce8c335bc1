/** W3C Trace Context: the ids of lines, what is sent onward, and what a caller may say. */

import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { observe, type PlatformService } from "../src/index.ts";
import { idsOf, newSpanId } from "../src/trace_context.ts";
import { type Line, ObservedWorker } from "./observed_worker.ts";
import { waitFor } from "./workerd.ts";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN_ID = "00f067aa0ba902b7";
const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`;
const NO_ID = "0".repeat(32);

test.each([
  ["of version 00", TRACEPARENT],
  ["with any flags", `00-${TRACE_ID}-${SPAN_ID}-ff`],
  ["of a later version", `cc-${TRACE_ID}-${SPAN_ID}-01`],
  ["of a later version with more fields", `01-${TRACE_ID}-${SPAN_ID}-00-what-ever`],
])("a traceparent is read: %s", (_, header) => {
  expect(idsOf(header)).toEqual([TRACE_ID, SPAN_ID]);
});

test.each([
  ["empty", ""],
  ["of version ff", `ff-${TRACE_ID}-${SPAN_ID}-01`],
  ["of version 00 with more fields", `${TRACEPARENT}-what`],
  ["of version 00 with one more character", `${TRACEPARENT}0`],
  ["of a later version with more characters in a field", `cc-${TRACE_ID}-${SPAN_ID}-01.what`],
  ["with a trace id of zeros", `00-${NO_ID}-${SPAN_ID}-01`],
  ["with a span id of zeros", `00-${TRACE_ID}-${NO_ID.slice(16)}-01`],
  ["with capital letters", `00-${TRACE_ID.toUpperCase()}-${SPAN_ID}-01`],
  ["with a short trace id", `00-${TRACE_ID.slice(1)}-${SPAN_ID}-01`],
  ["with a long span id", `00-${TRACE_ID}-${SPAN_ID}0-01`],
  ["without flags", `00-${TRACE_ID}-${SPAN_ID}`],
  ["with a version of one digit", `0-${TRACE_ID}-${SPAN_ID}-01`],
  ["with another character than a digit", `00-${TRACE_ID.slice(1)}g-${SPAN_ID}-01`],
  ["twice", `${TRACEPARENT}, ${TRACEPARENT}`],
])("a traceparent that is not valid is not read: %s", (_, header) => {
  expect(idsOf(header)).toEqual([]);
});

test("10,000 span ids are different, and valid", () => {
  const ids = Array.from({ length: 10_000 }, newSpanId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^(?!0+$)[0-9a-f]{16}$/.test(id))).toEqual([]);
});

test("a random number of zero is no span id", () => {
  const withZeros = (numbers: unknown): never => (numbers as BigUint64Array).fill(0n, 1).fill(7n, 0, 1) as never;
  const random = vi.spyOn(crypto, "getRandomValues").mockImplementation(withZeros);
  const ids = Array.from({ length: 300 }, newSpanId); // more than are drawn at once
  random.mockRestore();
  expect(ids).toContain("0000000000000007");
  expect(ids).not.toContain(NO_ID.slice(16));
});

describe("in workerd", () => {
  let worker: ObservedWorker;
  beforeAll(async () => void (worker = await ObservedWorker.start()));
  afterAll(() => worker.stop());

  const requestLine = (lines: readonly Line[], message: string): Line["metadata"] => lines.find((line) => line.message === message)!.metadata;

  test("a caller's traceparent is linked, and never ours", async () => {
    const response = await worker.run("log", { traceparent: TRACEPARENT });
    const lines = await worker.completeLinesOf(response);
    expect(lines.length).toBeGreaterThan(2);
    for (const { metadata, request_id } of lines) {
      expect(metadata).toMatchObject({ trace_id: request_id.replaceAll("-", ""), linked_trace_id: TRACE_ID, linked_span_id: SPAN_ID });
      expect(metadata).not.toHaveProperty("parent_span_id");
    }
    expect(new Set(lines.map(({ metadata }) => metadata["span_id"])).size).toBe(1);
  });

  test("a traceparent that is not valid is not logged", async () => {
    const lines = await worker.completeLinesOf(await worker.run("log", { traceparent: `ff-${TRACE_ID}-${SPAN_ID}-01` }));
    expect(JSON.stringify(lines)).not.toMatch(/linked|4bf92f/);
  });

  test("what a service and an object do for a request has the call as its parent", async () => {
    const response = await worker.run("request ids", { traceparent: TRACEPARENT });
    const lines = await worker.completeLinesOf(response, 2);
    const [arrival, serviceArrival] = lines.filter(({ message }) => message === "request arrived").map(({ metadata }) => metadata);
    const parentOf = (message: string): unknown => requestLine(lines, message)["parent_span_id"];
    const idOf = (message: string): unknown => requestLine(lines, message)["span_id"];
    expect(arrival).not.toHaveProperty("parent_span_id");
    expect(serviceArrival!["parent_span_id"]).toBe(idOf("service fetch"));
    expect(serviceArrival).not.toHaveProperty("linked_trace_id"); // the handler forwards its request, but not whose trace it was in
    expect(parentOf("inside the object")).toBe(idOf("Durable Object fetch"));
    expect(parentOf("KV get")).toBe(idOf("inside the object"));
    expect(parentOf("by RPC")).toBe(idOf("Durable Object follow"));
    for (const call of ["service fetch", "Durable Object fetch", "Durable Object follow"]) expect(parentOf(call)).toBe(arrival!["span_id"]);
    expect(new Set(lines.map(({ metadata }) => metadata["trace_id"])).size).toBe(1);
    expect(new Set(lines.map(({ metadata }) => metadata["span_id"])).size).toBe(8); // of ten lines: two requests have two
  });

  test("a message has the call that sent it as its parent", async () => {
    const response = await worker.run("queue");
    const ownLines = (): Line[] => worker.linesOf(response);
    const lines = await waitFor(ownLines, (all) => all.filter(({ message }) => message === "message handled").length === 2);
    const sent = lines.filter(({ message }) => message.startsWith("queue send")).map(({ metadata }) => metadata["span_id"]);
    const received = lines.filter(({ message }) => message === "message arrived").map(({ metadata }) => metadata["parent_span_id"]);
    expect(received).toEqual(sent);
    const { span_id } = requestLine(lines, "message arrived");
    expect(requestLine(lines, "KV put")["parent_span_id"]).toBe(span_id);
  });
});

describe("headers of requests over bindings", () => {
  afterEach(() => vi.restoreAllMocks());

  const headersOf = async (
    options: { bindings: { ANY: "service" | PlatformService }; traceparent?: boolean },
    sent: Record<string, string> | undefined,
  ): Promise<Record<string, string>> => {
    for (const level of ["log", "warn", "error"] as const) vi.spyOn(console, level).mockImplementation(() => undefined);
    const any = { fetch: async (request: Request) => Response.json(Object.fromEntries(request.headers)) };
    const handler = (request: Request, env: { ANY: typeof any }) => env.ANY.fetch(new Request("https://any.example/", { headers: sent ?? request.headers }));
    const { fetch } = observe({ service: "worker-api", ...options, fetch: handler });
    const request = new Request("https://worker.example/chat", { headers: { traceparent: TRACEPARENT, tracestate: "vendor=1" } });
    const answer = await fetch(request, { ANY: any }, { waitUntil: () => undefined } as unknown as ExecutionContext);
    return (await answer.json()) as Record<string, string>;
  };
  const ANY = { bindings: { ANY: "service" } } as const;
  const OURS = /^00-(?!4bf92f)[0-9a-f]{32}-[0-9a-f]{16}-01$/;

  test("a request has our traceparent, with the trace id that the lines have", async () => {
    const { traceparent, "x-request-id": id } = await headersOf(ANY, {});
    expect(traceparent).toMatch(OURS);
    expect(traceparent!.slice(3, 35)).toBe(id!.replaceAll("-", ""));
  });

  test("a forwarded request has ours, without the caller's state", async () => {
    const { traceparent, tracestate } = await headersOf(ANY, undefined);
    expect([traceparent, tracestate]).toEqual([expect.stringMatching(OURS), undefined]);
  });

  test("a traceparent of the application's own stays", async () => {
    const own = { traceparent: `00-${TRACE_ID}-00000000000000aa-01`, tracestate: "own=1" };
    expect(await headersOf(ANY, own)).toMatchObject(own);
  });

  test("`traceparent: false` sends it to the platform's own services only", async () => {
    expect(await headersOf({ ...ANY, traceparent: false }, {})).not.toHaveProperty("traceparent");
    const named = { bindings: { ANY: { service: "ingest-worker" } }, traceparent: false } as const;
    expect((await headersOf(named, {}))["traceparent"]).toMatch(OURS);
  });
});
