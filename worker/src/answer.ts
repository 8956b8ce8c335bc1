/** A request's answer: passed on as it is but for `x-request-id`, counted, and measured to its last byte. */

import type { Context } from "./context.ts";
import { REQUEST_ID_HEADER } from "./request.ts";
import { type Broke, followedResponse, isStream, type Outcome } from "./stream.ts";

/** Milliseconds on the runtime's clock, which stands still between I/O. */
export const now = (): number => performance.now();

/** Milliseconds since then, to the hundredth. */
export function since(beganAt: number): number {
  return Number((now() - beganAt).toFixed(2));
}

/** A request on its way to its answer. */
export interface Pending {
  readonly context: Context;
  readonly request: Request;
  readonly beganAt: number;
}

/** The answer as the caller gets it; a promise only in `sync`, where it waits until its count is handed over. */
export function answered(
  pending: Pending,
  response: Response,
  outcome?: Outcome,
  broke?: Broke,
): Response | Promise<Response> {
  const { count, handOver, origin } = pending.context;
  const { status } = response;
  count("requests_total");
  if (status >= 500) count("errors_total");
  if (status === 429) count("rate_limited_total");
  let answer = response;
  if (pending.request.method !== "HEAD" && isStream(response)) answer = measured(pending, response);
  else tellEnd(pending, status, outcome, broke);
  answer = named(answer, origin.requestId);
  return handOver()?.then(() => answer) ?? answer;
}

/**
 * An exception that nobody caught: counted and logged, then answered with 500 and the id. It is not thrown on, for the
 * runtime would log its message as it is, with all that it quotes.
 */
export function failed(pending: Pending, error: unknown): Response | Promise<Response> {
  return answered(pending, new Response("Internal Server Error", { status: 500 }), "the answer broke", { error });
}

/** The answer whose end is told when it comes. */
function measured(pending: Pending, response: Response): Response {
  const { waiting, handOver } = pending.context;
  let release: () => void;
  waiting.waitUntil(new Promise<void>((done) => (release = done))); // the follower must outlive a reader that leaves
  return followedResponse(response, {
    async end(...how) {
      tellEnd(pending, response.status, ...how);
      await handOver();
      release();
    },
  });
}

function tellEnd({ context, beganAt }: Pending, status_code: number, message: Outcome = "answered", broke?: Broke): void {
  const latency_ms = since(beganAt);
  if (broke && status_code < 500) context.count("errors_total");
  context.count("latency_ms", latency_ms);
  context.line("answer", { level: broke || status_code >= 500 ? "error" : "info", message, latency_ms, status_code, ...broke });
}

function named(response: Response, requestId: string): Response {
  try {
    response.headers.set(REQUEST_ID_HEADER, requestId);
    return response;
  } catch {
    return named(new Response(response.body, response), requestId); // what came from a fetch has headers that cannot be set
  }
}
