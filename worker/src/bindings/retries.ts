/** Retries: calls that repeat a failed call of the same request, to the same model with the same input. */

import type { Context } from "../context.ts";
import { toText } from "../log_text.ts";

/** What calls of each request that failed had asked for. */
const failedCalls = new WeakMap<Context, string[]>();

/** What a call asks for, as text. Bytes count by their length, and of more than 500 values the first ones. */
const asText = (asked: readonly [model: string, inputs: unknown]): string => toText(asked, (text) => text);

/** Returns whether a call that begins repeats one of the request that failed. */
export function isRetry(context: Context, model: string, inputs: unknown): boolean {
  return failedCalls.get(context)?.includes(asText([model, inputs])) ?? false;
}

/** Remembers a call that failed. */
export function rememberFailure(context: Context, model: string, inputs: unknown): void {
  failedCalls.set(context, [...(failedCalls.get(context) ?? []), asText([model, inputs])]);
}
