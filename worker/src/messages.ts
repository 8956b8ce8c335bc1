/** Messages of a queue, each with the log and the bindings of the request that sent it. */

import type { Service } from "../../out/contract/contract.gen.ts";
import { unwrapped } from "./bindings/queue.ts";
import { replacing } from "./bindings/call.ts";
import type { Waiting } from "./delivery.ts";
import { makeBudget } from "./budget.ts";
import { type Context, contextOf, type Particulars, type RequestLog, type Setting } from "./context.ts";
import { type Handlers, type Observed, particularsOf, workplace } from "./observation.ts";
import { originOf } from "./request.ts";
import { attended } from "./following.ts";

/** A message as it was sent. A batch mixes tenants: what is done for a message is done with its own `env` and `log`. */
export interface ObservedMessage<Body, Env, Pass extends string = never> extends Message<Body> {
  readonly env: Env;
  readonly log: RequestLog<Pass>;
}

export interface Batch<Body, Env, Pass extends string = never> extends MessageBatch<Body> {
  readonly messages: readonly ObservedMessage<Body, Env, Pass>[];
}

export function observeQueueHandler<Env, Name extends Service, Pass extends string, Body>(
  observed: Observed<Env, Name, Pass, Body>,
  handler: NonNullable<Observed<Env, Name, Pass, Body>["queue"]>,
  setting: Setting,
): Handlers<Env>["queue"] {
  return async (batch, env, ctx) => {
    const particulars = { ...particularsOf(observed, env, ctx), budget: makeBudget() };
    const opened = batch.messages.map((message) => open(message, setting, particulars));
    const contexts = opened.map(({ context }) => context);
    const context = shared(contexts) ?? contextOf(setting, originOf(), particulars);
    const observedBatch = replacing(batch, { messages: opened.map((one) => observedMessage(one, observed)) });
    await attended("message", contexts, context, () =>
      handler(observedBatch as Batch<Body, Env, Pass>, ...workplace<Env, ExecutionContext, Pass>(observed, context)),
    );
  };
}

interface Opened {
  readonly message: Message;
  readonly body: unknown;
  readonly context: Context;
}

function open(message: Message, setting: Setting, particulars: Particulars): Opened {
  const { origin = originOf(), body } = unwrapped(message.body);
  return { message, body, context: contextOf(setting, origin, particulars) };
}

/** The request of a batch, if it has but one. */
function shared([first, ...others]: readonly Context[]): Context | undefined {
  return others.every(({ origin }) => origin.requestId === first?.origin.requestId) ? first : undefined;
}

function observedMessage<Env, Pass extends string>({ message, body, context }: Opened, observed: Observed<Env, Service, Pass, never>): Message {
  const [env, , log] = workplace<Env, Waiting, Pass>(observed, context);
  return replacing(message, { body, env, log });
}
