/** Flushing in `sync` mode: a request waits for its shards before it responds, for at most a second. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { context, logged, meter, request, shards, startIsolate, stopIsolate } from "./isolate.ts";

beforeEach(startIsolate);
afterEach(stopIsolate);

test("in `sync` mode a request waits until its shard has stored the count", async () => {
  let finish = (): void => undefined;
  shards.before = () => new Promise<void>((resolve) => (finish = resolve));
  const responded = vi.fn();
  void request({ TELEMETRY_MODE: "sync" })!.then(responded);
  await vi.advanceTimersByTimeAsync(500);
  expect(responded).not.toHaveBeenCalled();
  finish();
  await vi.advanceTimersByTimeAsync(0);
  expect(responded).toHaveBeenCalledOnce();
  expect(shards.total()).toBe(1);
});

test("in `sync` mode a request sends the batch in flight again, then one batch that it shares with the requests of the same time", async () => {
  shards.before = () => new Promise((resolve) => setTimeout(resolve, 200));
  const waits: number[] = [];
  const startedAt = Date.now();
  const sendRequest = (): void => void request({ TELEMETRY_MODE: "sync" })!.then(() => waits.push(Date.now() - startedAt));
  sendRequest();
  await vi.advanceTimersByTimeAsync(100);
  for (let n = 0; n < 50; n++) sendRequest();
  await vi.advanceTimersByTimeAsync(600);
  expect(shards.batches.size).toBe(2);
  expect(shards.calls.length).toBeLessThanOrEqual(1 + 2 * 50); // each sends the batch in flight and the next one itself
  expect(shards.total()).toBe(51);
  expect(waits[0]).toBe(200);
  expect(waits).toHaveLength(51);
  expect(Math.min(...waits.slice(1))).toBeGreaterThanOrEqual(400); // not before the second batch is stored
  expect(Math.max(...waits)).toBeLessThanOrEqual(100 + 2 * 200); // two calls
});

test("in `sync` mode a shard that never responds delays only the first second of requests, by one second each", async () => {
  shards.before = () => new Promise(() => undefined);
  const responded = vi.fn();
  void request({ TELEMETRY_MODE: "sync" })!.then(responded);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(responded).toHaveBeenCalledOnce();
  void request({ TELEMETRY_MODE: "sync" })!.then(responded);
  await vi.advanceTimersByTimeAsync(0);
  expect(responded).toHaveBeenCalledTimes(2);
  shards.before = () => undefined;
  await vi.advanceTimersByTimeAsync(20_000); // the retry continues in waitUntil
  expect(shards.total()).toBe(2);
});

test("in `sync` mode a shard that does not respond to the leader delays responses by at most one second", async () => {
  shards.before = () => new Promise(() => undefined);
  meter.scheduleFlush({ TELEMETRY: shards.namespace, TELEMETRY_MODE: "sync" } as never, context); // like a count after a response
  await vi.advanceTimersByTimeAsync(1_000);
  const delays: number[] = [];
  for (let n = 0; n < 30; n++) {
    const startedAt = Date.now();
    void request({ TELEMETRY_MODE: "sync" })!.then(() => delays.push(Date.now() - startedAt));
    await vi.advanceTimersByTimeAsync(100);
  }
  await vi.advanceTimersByTimeAsync(1_000);
  expect(delays).toHaveLength(30);
  expect(Math.max(...delays)).toBeLessThanOrEqual(1_010);
  expect(delays.filter((delay) => delay).length).toBeLessThanOrEqual(10); // the requests of one second
});

test("in `sync` mode a request sends the batch of a cancelled request itself, under the same id", async () => {
  vi.spyOn(globalThis, "setTimeout").mockImplementationOnce(() => 0 as never); // the leader and
  vi.spyOn(globalThis, "setTimeout").mockImplementationOnce(() => 0 as never); // the first sender are cancelled
  shards.before = () => new Promise(() => undefined);
  void request({ TELEMETRY_MODE: "sync" });
  await vi.advanceTimersByTimeAsync(5);
  shards.before = () => undefined;
  const responded = vi.fn();
  void request({ TELEMETRY_MODE: "sync" })!.then(responded);
  await vi.advanceTimersByTimeAsync(0);
  expect(responded).toHaveBeenCalledOnce();
  expect(shards.calls).toHaveLength(3);
  expect(shards.calls[1]!.ids).toEqual(shards.calls[0]!.ids);
  expect(shards.total()).toBe(2);
  expect(logged).toEqual([]);
});
