/** Messages of a queue, each with the log and the bindings of the request that sent it. */

import type { Service } from "../../out/contract/contract.gen.ts";
import { handOver } from "./answer.ts";
import { observeEnv } from "./bindings/env.ts";
import { unwrapped } from "./bindings/queue.ts";
import { replacing } from "./bindings/call.ts";
import { makeBudget } from "./budget.ts";
import { type Context, contextOf, type Particulars, type RequestLog, requestLog, type Setting } from "./context.ts";
import { debugOf, type Handlers, type Observed, workplace } from "./observation.ts";
import { originOf } from "./request.ts";
import { arrival } from "./following.ts";
import type { TelemetryEnv } from "./settings.ts";

/** A message as it was sent. A batch mixes tenants: what is done for a message is done with its own `env` and `log`. */
export interface ObservedMessage<Body, Env, Pass extends string> extends Message<Body> {
  readonly env: Env;
  readonly log: RequestLog<Pass>;
}

export interface Batch<Body, Env, Pass extends string> extends MessageBatch<Body> {
  readonly messages: readonly ObservedMessage<Body, Env, Pass>[];
}

export function observeQueueHandler<Env, Name extends Service, Pass extends string, Body>(
  observed: Observed<Env, Name, Pass, Body>,
  handler: NonNullable<Observed<Env, Name, Pass, Body>["queue"]>,
  setting: Setting,
): Handlers<Env>["queue"] {
  return async (batch, env, ctx) => {
    const particulars = { debug: debugOf(observed, env), budget: makeBudget() };
    const followed = batch.messages.map((message) => opened(message, setting, particulars));
    const contexts = followed.map((one) => one.context);
    const context = shared(contexts) ?? contextOf(setting, originOf(), particulars);
    const observedBatch = replacing(batch, { messages: followed.map((one) => observedMessage(one, env, observed)) });
    const done = arrival(contexts, "message arrived");
    try {
      await handler(observedBatch as Batch<Body, Env, Pass>, ...workplace(observed, context, env, ctx));
      done("message handled");
    } catch (error) {
      done("message failed", { error });
      throw error;
    } finally {
      await handOver({ context, env: env as TelemetryEnv, waiting: ctx });
    }
  };
}

interface Opened {
  readonly message: Message;
  readonly body: unknown;
  readonly context: Context;
}

function opened(message: Message, setting: Setting, particulars: Particulars): Opened {
  const { origin = originOf(), body } = unwrapped(message.body);
  return { message, body, context: contextOf(setting, origin, particulars) };
}

/** The request of a batch, if it has but one. */
function shared([first, ...others]: readonly Context[]): Context | undefined {
  return others.every(({ origin }) => origin.requestId === first?.origin.requestId) ? first : undefined;
}

function observedMessage<Env, Pass extends string>(
  { message, body, context }: Opened,
  env: Env,
  { bindings }: Observed<Env, Service, Pass, never>,
): Message {
  const own = { body, env: observeEnv(env, context, bindings), log: requestLog<Pass>(context) };
  return replacing(message, own);
}
