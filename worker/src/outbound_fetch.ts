/** Outbound requests by `fetch`: each is logged with its host, sent with our `traceparent`, and never with an origin. */

import { type AsyncFunction, type CallMetadata, type MethodInstrumentation, observeMethod } from "./bindings/call.ts";
import type { Context } from "./context.ts";
import { runSafely } from "./diagnostics.ts";
import { ORIGIN_HEADER, requestWithHeaders } from "./origin.ts";
import { currentContext, withContext } from "./request_log.ts";
import { traceparentOf } from "./trace_context.ts";

type Fetch = typeof fetch;
type Arguments = readonly [input: RequestInfo | URL, init?: RequestInit | undefined];

let isPatched = false;

/** Has the global `fetch`, which reaches public hosts, leave out origins, and observe the call where the runtime knows whose work it is. */
export function patchFetch(): void {
  if (isPatched) return;
  isPatched = true;
  const send = globalThis.fetch;
  globalThis.fetch = ((...sent: Parameters<Fetch>) => {
    const observed = runSafely("", () => {
      const context = currentContext();
      return context && observeFetch(context, send, sent);
    });
    if (observed) return observed(...sent);
    const request = runSafely("", () => withoutOrigin(sent));
    return request ? send(request) : send(...sent);
  }) as Fetch;
}

/** Calls `fetch` for a request, whether or not the runtime knows whose work it is. */
export function fetchFor(context: Context, sent: Arguments): Promise<Response> {
  return withContext(context, undefined, () => {
    const { service } = context;
    // where the runtime knows it, the global `fetch` observes the call
    const observed = runSafely(service, () => (currentContext() ? undefined : observeFetch(context, globalThis.fetch, sent)));
    return (observed ?? globalThis.fetch)(...(sent as Parameters<Fetch>));
  });
}

function observeFetch(context: Context, send: Fetch, sent: Arguments): Fetch {
  return observeMethod({ context, message: "fetch", metadata: metadataOf(sent) }, FETCH, send as AsyncFunction) as Fetch;
}

const FETCH: MethodInstrumentation<[RequestInfo, RequestInit?], Response> = {
  argsWithOrigin(sent, { sendsTraceparent, receivedTraceparent }, { requestId, spanId }) {
    if (!sendsTraceparent || !spanId) {
      const request = withoutOrigin(sent);
      return request ? [request] : sent;
    }
    return [requestWithHeaders(sent[0], sent[1], { traceparent: traceparentOf(requestId, spanId), receivedTraceparent })];
  },
  readResult: ({ status }) => ({ status }),
  readError: withoutPaths,
};

const urlOf = ([input]: Arguments): string => (input instanceof Request ? input.url : String(input));

function metadataOf(sent: Arguments): CallMetadata {
  const [input, init] = sent;
  const method = init?.method ?? (input instanceof Request ? input.method : "GET");
  return { http_host: hostOf(urlOf(sent)), http_method: method.toUpperCase() };
}

/** Returns the host of a URL, without user and password; undefined if it has none. */
function hostOf(url: string): string | undefined {
  try {
    return new URL(url).host || undefined;
  } catch {
    return undefined; // the runtime tells the application
  }
}

/** Returns an error that quotes no URL beyond its host, as some of the runtime do. */
function withoutPaths(error: unknown, sent: Arguments): unknown {
  if (!(error instanceof Error)) return error;
  const { name, stack } = error;
  const message = hostOf(urlOf(sent)) ? error.message.replace(/(:\/\/[^\s/?#\\]*)\S*/g, "$1") : "not a URL with a host";
  return Object.assign(new Error(message), { name, stack: stack?.replace(error.message, () => message) });
}

/** Returns the request without its origin; undefined if it has none, or if it is not valid. */
function withoutOrigin([input, init]: Arguments): Request | undefined {
  try {
    const sent = init?.headers ?? (input as Partial<Request>).headers;
    return sent && new Headers(sent as Headers).has(ORIGIN_HEADER) ? requestWithHeaders(input, init, {}) : undefined;
  } catch {
    return undefined; // the runtime tells the application
  }
}
