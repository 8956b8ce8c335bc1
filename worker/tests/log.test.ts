import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LogLine } from "../../out/contract/contract.gen.ts";
import { contextOf, type RequestLog, requestLog, settingOf } from "../src/context.ts";
import { type Budget, lineWriter, makeBudget, type WriteLine } from "../src/log.ts";
import { keysOf, type Whose } from "../src/record.ts";
import { faultsOf } from "./line_schema.ts";

const ID = "8d3f2b1a-4c5d-4e6f-8a9b-0c1d2e3f4a5b";
const NOON = new Date("2026-11-24T12:00:00Z");
const HOUR = 3_600_000;
const CLOUDFLARE_KEEPS = 256_000;
let texts: string[] = [];
let hours = 0;

beforeEach(() => {
  vi.useFakeTimers({ now: NOON.getTime() + 1000 * HOUR * ++hours });
  texts = [];
  for (const method of ["log", "warn", "error"] as const) {
    vi.spyOn(console, method).mockImplementation((text: string) => void texts.push(text));
  }
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const CTX = { waitUntil: () => undefined };
const ORIGIN = { tenantId: "acme", requestId: ID, route: "/chat" } as const;

function log(whose: Partial<Whose> = {}, budget?: Budget): RequestLog<string> & { line: WriteLine } {
  const line = lineWriter({ service: "worker-api", origin: ORIGIN, keys: keysOf(), ...whose }, budget);
  return { ...requestLog(ORIGIN, line, { count: () => undefined }), line };
}

function lines(): LogLine[] {
  expect(texts.flatMap(faultsOf)).toEqual([]);
  return texts.map((text) => JSON.parse(text) as LogLine);
}

/** The log of a request that begins now, in a service whose debugging is asked for until then. */
function debugged(until: Date | undefined): RequestLog {
  const setting = settingOf({ service: "worker-api", debug: () => until && { until } });
  return contextOf(setting, {}, CTX, ORIGIN).log;
}

function inHours(count: number): Date {
  return new Date(Date.now() + count * HOUR);
}

function answer(): Parameters<WriteLine>[1] {
  return { level: "info", message: "answered", latency_ms: 5, status_code: 200 };
}

test.each([
  ["info", "log"],
  ["warn", "warn"],
  ["error", "error"],
] as const)("%s makes one call of console.%s, with one line of JSON", (level, method) => {
  log()[level]("two\nlines");
  expect(vi.mocked(console[method]).mock.calls.map((given) => given.length)).toEqual([1]);
  expect(lines()).toMatchObject([{ level, message: "two\nlines" }]);
});

test("A line says whose it is, with the edge's and the caller's own ids beside ours", () => {
  log({ marks: { cf_ray: "230b030023ae2822-SJC", caller_request_id: "mine_1" } }).info("m", { tokens_input: 3 });
  expect(lines()).toEqual([
    {
      timestamp: new Date().toISOString(),
      level: "info",
      message: "m",
      service: "worker-api",
      tenant_id: "acme",
      request_id: ID,
      route: "/chat",
      metadata: { step: "message", cf_ray: "230b030023ae2822-SJC", caller_request_id: "mine_1", tokens_input: 3 },
    },
  ]);
});

test("An application's line cannot pass for another step, another request's or the edge's", () => {
  log({ marks: { cf_ray: "230b030023ae2822" } }).info("m", { step: "answer", cf_ray: "0000000000000000", request_id: "x", level: "error" });
  expect(lines()).toMatchObject([{ level: "info", request_id: ID, metadata: { step: "message", cf_ray: "230b030023ae2822" } }]);
});

test("Metadata that cannot be read costs its own keys and no line", () => {
  const unreadable = (): never => {
    throw new Error("never read");
  };
  log().info("m", new Proxy({}, { ownKeys: unreadable }));
  log().info("m", new Proxy({ model: "m" }, { getOwnPropertyDescriptor: unreadable }));
  log().info("m", "text" as never);
  expect(lines().map(({ metadata }) => metadata)).toEqual(Array(3).fill({ step: "message" }));
});

test("A tenant whose name is a credential is not written", () => {
  log({ origin: { ...ORIGIN, tenantId: "Bearer abcDEF123456" } }).info("m");
  expect(lines()).toMatchObject([{ tenant_id: "[redacted:authorization]" }]);
});

test("What a service passes is written, and nothing else that the contract does not list", () => {
  log({ keys: keysOf(["retries"]) }).error("m", "boom", { retries: 2, other: "x" });
  expect(lines()).toMatchObject([{ error: { message: "boom" }, metadata: { step: "message", retries: 2 } }]);
  expect(texts[0]).not.toContain("other");
});

test("Debugging is said when it is switched on, once, and raw texts are dropped again when it is over", () => {
  const until = inHours(24); // it may move with the clock
  debugged(until).info("asked", { prompt: "why? jane@example.com" });
  debugged(new Date(until.getTime() - 1)).info("asked again");
  vi.advanceTimersByTime(24 * HOUR);
  debugged(until).info("asked later", { prompt: "why?" });
  expect(lines()).toMatchObject([
    { level: "warn", metadata: { step: "telemetry", debug_until: until.toISOString() } },
    { message: "asked", metadata: { prompt: "why? [redacted:email]" } },
    { message: "asked again" },
    { message: "asked later" },
  ]);
  expect(texts[3]).not.toContain("prompt");
});

test("Debugging for longer than a day is refused, and that is said with the cure", () => {
  debugged(inHours(25)).info("asked", { prompt: "why?" });
  expect(lines()[0]).toMatchObject({ level: "warn", metadata: { step: "telemetry" } });
  expect(lines()[0]?.message).toMatch(/24 hours ahead.*give a nearer time$/);
  expect(texts[1]).not.toContain("prompt");
});

test.each([
  ["that is over", () => inHours(-1)],
  ["that is no date", () => new Date(NaN)],
  ["that is off", () => undefined],
])("Debugging %s writes no raw text and no word of its own", (_, until) => {
  debugged(until()).info("asked", { prompt: "why?", response: "so" });
  expect(lines()).toHaveLength(1);
  expect(texts[0]).not.toMatch(/prompt|response/);
});

test("Beyond the budget lines are left out, which is said once; errors and the answer are still written", () => {
  const writer = log();
  for (let count = 0; count < 100; count++) writer.info("é".repeat(4000));
  writer.error("failed", new Error("boom"));
  writer.line("answer", answer());
  const told = lines();
  const notes = told.filter((line) => line.message.startsWith("no room for more lines"));
  // A line has 8,000 bytes of text and under 300 more: 25 fit into 208,000 bytes, 75 do not.
  expect(told.slice(0, 25).every((line) => line.message === "é".repeat(4000))).toBe(true);
  expect(told.slice(25).map((line) => line.message)).toEqual([notes[0]?.message, "failed", "answered"]);
  expect(told.at(-1)?.metadata).toEqual({ step: "answer", dropped: 75 });
});

test("Room is kept for errors when all is full, and for the answer when errors fill that too", () => {
  const writer = log();
  for (let count = 0; count < 2000; count++) writer.info("asked");
  for (let count = 0; count < 2000; count++) writer.error("failed");
  writer.line("answer", answer());
  const told = lines().map((line) => line.message);
  const [asked, failed] = ["asked", "failed"].map((message) => told.filter((one) => one === message).length);
  // Lines of over 200 bytes: fewer than 1,040 fit into 208,000 bytes, and then fewer than 160 into the 32,000 kept.
  expect(asked).toBeLessThan(1040);
  expect(failed).toBeGreaterThan(100);
  expect(told.at(-1)).toBe("answered");
  expect(lines().at(-1)?.metadata?.dropped).toBe(4000 - (asked as number) - (failed as number));
});

test("However much is logged, an invocation stays within what Cloudflare keeps, and tells its answer", () => {
  const budget = makeBudget();
  const [one, other] = [log({}, budget), log({}, budget)];
  const hostile = Object.assign(new Error("\u001b".repeat(5000)), { stack: "\u001b".repeat(20_000) });
  for (let count = 0; count < 200; count++) (count % 2 ? one : other).error("\u2028".repeat(5000), hostile);
  one.line("answer", { ...answer(), error: hostile });
  expect(texts.reduce((sum, text) => sum + new TextEncoder().encode(text).length + 1, 0)).toBeLessThan(CLOUDFLARE_KEEPS);
  expect(lines().at(-1)).toMatchObject({ message: "answered", status_code: 200, metadata: { step: "answer" } });
});
