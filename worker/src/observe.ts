/** One call that instruments a Worker: request ids, logs, bindings and metrics around its own handlers. */

import { type Service, SERVICES } from "../../out/contract/contract.gen.ts";
import { answered, failed, now, type Pending } from "./answer.ts";
import { contextOf, quietly, type Setting, settingOf } from "./context.ts";
import { observeScheduled } from "./following.ts";
import { observeQueueHandler } from "./messages.ts";
import { debugOf, type Handlers, type Names, type Observed, workplace } from "./observation.ts";
import { marksOf, type Origin, requestIdOf, routeIn, tenantOf } from "./request.ts";
import type { TelemetryEnv } from "./settings.ts";

/**
 * Instruments a Worker. Throws a TypeError when the Worker starts, if the contract does not know the service or a key of
 * `pass` names a secret; once it runs, nothing of ours throws.
 */
export function observe<Env, Name extends Service, const Pass extends string = never, Body = unknown>(
  observed: Observed<Env, Name, Pass, Body>,
): Handlers<Env> {
  const setting = settingOf(observed.service, observed.pass);
  return {
    ...(observed.fetch && { fetch: (request, env, ctx) => answer(observed, setting, request, env, ctx) }),
    ...(observed.queue && { queue: observeQueueHandler(observed, observed.queue, setting) }),
    ...(observed.scheduled && { scheduled: observeScheduled(observed, observed.scheduled, setting) }),
  } as Handlers<Env>;
}

async function answer<Env, Name extends Service, Pass extends string, Body>(
  observed: Observed<Env, Name, Pass, Body>,
  setting: Setting,
  request: Request,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  const beganAt = now();
  const trusted = observed.from === "bindings";
  const tenantId = tenantOf(await named(observed, request, env));
  const origin = { requestId: requestIdOf(request, trusted), tenantId, route: routeOf(observed, request) };
  const context = contextOf(setting, origin, { ...marksOf(request, trusted), debug: debugOf(observed, env) });
  const pending: Pending = { context, request, beganAt, env: env as TelemetryEnv, waiting: ctx };
  quietly(setting.service, () => context.log.line({ level: "info", message: "request arrived", metadata: { step: "arrival" } }));
  let response: Response;
  try {
    response = await observed.fetch!(request as Request<unknown, IncomingRequestCfProperties>, ...workplace(observed, context, env, ctx));
  } catch (error) {
    return failed(pending, error);
  }
  if (!(response instanceof Response)) return failed(pending, new TypeError("fetch: the handler gave no Response; return one"));
  return answered(pending, response);
}

async function named<Env>({ tenant }: Pick<Observed<Env, Service, never, unknown>, "tenant">, request: Request, env: Env): Promise<Names> {
  try {
    return await tenant?.(request, env);
  } catch {
    return undefined;
  }
}

function routeOf<Name extends Service>(
  { route, service }: Pick<Observed<never, Name, never, unknown>, "route" | "service">,
  request: Request,
): Origin["route"] {
  return quietly(service, () => routeIn(SERVICES[service], route ? route(request) : new URL(request.url).pathname)) ?? "other";
}
