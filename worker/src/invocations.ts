/** Work without a response of its own: queue batches, schedules, and work for a request in Durable Objects and RPC methods. */

import type { Service } from "workers-ai-observability/contract";
import { withMembers } from "./bindings/call.ts";
import { unwrapMessage } from "./bindings/queue.ts";
import { Deliveries } from "./deliveries.ts";
import { elapsedSince, now } from "./clock.ts";
import type { Context, RequestLog } from "./context.ts";
import { runSafely } from "./diagnostics.ts";
import { createContext, createInstrumentation, type Instrumentation, labelsOf } from "./instrumentation.ts";
import { createLogBudget } from "./log.ts";
import type { ObservedMessageBatch, ObserveOptions, WithRequestOptions, WorkerHandlers } from "./options.ts";
import { createOrigin, type Origin } from "./origin.ts";
import { withContext } from "./request_log.ts";
import type { StreamFailure } from "./stream.ts";
import { believedOrigin, receiverName } from "./trust.ts";

/** Who received a request: a service, in the context of a Worker, of an RPC method or of a Durable Object. */
export type Receiver<Env> = Pick<WithRequestOptions<Env, Service, string>, "service" | "env" | "ctx">;

/**
 * Returns the origin that an observed binding sent with a request. It is a new one if the request's is not signed for this receiver,
 * or longer ago than a minute, unless the binding's `props` name this library.
 */
export function originOf<Env>(request: Request, { service, env, ctx }: Receiver<Env>): Origin {
  return createOrigin(runSafely(service, () => believedOrigin(request, receiverName(service, ctx), { service, env: env as never }, ctx)));
}

/**
 * Does work for a request in a Durable Object, in an RPC method, or in an alarm: with the request's id in its log, and bindings
 * that count for its tenant. An exception is logged and rethrown.
 */
export async function withRequest<Env, Name extends Service, Result, const Pass extends string = never>(
  options: WithRequestOptions<Env, Name, Pass>,
  work: (env: Env, log: RequestLog<Pass>) => Result | Promise<Result>,
): Promise<Result> {
  const { request, env, ctx } = options;
  const isHttp = request instanceof Request;
  const origin = isHttp ? originOf(request, options) : createOrigin(request);
  const headers = isHttp ? request.headers : undefined;
  const context = createContext<Env, Pass>(createInstrumentation(options), { env, executionContext: ctx, origin, headers });
  return logInvocation("work for the request", [], context, () => work(context.env, context.log));
}

export function observeScheduled<Env, Pass extends string>(
  handler: NonNullable<ObserveOptions<Env, Service, Pass, never>["scheduled"]>,
  instrumentation: Instrumentation<Env>,
): WorkerHandlers<Env>["scheduled"] {
  return async (controller, env, ctx) => {
    const labels = labelsOf(instrumentation, undefined, env);
    const context = createContext<Env, Pass>(instrumentation, { env, executionContext: ctx, origin: createOrigin({ labels }) });
    await logInvocation("schedule", [context], context, () => handler(controller, context.env, ctx, context.log));
  };
}

export function observeQueueHandler<Env, Pass extends string, Body>(
  handler: NonNullable<ObserveOptions<Env, Service, Pass, Body>["queue"]>,
  instrumentation: Instrumentation<Env>,
): WorkerHandlers<Env>["queue"] {
  return async (batch, env, ctx) => {
    const scope = { env, executionContext: ctx, budget: createLogBudget() };
    const labels = labelsOf(instrumentation, undefined, env);
    const contexts: Context<Env, Pass>[] = [];
    const deliveries = new Deliveries(contexts);
    const messages = batch.messages.map((message, index) => {
      const { body, origin } = unwrapMessage(message, { service: instrumentation.options.service, env: env as never });
      const context = createContext<Env, Pass>(instrumentation, { ...scope, origin: createOrigin({ labels, ...origin }) });
      contexts.push(context);
      const { ack, retry } = deliveries.methodsOf(message, index);
      return withMembers(message, { body, env: context.env, log: context.log, ack, retry });
    });
    // work for the whole batch has an origin of its own, unless there is only one message
    const [first] = contexts;
    const isSingle = contexts.length === 1;
    const context = first && isSingle ? first : createContext<Env, Pass>(instrumentation, { ...scope, origin: createOrigin({ labels }) });
    const { ackAll, retryAll } = deliveries.methodsOfBatch(batch);
    const observedBatch = withMembers(batch, { messages, ackAll, retryAll }) as ObservedMessageBatch<Body, Env, Pass>;
    const handle = () => deliveries.countAround(async () => handler(observedBatch, context.env, ctx, context.log));
    await logInvocation("message", contexts, context, handle);
  };
}

/**
 * Does work and flushes what it counted. Each of `contexts` gets a line at the beginning and at the end; if there is none, only
 * an exception is logged, by the context that the work is done in. Exceptions are rethrown.
 */
export async function logInvocation<Result>(
  name: string,
  contexts: readonly Context[],
  context: Context,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  const startedAt = now();
  const writeEnd = (failure: StreamFailure | undefined): void => {
    const latency_ms = elapsedSince(startedAt);
    for (const each of contexts.length > 0 ? contexts : [context]) {
      const reported = failure ?? each.failure();
      const entry = { level: reported ? "error" : "info", message: `${name} ${reported ? "failed" : "handled"}`, latency_ms, ...reported } as const;
      if (contexts.length > 0) each.writeLine("answer", entry);
      else if (reported) each.writeLine("message", entry);
    }
  };
  for (const { writeLine } of contexts) writeLine("arrival", { level: "info", message: `${name} arrived` });
  try {
    const result = await withContext(context, undefined, work);
    writeEnd(undefined);
    return result;
  } catch (error) {
    writeEnd({ error });
    throw error;
  } finally {
    for (const { settle } of [context, ...contexts]) settle(true);
    await context.flush();
  }
}
