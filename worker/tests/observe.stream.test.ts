/** A stream that is followed is the same stream: to its reader, and to its source. */

import { expect, test } from "vitest";
import { followed, type Outcome } from "../src/stream.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

/** A followed stream of these chunks, and what its follower and its source heard. */
function following(chunks: readonly unknown[], fails?: Error) {
  const heard: { seen: number[]; ended: [Outcome, unknown][]; asked: number; cancelled: unknown[] } = { seen: [], ended: [], asked: 0, cancelled: [] };
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
    end: (outcome, error) => void heard.ended.push([outcome, error]),
  });
  return { heard, reader: stream.getReader() };
}

test("a whole stream ends, and its end is heard of before its reader hears of it", async () => {
  const { heard, reader } = following([bytes(1, 2), bytes(), new Uint8Array([3]).buffer]);
  expect([(await reader.read()).value, (await reader.read()).value]).toEqual([bytes(1, 2), bytes(3)]);
  expect((await reader.read()).done).toBe(true);
  expect(heard).toMatchObject({ seen: [1, 2, 3], ended: [["whole", undefined]] });
});

test("a stream that breaks breaks for its reader too, with the same reason", async () => {
  const broken = new Error("broken");
  const { heard, reader } = following([bytes(1)], broken);
  await reader.read();
  await expect(reader.read()).rejects.toBe(broken);
  expect(heard.ended).toEqual([["broken", broken]]);
});

test("a chunk that is no bytes breaks the stream, as a body of it would", async () => {
  const { heard, reader } = following(["text"]);
  await expect(reader.read()).rejects.toThrow(TypeError);
  expect(heard.ended).toEqual([["broken", expect.any(TypeError)]]);
});

test("a reader that leaves cancels the source, with its reason", async () => {
  const { heard, reader } = following([bytes(1), bytes(2)]);
  await reader.read();
  await reader.cancel("enough");
  expect(heard).toMatchObject({ ended: [["left", undefined]], cancelled: ["enough"] });
});

test("nothing is asked of the source before the reader asks", async () => {
  const { heard, reader } = following([bytes(1), bytes(2)]);
  await new Promise((done) => setTimeout(done, 10));
  expect(heard.asked).toBe(0);
  await reader.read();
  expect(heard.asked).toBe(1);
});
