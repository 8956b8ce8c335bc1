/** What an isolate merges: expectations are worked out by hand from the contract. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { meterOf } from "../src/metrics.ts";
import { keyOf, SHAPES } from "../src/series.ts";
import { SERIES, Tally } from "../src/tally.ts";

const CHAT = { tenant_id: "acme", route: "/chat" } as const;
const all = (): boolean => true;
let lost: string[];
let tally: Tally;
beforeEach(() => {
  lost = [];
  tally = new Tally("worker-api", (reason) => void lost.push(reason));
});
afterEach(() => vi.restoreAllMocks());

/** What was counted of a metric: its label values, one after the other, and its numbers. */
function counted(name: keyof typeof SHAPES): Record<string, readonly number[]> {
  const deltas = tally.take((key) => key.startsWith(`${SHAPES[name].id}\x1f`));
  return Object.fromEntries(deltas.map(({ key, numbers }) => [key.split("\x1f").slice(1).join(" "), numbers]));
}

test("many requests merge: a counter adds up for each series", () => {
  tally.count("requests_total", CHAT);
  tally.count("requests_total", { ...CHAT, tenant_id: "globex" });
  tally.count("requests_total", CHAT, 2);
  expect(counted("requests_total")).toEqual({ "acme /chat worker-api": [3], "globex /chat worker-api": [1] });
});

test("an observation falls into the first bucket that holds it, bounds included; the last number is the sum", () => {
  for (const latency of [0, 5, 5.5, 30_000, 30_001]) tally.observe("latency_ms", CHAT, latency);
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
])("tenant %j at route %j is counted, as %j", (tenant, route, series) => {
  tally.count("requests_total", { tenant_id: tenant, route } as never);
  expect(counted("requests_total")).toEqual({ [series]: [1] });
  expect(lost).toEqual([]);
});

test("a value that was taken as it is once does not open the way to another that only looks like it", () => {
  tally.count("requests_total", { tenant_id: "a", route: "/chat" });
  tally.count("requests_total", { tenant_id: "a\x1f/chat", route: "worker-api" } as never);
  expect(counted("requests_total")).toEqual({ "a /chat worker-api": [1], "other other worker-api": [1] });
});

const THROWS = { route: "/chat" as const, get tenant_id(): string { throw new Error("gone"); } }; // prettier-ignore
test.each([
  ["a model that cannot be one", () => tally.count("ai_requests_total", { ...CHAT, model: "a b" })],
  ["no model", () => tally.count("ai_requests_total", CHAT as never)],
  ["no labels", () => tally.count("requests_total", undefined as never)],
  ["a label that throws", () => tally.count("requests_total", THROWS)],
  ["a symbol", () => tally.count("requests_total", { ...CHAT, tenant_id: Symbol("x") } as never)],
  ["a metric that is none", () => tally.count("requests" as never, CHAT)],
  ["a name of every object", () => tally.count("constructor" as never, CHAT)],
  ["a metric that is a symbol", () => tally.count(Symbol("x") as never, CHAT)],
  ["a histogram that is counted", () => tally.count("latency_ms" as never, CHAT)],
  ["a counter that is observed", () => tally.observe("requests_total" as never, CHAT, 1)],
  ["less than nothing", () => tally.count("requests_total", CHAT, -1)],
  ["no number", () => tally.observe("latency_ms", CHAT, NaN)],
  ["infinity", () => tally.count("ai_tokens_input", { ...CHAT, model: "m" }, Infinity)],
  ["a text", () => tally.count("requests_total", CHAT, "5" as never)],
])("%s throws nothing into the application: it is counted as dropped, and told", (_, misuse) => {
  misuse();
  expect(lost).toEqual(["invalid"]);
  expect(counted("telemetry_dropped_total")).toMatchObject({ "worker-api invalid": [1] });
  expect(tally.take(all).filter(({ key, made }) => made && !key.startsWith("telemetry_"))).toEqual([]);
});

test("the first hand-over tells the heartbeat of the service, and 0 for each reason to drop something", () => {
  const zeros = { "worker-api buffer_full": [0], "worker-api refused": [0], "worker-api invalid": [0] };
  expect(counted("telemetry_dropped_total")).toEqual(zeros);
  expect(counted("telemetry_heartbeat_timestamp_seconds")).toEqual({ "worker-api": [] });
});

test("a flood of tenants is counted as `other` beyond the cap, to the unit", () => {
  for (let n = 0; n < SERIES + 500; n++) tally.count("requests_total", { ...CHAT, tenant_id: `tenant-${n}` });
  const series = counted("requests_total");
  const own = SERIES - 4; // the heartbeat and three zeros were there first
  expect(Object.keys(series)).toHaveLength(own + 1);
  expect(series["other /chat worker-api"]).toEqual([SERIES + 500 - own]);
});

test("a flood that has no tenant to merge is dropped beyond twice the cap, counted and told", () => {
  for (let n = 0; n < 2 * SERIES + 100; n++) tally.count("ai_requests_total", { ...CHAT, model: `model-${n}` });
  const dropped = 2 * SERIES + 100 - (2 * SERIES - 4);
  expect(lost).toEqual(new Array(dropped).fill("buffer_full"));
  expect(counted("telemetry_dropped_total")["worker-api buffer_full"]).toEqual([dropped]);
});

test("what is taken is gone, and what is not wanted stays", () => {
  tally.count("requests_total", CHAT);
  tally.count("errors_total", CHAT);
  const errors = keyOf(SHAPES.errors_total, CHAT, "worker-api");
  expect(tally.take((key) => key === errors).map(({ key }) => key)).toEqual([errors]);
  expect(counted("errors_total")).toEqual({});
  expect(counted("requests_total")).toEqual({ "acme /chat worker-api": [1] });
});

test("each bucket keeps its last request, and a counter its last", () => {
  vi.spyOn(Date, "now").mockReturnValue(1_700_000_000_000);
  tally.observe("latency_ms", CHAT, 3, "first");
  tally.observe("latency_ms", CHAT, 4, "second");
  tally.observe("latency_ms", CHAT, 40, "third");
  tally.count("errors_total", CHAT, 1, "fourth");
  const exemplars = tally.take(all).flatMap((delta) => delta.exemplars);
  expect(exemplars.map(({ place, value, requestId, at }) => [place, value, requestId, at])).toEqual([
    [0, 4, "second", 1_700_000_000_000],
    [3, 40, "third", 1_700_000_000_000], // the bucket up to 50 is the fourth
    [0, 1, "fourth", 1_700_000_000_000],
  ]);
});

test("a loss is said once, with where, what and cure, and there is one meter for a service", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  meterOf("worker-api").count("requests" as never, CHAT);
  meterOf("worker-api").count("requests" as never, CHAT);
  expect(warn).toHaveBeenCalledTimes(1);
  const { message, metadata } = JSON.parse(warn.mock.calls[0]![0] as string);
  expect(message).toMatch(/^requests: .*telemetry_dropped_total.*; give what contract\.gen\.ts lists\.$/);
  expect(metadata.step).toBe("telemetry");
});

test("a label or a value outside the contract is an error of TypeScript", () => {
  const compiled = (): void => {
    // @ts-expect-error no such metric
    tally.count("requests", CHAT);
    // @ts-expect-error no such route
    tally.count("requests_total", { tenant_id: "acme", route: "/admin" });
    // @ts-expect-error the model is missing
    tally.count("ai_requests_total", CHAT);
    // @ts-expect-error no such label
    tally.count("requests_total", { ...CHAT, modle: "m" });
    // @ts-expect-error a histogram is observed, not counted
    tally.count("latency_ms", CHAT);
  };
  expect(compiled).toBeTypeOf("function"); // the claim is tsc's: an error expected in vain is one
});
