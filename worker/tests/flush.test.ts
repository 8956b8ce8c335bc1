/** Flushing to the shards in `batch` mode, with fake shards that can fail and with fake timers. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { backgroundTasks, CHAT, context, fail, logged, loggedMessages, meter, request, shards, startIsolate, stopIsolate } from "./isolate.ts";

beforeEach(startIsolate);
afterEach(stopIsolate);

test("the first request of a window is the leader: it flushes for all once, after the window, in waitUntil", async () => {
  for (let n = 0; n < 100; n++) expect(request()).toBeUndefined();
  await vi.advanceTimersByTimeAsync(999);
  expect(shards.calls).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(backgroundTasks).toHaveLength(1);
  expect(shards.calls).toHaveLength(1);
  expect(shards.total()).toBe(100);
});

test("a batch that a shard has stored is never sent again", async () => {
  for (let second = 0; second < 60; second++) {
    request();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  const ids = shards.calls.flatMap((call) => call.ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect(shards.total()).toBe(60);
});

test("a request during a flush becomes the leader of the next window", async () => {
  shards.before = () => new Promise((resolve) => setTimeout(resolve, 300));
  request();
  await vi.advanceTimersByTimeAsync(1_000);
  request();
  await vi.advanceTimersByTimeAsync(1_300);
  expect(backgroundTasks).toHaveLength(2);
  expect(shards.total()).toBe(2);
});

test("a batch whose response was lost is sent again with the same id, and so is counted once", async () => {
  let failures = 2;
  shards.after = () => (failures-- > 0 ? fail() : undefined);
  request();
  await vi.advanceTimersByTimeAsync(1_000 + 1_000 + 2_000);
  const [id] = shards.calls[0]!.ids;
  expect(shards.calls.map(({ ids }) => ids)).toEqual([[id], [id], [id]]);
  expect(shards.calls.map(({ at }) => at - shards.calls[0]!.at)).toEqual([0, 1_000, 3_000]);
  expect(shards.total()).toBe(1);
});

test("an outage and its end are logged once each, and no count is lost: one batch and one accumulator wait", async () => {
  shards.before = fail;
  for (let second = 0; second < 600; second++) {
    request();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(new Set(shards.calls.flatMap(({ ids }) => ids)).size).toBeLessThanOrEqual(2);
  expect(shards.calls.length).toBeLessThan(25); // in ten minutes; the backoff grows to one minute
  shards.before = () => undefined;
  for (let second = 0; second < 61; second++) {
    request();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(shards.total()).toBe(661);
  const outage = "shard-0: does not store metrics (Error: storage is down); they are kept and sent again; see";
  expect(loggedMessages()).toEqual([expect.stringContaining(outage), "shard-0: stores metrics again."]);
});

test("after an outage there is one flush per window again: a leader that retries does not end another's window", async () => {
  const flushesPerSecond = async (seconds: number): Promise<number> => {
    const before = shards.calls.length;
    for (let n = 0; n < 50 * seconds; n++) {
      request();
      await vi.advanceTimersByTimeAsync(20);
    }
    return (shards.calls.length - before) / seconds;
  };
  let random = 0;
  vi.mocked(Math.random).mockImplementation(() => (random = (random + 0.37) % 1)); // backoffs that do not coincide with the end of a window
  shards.before = fail;
  await flushesPerSecond(60);
  shards.before = () => undefined;
  await flushesPerSecond(70);
  expect(await flushesPerSecond(20)).toBeCloseTo(1, 1);
});

test("a full buffer is flushed before the window ends, in batches of at most 5,000 series, by the request that fills it", async () => {
  for (let n = 0; n < 12_000; n++) meter.count("requests_total", { ...CHAT, tenant_id: `tenant-${n}` });
  request();
  await vi.advanceTimersByTimeAsync(1);
  expect(shards.calls).toHaveLength(3);
  expect(Math.max(...[...shards.batches.values()].map(({ batch }) => batch.deltas.length))).toBe(5_000);
  expect(shards.total()).toBe(12_001);
});

test("a shard that is away for 20 s makes no tenant `other`, at 45 requests a second of 900 tenants", async () => {
  shards.before = fail;
  for (let n = 0; n < 900; n++) {
    meter.count("requests_total", { ...CHAT, tenant_id: `tenant-${n}` });
    meter.observe("latency_ms", { ...CHAT, tenant_id: `tenant-${n}` }, 7);
    request();
    await vi.advanceTimersByTimeAsync(1_000 / 45);
  }
  shards.before = () => undefined;
  await vi.advanceTimersByTimeAsync(40_000);
  request();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(shards.total()).toBe(1_801); // 900 of the tenants, 900 and one of acme
  expect([...shards.shardsBySeries("requests_total").keys()].filter((key) => key.includes("other"))).toEqual([]);
  expect(shards.total("telemetry_overflow_total")).toBe(0);
});

test("an overloaded shard is first retried after 8 seconds", async () => {
  shards.before = () => { throw Object.assign(new Error("overloaded"), { overloaded: true }); }; // prettier-ignore
  request();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(shards.calls.map(({ at }) => at - shards.calls[0]!.at)).toEqual([0, 8_000]);
});

test("waitUntil ends within Cloudflare's limit of 30 seconds if a shard never responds", async () => {
  shards.before = () => new Promise(() => undefined);
  request();
  const ended = vi.fn();
  void backgroundTasks[0]!.then(ended);
  await vi.advanceTimersByTimeAsync(29_999);
  expect(ended).toHaveBeenCalledOnce();
  shards.before = () => undefined;
  await vi.advanceTimersByTimeAsync(60_000);
  request();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(shards.total()).toBe(2);
});

test("if the runtime cancels the leader, a later request becomes the leader and sends all counts", async () => {
  const timer = vi.spyOn(globalThis, "setTimeout").mockImplementationOnce(() => 0 as never); // the timer of its window never fires
  request();
  expect(timer).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(6_000);
  request();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(shards.total()).toBe(2);
});

test("if the runtime cancels a request that sends a batch, the next request sends it with the same id", async () => {
  shards.before = () => new Promise(() => undefined);
  request();
  await vi.advanceTimersByTimeAsync(999);
  vi.spyOn(globalThis, "setTimeout").mockImplementationOnce(() => 0 as never); // its timeout never fires
  await vi.advanceTimersByTimeAsync(1);
  shards.before = () => undefined;
  request();
  await vi.advanceTimersByTimeAsync(10_000);
  const [[cancelled], [retried]] = shards.calls.map(({ ids }) => ids) as [[string], [string]];
  expect(retried).toBe(cancelled);
  expect(backgroundTasks).toHaveLength(2);
  expect(shards.total()).toBe(2);
  expect(logged).toEqual([]); // no call has failed
});

test("a late response to a batch that was sent twice does not acknowledge the next batch", async () => {
  const fakeSetTimeout = setTimeout; // kept because the spy below replaces it
  const delay = (milliseconds: number) => () => new Promise((resolve) => fakeSetTimeout(resolve, milliseconds));
  shards.before = delay(8_000);
  request();
  await vi.advanceTimersByTimeAsync(999);
  vi.spyOn(globalThis, "setTimeout").mockImplementationOnce(() => 0 as never); // its timeout never fires
  await vi.advanceTimersByTimeAsync(1);
  shards.before = delay(4_000);
  request(); // sends the first batch too at 2 s, times out at 7 s, and sends it again at 8 s
  await vi.advanceTimersByTimeAsync(8_000);
  shards.before = fail;
  request(); // the first call responds at 9 s, so the next batch is sent at 10 s and fails
  await vi.advanceTimersByTimeAsync(3_500); // the second call responds at 12 s
  shards.before = () => undefined;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(shards.total()).toBe(3);
});

test("only one batch per shard is in flight; counts made meanwhile go into the next batch", async () => {
  shards.before = () => new Promise((resolve) => setTimeout(resolve, 3_500));
  for (let second = 0; second < 8; second++) {
    request();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  await vi.advanceTimersByTimeAsync(10_000);
  // sent at 1 s, and as soon as the previous batch is stored: at 4.5 s and 8 s
  expect(shards.calls.map(({ at }) => Math.floor((at - shards.calls[0]!.at) / 100))).toEqual([0, 35, 70]);
  expect(new Set(shards.calls.flatMap(({ ids }) => ids)).size).toBe(3);
  expect(shards.total()).toBe(8);
});

test("electing a leader costs nothing per count: the clock is not read while there is a leader", () => {
  request();
  const clock = vi.spyOn(Date, "now");
  meter.observe("latency_ms", CHAT, 7, "8f1f7c1e-6f0e-4b5e-9a52-3f2f6c7d1a90");
  meter.scheduleFlush({ TELEMETRY: shards.namespace } as never, context);
  expect(clock).not.toHaveBeenCalled();
  expect(backgroundTasks).toHaveLength(1);
});

test("each series always goes to the same shard, and the series are spread over all shards", async () => {
  for (let n = 0; n < 200; n++) {
    meter.count("requests_total", { ...CHAT, tenant_id: `tenant-${n % 40}` });
    request({ TELEMETRY_SHARDS: "4" });
    await vi.advanceTimersByTimeAsync(100);
  }
  await vi.advanceTimersByTimeAsync(1_000);
  const shardsBySeries = shards.shardsBySeries("requests_total");
  expect(shardsBySeries.size).toBe(41);
  expect([...shardsBySeries.values()].every((names) => names.size === 1)).toBe(true);
  expect(new Set([...shardsBySeries.values()].flatMap((names) => [...names])).size).toBe(4);
  expect(shards.total()).toBe(400);
});

test("a failing shard does not delay the other shards", async () => {
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
  await vi.advanceTimersByTimeAsync(1_000); // the leader retries the failed shard, although the other shard succeeded
  expect(shards.total()).toBe(42);
});

test("without the binding nothing throws, and the hint is logged once", () => {
  expect(request({ TELEMETRY: undefined })).toBeUndefined();
  expect(request({ TELEMETRY: undefined })).toBeUndefined();
  const hint = "TELEMETRY: no such binding; bind TelemetryShard.";
  expect(loggedMessages()).toEqual([expect.stringContaining(hint)]);
});

test.each([
  ["TELEMETRY_SHARDS", "none", "TELEMETRY_SHARDS: none is not an integer from 1 to 256; the default 1 is used"],
  ["TELEMETRY_SHARDS", 257, "TELEMETRY_SHARDS: 257 is not an integer from 1 to 256; the default 1 is used"],
  ["TELEMETRY_SHARDS", 2.5, "TELEMETRY_SHARDS: 2.5 is not an integer from 1 to 256; the default 1 is used"],
  ["TELEMETRY_WINDOW_MS", -5, "TELEMETRY_WINDOW_MS: -5 is not an integer from 1 to 10000; the default 1000 is used"],
  ["TELEMETRY_MODE", "Sync", "TELEMETRY_MODE: Sync is not batch or sync; batch is used"],
])("an invalid %s of %j is logged, and the default is used", async (name, value, message) => {
  request({ [name]: value });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(loggedMessages()).toEqual([expect.stringContaining(message)]);
  expect(shards.total()).toBe(1);
});

test.each([
  ["a leader was elected and then cancelled", () => void vi.clearAllTimers()],
  ["a shard failed", async () => {
    await vi.advanceTimersByTimeAsync(1_100);
    expect(shards.total()).toBe(0);
    vi.clearAllTimers();
  }],
])("a clock that was an hour ahead while %s stops no flush", async (_, whileAhead) => {
  const now = Date.now();
  vi.setSystemTime(now + 3_600_000);
  shards.before = fail;
  void request();
  await whileAhead();
  shards.before = () => undefined;
  vi.setSystemTime(now);
  void request();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(shards.total()).toBe(2);
});
