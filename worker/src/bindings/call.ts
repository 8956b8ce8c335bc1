/** Instrumented calls to bindings: each is timed, counted, and logged in one line when it ends. */

import type { CounterName, Metadata } from "workers-ai-observability/contract";
import { elapsedSince, now } from "../clock.ts";
import type { Context } from "../context.ts";
import { runSafely } from "../diagnostics.ts";
import type { Origin } from "../origin.ts";
import { newSpanId } from "../trace_context.ts";

/** Returns an observed binding of this name for the request of a context. */
export type ObserveBinding = (binding: never, name: string, context: Context) => object;
export type AsyncFunction = (...args: unknown[]) => Promise<unknown>;
export type CallMetadata = { readonly [Key in keyof Metadata]?: Metadata[Key] | undefined };

/** How a call ended. */
export interface CallResult {
  /** What was thrown, or why the stream of the answer failed. */
  readonly error?: unknown;
  /** The HTTP status of the answer. */
  readonly status?: number | undefined;
  readonly metadata?: CallMetadata | undefined;
}

/** How to instrument a method. */
export interface MethodInstrumentation<Args extends unknown[] = never, Result = never> {
  readonly operation?: Metadata["operation"];
  /** The counter of calls. */
  readonly calls?: StoreCounter | undefined;
  /** The counter of calls that threw, or whose answer is a 5xx. */
  readonly errors?: StoreCounter | undefined;
  /** The histogram of the calls' latency in milliseconds. */
  readonly latency?: "vectorize_latency_ms" | undefined;
  /** Returns how many calls one with these arguments counts as; 1 without it. */
  amount?(sent: Args): number;
  /** Returns the arguments to pass to the method, with the request's origin, which names the call as the parent, where they can contain it. */
  argsWithOrigin?(args: Args, context: Context, origin: Origin): unknown[];
  /** Returns how the call ended by its result; may count values of the result. */
  readResult?(result: Result, context: Context): CallResult;
  /** Returns what is logged of an exception; all of it without this. */
  readError?(error: unknown, sent: Args): unknown;
}
type StoreCounter = Extract<CounterName, `${"kv" | "do" | "vectorize"}_${string}`>;

/**
 * Starts a call. The returned function is to be called once, with how the call ended, and with its milliseconds if it did not end
 * just now; it returns these.
 */
export function startCall(
  context: Context,
  message: string,
  metadata: CallMetadata,
  spanId = newSpanId(),
): (result: CallResult, latencyMs?: number) => number {
  const startedAt = now();
  return (result, latency_ms = elapsedSince(startedAt)) => {
    const failed = "error" in result;
    context.writeLine("call", {
      spanId,
      level: failed ? "error" : "info",
      message: failed ? `${message} failed` : message,
      latency_ms,
      status_code: result.status,
      ...(failed && { error: result.error }),
      metadata: { ...metadata, ...result.metadata } as Metadata,
    });
    return latency_ms;
  };
}

/** A call that is to be instrumented. */
export interface Call {
  readonly context: Context;
  readonly message: string;
  readonly metadata: CallMetadata;
}

/**
 * Instruments a method of the runtime's object. It returns what the method returns, unchanged, because a Promise of RPC can do
 * more than an ordinary one. An exception that the method throws synchronously becomes a rejection.
 */
export function observeMethod({ context, message, metadata }: Call, method: MethodInstrumentation, call: AsyncFunction): AsyncFunction {
  const { calls, errors, latency } = method;
  return (...args) => {
    const safely = <Value>(work: () => Value): Value | undefined => runSafely(context.service, work);
    const spanId = safely(newSpanId);
    const endCall = safely(() => startCall(context, message, metadata, spanId));
    const record = (result: CallResult): void => {
      const latencyMs = safely(() => endCall?.(result));
      const amount = safely(() => method.amount?.(sent as never)) ?? 1;
      if (calls) context.count(calls, amount);
      if (errors && ("error" in result || (result.status ?? 0) >= 500)) context.count(errors, amount);
      if (latency && latencyMs !== undefined) context.count(latency, latencyMs);
    };
    let sent: unknown[] = args;
    try {
      sent = argsOfCall(args, method, context, spanId);
    } catch {
      // the runtime tells the application what is wrong with its arguments
    }
    let result: Promise<unknown>;
    try {
      result = call(...sent);
    } catch (error) {
      result = Promise.reject(error);
    }
    Promise.resolve(result).then(
      (answer) => record(safely(() => method.readResult?.(answer as never, context)) ?? {}),
      (error: unknown) => record({ error: method.readError ? safely(() => method.readError?.(error, args as never)) : error }),
    );
    return result;
  };
}

/** Returns the arguments of a call, with the origin of the request if they can contain it, or if the application passes it. */
function argsOfCall(args: unknown[], method: MethodInstrumentation, context: Context, spanId: string | undefined): unknown[] {
  if (!method.argsWithOrigin && !args.includes(context.origin)) return args;
  const origin = { ...context.origin, ...(spanId && { spanId }) };
  return method.argsWithOrigin?.(args as never, context, origin) ?? args.map((arg) => (arg === context.origin ? origin : arg));
}

/** Returns a member of the runtime's object. A method stays bound to the object; what RPC returns is not a Function. */
export function memberOf(object: object, key: string | symbol): unknown {
  const member = (object as Readonly<Record<string | symbol, unknown>>)[key];
  return member instanceof Function ? member.bind(object) : member;
}

/** Returns the runtime's object with some members replaced: `replace` gets the replacement and the original, and returns the new member. */
export function withReplacedMembers<Target extends object, Replacement>(
  object: Target,
  replacements: Readonly<Record<string, Replacement>>,
  replace: (replacement: Replacement, name: string, original: AsyncFunction) => unknown,
): Target {
  return new Proxy(object, {
    get(_, key) {
      const member = memberOf(object, key);
      if (!Object.hasOwn(replacements, key)) return member;
      return runSafely("", () => replace(replacements[key as string]!, key as string, member as AsyncFunction)) ?? member;
    },
  });
}

/** Returns the runtime's object with these members instead of its own. */
export function withMembers<Target extends object>(object: Target, members: Readonly<Record<string, unknown>>): Target {
  return withReplacedMembers(object, members, (replacement) => replacement);
}

/** Returns a result of the runtime observed; as it came if that fails. */
export function observedResult<Result>({ service }: Context, result: Result, observe: (result: Result) => unknown): unknown {
  return runSafely(service, () => observe(result)) ?? result;
}

/** Returns how to observe bindings of a kind, by their methods. */
export function observeMethods(
  kind: string,
  methods: Readonly<Record<string, MethodInstrumentation>>,
  store?: Metadata["store"],
): ObserveBinding {
  return (object: object, binding, context) =>
    withReplacedMembers(object, methods, (method, name, original) => observeMethod(callOf(kind, name, { binding, store }, method, context), method, original));
}

/** Returns the call of a method of a binding, with the metadata of its line. */
export function callOf(kind: string, name: string, metadata: CallMetadata, { operation }: MethodInstrumentation, context: Context): Call {
  return { context, message: `${kind} ${name}`, metadata: { ...metadata, operation } };
}
