/** Observing a stream changes nothing for its reader or for its source. */

import { expect, test, vi } from "vitest";
import { finishRequest } from "../src/response.ts";
import type { Context } from "../src/context.ts";
import { observeStream, type StreamObserver, type StreamOutcome } from "../src/stream.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

/** What an observer and a source recorded: the bytes, the ends, the number of pulls, and the reasons of cancellations. */
interface Recording {
  bytes: number[];
  ends: Parameters<StreamObserver["end"]>[];
  pulls: number;
  cancellations: unknown[];
}

/** Observes a stream of these chunks, which fails at its end with `error` if one is passed. */
function recordStream(chunks: readonly unknown[], error?: Error) {
  const recording: Recording = { bytes: [], ends: [], pulls: 0, cancellations: [] };
  const source = new ReadableStream(
    {
      pull(controller) {
        const chunk = chunks[recording.pulls++];
        if (chunk !== undefined) controller.enqueue(chunk);
        else if (error) controller.error(error);
        else controller.close();
      },
      cancel: (reason) => void recording.cancellations.push(reason),
    },
    { highWaterMark: 0 },
  );
  const stream = observeStream(source as ReadableStream<Uint8Array>, {
    chunk: (chunk) => void recording.bytes.push(...chunk),
    end: (...end) => void recording.ends.push(end),
  });
  return { recording, reader: stream.getReader() };
}

test("the reader of a stream gets every chunk, and the observer is called at the end before the reader sees it", async () => {
  const { recording, reader } = recordStream([bytes(1, 2), bytes(), bytes(3)]);
  for (const chunk of [bytes(1, 2), bytes(), bytes(3)]) expect((await reader.read()).value).toEqual(chunk);
  expect((await reader.read()).done).toBe(true);
  expect(recording).toMatchObject({ bytes: [1, 2, 3], ends: [["answered"]] });
});

test("a stream that fails also fails for its reader, with the same reason", async () => {
  const error = new Error("failed");
  const { recording, reader } = recordStream([bytes(1)], error);
  await reader.read();
  await expect(reader.read()).rejects.toBe(error);
  expect(recording.ends).toEqual([["response failed", { error }]]);
});

test("a chunk that is not bytes makes the stream fail, as it would in a response body", async () => {
  const { recording, reader } = recordStream(["text"]);
  await expect(reader.read()).rejects.toThrow(TypeError);
  expect(recording.ends).toEqual([["response failed", { error: expect.any(TypeError) }]]);
});

test("a reader that cancels also cancels the source, with its reason", async () => {
  const { recording, reader } = recordStream([bytes(1), bytes(2)]);
  await reader.read();
  await reader.cancel("enough");
  expect(recording).toMatchObject({ ends: [["caller disconnected"]], cancellations: ["enough"] });
});

test("a stream that is cancelled during a read ends once", async () => {
  const outcomes: StreamOutcome[] = [];
  const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
  const pending = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => undefined) });
  const reader = observeStream(pending, { end: (outcome) => void outcomes.push(outcome) }).getReader();
  const reading = reader.read();
  await nextTask();
  await reader.cancel();
  expect((await reading).done).toBe(true);
  await nextTask();
  expect(outcomes).toEqual(["caller disconnected"]);
});

test("a buffer that is enqueued twice arrives twice", async () => {
  const ping = bytes(7);
  const { reader } = recordStream([ping, ping]);
  expect([(await reader.read()).value?.[0], (await reader.read()).value?.[0]]).toEqual([7, 7]);
});

test("the source is not pulled before the reader reads", async () => {
  const { recording, reader } = recordStream([bytes(1), bytes(2)]);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(recording.pulls).toBe(0);
  await reader.read();
  expect(recording.pulls).toBe(1);
});

test("waitUntil extends an invocation until its response's stream has ended, and no longer", async () => {
  vi.stubGlobal("IdentityTransformStream", TransformStream); // a global of the runtime that Node does not have
  const tasks: Promise<unknown>[] = [];
  const noop = (): void => undefined;
  const waiting = { waitUntil: (task: Promise<unknown>) => void tasks.push(task) };
  const context = { origin: { requestId: "id" }, executionContext: waiting, count: noop, observe: noop, writeLine: noop, flush: noop, settle: noop, failure: noop } as unknown as Context;
  const events = new Response(new Blob(["data: a"]).stream(), { headers: { "content-type": "text/event-stream" } });
  const response = await finishRequest({ context, request: new Request("https://worker.example/"), startedAt: 0 }, events);
  let isDone = false;
  void tasks[0]!.then(() => (isDone = true));
  await new Promise((resolve) => setTimeout(resolve));
  expect(isDone).toBe(false);
  expect(await response.text()).toBe("data: a");
  await tasks[0];
});
