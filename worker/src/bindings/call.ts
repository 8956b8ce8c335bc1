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
    const latency = since(beganAt);
    const failed = "error" in ending;
    context.log.line({
      level: failed ? "error" : "info",
      message: failed ? `${message} failed` : message,
      latency_ms: latency,
      status_code: ending.status,
      ...(failed ? { error: ending.error } : {}),
      metadata: { step: "call", ...metadata, ...ending.metadata },
    });
    return latency;
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
    quietly(context.service, () => {
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
    (value) => end(quietly(context.service, () => watched.told?.(value as Awaited<Result>)) ?? {}, value as Awaited<Result>),
    (error: unknown) => end({ error }),
  );
  return result;
}

/** An object of the runtime with some of its members replaced; all else is as it was, done on the object itself. */
export function replacing<Target extends object>(object: Target, members: Readonly<Record<string, unknown>>): Target {
  return new Proxy(object, {
    get(target, key) {
      if (typeof key === "string" && Object.hasOwn(members, key)) return members[key];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? (...given: unknown[]) => Reflect.apply(value, target, given) : value;
    },
  });
}
