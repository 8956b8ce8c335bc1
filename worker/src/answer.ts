/** A request's answer: passed on as it is but for `x-request-id`, counted, and measured to its last byte. */

import { type Context, quietly } from "./context.ts";
import { REQUEST_ID_HEADER } from "./request.ts";
import { followed, isStream, type Outcome, withBody } from "./stream.ts";

/** Milliseconds on the runtime's clock, which stands still between I/O. */
export const now = (): number => performance.now();

/** Milliseconds since then, to the hundredth. */
export function since(beganAt: number): number {
  return Math.round((now() - beganAt) * 100) / 100;
}

/** A request on its way to its answer. */
export interface Pending {
  readonly context: Context;
  readonly request: Request;
  readonly beganAt: number;
}

/** The answer as the caller gets it. In `sync` it waits until its count is handed over. */
export async function answered(pending: Pending, response: Response): Promise<Response> {
  const { context, request } = pending;
  const { origin, waiting } = context;
  quietly(context, () => countAnswer(context, response.status));
  if (request.method === "HEAD" || !isStream(response)) {
    quietly(context, () => countEnd(pending, response.status));
    await context.handOver();
    return quietly(context, () => named(response, origin.requestId)) ?? response;
  }
  await context.handOver();
  let ended = (): void => undefined;
  waiting.waitUntil(new Promise<void>((done) => (ended = done))); // the follower must outlive a reader that leaves
  let ending: Promise<void> | undefined;
  const end = async (outcome: Outcome, error?: unknown): Promise<void> => {
    quietly(context, () => countEnd(pending, response.status, outcome, error));
    await context.handOver();
    ended();
  };
  // only the first end counts: a stream can be left while it breaks
  const body = followed(response.body as ReadableStream<Uint8Array>, { end: (...how) => (ending ??= end(...how)) });
  return named(withBody(response, body), origin.requestId);
}

/**
 * An exception that nobody caught: counted and logged, then answered with 500 and the id. It is not thrown on, for the
 * runtime would log its message as it is, with all that it quotes.
 */
export async function failed(pending: Pending, error: unknown): Promise<Response> {
  const { context } = pending;
  quietly(context, () => {
    countAnswer(context, 500);
    countEnd(pending, 500, "broken", error);
  });
  await context.handOver();
  return named(new Response("Internal Server Error", { status: 500 }), context.origin.requestId);
}

function countAnswer({ count }: Context, status: number): void {
  count("requests_total");
  if (status >= 500) count("errors_total");
  if (status === 429) count("rate_limited_total");
}

function countEnd({ context, beganAt }: Pending, status: number, outcome: Outcome = "whole", error?: unknown): void {
  const latency_ms = since(beganAt);
  const broken = outcome === "broken";
  if (broken && status < 500) context.count("errors_total");
  context.observe("latency_ms", latency_ms);
  context.log.line("answer", {
    level: broken || status >= 500 ? "error" : "info",
    message: outcome === "left" ? "the caller left before the answer's end" : broken ? "the answer broke" : "answered",
    latency_ms,
    status_code: status,
    error: broken ? error : undefined,
  });
}

function named(response: Response, requestId: string): Response {
  try {
    response.headers.set(REQUEST_ID_HEADER, requestId);
    return response;
  } catch {
    return named(new Response(response.body, response), requestId); // what came from a fetch has headers that cannot be set
  }
}
