/** What an isolate merges: expectations are worked out by hand from the contract. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Delta, SHAPES } from "../src/series.ts";

const CHAT = { tenant_id: "acme", route: "/chat" } as const;
let meterOf: (typeof import("../src/metrics.ts"))["meterOf"];
let meter: ReturnType<typeof meterOf>;
let take: (typeof import("../src/tally.ts"))["take"];
let SERIES: number;
let said: string[];
beforeEach(async () => {
  said = [];
  vi.spyOn(console, "warn").mockImplementation((line) => void said.push(line));
  vi.resetModules(); // an isolate's state is its modules'
  ({ meterOf } = await import("../src/metrics.ts"));
  ({ take, SERIES } = await import("../src/tally.ts"));
  meter = meterOf("worker-api");
});
afterEach(() => vi.restoreAllMocks());

const all = (): Delta[] => take(0, 1);
/** Of what was taken, a metric's series: their label values, one after the other, and their numbers. */
function seriesOf(name: keyof typeof SHAPES, deltas: readonly Delta[]): Record<string, readonly number[]> {
  const own = deltas.filter(({ key }) => key.startsWith(`${SHAPES[name].id}\x1f`));
  return Object.fromEntries(own.map(({ key, numbers }) => [key.split("\x1f").slice(1).join(" "), numbers]));
}
const counted = (name: keyof typeof SHAPES): Record<string, readonly number[]> => seriesOf(name, all());
const messages = (): string[] => said.map((line) => JSON.parse(line).message);

test("many requests merge: a counter tells for each series how often it was counted, and how much", () => {
  meter.count("requests_total", CHAT);
  meter.count("requests_total", { ...CHAT, tenant_id: "globex" });
  meter.count("requests_total", CHAT, 2);
  expect(counted("requests_total")).toEqual({ "acme /chat worker-api": [2, 3], "globex /chat worker-api": [1, 1] });
});

test("an observation falls into the first bucket that holds it, bounds included; the last number is the sum", () => {
  for (const latency of [0, 5, 5.5, 30_000, 30_001]) meter.observe("latency_ms", CHAT, latency);
  // bounds: 5 10 25 50 100 250 500 1000 2500 5000 10000 30000, then what is beyond, then 0 + 5 + 5.5 + 30000 + 30001
  const numbers = [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 60_011.5];
  expect(counted("latency_ms")).toEqual({ "acme /chat worker-api": numbers });
});

test.each([
  [undefined, "/chat", "unknown /chat worker-api"],
  [null, "/chat", "unknown /chat worker-api"],
  ["", "/chat", "unknown /chat worker-api"],
  ["acme", undefined, "acme other worker-api"],
  ["acme", "/admin", "acme other worker-api"],
  ["a`b", "/chat", "other /chat worker-api"],
  ["a\nb", "/chat", "other /chat worker-api"],
  ["acme\x1f/chat", "/chat", "other /chat worker-api"],
  ["a\ud800", "/chat", "other /chat worker-api"],
  ["${$__all}", "/chat", "other /chat worker-api"],
  ["x".repeat(129), "/chat", "other /chat worker-api"],
  ["x".repeat(128), "/chat", `${"x".repeat(128)} /chat worker-api`],
  [7, "/chat", "7 /chat worker-api"],
  [Symbol("x"), "/chat", "Symbol(x) /chat worker-api"],
])("tenant %j at route %j is counted, as %j", (tenant, route, series) => {
  meter.count("requests_total", { tenant_id: tenant, route } as never);
  expect(counted("requests_total")).toEqual({ [series]: [1, 1] });
  expect(said).toEqual([]);
});

test("a tenant that calls itself undefined does not draw in those that have no name", () => {
  for (const tenant_id of ["undefined", "null", undefined, null]) meter.count("requests_total", { tenant_id, route: "/chat" } as never);
  const one = [1, 1];
  expect(counted("requests_total")).toEqual({ "undefined /chat worker-api": one, "null /chat worker-api": one, "unknown /chat worker-api": [2, 2] });
});

test("a value that was taken as it is once does not open the way to another that only looks like it", () => {
  meter.count("requests_total", { tenant_id: "a", route: "/chat" });
  meter.count("requests_total", { tenant_id: "a\x1f/chat", route: "worker-api" } as never);
  expect(counted("requests_total")).toEqual({ "a /chat worker-api": [1, 1], "other other worker-api": [1, 1] });
});

const THROWS = { route: "/chat" as const, get tenant_id(): string { throw new Error("gone"); } }; // prettier-ignore
test.each([
  ["a model that cannot be one", () => meter.count("ai_requests_total", { ...CHAT, model: "a b" })],
  ["no model", () => meter.count("ai_requests_total", CHAT as never)],
  ["no labels", () => meter.count("requests_total", undefined as never)],
  ["a label that throws", () => meter.count("requests_total", THROWS)],
  ["a metric that is none", () => meter.count("requests" as never, CHAT)],
  ["a name of every object", () => meter.count("constructor" as never, CHAT)],
  ["a metric that is a symbol", () => meter.count(Symbol("x") as never, CHAT)],
  ["less than nothing", () => meter.count("requests_total", CHAT, -1)],
  ["no number", () => meter.observe("latency_ms", CHAT, NaN)],
  ["infinity", () => meter.count("ai_tokens_input", { ...CHAT, model: "m" }, Infinity)],
  ["a text", () => meter.count("requests_total", CHAT, "5" as never)],
])("%s throws nothing into the application: it is counted as dropped, and told", (_, misuse) => {
  misuse();
  expect(messages()).toEqual([expect.stringMatching(/^.+: invalid, counted as dropped; see contract\.gen\.ts, .*\.$/)]);
  const deltas = all();
  expect(seriesOf("telemetry_dropped_total", deltas)).toMatchObject({ "worker-api invalid": [1, 1] });
  expect(deltas.filter(({ key }) => !key.startsWith("telemetry_"))).toEqual([]);
});

test("the first hand-over tells the heartbeat of the service, and 0 for each reason to drop something", () => {
  const zeros = { "worker-api buffer_full": [0, 0], "worker-api refused": [0, 0], "worker-api invalid": [0, 0] };
  meterOf("worker-api"); // a second time, it is known
  const deltas = all();
  expect(seriesOf("telemetry_dropped_total", deltas)).toEqual(zeros);
  expect(seriesOf("telemetry_heartbeat_timestamp_seconds", deltas)).toEqual({ "worker-api": [0, 0] });
  meterOf("worker-api");
  expect(all()).toEqual([]);
});

test("a flood of tenants is counted as `other` beyond the cap, to the unit", () => {
  for (let n = 0; n < SERIES + 500; n++) meter.count("requests_total", { ...CHAT, tenant_id: `tenant-${n}` });
  const series = counted("requests_total");
  const own = SERIES - 4; // the heartbeat and three zeros were there first
  expect(Object.keys(series)).toHaveLength(own + 1);
  expect(series["other /chat worker-api"]).toEqual([SERIES + 500 - own, SERIES + 500 - own]);
});

test("a flood that has no tenant to merge is dropped beyond twice the cap, counted and told", () => {
  for (let n = 0; n < 2 * SERIES + 100; n++) meter.count("ai_requests_total", { ...CHAT, model: `model-${n}` });
  const dropped = 2 * SERIES + 100 - (2 * SERIES - 4);
  expect(counted("telemetry_dropped_total")["worker-api buffer_full"]).toEqual([dropped, dropped]);
  expect(messages()).toEqual(["ai_requests_total: buffer_full, counted as dropped; see contract.gen.ts, or the shard's log."]);
});

test("what is taken is gone, and what lives on other shards stays", () => {
  for (let n = 0; n < 20; n++) meter.count("requests_total", { ...CHAT, tenant_id: `tenant-${n}` });
  const parts = [0, 1, 2].map((shard) => Object.keys(seriesOf("requests_total", take(shard, 3))));
  expect(parts.every(({ length }) => length)).toBe(true);
  expect(new Set(parts.flat()).size).toBe(20);
  expect(parts.flat()).toHaveLength(20);
  expect(all()).toEqual([]);
});

test("each bucket keeps its last request, and a counter its last", () => {
  meter.observe("latency_ms", CHAT, 3, "first");
  meter.observe("latency_ms", CHAT, 4, "second");
  meter.observe("latency_ms", CHAT, 40, "third");
  meter.observe("latency_ms", CHAT, 41);
  meter.count("errors_total", CHAT, 2, "fourth");
  const exemplars = all().map((delta) => Object.entries(delta.exemplars));
  expect(exemplars.filter(({ length }) => length)).toEqual([
    [["0", { value: 4, requestId: "second" }], ["3", { value: 40, requestId: "third" }]], // up to 50 is the fourth
    [["0", { value: 2, requestId: "fourth" }]],
  ]); // prettier-ignore
});

test("services of one isolate count apart, and a service that is none is a TypeError", () => {
  meterOf("ingest-worker").count("requests_total", { tenant_id: "acme", route: "/ingest" });
  meter.count("requests_total", CHAT);
  const deltas = all();
  const series = { "acme /chat worker-api": [1, 1], "acme /ingest ingest-worker": [1, 1] };
  expect(seriesOf("requests_total", deltas)).toEqual(series);
  expect(Object.keys(seriesOf("telemetry_heartbeat_timestamp_seconds", deltas))).toHaveLength(2);
  expect(() => meterOf("worker" as never)).toThrow(new TypeError("service: not in the contract; give what contract.gen.ts lists"));
});

test("a loss is said once, with where, what and cure", () => {
  meter.count("requests" as never, CHAT);
  meterOf("worker-api").count("requests" as never, CHAT);
  expect(messages()).toEqual(["requests: invalid, counted as dropped; see contract.gen.ts, or the shard's log."]);
  expect(JSON.parse(said[0]!).metadata).toEqual({ step: "telemetry", dropped: 1 });
});

test("a label or a value outside the contract is an error of TypeScript", () => {
  const compiled = (): void => {
    // @ts-expect-error no such metric
    meter.count("requests", CHAT);
    // @ts-expect-error no such route
    meter.count("requests_total", { tenant_id: "acme", route: "/admin" });
    // @ts-expect-error the model is missing
    meter.count("ai_requests_total", CHAT);
    // @ts-expect-error no such label
    meter.count("requests_total", { ...CHAT, modle: "m" });
    // @ts-expect-error a histogram is observed, not counted
    meter.count("latency_ms", CHAT);
    // @ts-expect-error a counter is counted, not observed
    meter.observe("requests_total", CHAT, 1);
  };
  expect(compiled).toBeTypeOf("function"); // the claim is tsc's: an error expected in vain is one
});
