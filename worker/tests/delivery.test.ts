/** The way to the shards, with shards that can be told to fail, and a clock that the test turns. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Delivery } from "../src/delivery.ts";
import type { Batch } from "../src/ledger.ts";
import type { TelemetryEnv } from "../src/settings.ts";
import { Tally } from "../src/tally.ts";

const CHAT = { tenant_id: "acme", route: "/chat" } as const;

/** Shards as they are to a Worker: each adds a batch once. `fails` may throw instead of, or after, the adding. */
class Shards {
  readonly calls: { shard: string; at: number; ids: string[] }[] = [];
  readonly batches = new Map<string, { shard: string; batch: Batch }>();
  before: () => unknown = () => undefined;
  after: () => unknown = () => undefined;
  readonly namespace = { idFromName: (name: string) => name, get: (name: string) => ({ add: this.#adder(name) }) };

  total(metric = "requests_total"): number {
    return this.#deltas(metric).reduce((sum, { numbers }) => sum + numbers[0]!, 0);
  }

  shardsOf(metric: string): Map<string, Set<string>> {
    const found = new Map<string, Set<string>>();
    for (const { shard, key } of this.#deltas(metric)) found.set(key, (found.get(key) ?? new Set()).add(shard));
    return found;
  }

  #deltas(metric: string) {
    const all = [...this.batches.values()].map(({ shard, batch }) => batch.deltas.map((each) => ({ shard, ...each })));
    return all.flat().filter(({ key }) => key.startsWith(`${metric}@`));
  }

  #adder(shard: string) {
    return async (_: string, batches: Batch[]): Promise<void> => {
      this.calls.push({ shard, at: Date.now(), ids: batches.map(({ id }) => id) });
      await this.before();
      for (const batch of batches) if (!this.batches.has(batch.id)) this.batches.set(batch.id, { shard, batch });
      await this.after();
    };
  }
}

let shards: Shards;
let tally: Tally;
let delivery: Delivery;
let works: Promise<unknown>[];
let said: string[];
const context = { waitUntil: (work: Promise<unknown>): void => void works.push(work) };

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  vi.spyOn(Math, "random").mockReturnValue(1); // the longest pauses: 1, 2, 4, 8 … seconds
  said = [];
  for (const level of ["log", "warn"] as const) {
    vi.spyOn(console, level).mockImplementation((line) => void said.push(line));
  }
  shards = new Shards();
  tally = new Tally("worker-api", () => undefined);
  delivery = new Delivery(tally);
  works = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function request(settings: Partial<Record<keyof TelemetryEnv, unknown>> = {}): Promise<void> | undefined {
  tally.count("requests_total", CHAT);
  return delivery.handOver({ TELEMETRY: shards.namespace, ...settings } as never, context);
}
const messages = (): string[] => said.map((line) => JSON.parse(line).message);
const fail = (): never => { throw new Error("storage is down"); }; // prettier-ignore

test("the first request of a window leads for all: one hand-over, after the window, by waitUntil", async () => {
  for (let n = 0; n < 100; n++) expect(request()).toBeUndefined();
  await vi.advanceTimersByTimeAsync(999);
  expect(shards.calls).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(works).toHaveLength(1);
  expect(shards.calls).toHaveLength(1);
  expect(shards.total()).toBe(100);
});

test("what a shard has taken is never sent again", async () => {
  for (let second = 0; second < 60; second++) {
    request();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  const ids = shards.calls.flatMap((call) => call.ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect(shards.total()).toBe(60);
});

test("who counts while a hand-over is under way finds no leader, and leads", async () => {
  shards.before = () => new Promise((done) => setTimeout(done, 300));
  request();
  await vi.advanceTimersByTimeAsync(1_000);
  request();
  await vi.advanceTimersByTimeAsync(1_300);
  expect(works).toHaveLength(2);
  expect(shards.total()).toBe(2);
});

test("a batch whose answer was lost is sent again under the same id, and so is counted once", async () => {
  let failures = 2;
  shards.after = () => (failures-- > 0 ? fail() : undefined);
  request();
  await vi.advanceTimersByTimeAsync(1_000 + 1_000 + 2_000);
  const [id] = shards.calls[0]!.ids;
  expect(shards.calls.map(({ ids }) => ids)).toEqual([[id], [id], [id]]);
  expect(shards.calls.map(({ at }) => at - shards.calls[0]!.at)).toEqual([0, 1_000, 3_000]);
  expect(shards.total()).toBe(1);
});

test("an outage is said once, and so is its end; nothing is lost; one batch and a merged tally wait", async () => {
  shards.before = fail;
  for (let second = 0; second < 600; second++) {
    request();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(new Set(shards.calls.flatMap(({ ids }) => ids)).size).toBeLessThanOrEqual(2);
  expect(shards.calls.length).toBeLessThan(25); // ten minutes, a minute apart at the end
  shards.before = () => undefined;
  for (let second = 0; second < 61; second++) {
    request();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(shards.total()).toBe(661);
  const why = "shard-0: does not take what is counted (Error: storage is down); it waits in memory and is sent again";
  expect(messages()).toEqual([expect.stringContaining(why), "shard-0: takes what is counted again."]);
});

test("an overloaded object is left alone for 8 seconds at first", async () => {
  shards.before = () => { throw Object.assign(new Error("overloaded"), { overloaded: true }); }; // prettier-ignore
  request();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(shards.calls.map(({ at }) => at - shards.calls[0]!.at)).toEqual([0, 8_000]);
});

test("a shard that never answers holds no waitUntil for longer than the 30 seconds that Cloudflare gives", async () => {
  shards.before = () => new Promise(() => undefined);
  request();
  const ended = vi.fn();
  void works[0]!.then(ended);
  await vi.advanceTimersByTimeAsync(29_999);
  expect(ended).toHaveBeenCalledOnce();
  shards.before = () => undefined;
  await vi.advanceTimersByTimeAsync(60_000);
  request();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(shards.total()).toBe(2);
});

test("a leader that the runtime ended is followed by another, and what it had taken is sent", async () => {
  const timer = vi.spyOn(globalThis, "setTimeout").mockImplementationOnce(() => 0 as never); // its window never ends
  request();
  expect(timer).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(6_000);
  request();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(shards.total()).toBe(2);
});

test("in `sync` a request waits until its shard has the count", async () => {
  let finish = (): void => undefined;
  shards.before = () => new Promise<void>((done) => (finish = done));
  const answered = vi.fn();
  void request({ TELEMETRY_MODE: "sync" })!.then(answered);
  await vi.advanceTimersByTimeAsync(500);
  expect(answered).not.toHaveBeenCalled();
  finish();
  await vi.advanceTimersByTimeAsync(0);
  expect(answered).toHaveBeenCalledOnce();
  expect(shards.total()).toBe(1);
});

test("in `sync` a shard that never answers delays one second of requests by one second, and no more", async () => {
  shards.before = () => new Promise(() => undefined);
  const answered = vi.fn();
  void request({ TELEMETRY_MODE: "sync" })!.then(answered);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(answered).toHaveBeenCalledOnce();
  void request({ TELEMETRY_MODE: "sync" })!.then(answered);
  await vi.advanceTimersByTimeAsync(0);
  expect(answered).toHaveBeenCalledTimes(2);
  shards.before = () => undefined;
  await vi.advanceTimersByTimeAsync(20_000); // the retry goes on by waitUntil
  expect(shards.total()).toBe(2);
});

test("each series goes to one shard always, and several shards share the work", async () => {
  for (let n = 0; n < 200; n++) {
    tally.count("requests_total", { ...CHAT, tenant_id: `tenant-${n % 40}` });
    request({ TELEMETRY_SHARDS: "4" });
    await vi.advanceTimersByTimeAsync(100);
  }
  await vi.advanceTimersByTimeAsync(1_000);
  const found = shards.shardsOf("requests_total");
  expect(found.size).toBe(41);
  expect([...found.values()].every((names) => names.size === 1)).toBe(true);
  expect(new Set([...found.values()].flatMap((names) => [...names])).size).toBe(4);
  expect(shards.total()).toBe(400);
});

test("one shard that fails holds up no other", async () => {
  tally.count("requests_total", { ...CHAT, tenant_id: "globex" });
  const down = vi.fn(fail);
  const get = shards.namespace.get;
  shards.namespace.get = (name) => (name === "shard-1" ? { add: down } : get(name));
  for (let n = 0; n < 40; n++) tally.count("requests_total", { ...CHAT, tenant_id: `tenant-${n}` });
  request({ TELEMETRY_SHARDS: 2 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(down).toHaveBeenCalledOnce();
  expect(shards.calls.map(({ shard }) => shard)).toEqual(["shard-0"]);
});

test("without the binding nothing throws, and the cure is said once", () => {
  expect(request({ TELEMETRY: undefined })).toBeUndefined();
  expect(request({ TELEMETRY: undefined })).toBeUndefined();
  const cure = "TELEMETRY: no such binding, so nothing is counted; bind the Durable Object namespace of TelemetryShard";
  expect(messages()).toEqual([expect.stringContaining(cure)]);
});

test.each([
  ["TELEMETRY_SHARDS", "none", "TELEMETRY_SHARDS: none is no whole number from 1 to 256; 1 is used"],
  ["TELEMETRY_WINDOW_MS", -5, "TELEMETRY_WINDOW_MS: -5 is no whole number from 1 to 10000; 1000 is used"],
  ["TELEMETRY_MODE", "Sync", "TELEMETRY_MODE: there is no Sync, so it is batch; give batch or sync"],
])("%s of %j is said, and the default holds", async (name, value, message) => {
  request({ [name]: value });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(messages()).toEqual([expect.stringContaining(message)]);
  expect(shards.total()).toBe(1);
});
