/** Streams followed to their end while they pass, chunk by chunk: nothing is gathered and nothing waits. */

/** What a stream came to: read to its end, broken by its source, or left by its reader. */
export type Outcome = "whole" | "broken" | "left";

/** Who follows a stream. Neither may throw; what `end` promises is awaited before the reader hears of the end. */
export interface Follower {
  chunk?(bytes: Uint8Array): void;
  end(outcome: Outcome, error?: unknown): void | Promise<void>;
}

/** The same stream, with a follower. Its reader sets the pace, and breaks and cancellations go through. */
export function followed(body: ReadableStream<Uint8Array>, follower: Follower): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    type: "bytes",
    pull: (controller) => passOn(reader, controller as ReadableByteStreamController, follower),
    async cancel(reason) {
      await follower.end("left");
      await reader.cancel(reason);
    },
  });
}

async function passOn(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  controller: ReadableByteStreamController,
  follower: Follower,
): Promise<void> {
  try {
    const { done, value } = await reader.read();
    if (!done) return take(bytesOf(value), reader, controller, follower);
  } catch (error) {
    await follower.end("broken", error);
    return controller.error(error);
  }
  await follower.end("whole");
  controller.close();
  (controller.byobRequest as { respond(bytes: number): void } | null)?.respond(0); // a reader with its own buffer waits for it
}

/** An empty chunk cannot be passed on, so the next one is asked for. */
function take(bytes: Uint8Array, ...[reader, controller, follower]: Parameters<typeof passOn>): void | Promise<void> {
  if (bytes.byteLength === 0) return passOn(reader, controller, follower);
  follower.chunk?.(bytes);
  const { buffer, byteOffset, byteLength } = bytes;
  // a copy, for to enqueue takes a buffer from its owner, who may send it again
  controller.enqueue(new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength)));
}

function bytesOf(chunk: Uint8Array | ArrayBuffer): Uint8Array {
  return chunk instanceof ArrayBuffer ? new Uint8Array(chunk) : chunk;
}

/** The runtime names this property for its own console; there is no other way to know a body's length unread. */
const LENGTH = Object.getOwnPropertySymbols(ReadableStream.prototype).find((symbol) => symbol.description === "length");

/** A body that fits into one write is at its end when it is answered; it need not be followed. */
const ONE_WRITE = 65_536;

/** Does the body come bit by bit? If a runtime hides lengths, only what says so itself is taken for a stream. */
export function isStream(response: Response): boolean {
  if (!response.body) return false;
  return LENGTH ? !(lengthOf(response.body)! <= ONE_WRITE) : isEventStream(response);
}

/** Does a response say of itself that it is a stream of events? */
export function isEventStream({ headers }: Response): boolean {
  return headers.get("content-type")?.startsWith("text/event-stream") === true;
}

/** How many bytes a body will have, where the runtime knows it and would say so in Content-Length. */
function lengthOf(body: ReadableStream): number | undefined {
  const length = LENGTH && (body as unknown as Record<symbol, bigint | undefined>)[LENGTH];
  return length === undefined ? undefined : Number(length);
}

/** The response with another body of the same length, so that its Content-Length stays. */
export function withBody(response: Response, body: ReadableStream<Uint8Array>): Response {
  const length = response.body ? lengthOf(response.body) : undefined;
  return new Response(length === undefined ? body : body.pipeThrough(new FixedLengthStream(length)), response);
}
