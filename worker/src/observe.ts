/** `observe`: one call instruments a Worker with request ids, logs, instrumented bindings and metrics around its own handlers. */

import { type Service, SERVICES } from "workers-ai-observability/contract";
import { now } from "./clock.ts";
import type { RequestLog } from "./context.ts";
import { logFault, runSafely, warnOnce } from "./diagnostics.ts";
import { memberOf } from "./bindings/call.ts";
import { createContext, createInstrumentation, type Instrumentation, labelsOf } from "./instrumentation.ts";
import { observeQueueHandler, observeScheduled } from "./invocations.ts";
import { errorMessage } from "./log_text.ts";
import { INVALID_TENANT } from "./naming.ts";
import type { ObserveOptions, WorkerHandlers } from "./options.ts";
import { createOrigin, type Origin } from "./origin.ts";
import { withContext } from "./request_log.ts";
import { finishFailedRequest, finishRequest, type PendingRequest } from "./response.ts";
import { routeOfPath } from "./route_patterns.ts";
import { OTHER } from "./series.ts";
import { believedOrigin, serviceName, withoutOrigin } from "./trust.ts";

const USE_KEY = "use the secret TELEMETRY_ORIGIN_KEY, and bindings: { NAME: { service } }";

/**
 * Instruments a Worker. Throws a TypeError when the Worker starts, if the contract does not have the service or if a key of
 * `pass` is the name of a secret; after that, the library never throws.
 */
export function observe<Env, Name extends Service, const Pass extends string = never, Body = unknown>(
  options: ObserveOptions<Env, Name, Pass, Body>,
): WorkerHandlers<Env> {
  if ("from" in options) throw new TypeError(`observe, from: gone; ${USE_KEY}`);
  const instrumentation = createInstrumentation(options);
  const { queue, scheduled } = options;
  return {
    ...(options.fetch && { fetch: observeFetch(options as never, instrumentation) }),
    ...(queue && { queue: observeQueueHandler(queue, instrumentation) }),
    ...(scheduled && { scheduled: observeScheduled(scheduled, instrumentation) }),
  } as WorkerHandlers<Env>;
}

type FetchOptions<Env, Pass extends string> = ObserveOptions<Env, Service, Pass, never> &
  Required<Pick<ObserveOptions<Env, Service, Pass, never>, "fetch">>;

function observeFetch<Env, Pass extends string>(
  options: FetchOptions<Env, Pass>,
  instrumentation: Instrumentation<Env>,
): WorkerHandlers<Env>["fetch"] {
  return (request, env, ctx) => {
    const answer = answerRequest(options, instrumentation, request, env, ctx);
    ctx.waitUntil(answer); // the runtime cancels a request whose caller disconnects: it would be neither logged nor counted
    return answer;
  };
}

/** What a handler gets in place of a log if the library's own work fails: each method does nothing but `fetch`. */
const NO_LOG = new Proxy({}, { get: (_, name) => (name === "fetch" ? globalThis.fetch : () => undefined) });

async function answerRequest<Env, Pass extends string>(
  options: FetchOptions<Env, Pass>,
  instrumentation: Instrumentation<Env>,
  receivedRequest: Request,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  const { service } = options;
  // whether the origin is believed is decided here, and it is removed: so the application cannot send it on, over whatever it calls
  const request = runSafely(service, () => withoutOrigin(receivedRequest)) ?? receivedRequest;
  let pending: PendingRequest<Env, Pass> | undefined;
  try {
    pending = await observeArrival(options, instrumentation, receivedRequest, request, env, ctx);
  } catch (error) {
    logFault(service, error);
  }
  const { env: observedEnv, log } = pending?.context ?? { env, log: NO_LOG as RequestLog<Pass> };
  const handle = () => options.fetch(request as Request<unknown, IncomingRequestCfProperties>, observedEnv, ctx, log);
  if (!pending) return handle();
  let response: Response;
  try {
    response = await withContext(pending.context, ctx, handle);
    if (!(response instanceof Response) || response.body?.locked || response.bodyUsed) {
      throw new TypeError("fetch: return a Response that is not used");
    }
  } catch (error) {
    return finishFailedRequest(pending, error);
  }
  return finishRequest(pending, response);
}

/** Determines whose request it is, and logs its arrival. */
async function observeArrival<Env, Pass extends string>(
  options: FetchOptions<Env, Pass>,
  instrumentation: Instrumentation<Env>,
  receivedRequest: Request,
  request: Request,
  env: Env,
  ctx: ExecutionContext,
): Promise<PendingRequest<Env, Pass>> {
  const startedAt = now();
  const { service } = options;
  const holder = { service, env: env as never };
  const sent: Partial<Origin> = runSafely(service, () => believedOrigin(receivedRequest, serviceName(service), holder, ctx)) ?? {};
  const { requestId, spanId, tenantId: sentTenant = "" } = sent;
  const tenantId = (await tenantOf(options, request, env)) || sentTenant;
  const labels = labelsOf(instrumentation, request, env);
  const origin = createOrigin({ requestId, spanId, tenantId, route: routeOf(options, request), labels }, SERVICES[service]);
  if (origin.tenantId === OTHER && tenantId !== OTHER) warnOnce(service, INVALID_TENANT);
  const { headers } = request;
  const context = createContext<Env, Pass>(instrumentation, { env, executionContext: ctx, origin, headers });
  context.writeLine("arrival", { level: "info", message: "request arrived" });
  return { context, request, startedAt };
}

/** Returns the tenant's name; empty if it cannot be determined, which counts as `unknown`. */
async function tenantOf<Env, Pass extends string>({ service, tenant }: FetchOptions<Env, Pass>, request: Request, env: Env): Promise<string> {
  if (!tenant) return "";
  try {
    return String((await tenant(request.body ? withOwnBody(request) : request, env)) ?? "");
  } catch (error) {
    warnOnce(service, `tenant: ${errorMessage(error)}; the tenant it was sent with counts, or \`unknown\`.`);
    return "";
  }
}

const BODY_MEMBERS = new Set<PropertyKey>(["body", "bodyUsed", "arrayBuffer", "blob", "bytes", "clone", "formData", "json", "text"]);

/** Returns the request with a copy of its body, which is made when it is first read: so the handler can still read it. */
function withOwnBody(request: Request): Request {
  let copy: Request | undefined;
  return new Proxy(request, { get: (_, key) => memberOf(BODY_MEMBERS.has(key) ? (copy ??= request.clone() as Request) : request, key) });
}

/** The path of a URL. Parsing the URL would take longer than the rest of this module. */
const PATH = /\/\/[^/?#]*([^?#]*)/;

/** Returns the route, which may be none of the service's; undefined if it cannot be determined. */
function routeOf<Env, Pass extends string>({ service, route }: FetchOptions<Env, Pass>, request: Request): string | undefined {
  return runSafely(service, () => (route ? route(request) : routeOfPath(SERVICES[service], PATH.exec(request.url)?.[1] ?? "")));
}
