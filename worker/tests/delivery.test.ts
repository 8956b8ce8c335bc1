/** The way to the shards, with shards that can be told to fail, and a clock that the test turns. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { begin, CHAT, context, end, fail, messages, meter, request, said, shards, works } from "./delivery.isolate.ts";

beforeEach(begin);
afterEach(end);

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
  const why = "shard-0: takes nothing (Error: storage is down); what is counted is kept and sent again; look at";
  expect(messages()).toEqual([expect.stringContaining(why), "shard-0: takes what is counted again."]);
});

test("after an outage there is one hand-over a window again: who tries again ends no other's lead", async () => {
  const seconds = async (count: number): Promise<number> => {
    const before = shards.calls.length;
    for (let n = 0; n < 50 * count; n++) {
      request();
      await vi.advanceTimersByTimeAsync(20);
    }
    return (shards.calls.length - before) / count;
  };
  let random = 0;
  vi.mocked(Math.random).mockImplementation(() => (random = (random + 0.37) % 1)); // pauses that meet no window's end
  shards.before = fail;
  await seconds(60);
  shards.before = () => undefined;
  await seconds(70);
  expect(await seconds(20)).toBeCloseTo(1, 1);
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

test("a batch whose sender the runtime ended is sent by the next, under the same id", async () => {
  shards.before = () => new Promise(() => undefined);
  request();
  await vi.advanceTimersByTimeAsync(999);
  vi.spyOn(globalThis, "setTimeout").mockImplementationOnce(() => 0 as never); // it never hears that it is too late
  await vi.advanceTimersByTimeAsync(1);
  shards.before = () => undefined;
  request();
  await vi.advanceTimersByTimeAsync(10_000);
  const [[dead], [again]] = shards.calls.map(({ ids }) => ids) as [[string], [string]];
  expect(again).toBe(dead);
  expect(works).toHaveLength(2);
  expect(shards.total()).toBe(2);
  expect(said).toEqual([]); // nothing has failed
});

test("who is heard late, when another has sent the same batch, takes no other batch for it", async () => {
  const later = setTimeout; // before it is spied upon
  const takes = (milliseconds: number) => () => new Promise((done) => later(done, milliseconds));
  shards.before = takes(8_000);
  request();
  await vi.advanceTimersByTimeAsync(999);
  vi.spyOn(globalThis, "setTimeout").mockImplementationOnce(() => 0 as never); // it never hears that it is too late
  await vi.advanceTimersByTimeAsync(1);
  shards.before = takes(4_000);
  request(); // leads from 2 s on, sends the first batch too, is too late at 7 s and sends it again at 8
  await vi.advanceTimersByTimeAsync(8_000);
  shards.before = fail;
  request(); // the first is heard at 9 s, so that at 10 the next batch goes, and fails
  await vi.advanceTimersByTimeAsync(3_500); // at 12 s the second is heard
  shards.before = () => undefined;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(shards.total()).toBe(3);
});

test("one batch at a time is under way to a shard: what is counted meanwhile goes by the next", async () => {
  shards.before = () => new Promise((done) => setTimeout(done, 3_500));
  for (let second = 0; second < 8; second++) {
    request();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  await vi.advanceTimersByTimeAsync(10_000);
  // taken at 1 s, and as soon as the one before is there: at 4.5 s and 8 s, when it is looked for
  expect(shards.calls.map(({ at }) => Math.floor((at - shards.calls[0]!.at) / 100))).toEqual([0, 35, 70]);
  expect(new Set(shards.calls.flatMap(({ ids }) => ids)).size).toBe(3);
  expect(shards.total()).toBe(8);
});

test("who leads costs a count nothing: no clock is read while a lead is on", () => {
  request();
  const clock = vi.spyOn(Date, "now");
  meter.observe("latency_ms", CHAT, 7, "8f1f7c1e-6f0e-4b5e-9a52-3f2f6c7d1a90");
  meter.lead({ TELEMETRY: shards.namespace } as never, context);
  expect(clock).not.toHaveBeenCalled();
  expect(works).toHaveLength(1);
});

test("each series goes to one shard always, and several shards share the work", async () => {
  for (let n = 0; n < 200; n++) {
    meter.count("requests_total", { ...CHAT, tenant_id: `tenant-${n % 40}` });
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
  meter.count("requests_total", { ...CHAT, tenant_id: "globex" });
  const down = vi.fn(fail);
  const get = shards.namespace.get;
  shards.namespace.get = (name) => (name === "shard-1" ? { add: down } : get(name));
  for (let n = 0; n < 40; n++) meter.count("requests_total", { ...CHAT, tenant_id: `tenant-${n}` });
  request({ TELEMETRY_SHARDS: 2 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(down).toHaveBeenCalledOnce();
  expect(shards.calls.map(({ shard }) => shard)).toEqual(["shard-0"]);
  expect(shards.total()).toBeLessThan(42);
  shards.namespace.get = get;
  await vi.advanceTimersByTimeAsync(1_000); // it is tried again by who led, though all went well on the other
  expect(shards.total()).toBe(42);
});

test("without the binding nothing throws, and the cure is said once", () => {
  expect(request({ TELEMETRY: undefined })).toBeUndefined();
  expect(request({ TELEMETRY: undefined })).toBeUndefined();
  const cure = "TELEMETRY: no such binding; bind TelemetryShard.";
  expect(messages()).toEqual([expect.stringContaining(cure)]);
});

test.each([
  ["TELEMETRY_SHARDS", "none", "TELEMETRY_SHARDS: none is no whole number from 1 to 256; 1 is used"],
  ["TELEMETRY_SHARDS", 257, "TELEMETRY_SHARDS: 257 is no whole number from 1 to 256; 1 is used"],
  ["TELEMETRY_SHARDS", 2.5, "TELEMETRY_SHARDS: 2.5 is no whole number from 1 to 256; 1 is used"],
  ["TELEMETRY_WINDOW_MS", -5, "TELEMETRY_WINDOW_MS: -5 is no whole number from 1 to 10000; 1000 is used"],
  ["TELEMETRY_MODE", "Sync", "TELEMETRY_MODE: Sync is not batch or sync; batch is used"],
])("%s of %j is said, and the default holds", async (name, value, message) => {
  request({ [name]: value });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(messages()).toEqual([expect.stringContaining(message)]);
  expect(shards.total()).toBe(1);
});
