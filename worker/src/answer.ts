/** A request's answer: passed on as it is but for `x-request-id`, counted, and measured to its last byte. */

import type { Context } from "./context.ts";
import { quietly } from "./context.ts";
import type { TelemetryEnv } from "./settings.ts";
import type { Waiting } from "./delivery.ts";
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
  readonly env: TelemetryEnv;
  readonly waiting: Waiting;
}

/** The answer as the caller gets it. In `sync` it waits until its count is handed over. */
export async function answered(pending: Pending, response: Response): Promise<Response> {
  const { context, request, waiting } = pending;
  const { service } = context;
  quietly(service, () => countAnswer(context, response.status));
  if (request.method === "HEAD" || !isStream(response)) {
    quietly(service, () => countEnd(pending, response.status));
    await handOver(pending);
    return quietly(service, () => named(response, context.origin.requestId)) ?? response;
  }
  await handOver(pending);
  let ended = (): void => undefined;
  waiting.waitUntil(new Promise<void>((done) => (ended = done))); // the follower must outlive a reader that leaves
  const end = async (outcome: Outcome, error?: unknown): Promise<void> => {
    quietly(service, () => countEnd(pending, response.status, outcome, error));
    await handOver(pending);
    ended();
  };
  const body = followed(response.body as ReadableStream<Uint8Array>, { end: once(end) });
  return named(withBody(response, body), context.origin.requestId);
}

/**
 * An exception that nobody caught: counted and logged, then answered with 500 and the id. It is not thrown on, for the
 * runtime would log its message as it is, with all that it quotes.
 */
export async function failed(pending: Pending, error: unknown): Promise<Response> {
  quietly(pending.context.service, () => {
    countAnswer(pending.context, 500);
    countEnd(pending, 500, "broken", error);
  });
  await handOver(pending);
  return named(new Response("Internal Server Error", { status: 500 }), pending.context.origin.requestId);
}

function countAnswer({ meter, labels, origin }: Context, status: number): void {
  meter.count("requests_total", labels);
  if (status >= 500) meter.count("errors_total", labels, 1, origin.requestId);
  if (status === 429) meter.count("rate_limited_total", labels);
}

function countEnd({ context, beganAt }: Pending, status: number, outcome: Outcome = "whole", error?: unknown): void {
  const { meter, labels, origin, log } = context;
  const latency = since(beganAt);
  const broken = outcome === "broken";
  if (broken && status < 500) meter.count("errors_total", labels, 1, origin.requestId);
  meter.observe("latency_ms", labels, latency, origin.requestId);
  log.line({
    level: broken || status >= 500 ? "error" : "info",
    message: outcome === "left" ? "the caller left before the answer's end" : broken ? "the answer broke" : "answered",
    latency_ms: latency,
    status_code: status,
    ...(broken ? { error } : {}),
    metadata: { step: "answer" },
  });
}

/** Hands over what was counted; a promise only in `sync`. */
export function handOver({ context, env, waiting }: Omit<Pending, "request" | "beganAt">): Promise<void> | undefined {
  return quietly(context.service, () => context.meter.handOver(env, waiting));
}

function named(response: Response, requestId: string): Response {
  try {
    response.headers.set(REQUEST_ID_HEADER, requestId);
    return response;
  } catch {
    const copy = new Response(response.body, response); // what came from a fetch has headers that cannot be set
    copy.headers.set(REQUEST_ID_HEADER, requestId);
    return copy;
  }
}

/** Only the first call counts: a stream can be left while it breaks. */
function once<Given extends unknown[]>(work: (...given: Given) => Promise<void>): (...given: Given) => Promise<void> {
  let done: Promise<void> | undefined;
  return (...given) => (done ??= work(...given));
}
