/** Streams followed to their end while they pass, chunk by chunk: nothing is gathered and nothing waits. */

/** What a stream came to, as a line tells it. */
export type Outcome = "answered" | "the answer broke" | "the caller left";

/** Why a stream broke. */
export interface Broke {
  readonly error: unknown;
}

/** Who follows a stream. `end` is called once, must not throw, and is awaited before the reader hears of the end. */
export interface Follower {
  readonly chunk?: ((bytes: Uint8Array) => void) | undefined;
  end(outcome: Outcome, broke?: Broke): unknown;
}

/** Bytes that are read at once: few of what comes bit by bit, many of what fills them, for each read takes its time. */
const FEW = 4_096;
const MANY = 65_536;

/**
 * The same stream, with a follower. Its reader sets the pace, and breaks and cancellations go through. One whose chunks are
 * to be seen is for the application, which may read into buffers of its own as before.
 */
export function followed(body: ReadableStream<Uint8Array>, { chunk, end }: Follower): ReadableStream<Uint8Array> {
  const [reader, type] = opened(body);
  let ended: unknown;
  const endOnce: Follower["end"] = (...how) => (ended ??= end(...how) ?? true); // a stream can be left while it breaks
  const pull = pulling(reader, { chunk, end: endOnce });
  const cancel = async (reason: unknown): Promise<void> => {
    await endOnce("the caller left");
    await reader.cancel(reason);
  };
  return new ReadableStream({ type: chunk && type, pull, cancel } as UnderlyingByteSource, { highWaterMark: 0 });
}

function pulling(reader: ReadableStreamBYOBReader, { chunk, end }: Follower): (to: ReadableByteStreamController) => Promise<void> {
  let room: number = FEW;
  return async (to) => {
    try {
      const { done, value } = await reader.read(new Uint8Array(room));
      if (!done) {
        if (value.byteLength === undefined) throw new TypeError("the body: a chunk is no bytes");
        room = value.byteLength < room ? FEW : MANY;
        chunk?.(value);
        return to.enqueue(value);
      }
    } catch (error) {
      await end("the answer broke", { error });
      throw error;
    }
    await end("answered");
    to.close();
  };
}

/** The reader of a stream, one that brings its own buffer if it can, and the type of a stream that is read so. */
function opened(body: ReadableStream<Uint8Array>): [ReadableStreamBYOBReader, "bytes"?] {
  try {
    return [body.getReader({ mode: "byob" }), "bytes"];
  } catch {
    return [body.getReader() as never];
  }
}

/** The runtime names this property for its own console; there is no other way to know a body's length unread. */
const LENGTH = Reflect.ownKeys(ReadableStream.prototype).find((key) => (key as symbol).description === "length");

/** How many bytes a body will have, where the runtime knows it and would say so in Content-Length. */
const lengthOf = (body: ReadableStream): bigint | undefined => body[LENGTH as never];

/**
 * Does the body come bit by bit? One that fits into a single write is at its end when it is answered. If a runtime hides
 * lengths, only what says so itself is taken for a stream.
 */
export function isStream({ body, headers }: Response): boolean {
  if (!body || LENGTH) return !!body && !(lengthOf(body)! <= MANY);
  return /^text.event-stream/.test(headers.get("content-type")!);
}

/**
 * The response with its body followed. It keeps its Content-Length; and as the pipe is the runtime's own, that a caller
 * left is heard of in the midst of a write, too.
 */
export function followedResponse(response: Response, follower: Follower): Response {
  const body = response.body!;
  const length = lengthOf(body);
  const pipe = length === undefined ? new IdentityTransformStream() : new FixedLengthStream(length);
  return new Response(followed(body, follower).pipeThrough(pipe), response);
}
