/** Log lines: fields, limits, redaction, and values that are hard to serialize. */

import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { LogLine } from "workers-ai-observability/contract";
import { allowedKeys, formatLine, type LineSource, type LogEntry } from "../src/log_line.ts";
import { toText } from "../src/log_text.ts";
import { schemaErrors } from "./log_schema.ts";

const DEFAULT: LineSource = {
  service: "worker-api",
  origin: { requestId: "8d3f2b1a-4c5d-4e6f-8a9b-0c1d2e3f4a5b", tenantId: "acme", route: "/chat" },
  keys: allowedKeys(),
};
const WITH_PASSED_KEYS: LineSource = { ...DEFAULT, keys: allowedKeys(["retries", "note", "other"]), logsRawText: true };
const TIMEOUT_MS = 60_000;
beforeAll(() => void vi.useFakeTimers({ now: new Date("2026-11-24T18:25:26.123Z"), toFake: ["Date"] }));
afterAll(() => void vi.useRealTimers());

function lineOf(entry: Partial<Record<keyof LogEntry, unknown>>, source = DEFAULT): LogLine {
  const { text } = formatLine(source, "message", { level: "info", message: "m", ...entry } as LogEntry);
  expect(schemaErrors(text)).toEqual([]);
  return JSON.parse(text) as LogLine;
}

test("a line has the contract's fields in the contract's order, and no others", () => {
  const error = Object.assign(new Error("boom"), { stack: "Error: boom\n    at x" });
  const entry = { level: "error", latency_ms: 12.5, status_code: 500, error, metadata: { model: "m", x: 1 }, extra: 1 };
  expect(JSON.stringify(lineOf(entry))).toBe(
    '{"timestamp":"2026-11-24T18:25:26.123Z","level":"error","message":"m","service":"worker-api","tenant_id":"acme",' +
      '"request_id":"8d3f2b1a-4c5d-4e6f-8a9b-0c1d2e3f4a5b","route":"/chat","latency_ms":12.5,"status_code":500,' +
      '"error":{"message":"boom","stack":"Error: boom\\n    at x"},"metadata":{"step":"message","model":"m"}}',
  );
});

test("fields without a value are omitted", () => {
  expect(Object.keys(lineOf({}))).toEqual(["timestamp", "level", "message", "service", "tenant_id", "request_id", "route", "metadata"]);
});

test("only the contract's metadata keys and those that the service passes are written", () => {
  const metadata = { ai_code: 3040, note: "n", retries: 2, password: "hunter2", unknown: "x" };
  expect(lineOf({ metadata }).metadata).toEqual({ ai_code: 3040, step: "message" });
  expect(lineOf({ metadata }, WITH_PASSED_KEYS).metadata).toEqual({ ai_code: 3040, note: "n", retries: 2, step: "message" });
});

test("a key that names a secret or is not a valid key cannot be passed", () => {
  expect(() => allowedKeys(["retries", "api_key", "A key"])).toThrow(
    'observe, pass: ["api_key","A key"]: not a valid key, or the name of a secret; use other keys',
  );
});

test("raw prompts and responses are written only if enabled, and then redacted", () => {
  const metadata = { prompt: "I am jane@example.com", response: "hello" };
  expect(lineOf({ metadata }).metadata).toEqual({ step: "message" });
  expect(lineOf({ metadata }, WITH_PASSED_KEYS).metadata).toEqual({ prompt: "I am [redacted:email]", response: "hello", step: "message" });
});

test("values outside their bounds are omitted", () => {
  const metadata = { ai_code: 12, store: "r2", tokens_input: -1, documents: 1.5, cf_ray: "x\ny", model: "m".repeat(200) };
  expect(lineOf({ latency_ms: -1, status_code: 99, metadata })).toEqual(lineOf({}));
});

test("messages, errors, stacks, causes and metadata are redacted", () => {
  const error = new Error("of jane@example.com", { cause: new Error("card 4000 1234 5678 9017") });
  const metadata = { note: { cookie: "sid=1", at: ["203.0.113.7"] }, caller_request_id: "token=abc" };
  const line = lineOf({ message: "call +49 30 1234567", error, metadata }, WITH_PASSED_KEYS);
  expect(line.message).toBe("call [redacted:phone]");
  expect(line.error?.message).toBe("of [redacted:email]");
  expect(line.error?.stack).toMatch(/^Error: of \[redacted:email\]\n[^]*\nCaused by: Error: card \[redacted:card_number\]\n/);
  expect(line.metadata).toEqual({ note: '{"cookie":"[redacted:named_secret]","at":["[redacted:ip_address]"]}', step: "message" });
});

test.each([
  ["a string", "boom of jane@example.com", { message: "boom of [redacted:email]" }],
  ["an object", { code: 7, token: "abc" }, { message: '{"code":7,"token":"[redacted:named_secret]"}' }],
  ["null", null, { message: "null" }],
  ["an error without a message", Object.assign(new RangeError(""), { stack: undefined }),
    { message: "RangeError", stack: "RangeError" }],
])("any thrown value is logged: %s", (_, error, expected) => {
  expect(lineOf({ error }).error).toEqual(expected);
});

/** An error without the places in the code. */
const plainError = (message: string, options?: ErrorOptions): Error => Object.assign(new Error(message, options), { stack: `Error: ${message}` });

test("each error of a circular chain of causes is written once", () => {
  const loop = plainError("loop");
  loop.cause = plainError("of it", { cause: loop });
  expect(lineOf({ error: loop }).error?.stack).toBe("Error: loop\nCaused by: Error: of it\nCaused by: [circular]");
});

test("the root cause of a long chain is written, after the first causes", () => {
  const error = Array.from({ length: 30 }).reduce((cause: Error, _, index) => plainError(`wrapper ${index}`, { cause }), plainError("the root"));
  const stack = lineOf({ error }).error?.stack?.split("\nCaused by: ");
  expect(stack).toEqual(["Error: wrapper 29", "Error: wrapper 28", "Error: wrapper 27", "Error: wrapper 26", "Error: the root"]);
});

test("the inner errors of an AggregateError are written with their causes, and redacted", () => {
  const inner = [plainError("of jane@example.com", { cause: plainError("refused") }), "a text", { token: "abc" }];
  const error = Object.assign(new AggregateError(inner, "all failed"), { stack: "AggregateError: all failed" });
  expect(lineOf({ error }).error?.stack).toBe(
    "AggregateError: all failed\nInner: Error: of [redacted:email]\nCaused by: Error: refused\n" +
      'Inner: a text\nInner: {"token":"[redacted:named_secret]"}',
  );
});

test("a thrown undefined is an error", () => {
  expect(lineOf({ error: undefined }).error).toEqual({ message: "[undefined]" });
});

const unreadable = (): never => {
  throw new Error("never read");
};
const cyclic: Record<string, unknown> = { n: 1 };
cyclic["self"] = cyclic;
const shared = { n: 1 };
function cycleOfTwo(): object {
  const first: { list: object[] } = { list: [] };
  first.list.push({ back: first });
  return first;
}

const repeated = { n: 1 };

test.each([
  ["a cyclic object", cyclic, '{"n":1,"self":"[circular]"}'],
  ["a cycle of two objects and a list", cycleOfTwo(), '{"list":[{"back":"[circular]"}]}'],
  ["an object twice side by side", { a: shared, b: shared }, '{"a":{"n":1},"b":{"n":1}}'],
  ["the same object twice", [repeated, repeated], '[{"n":1},{"n":1}]'],
  ["binary data", { a: new Uint8Array(7), b: new ArrayBuffer(9) }, '{"a":"[7 bytes]","b":{}}'],
  ["a Buffer", { a: Buffer.from("secret") }, '{"a":"[6 bytes]"}'],
  ["a bigint, a symbol and a function", [10n, Symbol("s"), unreadable, NaN], '["10",null,null,null]'],
  ["only a function", unreadable, "[function]"],
  ["a getter that throws", Object.defineProperty({}, "a", { get: unreadable, enumerable: true }), '{"a":"[unreadable]"}'],
  ["a toJSON that throws beside other values", { a: { toJSON: unreadable }, b: 1 }, '{"a":"[unreadable]","b":1}'],
  ["a proxy that throws", new Proxy({}, { ownKeys: unreadable }), "[unreadable]"],
  ["a toJSON that returns another object", { a: 1, toJSON: () => ({ password: "hunter2" }) }, '{"password":"[redacted:named_secret]"}'],
  ["an own property __proto__", JSON.parse('{"__proto__":{"level":"error"}}'), '{"__proto__":{"level":"error"}}'],
  ["a date, a URL and a boxed string", [new Date(0), new URL("https://a:b@c.example"), Object("d@example.com")],
    '["1970-01-01T00:00:00.000Z","https[redacted:url_password]c.example/","[redacted:email]"]'],
])("metadata that contains %s is written as one string", (_, note, expected) => {
  expect(lineOf({ metadata: { note } }, WITH_PASSED_KEYS).metadata?.["note"]).toEqual(expected);
});

test("new lines, escape sequences, line separators, bidi controls and lone surrogates cannot forge a line", () => {
  const message = 'a\r\n{"level":"error"}\u001b[31m\u2028\u2029\u009b2J\u202e\ud800b';
  expect(lineOf({ message }).message).toBe(message.replace("\ud800", "\ufffd"));
});

test("of a value with many parts, the first 500 are written", () => {
  const written = (note: unknown): string => toText(note);
  expect(written(Array.from({ length: 600 }, () => 7))).toBe(`[${Array.from({ length: 499 }, () => 7).join()}]`);
  expect(JSON.parse(written({ a: Object.fromEntries(Array.from({ length: 600 }, (_, index) => [index, 7])), b: 1 }))).toMatchObject({ a: { 497: 7 } });
  const deep = Array.from({ length: 600 }).reduce((inner: unknown) => [inner], "end");
  expect(written(deep)).toBe(`${"[".repeat(500)}${"]".repeat(500)}`);
});

test("of a large value, only what is written is read", () => {
  let reads = 0;
  const get = (items: string[], key: string): unknown => (reads++, Reflect.get(items, key));
  toText({ a: new Proxy(Array.from({ length: 1_000_000 }, () => "12345678"), { get } as ProxyHandler<string[]>) });
  expect(reads).toBeGreaterThanOrEqual(498); // 500 parts are written, the object and the array among them
  expect(reads).toBeLessThan(2_000);
});

test("a long text costs as much CPU time as one a hundredth as long, of which as much is written", () => {
  const microseconds = (length: number): number => {
    const value = { b: "x".repeat(length) };
    const durations = Array.from({ length: 5 }, () => {
      const start = process.cpuUsage(); // other processes do not affect CPU time
      for (let run = 0; run < 10; run++) toText(value);
      const { user, system } = process.cpuUsage(start);
      return user + system;
    });
    return Math.max(Math.min(...durations), 1_000); // some kernels count CPU time in milliseconds
  };
  expect(microseconds(8_000_000) / microseconds(80_000)).toBeLessThan(25); // in proportion to the text it would be 100
});

test("numbers that a service passes are redacted as texts are", () => {
  const source = { ...DEFAULT, keys: allowedKeys(["card", "retries"]) };
  expect(lineOf({ metadata: { card: 4111111111111111, retries: 1234567 } }, source).metadata).toEqual(
    { step: "message", card: "[redacted:card_number]", retries: 1234567 },
  );
});

test("any input becomes one valid line", () => {
  const anything = fc.anything({ withBigInt: true, withBoxedValues: true, withDate: true, withMap: true, withSet: true,
    withNullPrototype: true, withObjectString: true, withSparseArray: true, withTypedArray: true });
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), anything);
  const metadata = fc.record({ note: anything, other: text, model: anything, prompt: text, step: anything, retries: anything });
  fc.assert(
    fc.property(text, anything, metadata, anything, (message, error, entryMetadata, number) => {
      lineOf({ message, error, metadata: entryMetadata, latency_ms: number, status_code: number }, WITH_PASSED_KEYS);
    }),
    { numRuns: 500 },
  );
}, TIMEOUT_MS);
