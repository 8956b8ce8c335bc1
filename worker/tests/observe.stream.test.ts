/** A stream that is followed is the same stream: to its reader, and to its source. */

import { expect, test, vi } from "vitest";
import { answered } from "../src/answer.ts";
import type { Context } from "../src/context.ts";
import { followed, type Follower, type Outcome } from "../src/stream.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

/** A followed stream of these chunks, and what its follower and its source heard. */
function following(chunks: readonly unknown[], fails?: Error) {
  const heard: { seen: number[]; ended: Parameters<Follower["end"]>[]; asked: number; cancelled: unknown[] } = { seen: [], ended: [], asked: 0, cancelled: [] };
  const source = new ReadableStream(
    {
      pull(controller) {
        const chunk = chunks[heard.asked++];
        if (chunk !== undefined) controller.enqueue(chunk);
        else if (fails) controller.error(fails);
        else controller.close();
      },
      cancel: (reason) => void heard.cancelled.push(reason),
    },
    { highWaterMark: 0 },
  );
  const stream = followed(source as ReadableStream<Uint8Array>, {
    chunk: (chunk) => void heard.seen.push(...chunk),
    end: (...how) => void heard.ended.push(how),
  });
  return { heard, reader: stream.getReader() };
}

test("a whole stream ends, and its end is heard of before its reader hears of it", async () => {
  const { heard, reader } = following([bytes(1, 2), bytes(), bytes(3)]);
  for (const part of [bytes(1, 2), bytes(), bytes(3)]) expect((await reader.read()).value).toEqual(part);
  expect((await reader.read()).done).toBe(true);
  expect(heard).toMatchObject({ seen: [1, 2, 3], ended: [["answered"]] });
});

test("a stream that breaks breaks for its reader too, with the same reason", async () => {
  const broken = new Error("broken");
  const { heard, reader } = following([bytes(1)], broken);
  await reader.read();
  await expect(reader.read()).rejects.toBe(broken);
  expect(heard.ended).toEqual([["the answer broke", { error: broken }]]);
});

test("a chunk that is no bytes breaks the stream, as a body of it would", async () => {
  const { heard, reader } = following(["text"]);
  await expect(reader.read()).rejects.toThrow(TypeError);
  expect(heard.ended).toEqual([["the answer broke", { error: expect.any(TypeError) }]]);
});

test("a reader that leaves cancels the source, with its reason", async () => {
  const { heard, reader } = following([bytes(1), bytes(2)]);
  await reader.read();
  await reader.cancel("enough");
  expect(heard).toMatchObject({ ended: [["the caller left"]], cancelled: ["enough"] });
});

test("a stream that is left while a part of it is waited for ends once", async () => {
  const ended: Outcome[] = [];
  const tick = (): Promise<void> => new Promise((done) => setTimeout(done));
  const never = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => undefined) });
  const reader = followed(never, { end: (outcome) => void ended.push(outcome) }).getReader();
  const reading = reader.read();
  await tick();
  await reader.cancel();
  expect((await reading).done).toBe(true);
  await tick();
  expect(ended).toEqual(["the caller left"]);
});

test("a buffer that its owner sends again arrives again", async () => {
  const ping = bytes(7);
  const { reader } = following([ping, ping]);
  expect([(await reader.read()).value?.[0], (await reader.read()).value?.[0]]).toEqual([7, 7]);
});

test("nothing is asked of the source before the reader asks", async () => {
  const { heard, reader } = following([bytes(1), bytes(2)]);
  await new Promise((done) => setTimeout(done, 10));
  expect(heard.asked).toBe(0);
  await reader.read();
  expect(heard.asked).toBe(1);
});

test("an invocation is held until its answer's stream has ended, and no longer", async () => {
  vi.stubGlobal("IdentityTransformStream", TransformStream); // the runtime's own pipe, which Node has not
  const held: Promise<unknown>[] = [];
  const nothing = (): void => undefined;
  const waiting = { waitUntil: (promise: Promise<unknown>) => void held.push(promise) };
  const context = { origin: { requestId: "id" }, waiting, count: nothing, observe: nothing, line: nothing, handOver: nothing } as unknown as Context;
  const events = new Response(new Blob(["data: a"]).stream(), { headers: { "content-type": "text/event-stream" } });
  const answer = await answered({ context, request: new Request("https://worker.example/"), beganAt: 0 }, events);
  let isOver = false;
  void held[0]!.then(() => (isOver = true));
  await new Promise((done) => setTimeout(done));
  expect(isOver).toBe(false);
  expect(await answer.text()).toBe("data: a");
  await held[0];
});
