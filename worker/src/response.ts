/** The response to a request: returned unchanged except for `x-request-id`, counted, and measured to its last byte. */

import { elapsedSince } from "./clock.ts";
import type { Context } from "./context.ts";
import { runSafely } from "./diagnostics.ts";
import { REQUEST_ID_HEADER } from "./origin.ts";
import { isStreaming, observeResponseBody, type StreamFailure, type StreamOutcome } from "./stream.ts";

/** A request that has not been answered yet. */
export interface PendingRequest<Env = unknown, Pass extends string = never> {
  readonly context: Context<Env, Pass>;
  readonly request: Request;
  readonly startedAt: number;
}

/** Returns the response for the caller, as it came if the library's own work fails. In `sync` mode it is a Promise that waits until the counts are stored. */
export function finishRequest(
  pending: PendingRequest,
  response: Response,
  outcome?: StreamOutcome,
  failure?: StreamFailure,
): Response | Promise<Response> {
  const { request, context } = pending;
  const { status } = response;
  let answer = response;
  const flushed = runSafely(context.service, () => {
    const reported = failure ?? context.failure();
    context.count("requests_total");
    if (status >= 500) context.count("errors_total");
    if (status === 429) context.count("rate_limited_total");
    const isStream = request.method !== "HEAD" && isStreaming(response);
    if (isStream) answer = recordAtStreamEnd(pending, response);
    else recordEnd(pending, status, reported ? "response failed" : outcome, reported);
    context.settle(!isStream, response);
    answer = withRequestId(answer, context.origin.requestId);
    return context.flush();
  });
  return flushed ? flushed.then(() => answer) : answer;
}

/**
 * Counts and logs an exception that the handler did not catch, and returns a 500 with the request's id. The exception is not rethrown,
 * because the runtime would log its message without redaction.
 */
export function finishFailedRequest(pending: PendingRequest, error: unknown): Response | Promise<Response> {
  return finishRequest(pending, new Response("Internal Server Error", { status: 500 }), "response failed", { error });
}

/** Returns the response with an observed body; its latency and outcome are recorded when the body ends. */
function recordAtStreamEnd(pending: PendingRequest, response: Response): Response {
  const { service, executionContext, flush, failure: reported, settle } = pending.context;
  let release = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    release = resolve;
  });
  const observed = observeResponseBody(response, {
    async end(outcome, failure) {
      const ending = failure ?? reported();
      runSafely(service, () => recordEnd(pending, response.status, ending && outcome === "answered" ? "response failed" : outcome, ending));
      settle(true);
      await flush();
      release();
    },
  });
  executionContext.waitUntil(ended); // the observer must outlive a caller that disconnects
  return observed;
}

function recordEnd(
  { context, startedAt }: PendingRequest,
  status_code: number,
  message: StreamOutcome = "answered",
  failure?: StreamFailure,
): void {
  const latency_ms = elapsedSince(startedAt);
  if (failure && status_code < 500) context.count("errors_total");
  context.count("latency_ms", latency_ms);
  const level = failure || status_code >= 500 ? "error" : "info";
  context.writeLine("answer", { level, message, latency_ms, status_code, ...failure });
}

/** Returns a copy with the request's id: applications share answers between requests, so no answer is changed itself. */
function withRequestId(response: Response, requestId: string): Response {
  const copy = new Response(response.body, response);
  copy.headers.set(REQUEST_ID_HEADER, requestId);
  return copy;
}
