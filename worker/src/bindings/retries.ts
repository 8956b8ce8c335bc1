/** Calls of a request that failed: a later one with the same input is a retry, or asks another model instead. */

import { toText } from "../log_text.ts";

/** A call that failed: the model, and what it got, as `inputText` returns it. */
export interface FailedCall {
  readonly model: string;
  readonly text: string;
}

/** Returns the inputs of a call as text. Bytes count by their length, and of more than 500 values the first ones. */
export const inputText = (inputs: unknown): string => toText([inputs], (text) => text);
