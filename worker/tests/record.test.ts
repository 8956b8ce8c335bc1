import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { LogLine } from "../../out/contract/contract.gen.ts";
import { type Entry, keysOf, lineOf as textOf, type Whose } from "../src/record.ts";
import { faultsOf } from "./line_schema.ts";

const CLOSED: Whose = {
  service: "worker-api",
  origin: { requestId: "8d3f2b1a-4c5d-4e6f-8a9b-0c1d2e3f4a5b", tenantId: "acme", route: "/chat" },
  keys: keysOf(),
};
const OPEN: Whose = { ...CLOSED, keys: keysOf(["retries", "note", "other"]), raw: true };
const PATIENCE = 60_000;
beforeAll(() => void vi.useFakeTimers({ now: new Date("2026-11-24T18:25:26.123Z"), toFake: ["Date"] }));
afterAll(() => void vi.useRealTimers());

function lineOf(entry: Partial<Record<keyof Entry, unknown>>, whose = CLOSED): LogLine {
  const text = textOf(whose, "message", { level: "info", message: "m", ...entry } as Entry);
  expect(faultsOf(text)).toEqual([]);
  return JSON.parse(text) as LogLine;
}

test("A line holds the plan's fields in the plan's order, and no others", () => {
  const error = Object.assign(new Error("boom"), { stack: "Error: boom\n    at x" });
  const entry = { level: "error", latency_ms: 12.5, status_code: 500, error, metadata: { model: "m", x: 1 }, extra: 1 };
  expect(JSON.stringify(lineOf(entry))).toBe(
    '{"timestamp":"2026-11-24T18:25:26.123Z","level":"error","message":"m","service":"worker-api","tenant_id":"acme",' +
      '"request_id":"8d3f2b1a-4c5d-4e6f-8a9b-0c1d2e3f4a5b","route":"/chat","latency_ms":12.5,"status_code":500,' +
      '"error":{"message":"boom","stack":"Error: boom\\n    at x"},"metadata":{"step":"message","model":"m"}}',
  );
});

test("What a line has nothing to say of is not in it", () => {
  expect(Object.keys(lineOf({}))).toEqual(["timestamp", "level", "message", "service", "tenant_id", "request_id", "route", "metadata"]);
});

test("Metadata is closed: only the contract's keys and those that the service passes are written", () => {
  const metadata = { ai_code: 3040, note: "n", retries: 2, password: "hunter2", unknown: "x" };
  expect(lineOf({ metadata }).metadata).toEqual({ ai_code: 3040, step: "message" });
  expect(lineOf({ metadata }, OPEN).metadata).toEqual({ ai_code: 3040, note: "n", retries: 2, step: "message" });
});

test("No key that names a secret, and nothing that is no key, can be passed", () => {
  expect(() => keysOf(["retries", "api_key", "A key"])).toThrow(
    'observe, pass: ["api_key","A key"]: no key, or a secret; give others',
  );
});

test("Raw prompts and answers are written only where they are asked for, and then redacted", () => {
  const metadata = { prompt: "I am jane@example.com", response: "hello" };
  expect(lineOf({ metadata }).metadata).toEqual({ step: "message" });
  expect(lineOf({ metadata }, OPEN).metadata).toEqual({ prompt: "I am [redacted:email]", response: "hello", step: "message" });
});

test("What does not fit its bounds is left out", () => {
  const metadata = { ai_code: 12, store: "r2", tokens_input: -1, documents: 1.5, cf_ray: "x\ny", model: "m".repeat(200) };
  expect(lineOf({ latency_ms: -1, status_code: 99, metadata })).toEqual(lineOf({}));
});

test("Everything is redacted: messages, errors, stacks, causes, metadata", () => {
  const error = new Error("of jane@example.com", { cause: new Error("card 4000 1234 5678 9017") });
  const metadata = { note: { cookie: "sid=1", at: ["203.0.113.7"] }, caller_request_id: "token=abc" };
  const line = lineOf({ message: "call +49 30 1234567", error, metadata }, OPEN);
  expect(line.message).toBe("call [redacted:phone]");
  expect(line.error?.message).toBe("of [redacted:email]");
  expect(line.error?.stack).toMatch(/^Error: of \[redacted:email\]\n[^]*\nCaused by: Error: card \[redacted:card_number\]\n/);
  expect(line.metadata).toEqual({ note: '{"cookie":"[redacted:named_secret]","at":["[redacted:ip_address]"]}', step: "message" });
});

test.each([
  ["a text", "boom of jane@example.com", { message: "boom of [redacted:email]" }],
  ["an object", { code: 7, token: "abc" }, { message: '{"code":7,"token":"[redacted:named_secret]"}' }],
  ["null", null, { message: "null" }],
  ["an error without words", Object.assign(new RangeError(""), { stack: undefined }),
    { message: "RangeError", stack: "RangeError" }],
])("What was thrown may be anything: %s", (_, error, expected) => {
  expect(lineOf({ error }).error).toEqual(expected);
});

test("A chain of causes ends", () => {
  const loop = new Error("loop");
  loop.cause = loop;
  expect(lineOf({ error: loop }).error?.stack?.match(/Caused by/g)).toHaveLength(4);
});

const unreadable = (): never => {
  throw new Error("never read");
};
const circular: Record<string, unknown> = { n: 1 };
circular["self"] = circular;

const twice = { n: 1 };

test.each([
  ["circular", circular, "[unreadable]"],
  ["said twice, not circular", [twice, twice], '[{"n":1},{"n":1}]'],
  ["binary", { a: new Uint8Array(7), b: new ArrayBuffer(9) }, '{"a":"[7 bytes]","b":{}}'],
  ["a buffer, which has JSON of its own", { a: Buffer.from("secret") }, '{"a":"[6 bytes]"}'],
  ["big, symbolic and callable", [10n, Symbol("s"), unreadable, NaN], '["10",null,null,null]'],
  ["nothing but code", unreadable, "[function]"],
  ["a getter that throws", Object.defineProperty({}, "a", { get: unreadable, enumerable: true }), "[unreadable]"],
  ["a proxy that throws", new Proxy({}, { ownKeys: unreadable }), "[unreadable]"],
  ["a toJSON that lies", { a: 1, toJSON: () => ({ password: "hunter2" }) }, '{"password":"[redacted:named_secret]"}'],
  ["a __proto__ of its own", JSON.parse('{"__proto__":{"level":"error"}}'), '{"__proto__":{"level":"error"}}'],
  ["a date, an address, a boxed text", [new Date(0), new URL("https://a:b@c.example"), Object("d@example.com")],
    '["1970-01-01T00:00:00.000Z","https[redacted:url_password]c.example/","[redacted:email]"]'],
])("Metadata that is %s is told in one text", (_, note, expected) => {
  expect(lineOf({ metadata: { note } }, OPEN).metadata?.["note"]).toBe(expected);
});

test("New lines, escape sequences, line separators, directions and lone surrogates forge nothing", () => {
  const message = 'a\r\n{"level":"error"}\u001b[31m\u2028\u2029\u009b2J\u202e\ud800b';
  expect(lineOf({ message }).message).toBe(message.replace("\ud800", "\ufffd"));
});

test("Of values too deep or too wide nothing is told", () => {
  for (const [size, told] of [[400, /^[[{].*[\]}]$|^[[{].*…$/], [600, /^\[unreadable\]$/]] as const) {
    const deep = Array.from({ length: size }).reduce((inner: unknown) => [inner], "end");
    expect(lineOf({ metadata: { note: deep } }, OPEN).metadata?.["note"]).toMatch(told);
    expect(lineOf({ metadata: { note: Array.from({ length: size }, () => 7) } }, OPEN).metadata?.["note"]).toMatch(told);
  }
});

test("Anything at all becomes one valid line", () => {
  const anything = fc.anything({ withBigInt: true, withBoxedValues: true, withDate: true, withMap: true, withSet: true,
    withNullPrototype: true, withObjectString: true, withSparseArray: true, withTypedArray: true });
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), anything);
  const metadata = fc.record({ note: anything, other: text, model: anything, prompt: text, step: anything, retries: anything });
  fc.assert(
    fc.property(text, anything, metadata, anything, (message, error, told, number) => {
      lineOf({ message, error, metadata: told, latency_ms: number, status_code: number }, OPEN);
    }),
    { numRuns: 500 },
  );
}, PATIENCE);
