/** One call that instruments a Worker: request ids, logs, bindings and metrics around its own handlers. */

import { type Service, SERVICES } from "../../out/contract/contract.gen.ts";
import { answered, failed, now, type Pending } from "./answer.ts";
import { contextOf, quietly, type Setting, settingOf } from "./context.ts";
import { observeScheduled } from "./following.ts";
import { observeQueueHandler } from "./messages.ts";
import { type Handlers, type Observed, particularsOf, workplace } from "./observation.ts";
import { marksOf, type Origin, originOf, REQUEST_ID_HEADER } from "./request.ts";

/**
 * Instruments a Worker. Throws a TypeError when the Worker starts, if the contract does not know the service or a key of
 * `pass` names a secret; once it runs, nothing of ours throws.
 */
export function observe<Env, Name extends Service, const Pass extends string = never, Body = unknown>(
  observed: Observed<Env, Name, Pass, Body>,
): Handlers<Env> {
  const setting = settingOf(observed.service, observed.pass);
  return {
    ...(observed.fetch && { fetch: (request, env, ctx) => outliving(ctx, answer(observed, setting, request, env, ctx)) }),
    ...(observed.queue && { queue: observeQueueHandler(observed, observed.queue, setting) }),
    ...(observed.scheduled && { scheduled: observeScheduled(observed, observed.scheduled, setting) }),
  } as Handlers<Env>;
}

/** An answer that is brought to its end though its caller leaves: the runtime would end it there, untold and uncounted. */
function outliving(ctx: ExecutionContext, answering: Promise<Response>): Promise<Response> {
  ctx.waitUntil(answering);
  return answering;
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
  const origin = await originFor(observed, request, env, trusted);
  const context = contextOf(setting, origin, { ...particularsOf(observed, env, ctx), marks: marksOf(request, trusted) });
  const pending: Pending = { context, request, beganAt };
  quietly(setting, () => context.log.line("arrival", { level: "info", message: "request arrived" }));
  let response: Response;
  try {
    response = await observed.fetch!(request as Request<unknown, IncomingRequestCfProperties>, ...workplace<Env, ExecutionContext, Pass>(observed, context));
  } catch (error) {
    return failed(pending, error);
  }
  if (!(response instanceof Response)) return failed(pending, new TypeError("fetch: the handler gave no Response; return one"));
  if (response.bodyUsed) return failed(pending, new TypeError("fetch: the Response's body is used already; return a new one, or a clone"));
  return answered(pending, response);
}

/** Whose request it is. An id is believed where only bindings lead; what throws or makes no sense is `unknown` or `other`. */
async function originFor<Env, Name extends Service>(
  observed: Pick<Observed<Env, Name, never, unknown>, "service" | "tenant" | "route">,
  request: Request,
  env: Env,
  trusted: boolean,
): Promise<Origin> {
  const requestId = trusted && request.headers.get(REQUEST_ID_HEADER);
  let tenantId = "";
  try {
    tenantId += (await observed.tenant?.(request, env)) ?? "";
  } catch {}
  const asked = quietly(observed, () => (observed.route ? observed.route(request) : new URL(request.url).pathname));
  return originOf({ requestId, tenantId, route: asked }, SERVICES[observed.service]);
}
