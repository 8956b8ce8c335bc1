/** A request's log: its console calls, its metadata, the debug setting, and the size budget of an invocation. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LogLine } from "workers-ai-observability/contract";
import type { RequestLog } from "../src/context.ts";
import { createContext, createInstrumentation, createRequestLog } from "../src/instrumentation.ts";
import { createLineWriter, createLogBudget, type LogBudget, type WriteLine } from "../src/log.ts";
import { allowedKeys, type LineSource } from "../src/log_line.ts";
import { schemaErrors } from "./log_schema.ts";

const ID = "8d3f2b1a-4c5d-4e6f-8a9b-0c1d2e3f4a5b";
const NOON = new Date("2026-11-24T12:00:00Z");
const HOUR = 3_600_000;
/** The bytes of logs that Cloudflare keeps of one invocation. */
const CLOUDFLARE_LIMIT = 256_000;
let written: string[] = [];
let testCount = 0;

beforeEach(() => {
  vi.useFakeTimers({ now: NOON.getTime() + 1000 * HOUR * ++testCount });
  written = [];
  for (const method of ["log", "warn", "error"] as const) {
    vi.spyOn(console, method).mockImplementation((line: string) => void written.push(line));
  }
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const CTX = { waitUntil: () => undefined };
const ORIGIN = { tenantId: "acme", requestId: ID, route: "/chat" } as const;

function log(source: Partial<LineSource> = {}, budget?: LogBudget): RequestLog<string> & { line: WriteLine } {
  const line = createLineWriter({ service: "worker-api", origin: ORIGIN, keys: allowedKeys(), ...source }, budget);
  return { ...createRequestLog(ORIGIN, line, { count: () => undefined, counts: { nameTenant: () => undefined, nameRoute: () => undefined }, fail: () => undefined, fetch }), line };
}

/** Returns the lines that were written so far, each validated against the schema. */
function lines(): LogLine[] {
  expect(written.flatMap(schemaErrors)).toEqual([]);
  return written.map((line) => JSON.parse(line) as LogLine);
}

/** Creates the log of a new request of a service whose debug setting is enabled until the given time. */
function debugLog(until: Date | undefined): RequestLog {
  const instrumentation = createInstrumentation({ service: "worker-api", debug: () => until && { until } });
  return createContext(instrumentation, { env: {}, executionContext: CTX, origin: ORIGIN }).log;
}

function inHours(hours: number): Date {
  return new Date(Date.now() + hours * HOUR);
}

function answerEntry(): Parameters<WriteLine>[1] {
  return { level: "info", message: "answered", latency_ms: 5, status_code: 200 };
}

test.each([
  ["info", "log"],
  ["warn", "warn"],
  ["error", "error"],
] as const)("%s calls console.%s once, with one line of JSON", (level, method) => {
  log()[level]("two\nlines");
  expect(vi.mocked(console[method]).mock.calls.map((args) => args.length)).toEqual([1]);
  expect(lines()).toMatchObject([{ level, message: "two\nlines" }]);
});

test("a line has its service, tenant, route and request id, and in the metadata the ids of Cloudflare and of the caller", () => {
  log({ metadata: { cf_ray: "230b030023ae2822-SJC", caller_request_id: "caller_1" } }).info("m", { tokens_input: 3 });
  expect(lines()).toEqual([
    {
      timestamp: new Date().toISOString(),
      level: "info",
      message: "m",
      service: "worker-api",
      tenant_id: "acme",
      request_id: ID,
      route: "/chat",
      metadata: { step: "message", cf_ray: "230b030023ae2822-SJC", caller_request_id: "caller_1", tokens_input: 3 },
    },
  ]);
});

test("an application cannot set the step, the request id or Cloudflare's id of a line", () => {
  log({ metadata: { cf_ray: "230b030023ae2822" } }).info("m", { step: "answer", cf_ray: "0000000000000000", request_id: "x", level: "error" });
  expect(lines()).toMatchObject([{ level: "info", request_id: ID, metadata: { step: "message", cf_ray: "230b030023ae2822" } }]);
});

test("metadata that cannot be read is omitted, and the line is still written", () => {
  const unreadable = (): never => {
    throw new Error("never read");
  };
  log().info("m", new Proxy({}, { ownKeys: unreadable }));
  log().info("m", new Proxy({ model: "m" }, { getOwnPropertyDescriptor: unreadable }));
  log().info("m", "text" as never);
  expect(lines().map(({ metadata }) => metadata)).toEqual(Array(3).fill({ step: "message" }));
});

test("metadata keys that a service passes are written; other keys outside the contract are not", () => {
  log({ keys: allowedKeys(["retries"]) }).error("m", "boom", { retries: 2, other: "x" });
  expect(lines()).toMatchObject([{ error: { message: "boom" }, metadata: { step: "message", retries: 2 } }]);
  expect(written[0]).not.toContain("other");
});

test("debugging is logged once when it is enabled, and raw texts are omitted again after it expires", () => {
  const until = inHours(24); // a `debug` function may compute a different time for each request
  debugLog(until).info("question", { prompt: "why? jane@example.com" });
  debugLog(new Date(until.getTime() - 1)).info("second question");
  vi.advanceTimersByTime(24 * HOUR);
  debugLog(until).info("later question", { prompt: "why?" });
  expect(lines()).toMatchObject([
    { level: "warn", metadata: { step: "telemetry", debug_until: until.toISOString() } },
    { message: "question", metadata: { prompt: "why? [redacted:email]" } },
    { message: "second question" },
    { message: "later question" },
  ]);
  expect(written[3]).not.toContain("prompt");
});

test("debugging for more than a day is rejected with a hint", () => {
  debugLog(inHours(25)).info("question", { prompt: "why?" });
  expect(lines()[0]).toMatchObject({ level: "warn", metadata: { step: "telemetry" } });
  expect(lines()[0]?.message).toMatch(/24 hours ahead.*use an earlier time$/);
  expect(written[1]).not.toContain("prompt");
});

test.each([
  ["that has expired", () => inHours(-1)],
  ["with an invalid date", () => new Date(NaN)],
  ["that is off", () => undefined],
])("debugging %s logs no raw text and no warning", (_, until) => {
  debugLog(until()).info("question", { prompt: "why?", response: "so" });
  expect(lines()).toHaveLength(1);
  expect(written[0]).not.toMatch(/prompt|response/);
});

test("beyond the budget lines are dropped, which is logged once; errors and the answer are still written", () => {
  const writer = log();
  for (let count = 0; count < 100; count++) writer.info("é".repeat(4000));
  writer.error("failed", new Error("boom"));
  writer.line("answer", answerEntry());
  const logged = lines();
  const warnings = logged.filter((line) => line.message.startsWith("the log is full"));
  // A line has 8,000 bytes of text and fewer than 300 others: 25 lines fit into 208,000 bytes, 75 do not.
  expect(logged.slice(0, 25).every((line) => line.message === "é".repeat(4000))).toBe(true);
  expect(logged.slice(25).map((line) => line.message)).toEqual([warnings[0]?.message, "failed", "answered"]);
  expect(logged.at(-1)?.metadata).toEqual({ step: "answer", dropped: 75 });
});

test("part of the budget is reserved for errors, and part for the answer", () => {
  const writer = log();
  for (let count = 0; count < 2000; count++) writer.info("question");
  for (let count = 0; count < 2000; count++) writer.error("failed");
  writer.line("answer", answerEntry());
  const messages = lines().map((line) => line.message);
  const [infoCount, errorCount] = ["question", "failed"].map((message) => messages.filter((logged) => logged === message).length);
  // Lines have more than 200 bytes: fewer than 1,040 fit into 208,000 bytes, and fewer than 160 into the 32,000 reserved for errors.
  expect(infoCount).toBeLessThan(1040);
  expect(errorCount).toBeGreaterThan(100);
  expect(messages.at(-1)).toBe("answered");
  expect(lines().at(-1)?.metadata?.dropped).toBe(4000 - (infoCount as number) - (errorCount as number));
});

test("an invocation stays within Cloudflare's log limit, and always logs its answer", () => {
  const budget = createLogBudget();
  const [first, second] = [log({}, budget), log({}, budget)];
  const hostile = Object.assign(new Error("\u001b".repeat(5000)), { stack: "\u001b".repeat(20_000) });
  for (let count = 0; count < 200; count++) (count % 2 ? first : second).error("\u2028".repeat(5000), hostile);
  first.line("answer", { ...answerEntry(), error: hostile });
  expect(written.reduce((sum, line) => sum + new TextEncoder().encode(line).length + 1, 0)).toBeLessThan(CLOUDFLARE_LIMIT);
  expect(lines().at(-1)).toMatchObject({ message: "answered", status_code: 200, metadata: { step: "answer" } });
});
