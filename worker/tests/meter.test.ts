/** How an isolate accumulates counts and observations; the expected values are derived by hand from the contract. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SeriesDelta } from "../src/batch.ts";
import { METRIC_DEFINITIONS } from "../src/series.ts";

const CHAT = { tenant_id: "acme", route: "/chat" } as const;
let getMeter: (typeof import("../src/meter.ts"))["getMeter"];
let meter: ReturnType<typeof getMeter>;
let takeDeltas: (typeof import("../src/accumulator.ts"))["takeDeltas"];
let MAX_SERIES: number;
let MAX_OTHER_SERIES: number;
let logged: string[];
beforeEach(async () => {
  logged = [];
  vi.spyOn(console, "warn").mockImplementation((line) => void logged.push(line));
  vi.resetModules(); // an isolate's state lives in its modules
  ({ getMeter } = await import("../src/meter.ts"));
  ({ takeDeltas, MAX_SERIES, MAX_OTHER_SERIES } = await import("../src/accumulator.ts"));
  meter = getMeter("worker-api");
});
afterEach(() => vi.restoreAllMocks());

function takeAll(): SeriesDelta[] {
  const all: SeriesDelta[] = [];
  for (let deltas = takeDeltas(0, 1); deltas.length > 0; deltas = takeDeltas(0, 1)) all.push(...deltas);
  return all;
}
/** Returns the series of a metric: their numbers by their label values, joined by spaces. */
function seriesOf(name: keyof typeof METRIC_DEFINITIONS, deltas: readonly SeriesDelta[]): Record<string, readonly number[]> {
  const metricDeltas = deltas.filter(({ key }) => key.startsWith(`${METRIC_DEFINITIONS[name].id}\x1f`));
  return Object.fromEntries(metricDeltas.map(({ key, numbers }) => [key.split("\x1f").slice(1).join(" "), numbers]));
}
const takeSeries = (name: keyof typeof METRIC_DEFINITIONS): Record<string, readonly number[]> => seriesOf(name, takeAll());
const loggedMessages = (): string[] => logged.map((line) => JSON.parse(line).message);

test("many requests accumulate: each series of a counter has the number of increments and their sum", () => {
  meter.count("requests_total", CHAT);
  meter.count("requests_total", { ...CHAT, tenant_id: "globex" });
  meter.count("requests_total", CHAT, 2);
  expect(takeSeries("requests_total")).toEqual({ "acme /chat worker-api": [2, 3], "globex /chat worker-api": [1, 1] });
});

test("an observation is counted in the first bucket whose bound is not below it; the last number is the sum", () => {
  for (const latency of [0, 5, 5.5, 30_000, 30_001]) meter.observe("latency_ms", CHAT, latency);
  // bounds: 5 10 25 50 100 250 500 1000 2500 5000 10000 30000 +Inf, then the sum 0 + 5 + 5.5 + 30000 + 30001
  const numbers = [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 60_011.5];
  expect(takeSeries("latency_ms")).toEqual({ "acme /chat worker-api": numbers });
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
])("tenant %j at route %j is counted as %j", (tenant, route, series) => {
  meter.count("requests_total", { tenant_id: tenant, route } as never);
  expect(takeSeries("requests_total")).toEqual({ [series]: [1, 1] });
  expect(logged).toEqual([]);
});

test('a tenant named "undefined" or "null" is distinct from a missing tenant', () => {
  for (const tenant_id of ["undefined", "null", undefined, null]) meter.count("requests_total", { tenant_id, route: "/chat" } as never);
  expect(takeSeries("requests_total")).toEqual({
    "undefined /chat worker-api": [1, 1],
    "null /chat worker-api": [1, 1],
    "unknown /chat worker-api": [2, 2],
  });
});

test("a label value that contains the separator cannot be mistaken for a series that was counted before", () => {
  meter.count("requests_total", { tenant_id: "a", route: "/chat" });
  meter.count("requests_total", { tenant_id: "a\x1f/chat", route: "worker-api" } as never);
  expect(takeSeries("requests_total")).toEqual({ "a /chat worker-api": [1, 1], "other other worker-api": [1, 1] });
});

const THROWS = { route: "/chat" as const, get tenant_id(): string { throw new Error("unreadable"); } }; // prettier-ignore
test.each([
  ["an invalid model", () => meter.count("ai_requests_total", { ...CHAT, model: "a b" })],
  ["a missing model", () => meter.count("ai_requests_total", CHAT as never)],
  ["a call without labels", () => meter.count("requests_total", undefined as never)],
  ["a label that throws", () => meter.count("requests_total", THROWS)],
  ["an unknown metric", () => meter.count("requests" as never, CHAT)],
  ["a property name of Object.prototype", () => meter.count("constructor" as never, CHAT)],
  ["a metric that is a symbol", () => meter.count(Symbol("x") as never, CHAT)],
  ["a negative value", () => meter.count("requests_total", CHAT, -1)],
  ["NaN", () => meter.observe("latency_ms", CHAT, NaN)],
  ["Infinity", () => meter.count("ai_tokens_input", { ...CHAT, model: "m" }, Infinity)],
  ["a string as value", () => meter.count("requests_total", CHAT, "5" as never)],
])("%s does not throw, but is counted as dropped and logged", (_, misuse) => {
  misuse();
  expect(loggedMessages()).toEqual([expect.stringMatching(/^.+: invalid, counted as dropped; see contract\.gen\.ts, .*\.$/)]);
  const deltas = takeAll();
  expect(seriesOf("telemetry_dropped_total", deltas)).toMatchObject({ "worker-api invalid": [1, 1] });
  expect(deltas.filter(({ key }) => !key.startsWith("telemetry_"))).toEqual([]);
});

test("the first flush contains the heartbeat of the service, and 0 for each reason of dropped and overflown counts", () => {
  const dropped = { "worker-api buffer_full": [0, 0], "worker-api refused": [0, 0], "worker-api invalid": [0, 0] };
  const overflow = { "worker-api isolate_full": [0, 0], "worker-api shard_full": [0, 0] };
  getMeter("worker-api"); // the second call for a service adds nothing
  const deltas = takeAll();
  expect(seriesOf("telemetry_dropped_total", deltas)).toEqual(dropped);
  expect(seriesOf("telemetry_overflow_total", deltas)).toEqual(overflow);
  expect(seriesOf("telemetry_heartbeat_timestamp_seconds", deltas)).toEqual({ "worker-api": [0, 0] });
  getMeter("worker-api");
  expect(takeAll()).toEqual([]);
});

test("tenants beyond the limit are counted exactly as `other`, and as overflow, and that is logged once", () => {
  for (let n = 0; n < MAX_SERIES + 500; n++) meter.count("requests_total", { ...CHAT, tenant_id: `tenant-${n}` });
  const deltas = takeAll();
  const series = seriesOf("requests_total", deltas);
  const tenants = MAX_SERIES - 6; // the heartbeat, three dropped and two overflow counters exist already
  expect(Object.keys(series)).toHaveLength(tenants + 1);
  expect(series["other /chat worker-api"]).toEqual([506, 506]);
  expect(seriesOf("telemetry_overflow_total", deltas)["worker-api isolate_full"]).toEqual([506, 506]);
  expect(loggedMessages()).toEqual([expect.stringMatching(/^50000 series wait for the shards: new tenants count as `other`/)]);
});

test("series of `other` beyond its own limit are dropped, counted as dropped and logged", () => {
  const limit = MAX_SERIES + MAX_OTHER_SERIES;
  for (let n = 0; n < limit + 100; n++) meter.count("ai_requests_total", { ...CHAT, model: `model-${n}` });
  expect(takeSeries("telemetry_dropped_total")["worker-api buffer_full"]).toEqual([106, 106]); // six series exist already
  expect(loggedMessages().at(-1)).toBe("ai_requests_total: buffer_full, counted as dropped; see contract.gen.ts, or the shard's log.");
});

test("a batch has at most 5,000 series; the others are taken next", () => {
  for (let n = 0; n < 7_000; n++) meter.count("requests_total", { ...CHAT, tenant_id: `tenant-${n}` });
  expect([takeDeltas(0, 1).length, takeDeltas(0, 1).length, takeDeltas(0, 1).length]).toEqual([5_000, 2_006, 0]);
});

test("taking the series of a shard removes them, and leaves those of other shards", () => {
  for (let n = 0; n < 20; n++) meter.count("requests_total", { ...CHAT, tenant_id: `tenant-${n}` });
  const seriesByShard = [0, 1, 2].map((shard) => Object.keys(seriesOf("requests_total", takeDeltas(shard, 3))));
  expect(seriesByShard.every(({ length }) => length)).toBe(true);
  expect(new Set(seriesByShard.flat()).size).toBe(20);
  expect(seriesByShard.flat()).toHaveLength(20);
  expect(takeAll()).toEqual([]);
});

test("each bucket and each counter keeps the exemplar of its last request", () => {
  meter.observe("latency_ms", CHAT, 3, "first");
  meter.observe("latency_ms", CHAT, 4, "second");
  meter.observe("latency_ms", CHAT, 40, "third");
  meter.observe("latency_ms", CHAT, 41);
  meter.count("errors_total", CHAT, 2, "fourth");
  const exemplars = takeAll().map((delta) => Object.entries(delta.exemplars));
  expect(exemplars.filter(({ length }) => length)).toEqual([
    [["0", { value: 4, requestId: "second" }], ["3", { value: 40, requestId: "third" }]], // the bucket up to 50 is the fourth
    [["0", { value: 2, requestId: "fourth" }]],
  ]); // prettier-ignore
});

test("services of one isolate are counted separately, and an unknown service is a TypeError", () => {
  getMeter("ingest-worker").count("requests_total", { tenant_id: "acme", route: "/ingest" });
  meter.count("requests_total", CHAT);
  const deltas = takeAll();
  const series = { "acme /chat worker-api": [1, 1], "acme /ingest ingest-worker": [1, 1] };
  expect(seriesOf("requests_total", deltas)).toEqual(series);
  expect(Object.keys(seriesOf("telemetry_heartbeat_timestamp_seconds", deltas))).toHaveLength(2);
  expect(() => getMeter("worker" as never)).toThrow(new TypeError("service: not in the contract; use a value that contract.gen.ts lists"));
});

test("a dropped count is logged once, with the metric, the reason and a hint", () => {
  meter.count("requests" as never, CHAT);
  getMeter("worker-api").count("requests" as never, CHAT);
  expect(loggedMessages()).toEqual(["requests: invalid, counted as dropped; see contract.gen.ts, or the shard's log."]);
  expect(JSON.parse(logged[0]!).metadata).toEqual({ step: "telemetry", dropped: 1 });
});

test("a label or a value outside the contract does not compile", () => {
  const typeErrors = (): void => {
    // @ts-expect-error unknown metric
    meter.count("requests", CHAT);
    // @ts-expect-error unknown route
    meter.count("requests_total", { tenant_id: "acme", route: "/admin" });
    // @ts-expect-error the model is missing
    meter.count("ai_requests_total", CHAT);
    // @ts-expect-error unknown label
    meter.count("requests_total", { ...CHAT, modle: "m" });
    // @ts-expect-error a histogram is observed, not counted
    meter.count("latency_ms", CHAT);
    // @ts-expect-error a counter is counted, not observed
    meter.observe("requests_total", CHAT, 1);
  };
  expect(typeErrors).toBeTypeOf("function"); // `tsc` checks the claim: an unused @ts-expect-error is an error
});
