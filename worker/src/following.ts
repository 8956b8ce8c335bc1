/** Work that no request from outside began, or that another's request handed on: it is followed, but answers nobody. */

import type { Service } from "../../out/contract/contract.gen.ts";
import { now, since } from "./answer.ts";
import { type Context, contextOf, type RequestLog, type Setting, settingOf } from "./context.ts";
import type { Waiting } from "./delivery.ts";
import type { Handlers, Observation, Observed } from "./observation.ts";
import { type Origin, originOf, requestOf } from "./request.ts";

/** Where work goes on for a request. */
export interface Following<Env, Name extends Service, Pass extends string> extends Observation<Env, Name, Pass> {
  /** The request: the one that a Durable Object's `fetch` got, or the origin that an RPC method got. Default: a new one. */
  readonly request?: Request | Origin | undefined;
  readonly env: Env;
  readonly ctx: Waiting;
}

/**
 * Does work for a request in a Durable Object, in a method that is called by RPC, or in an alarm: with the request's id in
 * its log, and bindings that count for its tenant. What the work throws is logged, and thrown on.
 */
export async function withRequest<Env, Name extends Service, Result, const Pass extends string = never>(
  following: Following<Env, Name, Pass>,
  work: (env: Env, log: RequestLog<Pass>) => Result | Promise<Result>,
): Promise<Result> {
  const { request, env, ctx } = following;
  const origin = request instanceof Request ? requestOf(request) : originOf(request);
  const context = contextOf<Env, Pass>(settingOf(following), env, ctx, origin);
  return attended("work for the request", [], context, () => work(context.env, context.log));
}

export function observeScheduled<Env, Pass extends string>(
  handler: NonNullable<Observed<Env, Service, Pass, never>["scheduled"]>,
  setting: Setting<Env>,
): Handlers<Env>["scheduled"] {
  return async (controller, env, ctx) => {
    const context = contextOf<Env, Pass>(setting, env, ctx, originOf());
    await attended("schedule", [context], context, () => handler(controller, context.env, ctx, context.log));
  };
}

/**
 * Does work, and hands over what was counted. It is told from its arrival to its end in a line for each of the contexts;
 * where there are none, only a failure is told, by the one that it is done in. What the work throws is thrown on.
 */
export async function attended<Result>(
  name: string,
  contexts: readonly Context[],
  context: Context,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  const beganAt = now();
  const tell = (step: "arrival" | "answer" | "message", how: string, failure?: { error: unknown }): void => {
    const latency_ms = step === "arrival" ? undefined : since(beganAt);
    const entry = { level: failure ? "error" : "info", message: `${name} ${how}`, latency_ms, ...failure } as const;
    for (const each of failure && !contexts.length ? [context] : contexts) each.line(step, entry);
  };
  tell("arrival", "arrived");
  try {
    const result = await work();
    tell("answer", "handled");
    return result;
  } catch (error) {
    tell(contexts.length ? "answer" : "message", "failed", { error });
    throw error;
  } finally {
    await context.handOver();
  }
}
