/** One call to a binding: timed, and told in one line at its end. */

import type { Metadata } from "../../../out/contract/contract.gen.ts";
import { now, since } from "../answer.ts";
import { type Context, quietly } from "../context.ts";

/** How a call ended. */
export interface Ending {
  /** What was thrown, or why the stream of its answer broke. */
  readonly error?: unknown;
  /** The HTTP status of its answer. */
  readonly status?: number | undefined;
  readonly metadata?: { readonly [Key in keyof Metadata]?: Metadata[Key] | undefined } | undefined;
}

/** What is watched: the message of its line, and what else is counted at its end, `latency` being in milliseconds. */
export interface Watched<Result> {
  readonly message: string;
  readonly metadata: Metadata;
  ended?(latency: number, ending: Ending, result?: Result): void;
  /** What an answer tells that was not thrown. */
  told?(result: Result): Ending;
}

/** Begins a call; to be called once with how it ended. */
export function begin(context: Context, { message, metadata }: Pick<Watched<unknown>, "message" | "metadata">): (ending: Ending) => number {
  const beganAt = now();
  return (ending) => {
    const latency_ms = since(beganAt);
    const failed = "error" in ending;
    context.log.line("call", {
      level: failed ? "error" : "info",
      message: failed ? `${message} failed` : message,
      latency_ms,
      status_code: ending.status,
      error: ending.error,
      metadata: { ...metadata, ...ending.metadata },
    });
    return latency_ms;
  };
}

/** Makes a call and watches how it ends. Gives back what the binding gave, untouched, be it a promise of RPC. */
export function watch<Result extends PromiseLike<unknown>>(
  context: Context,
  watched: Watched<Awaited<Result>>,
  call: () => Result,
): Result {
  const ended = begin(context, watched);
  const end = (ending: Ending, result?: Awaited<Result>): void =>
    quietly(context, () => {
      const latency = ended(ending);
      watched.ended?.(latency, ending, result);
    });
  let result: Result;
  try {
    result = call();
  } catch (error) {
    end({ error });
    throw error;
  }
  result.then(
    (value) => end(quietly(context, () => watched.told?.(value as Awaited<Result>)) ?? {}, value as Awaited<Result>),
    (error: unknown) => end({ error }),
  );
  return result;
}

/** A member of a runtime's object; a method works on the object itself, whatever it is called on. */
export function bound(value: unknown, target: object): unknown {
  return typeof value === "function" ? (...given: unknown[]) => Reflect.apply(value, target, given) : value;
}

/** An object of the runtime, each of its members as `member` makes it of the one that is there. */
export function proxied<Target extends object>(object: Target, member: (key: string | symbol, value: unknown, target: Target) => unknown): Target {
  return new Proxy(object, { get: (target, key) => member(key, Reflect.get(target, key, target), target) });
}

/** An object of the runtime with some of its members replaced; all else is as it was, done on the object itself. */
export function replacing<Target extends object>(object: Target, members: Readonly<Record<string | symbol, unknown>>): Target {
  return proxied(object, (key, value) => (Object.hasOwn(members, key) ? members[key] : bound(value, object)));
}

type Call<Result> = (...given: never[]) => Promise<Result>;

/** A store whose methods, by what each does, are watched. */
export function watchedStore<Store extends object, Operation extends string, Result>(
  store: Store,
  methods: Readonly<Record<string, Operation>>,
  watching: (name: string, operation: Operation) => Watched<Result>,
  context: Context,
): Store {
  return proxied(store, (name, value) => {
    if (typeof name === "symbol" || !Object.hasOwn(methods, name)) return bound(value, store);
    return (...given: never[]) =>
      watch<Promise<Result>>(context, watching(name, methods[name]!) as Watched<Awaited<Result>>, () => (value as Call<Result>).apply(store, given));
  });
}
