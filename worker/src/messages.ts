/** Messages of a queue, each with the log and the bindings of the request that sent it. */

import type { Service } from "../../out/contract/contract.gen.ts";
import { replacing } from "./bindings/call.ts";
import { unwrapped } from "./bindings/queue.ts";
import { type Context, contextOf, type RequestLog, type Setting } from "./context.ts";
import { attended } from "./following.ts";
import { makeBudget } from "./log.ts";
import type { Handlers, Observed } from "./observation.ts";
import { originOf } from "./request.ts";

/** A message as it was sent. A batch mixes tenants: what is done for a message is done with its own `env` and `log`. */
export interface ObservedMessage<Body, Env, Pass extends string = never> extends Message<Body> {
  readonly env: Env;
  readonly log: RequestLog<Pass>;
}

export interface Batch<Body, Env, Pass extends string = never> extends MessageBatch<Body> {
  readonly messages: readonly ObservedMessage<Body, Env, Pass>[];
}

export function observeQueueHandler<Env, Pass extends string, Body>(
  handler: NonNullable<Observed<Env, Service, Pass, Body>["queue"]>,
  setting: Setting<Env>,
): Handlers<Env>["queue"] {
  return async (batch, env, ctx) => {
    const budget = makeBudget();
    const contexts: Context<Env, Pass>[] = [];
    const messages = batch.messages.map((message) => {
      const [body, origin] = unwrapped(message.body);
      const context = contextOf<Env, Pass>(setting, env, ctx, originOf(origin), undefined, budget);
      contexts.push(context);
      return replacing(message, { body, env: context.env, log: context.log });
    });
    // what is done for all of a batch is of a request of its own, unless there is but one
    const [only, another] = contexts;
    const context = only && !another ? only : contextOf<Env, Pass>(setting, env, ctx, originOf(), undefined, budget);
    const observedBatch = replacing(batch, { messages }) as Batch<Body, Env, Pass>;
    await attended("message", contexts, context, () => handler(observedBatch, context.env, ctx, context.log));
  };
}
