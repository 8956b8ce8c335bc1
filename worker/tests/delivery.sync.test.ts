/** `sync`: a request waits for its shards before it is answered, for a second at the most. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { begin, context, end, meter, request, said, shards } from "./delivery.isolate.ts";

beforeEach(begin);
afterEach(end);

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

test("in `sync` requests wait for the batch under way and share the next one", async () => {
  shards.before = () => new Promise((done) => setTimeout(done, 200));
  const answered: number[] = [];
  const began = Date.now();
  const ask = (): void => void request({ TELEMETRY_MODE: "sync" })!.then(() => answered.push(Date.now() - began));
  ask();
  await vi.advanceTimersByTimeAsync(100);
  for (let n = 0; n < 50; n++) ask();
  await vi.advanceTimersByTimeAsync(600);
  expect(shards.calls).toHaveLength(2);
  expect(shards.total()).toBe(51);
  expect(answered[0]).toBe(200);
  expect(answered).toHaveLength(51);
  expect(Math.min(...answered.slice(1))).toBeGreaterThanOrEqual(400); // not before the second batch is there
  expect(Math.max(...answered)).toBeLessThanOrEqual(420); // who waits looks every 10 ms
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

test("in `sync` a shard that never answers who leads delays answers by one second, and no more", async () => {
  shards.before = () => new Promise(() => undefined);
  meter.lead({ TELEMETRY: shards.namespace, TELEMETRY_MODE: "sync" } as never, context); // as a count after an answer does
  await vi.advanceTimersByTimeAsync(1_000);
  const answered: number[] = [];
  for (let n = 0; n < 30; n++) {
    const askedAt = Date.now();
    void request({ TELEMETRY_MODE: "sync" })!.then(() => answered.push(Date.now() - askedAt));
    await vi.advanceTimersByTimeAsync(100);
  }
  await vi.advanceTimersByTimeAsync(1_000);
  expect(answered).toHaveLength(30);
  expect(Math.max(...answered)).toBeLessThanOrEqual(1_010);
  expect(answered.filter((delay) => delay).length).toBeLessThanOrEqual(10); // those of one second
});

test("in `sync`, who has waited in vain for another sends nothing in no time, and takes no shard for failed", async () => {
  vi.spyOn(globalThis, "setTimeout").mockImplementationOnce(() => 0 as never); // the lead, and
  vi.spyOn(globalThis, "setTimeout").mockImplementationOnce(() => 0 as never); // the first to send, are ended
  shards.before = () => new Promise(() => undefined);
  void request({ TELEMETRY_MODE: "sync" });
  await vi.advanceTimersByTimeAsync(5);
  const answered = vi.fn();
  void request({ TELEMETRY_MODE: "sync" })!.then(answered);
  await vi.advanceTimersByTimeAsync(1_010);
  expect(answered).toHaveBeenCalledOnce();
  expect(shards.calls).toHaveLength(1);
  expect(said).toEqual([]);
});
