/** One call to a binding: timed, counted, and told in one line at its end. */

import type { CounterName, Metadata } from "../../../out/contract/contract.gen.ts";
import { now, since } from "../answer.ts";
import { type Context, quietly } from "../context.ts";
import type { Origin } from "../request.ts";

/** What observes a binding of its name, for the request of a context. */
export type Observe = (binding: never, name: string, context: Context) => object;
export type Callable = (...given: unknown[]) => Promise<unknown>;
export type Told = { readonly [Key in keyof Metadata]?: Metadata[Key] | undefined };

/** How a call ended. */
export interface Ending {
  /** What was thrown, or why the stream of its answer broke. */
  readonly error?: unknown;
  /** The HTTP status of its answer. */
  readonly status?: number | undefined;
  readonly metadata?: Told | undefined;
}

/** What is known of a method. */
export interface Method<Given extends unknown[] = never, Result = never> {
  readonly operation?: Metadata["operation"];
  /** Counts the calls, and those that threw or whose answer is a 5xx. */
  readonly counters?: readonly Extract<CounterName, `${"kv" | "do" | "vectorize"}_${string}`>[];
  /** Its arguments as they are passed on: what can, carries the request that it comes from. */
  given?(given: Given, origin: Origin): unknown[];
  /** Observes how long the calls take, in milliseconds. */
  readonly histogram?: "vectorize_latency_ms";
  /** What an answer tells; what else is in it may be counted here. */
  told?(result: Result, context: Context): Ending;
}

/** Begins a call; to be called once with how it ended. Gives back the milliseconds that it took. */
export function begin(context: Context, { message, metadata }: { readonly message: string; readonly metadata: Told }): (ending: Ending) => number {
  const beganAt = now();
  return (ending) => {
    const latency_ms = since(beganAt);
    const failed = "error" in ending;
    context.line("call", {
      level: failed ? "error" : "info",
      message: failed ? `${message} failed` : message,
      latency_ms,
      status_code: ending.status,
      error: ending.error,
      metadata: { ...metadata, ...ending.metadata } as Metadata,
    });
    return latency_ms;
  };
}

/**
 * A method of a runtime's object, watched. It gives back what the method gave, untouched, be it a promise of RPC; what was
 * thrown at once is rejected.
 */
export function watched(context: Context, message: string, metadata: Told, method: Method, call: Callable): Callable {
  const { counters = [], histogram, given: passed, told } = method;
  return (...given) => {
    const finish = begin(context, { message, metadata });
    const end = (ending: Ending): void => {
      const latency = finish(ending);
      const failed = "error" in ending || ending.status! >= 500;
      for (const counter of counters.slice(0, failed ? 2 : 1)) context.count(counter);
      if (histogram) context.count(histogram, latency);
    };
    let result: Promise<unknown>;
    try {
      result = call(...(passed?.(given as never, context.origin) ?? given));
    } catch (error) {
      result = Promise.reject(error);
    }
    Promise.resolve(result).then(
      (answer) => end(quietly(context, () => told?.(answer as never, context)) ?? {}),
      (error: unknown) => end({ error }),
    );
    return result;
  };
}

/** A member of a runtime's object; a method works on the object itself, whatever it is called on. What RPC gives is no Function. */
export function memberOf(object: object, key: string | symbol): unknown {
  const member = (object as Readonly<Record<string | symbol, unknown>>)[key];
  return member instanceof Function ? member.bind(object) : member;
}

/** An object of the runtime, those of its members that are listed made anew; all else is as it was. */
export function proxied<Target extends object, Listed>(
  object: Target,
  members: Readonly<Record<string, Listed>>,
  make: (listed: Listed, name: string, member: Callable) => unknown,
): Target {
  return new Proxy(object, {
    get(_, key) {
      const member = memberOf(object, key);
      return Object.hasOwn(members, key) ? make(members[key as string]!, key as string, member as Callable) : member;
    },
  });
}

/** An object of the runtime with some of its members replaced. */
export function replacing<Target extends object>(object: Target, members: Readonly<Record<string, unknown>>): Target {
  return proxied(object, members, (member) => member);
}

/** Observes bindings of a kind by what is known of their methods. */
export function observing(kind: string, methods: Readonly<Record<string, Method>>, store?: Metadata["store"]): Observe {
  return (object: object, binding, context) =>
    proxied(object, methods, (method, name, call) =>
      watched(context, `${kind} ${name}`, { binding, store, operation: method.operation }, method, call),
    );
}
