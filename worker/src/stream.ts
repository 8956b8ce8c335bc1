/** Observes streams while they pass, chunk by chunk, without buffering or delaying them. */

import { hasFlag } from "./compatibility.ts";

/** How a stream ended; the message of the answer's log line. */
export type StreamOutcome = "answered" | "response failed" | "caller disconnected";

export interface StreamFailure {
  readonly error: unknown;
}

/** `end` is called once, must not throw, and is awaited before the reader sees the end. */
export interface StreamObserver {
  readonly chunk?: ((bytes: Uint8Array) => void) | undefined;
  end(outcome: StreamOutcome, failure?: StreamFailure): unknown;
}

/** The size of reads: small while chunks are small, large when they fill the buffer, because each read has a cost. */
const SMALL_READ_BYTES = 4_096;
const LARGE_READ_BYTES = 65_536;

/**
 * Returns the same stream with an observer. The reader sets the pace; errors and cancellations pass through. A stream whose
 * chunks are observed goes to the application, which may read it into buffers of its own as before.
 */
export function observeStream(body: ReadableStream<Uint8Array>, { chunk, end }: StreamObserver): ReadableStream<Uint8Array> {
  const { reader, isByteStream } = openReader(body);
  try {
    let ended: Promise<unknown> | undefined;
    // a stream can be cancelled while it fails
    const endOnce: StreamObserver["end"] = (...ending) => {
      ended ??= Promise.resolve(end(...ending));
      return ended;
    };
    const source: UnderlyingByteSource = {
      ...(chunk && isByteStream && { type: "bytes" }),
      pull: createPull(reader, { chunk, end: endOnce }),
      async cancel(reason) {
        await endOnce("caller disconnected");
        await reader.cancel(reason);
      },
    } as UnderlyingByteSource;
    return new ReadableStream(source, { highWaterMark: 0 });
  } catch (error) {
    reader.releaseLock(); // so that the stream can be used as it came
    throw error;
  }
}

type Pull = (controller: ReadableByteStreamController) => Promise<void>;

function createPull(reader: ReadableStreamBYOBReader, { chunk, end }: StreamObserver): Pull {
  let readBytes = SMALL_READ_BYTES;
  return async (controller) => {
    try {
      const { done, value } = await reader.read(new Uint8Array(readBytes));
      if (!done) {
        if (value.byteLength === undefined) throw new TypeError("the body: a chunk is not bytes");
        readBytes = value.byteLength < readBytes ? SMALL_READ_BYTES : LARGE_READ_BYTES;
        chunk?.(value);
        controller.enqueue(value);
        return;
      }
    } catch (error) {
      await end("response failed", { error });
      throw error;
    }
    await end("answered");
    controller.close();
  };
}

/** Returns a reader that reads into a buffer, if the stream supports that; else an ordinary one, which ignores the buffer. */
function openReader(body: ReadableStream<Uint8Array>): { reader: ReadableStreamBYOBReader; isByteStream: boolean } {
  try {
    return { reader: body.getReader({ mode: "byob" }), isByteStream: true };
  } catch {
    return { reader: body.getReader() as never, isByteStream: false };
  }
}

/** The content types that the runtime sets for strings and for `Response.json`: such bodies need no costly check. */
const TEXT_OR_JSON = /^(text\/plain;charset=UTF-8|application\/json)$/;

/**
 * Returns whether the body of a response is observed to its end: if it is declared as a stream, is a long body that was fetched,
 * or is a stream that JavaScript writes. Any other body counts as sent with the response, because no public API distinguishes
 * a body in memory from one that the runtime pipes. So does a compressed one, which the runtime would unpack to be read.
 */
export function isStreaming(response: Response): boolean {
  const { body, headers, url } = response;
  if (!body || !hasFlag("streams_enable_constructors") || headers.has("content-encoding")) return false;
  const contentType = headers.get("content-type") ?? "";
  if (contentType.startsWith("text/event-stream") || headers.has("transfer-encoding")) return true;
  if (url) return (fetchedLength(response) ?? 0) > LARGE_READ_BYTES;
  return !TEXT_OR_JSON.test(contentType) && isWrittenByJavaScript(body);
}

/** Returns the declared length of a fetched body. Only that is reliable: the runtime ignores what the application declares. */
function fetchedLength({ headers, url }: Response): number | undefined {
  const length = headers.get("content-length");
  return url && length ? Number(length) : undefined;
}

/** The runtime's own streams can be read into a buffer. A stream that JavaScript writes cannot, unless its type is `bytes`. */
function isWrittenByJavaScript(body: ReadableStream): boolean {
  const { reader, isByteStream } = openReader(body);
  reader.releaseLock();
  return !isByteStream;
}

/**
 * Returns the response with an observed body, which keeps its Content-Length. The body passes through a pipe of the runtime,
 * because only that notices during a write that the caller has disconnected.
 */
export function observeResponseBody(response: Response, observer: StreamObserver): Response {
  const length = fetchedLength(response);
  const pipe = length === undefined ? new IdentityTransformStream() : new FixedLengthStream(length);
  return new Response(observeStream(response.body!, observer).pipeThrough(pipe), response);
}
