/** Work that no request from outside began, or that another's request handed on: it is followed, but answers nobody. */

import type { Service } from "../../out/contract/contract.gen.ts";
import { handOver, now, since } from "./answer.ts";
import { type Context, contextOf, quietly, type RequestLog, type Setting, settingOf } from "./context.ts";
import type { Waiting } from "./delivery.ts";
import { debugOf, type Handlers, type Observation, type Observed, workplace } from "./observation.ts";
import { type Origin, originOf, requestOf } from "./request.ts";
import type { TelemetryEnv } from "./settings.ts";

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
  const { service, pass, request, env, ctx } = following;
  const origin = request instanceof Request ? requestOf(request) : originOf(request);
  const context = contextOf(settingOf(service, pass), origin, { debug: debugOf(following, env) });
  const [observedEnv, , log] = workplace(following, context, env, ctx);
  try {
    return await work(observedEnv, log);
  } catch (error) {
    quietly(service, () => context.log.line({ level: "error", message: "work for the request failed", error, metadata: { step: "message" } }));
    throw error;
  } finally {
    await handOver({ context, env: env as TelemetryEnv, waiting: ctx });
  }
}

export function observeScheduled<Env, Name extends Service, Pass extends string>(
  observed: Observed<Env, Name, Pass, never>,
  handler: NonNullable<Observed<Env, Name, Pass, never>["scheduled"]>,
  setting: Setting,
): Handlers<Env>["scheduled"] {
  return async (controller, env, ctx) => {
    const context = contextOf(setting, originOf(), { debug: debugOf(observed, env) });
    const done = arrival([context], "schedule began");
    try {
      await handler(controller, ...workplace(observed, context, env, ctx));
      done("schedule ended");
    } catch (error) {
      done("schedule failed", { error });
      throw error;
    } finally {
      await handOver({ context, env: env as TelemetryEnv, waiting: ctx });
    }
  };
}

/** Tells that work arrived, for each request that it belongs to; what is given back tells how it ended. */
export function arrival(contexts: readonly Context[], message: string): (message: string, failure?: { error: unknown }) => void {
  const beganAt = now();
  const tell = (entry: Parameters<Context["log"]["line"]>[0]): void => {
    for (const { service, log } of contexts) quietly(service, () => log.line(entry));
  };
  tell({ level: "info", message, metadata: { step: "arrival" } });
  return (message, failure) => {
    tell({ level: failure ? "error" : "info", message, latency_ms: since(beganAt), ...failure, metadata: { step: "answer" } });
  };
}
