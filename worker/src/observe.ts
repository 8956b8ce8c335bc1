/** One call that instruments a Worker: request ids, logs, bindings and metrics around its own handlers. */

import { type Service, SERVICES } from "../../out/contract/contract.gen.ts";
import { answered, failed, now } from "./answer.ts";
import { contextOf, quietly, type Setting, settingOf } from "./context.ts";
import { observeScheduled } from "./following.ts";
import { observeQueueHandler } from "./messages.ts";
import type { Handlers, Observed } from "./observation.ts";
import { marksOf } from "./record.ts";
import { type Origin, originOf, REQUEST_ID_HEADER } from "./request.ts";

/**
 * Instruments a Worker. Throws a TypeError when the Worker starts, if the contract does not know the service or a key of
 * `pass` names a secret; once it runs, nothing of ours throws.
 */
export function observe<Env, Name extends Service, const Pass extends string = never, Body = unknown>(
  observed: Observed<Env, Name, Pass, Body>,
): Handlers<Env> {
  const setting = settingOf(observed);
  const { fetch, queue, scheduled } = observed;
  return {
    ...(fetch && { fetch: (request, env, ctx) => outliving(ctx, answer<Env, Pass>(setting, request, env, ctx)) }),
    ...(queue && { queue: observeQueueHandler(queue, setting) }),
    ...(scheduled && { scheduled: observeScheduled(scheduled, setting) }),
  } as Handlers<Env>;
}

/** An answer that is brought to its end though its caller leaves: the runtime would end it there, untold and uncounted. */
function outliving(ctx: ExecutionContext, answering: Promise<Response>): Promise<Response> {
  ctx.waitUntil(answering);
  return answering;
}

type Answering<Env, Pass extends string> = Observed<Env, Service, Pass, never> & Required<Pick<Observed<Env, Service, Pass, never>, "fetch">>;

async function answer<Env, Pass extends string>(setting: Setting<Env>, request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  const beganAt = now();
  const observed = setting.observation as Answering<Env, Pass>;
  let tenantId = "";
  try {
    tenantId += (await observed.tenant?.(request, env)) ?? "";
  } catch {} // who cannot be named counts as `unknown`
  const { headers } = request;
  const given = headers.get(REQUEST_ID_HEADER);
  const trusted = observed.from === "bindings" && given;
  const origin = originFor(observed, request, tenantId, trusted);
  const context = contextOf<Env, Pass>(setting, env, ctx, origin, marksOf(headers.get("cf-ray"), trusted ? undefined : given));
  const pending = { context, request, beganAt };
  context.line("arrival", { level: "info", message: "request arrived" });
  let response: Response;
  try {
    response = await observed.fetch(request as Request<unknown, IncomingRequestCfProperties>, context.env, ctx, context.log);
    if (!(response instanceof Response) || response.body?.locked || response.bodyUsed) {
      throw new TypeError("fetch: return a Response that is not used");
    }
  } catch (error) {
    return failed(pending, error);
  }
  return answered(pending, response);
}

/** The path of a URL: to parse all of one takes longer than all else that finds a request's origin. */
const PATH = /\/\/[^/?#]*([^?#]*)/;

/** Whose request it is. An id is believed where only bindings lead; what throws or makes no sense is `unknown` or `other`. */
function originFor<Env, Pass extends string>(observed: Answering<Env, Pass>, request: Request, tenantId: string, requestId: unknown): Origin {
  const { service, route } = observed;
  const asked = quietly(observed, () => (route ? route(request) : PATH.exec(request.url)![1]));
  return originOf({ requestId, tenantId, route: asked }, SERVICES[service]);
}
